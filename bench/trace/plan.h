// What is asked of the generator, and the names that roster and scenario share.
#pragma once

#include <cstdint>
#include <string>

#include "base/instant.h"

namespace usher::bench {

struct TracePlan {
    std::uint32_t agents = 234;
    std::uint32_t teams = 0;  ///< 0: a third of the agents, at most 500
    std::uint32_t days = 366;
    std::uint32_t tickets_per_day = 270;  ///< on average over a whole week
    std::uint64_t seed = 1;
    Instant start{1'767'571'200'000};  ///< a Monday, 2026-01-05T00:00:00Z
};

inline constexpr std::uint32_t agents_max = 100'000;
inline constexpr std::uint32_t days_max = 366;
inline constexpr std::uint32_t tickets_per_day_max = 1'000'000;

/// The number of teams that the plan comes to.
constexpr std::uint32_t team_count(const TracePlan& plan) {
    if (plan.teams != 0) return plan.teams;
    const auto third = plan.agents / 3;
    return third == 0 ? 1 : (third > 500 ? 500 : third);
}

/// A team, and its channel: place 0 is "team-1".
inline std::string team_key(std::uint32_t place) {
    return "team-" + std::to_string(place + 1);
}
inline std::string agent_key(std::uint32_t place) {
    return "agent-" + std::to_string(place + 1);
}

/// The channel whose rule gives work to nobody.
inline constexpr const char* nobody_channel = "nobody";

}  // namespace usher::bench
