// Random numbers that are the same for the same seed on every machine and compiler: splitmix64 and
// integer arithmetic alone. (The distributions of <random> are free to differ between libraries,
// and floating point between flags; a trace that is to be talked about needs neither.)
#pragma once

#include <cstdint>

#include "base/expect.h"

namespace usher::bench {

__extension__ typedef unsigned __int128 Wide;

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

    /// Uniform over 0 … n-1, without bias: the few draws that would favour small results are
    /// thrown away.
    std::uint64_t below(std::uint64_t n) {
        EXPECT(n > 0);
        const auto unfair = (0 - n) % n;
        for (;;) {
            const auto product = static_cast<Wide>(next()) * n;
            if (static_cast<std::uint64_t>(product) >= unfair)
                return static_cast<std::uint64_t>(product >> 64U);
        }
    }

    /// True `parts` times out of `whole`.
    bool chance(std::uint64_t parts, std::uint64_t whole) { return below(whole) < parts; }

    /// 32 random bits: a fraction of one in steps of 2^-32.
    std::uint32_t fraction() { return static_cast<std::uint32_t>(next() >> 32U); }

  private:
    std::uint64_t state_;
};

}  // namespace usher::bench
