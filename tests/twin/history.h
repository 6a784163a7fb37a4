// Random histories: from a seed, a small valid roster and a scenario of request lines of every
// kind. Parameters are drawn independently of each other and of what would make sense; each seed
// switches some kinds of requests off and chooses its own pace of time. The same seed gives the
// same history on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/twin/draft.h"

namespace usher::twin {

/// In a line's `after`: whoever answers puts the `next` of its own last list there.
inline constexpr const char* last_cursor = "@next";

struct History {
    std::uint64_t seed = 0;
    std::string roster;
    std::vector<std::pair<std::string, std::string>> files;  ///< name and text of rosters to apply
    std::vector<std::string> lines;
};

History invent_history(std::uint64_t seed, std::size_t steps);

}  // namespace usher::twin
