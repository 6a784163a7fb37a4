// What a follower kept, held against the same account's events as somebody reads them who was never
// disturbed, and against what a client was told of by its answers: no gap, no double, nothing else.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tests/crash/story.h"

namespace usher::crash {

struct Judgement {
    std::uint64_t events = 0;        ///< that were kept
    std::vector<std::string> wrong;  ///< the first few, in words; nothing after the first counts
};

/// Lines as `usherctl watch --json` prints them; `fresh` has all that there is.
Judgement judge(std::istream& kept, std::istream& fresh, Story& story);

/// The deed that a line tells of; no deed where it is about no ticket. A fault if it is not as
/// usherctl would have written it for what Load does.
Result<std::optional<Told>> told_by(std::string_view line);

}  // namespace usher::crash
