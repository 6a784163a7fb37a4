// How far recovery has come: facts that the shards of this process have read back since it started,
// all together. For people who wait, so it may lag a little behind. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace usher::shard {

inline std::atomic<std::uint64_t> facts_read_back{0};

}  // namespace usher::shard
