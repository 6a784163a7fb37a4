// How usherctl ends. The numbers are documented (docs/usherctl.md): scripts depend on them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/answer.h"

namespace usher::ctl {

enum class Exit : int {
    done = 0,
    refused = 1,  ///< the refusal's name is on standard error
    usage = 2,
    no_connection = 3,
    corrupt = 4,    ///< a damaged journal or input
    torn_tail = 5,  ///< of a journal, and nothing else is wrong with it
    io = 74,
};

/// Says what failed on standard error.
Exit fail(Exit how, std::string_view message);
Exit fail(const Fault& fault);

/// Says which refusal it was: "usherctl: refused: unknown_ticket: there is no ticket "T-1"".
Exit refused(const protocol::Answer& answer);

}  // namespace usher::ctl
