// How a long run is doing, on one line of standard error that is written over: lines, rate, how
// much longer. Silent unless standard error is a terminal or the user asked for it. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace usher::ctl {

class Progress {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Progress(bool asked_for);

    /// Looks at the clock only now and then. `done` is between 0 and 1, if it is known.
    void at(std::uint64_t lines, std::optional<double> done);

    /// Takes the line away.
    void finish();

    double seconds() const;

  private:
    bool shown_;
    bool on_terminal_;
    bool printed_ = false;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point next_ = begin_;
};

}  // namespace usher::ctl
