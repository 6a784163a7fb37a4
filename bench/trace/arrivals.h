// When tickets arrive: a Poisson process by change of time. Gaps are exponential in units of
// "expected tickets"; the clock runs through them hour by hour, as fast as the hour is busy.
#pragma once

#include <cstdint>

#include "bench/trace/random.h"

namespace usher::bench {

class Arrivals {
  public:
    /// Hour 0 is a Monday's first.
    explicit Arrivals(std::uint32_t tickets_per_day) : tickets_per_day_(tickets_per_day) {}

    /// Seconds since the start at which the next ticket arrives; never less than the one before.
    std::uint64_t next_s(Random& random);

  private:
    std::uint64_t expected_q32(std::uint64_t hour) const;

    std::uint32_t tickets_per_day_;
    std::uint64_t hour_ = 0;
    std::uint64_t used_q32_ = 0;  ///< of the hour's expected tickets
};

}  // namespace usher::bench
