#include "tests/simulator/swarm.h"

#include <numeric>
#include <vector>

namespace usher::simulator {
namespace {

/// Nothing in half of the seeds.
std::size_t maybe(std::size_t weight, Random& random) {
    return random.chance(50) ? weight : 0;
}

void draw_faults(Swarm& swarm, Random& random) {
    swarm.weight(Deed::kill) = maybe(8, random);
    swarm.weight(Deed::cut_power) = maybe(8, random);
    swarm.weight(Deed::stop_soon) = maybe(8, random);
    swarm.weight(Deed::fail_a_call) = maybe(5, random);
    swarm.weight(Deed::fail_for_long) = maybe(2, random);
    swarm.weight(Deed::fill_disk) = maybe(3, random);
    swarm.weight(Deed::lie) = maybe(3, random);
    swarm.weight(Deed::set_clock_back) = maybe(6, random);
    swarm.weight(Deed::set_clock_forward) = maybe(6, random);
    swarm.flip_percent = maybe(30, random);
    swarm.short_transfers = random.chance(50);
    for (auto& fate : swarm.fates) fate = maybe(1 + random.below(8), random);
    swarm.fates[0] += 1;  // whatever else is off, something must be able to happen
    swarm.kill_percent = random.below(101);
}

}  // namespace

Swarm draw_swarm(Random& random) {
    Swarm swarm;
    swarm.durability = random.chance(65) ? shard::Durability::synced : shard::Durability::written;
    swarm.clock = random.chance(50) ? shard::ClockMode::trace : shard::ClockMode::wall;
    swarm.accounts = 1 + random.below(3);
    swarm.segment_bytes = random.one_of(std::vector<std::uint32_t>{8192, 16384, 65536});
    swarm.alignment = random.one_of(std::vector<std::uint32_t>{512, 512, 1024, 4096});
    swarm.unsynced_bytes_max = random.one_of(std::vector<std::uint32_t>{1024, 8192, 65536});
    swarm.unflushed_bytes_max = random.one_of(std::vector<std::uint32_t>{400, 4000, 1u << 20});
    swarm.slice_max = random.one_of(std::vector<std::uint32_t>{1, 2, 256, 256, 256, 256});
    swarm.snapshots.journal_bytes =
        random.one_of(std::vector<std::uint64_t>{2048, 8192, 65536, std::uint64_t{1} << 40U});
    swarm.snapshots.interval_ms = swarm.clock == shard::ClockMode::wall ? 3'600'000 : 0;
    swarm.snapshots.things_per_turn = 1 + random.below(12);
    swarm.weight(Deed::ask) = 500;
    swarm.weight(Deed::repeat) = maybe(1 + random.below(60), random);
    swarm.weight(Deed::end_turn) = 20 + random.below(400);
    swarm.weight(Deed::follow) = maybe(1 + random.below(60), random);
    swarm.weight(Deed::tick) = maybe(1 + random.below(30), random);
    swarm.weight(Deed::tick_followers) = maybe(1 + random.below(20), random);
    swarm.weight(Deed::close) = maybe(8, random);
    swarm.lost_reply_percent = maybe(random.below(10), random);
    swarm.retry_percent = random.below(101);
    draw_faults(swarm, random);
    return swarm;
}

Deed draw_deed(const Swarm& swarm, Random& random) {
    const auto sum = std::accumulate(swarm.weights.begin(), swarm.weights.end(), std::size_t{0});
    auto at = random.below(sum);
    std::size_t deed = 0;
    while (at >= swarm.weights[deed]) at -= swarm.weights[deed++];
    return static_cast<Deed>(deed);
}

}  // namespace usher::simulator
