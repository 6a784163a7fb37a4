// Several servers measured in turn (A B C A B C …), because a small shared machine changes its
// speed from minute to minute, and what can be said of it are ratios within one run. A round is one
// window of each; rounds in which the floor was below 60 % of its best are dropped and counted.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "base/result.h"
#include "bench/load/contestant.h"

namespace usher::bench {

/// The middle of some figures, and how far they lie apart.
struct Spread {
    double median = 0;
    double least = 0;
    double most = 0;
};
Spread spread_of(std::vector<double> figures);

/// What the kept rounds say of one server.
struct Summary {
    std::string name;
    Spread rate;                          ///< replies a second
    Spread rate_ratio;                    ///< to the first server's, round by round
    Histogram latency;                    ///< of all kept windows
    std::optional<Spread> server_us;      ///< CPU time of the server for one request
    std::optional<Spread> server_busy;    ///< cores that it used
    std::optional<Spread> server_waited;  ///< cores that it waited for: others were on them
    std::uint64_t replies = 0;            ///< of all windows, dropped ones too
    std::uint64_t errors = 0;             ///< likewise
    std::vector<std::string> first_errors;
    double requests_in_frame = 0;  ///< mean
    double request_bytes = 0;      ///< mean
    double reply_bytes = 0;
};

struct Comparison {
    std::size_t rounds = 0;
    std::size_t dropped = 0;
    std::vector<Summary> servers;
};

/// A round's windows, one of each server in their order.
using Round = std::vector<Window>;

/// Whether each round counts. Without a floor (its place among the servers) all do.
std::vector<bool> rounds_kept(const std::vector<Round>& rounds, std::optional<std::size_t> floor);

struct TurnListener {
    /// After the warm-up, before the first round.
    std::function<Result<void>()> warmed_up;
    /// After every window, with its round, its server and what it saw.
    std::function<void(std::size_t, const Contestant&, const Window&)> measured;
};

/// One window of each to warm up, then `rounds` rounds, then the rest of all open tickets.
Result<Comparison> take_turns(std::vector<std::unique_ptr<Contestant>>& contestants, Work& work,
                              const WindowPlan& warm_up, const WindowPlan& plan, std::size_t rounds,
                              const TurnListener& listener);

}  // namespace usher::bench
