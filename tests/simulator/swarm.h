// What one simulated history is like. Everything is drawn from its seed, each by itself: sizes, the
// mix of what happens, and which faults there are. About half of the faults are switched off in
// each, so that those that hide each other are met apart.
#pragma once

#include <array>
#include <cstdint>

#include "shard/shard.h"
#include "tests/support/random.h"

namespace usher::simulator {

using testing::Random;

/// What may happen next.
enum class Deed : std::uint8_t {
    ask,
    repeat,
    end_turn,
    follow,
    tick,
    tick_followers,
    set_clock_back,
    set_clock_forward,
    kill,
    cut_power,
    stop_soon,  ///< at one of the next calls of the disk, whichever it is
    close,
    fail_a_call,    ///< one of the next calls, once
    fail_for_long,  ///< every call from now on, until somebody repairs it
    fill_disk,
    lie,  ///< the disk says that it has synced, and has not
    count
};
inline constexpr auto deed_count = static_cast<std::size_t>(Deed::count);

struct Swarm {
    shard::Durability durability = shard::Durability::synced;
    shard::ClockMode clock = shard::ClockMode::trace;
    std::size_t accounts = 1;
    std::uint32_t segment_bytes = 16384;
    std::uint32_t alignment = 512;
    std::uint32_t unsynced_bytes_max = 4096;
    std::uint32_t unflushed_bytes_max = 1 << 20;
    std::uint32_t slice_max = 256;
    shard::SnapshotPlan snapshots{};
    std::array<std::size_t, deed_count> weights{};
    std::array<std::size_t, 5> fates{};  ///< of an unsynced sector, in the order of journal's Fate
    std::size_t lost_reply_percent = 0;  ///< the client has not got it and asks again
    std::size_t retry_percent = 0;       ///< of what had no answer when the daemon went
    std::size_t kill_percent = 50;       ///< of stops: the process alone, not the machine
    std::size_t flip_percent = 0;        ///< of restarts: a bit changes meanwhile
    bool short_transfers = false;

    std::size_t& weight(Deed deed) { return weights[static_cast<std::size_t>(deed)]; }
    std::size_t weight(Deed deed) const { return weights[static_cast<std::size_t>(deed)]; }
};

Swarm draw_swarm(Random& random);
Deed draw_deed(const Swarm& swarm, Random& random);

}  // namespace usher::simulator
