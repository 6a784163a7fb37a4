// Answers as they are shown: one line of JSON for programs, one line of text for people. The same
// answer gives the same bytes, whether it came from an engine in this process or over the wire.
// Pure functions, any thread.
#pragma once

#include <string>

#include "clients/scenario/json_text.h"
#include "clients/scenario/request_line.h"
#include "protocol/answer.h"

namespace usher::scenario {

/// The heading of a request that was read from elsewhere than a scenario.
Heading heading_of(const protocol::Request& request);

/// {"at":…,"do":…,"ticket":…,"outcome":…,…} without an end of line, appended to `out`. An answer
/// without an instant (a line that could not be read) has no `at`.
void append_json(std::string& out, const Heading& heading, const protocol::Answer& answer);

/// "2026-03-02T09:00:00Z route T-1: assigned to anna", without an end of line.
void append_text(std::string& out, const Heading& heading, const protocol::Answer& answer);

/// "anna", "team vip", "the bot", "nobody".
std::string owner_text(const protocol::Owner& owner);

/// "nearest: anna, but for skills billing".
std::string nearest_text(const protocol::Nearest& nearest);

/// "assigned to anna", "unassigned (at_capacity)", …
std::string placement_text(const protocol::Placement& placement);

}  // namespace usher::scenario
