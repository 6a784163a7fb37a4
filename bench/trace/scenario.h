// The scenario of a generated help desk: tickets arrive (a Poisson process whose rate follows
// weekday and hour), are moved between teams, closed, and now and then reopened and closed again.
// Written in the order of time. Memory: 40 bytes for each ticket that is open.
#pragma once

#include <cstdint>
#include <functional>

#include "bench/trace/plan.h"
#include "bench/trace/sink.h"

namespace usher::bench {

struct TraceSummary {
    std::uint64_t tickets = 0;
    std::uint64_t transfers = 0;
    std::uint64_t closes = 0;
    std::uint64_t reopens = 0;
    std::uint64_t busiest_hour_tickets = 0;
    Instant busiest_hour;
    std::uint64_t peak_open = 0;
    std::uint64_t left_open = 0;

    std::uint64_t lines() const { return tickets + transfers + closes + reopens; }
};

/// Called at the beginning of each simulated day with its number and what there is so far.
using TraceProgress = std::function<void(std::uint32_t day, const TraceSummary&)>;

/// Stops early only if `out` fails (its close tells).
TraceSummary write_scenario(const TracePlan& plan, Sink& out, const TraceProgress& progress);

}  // namespace usher::bench
