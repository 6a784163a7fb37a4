// Random lives of the wall clock (shard/wall_clock.h), each held against its promises, which are
// worked out here from all that the clocks have read so far and not as the class does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace usher::shard::testing {

/// What a life must have met, or it has shown nothing.
struct Met {
    int corrections = 0;
    int held_behind = 0;
    int caught_up = 0;
    int held_ahead = 0;
    int believed = 0;
    int back_in_doubt = 0;
};

/// The first promise that the life of this seed breaks.
std::optional<std::string> broken_promise(std::uint64_t seed, Met& met);

}  // namespace usher::shard::testing
