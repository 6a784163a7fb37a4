// The answer to one verb on the command line: a line of JSON, or text and tables for people. A
// refusal's name goes to standard error.
#pragma once

#include "clients/scenario/answer_line.h"
#include "clients/usherctl/exit.h"
#include "clients/usherctl/output.h"
#include "protocol/answer.h"

namespace usher::ctl {

/// Exit::done, or Exit::refused.
Exit show(const scenario::Heading& heading, const protocol::Answer& answer, bool json);

/// What show() prints of an answer for people.
void append_answer(std::string& out, const scenario::Heading& heading,
                   const protocol::Answer& answer, bool colour);

/// A roster's errors and warnings, "file:line:column: error: message" and its hint below.
void append_problems(std::string& out, const std::vector<protocol::RosterError>& problems,
                     bool colour);

}  // namespace usher::ctl
