// Lines of a scenario to a daemon, many at a time, their answers printed in the lines' order.
//
// Each connection has a window of requests that wait for their answers; when it is full, answers
// are read until there is room. Requests about the same ticket or agent go over the same connection
// and so stay in order; with one connection all do. One thread; every wait has a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "clients/cpp/connection.h"
#include "clients/scenario/request_line.h"
#include "clients/usherctl/output.h"
#include "clients/usherctl/tally.h"

namespace usher::ctl {

class Pipeline {
  public:
    using Clock = std::chrono::steady_clock;

    struct Options {
        std::uint32_t depth = 1;  ///< requests in flight on each connection
        std::chrono::milliseconds patience{10'000};
        bool json = false;
    };

    Pipeline(std::vector<std::unique_ptr<client::Connection>> connections, Options options,
             Output& output);

    /// Sends the line's request as soon as there is room; what it views is not needed afterwards.
    /// `due` is the instant from which its latency counts; without it, that of the sending.
    Result<void> send(const scenario::Line& line, std::optional<Clock::time_point> due = {});

    /// An answer that no daemon gave: to a line that is wrong, to an `apply`.
    void answer(const scenario::Heading& heading, const protocol::Answer& answer);

    /// Writes out what was sent and reads answers until `until`.
    Result<void> read_until(Clock::time_point until);

    /// Waits for every answer.
    Result<void> drain();

    /// For requests of several steps, after drain().
    client::Connection& connection() { return *lanes_.front().connection; }

    const Tally& tally() const { return tally_; }
    const Histogram& latency() const { return latency_; }

  private:
    /// A line whose answer has not been printed yet.
    struct Waiting {
        std::string_view verb;  ///< of the table of verbs
        std::string ticket;
        std::string agent;
        std::optional<Clock::time_point> sent;  ///< nothing: not written out yet
        std::optional<std::string> shown;       ///< the answer, while an earlier one is missing
    };
    struct Lane {
        std::unique_ptr<client::Connection> connection;
        std::deque<std::uint64_t> in_flight;  ///< numbers of lines, in the order of sending
        std::uint32_t window = 1;
    };

    Lane& lane_for(const scenario::Heading& heading);
    Result<void> flush();
    Result<void> wait_for(Lane& lane);
    Result<bool> receive(Lane& lane, Clock::time_point deadline);
    void take(std::uint64_t line, const protocol::Answer& answer);
    void show(std::string& out, const scenario::Heading& heading, const protocol::Answer& answer);
    void print_what_is_ready();

    std::vector<Lane> lanes_;
    Options options_;
    Output& output_;
    std::deque<Waiting> waiting_;
    std::uint64_t first_waiting_ = 0;  ///< number of the line in front of `waiting_`
    std::uint64_t first_unsent_ = 0;   ///< lines from here on were not written out yet
    Tally tally_;
    Histogram latency_;  ///< ns
};

}  // namespace usher::ctl
