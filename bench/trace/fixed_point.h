// Logarithms and powers of two in integers. A number "in Q32" is the number times 2^32. Results are
// the same everywhere, and good to about 2^-28: far more than a help desk's percentiles deserve.
#pragma once

#include <cstdint>

#include "bench/trace/random.h"

namespace usher::bench {

inline constexpr std::uint64_t q32_one = std::uint64_t{1} << 32U;

/// log2 of x ≥ 1, in Q32.
std::uint64_t log2_q32(std::uint64_t x);

/// 2 to the power of a Q32 number below 63, rounded down.
std::uint64_t exp2_q32(std::uint64_t y);

/// An exponentially distributed number of mean 1, in Q32: the gap between two arrivals.
std::uint64_t draw_exponential_q32(Random& random);

}  // namespace usher::bench
