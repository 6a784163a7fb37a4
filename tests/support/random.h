// Randomness that is the same on every machine: one seed, one sequence. Tests print their seed and
// take it back from the environment (USHER_SEED), so that a failure can be had again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace usher::testing {

/// splitmix64: tiny, and good enough to choose what to try next.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

    /// 0 … n - 1. The bias is of no interest here.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
    std::int64_t between(std::int64_t min, std::int64_t max) {
        return min + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(max - min + 1));
    }

    /// True in `percent` of a hundred cases.
    bool chance(std::size_t percent) { return below(100) < percent; }

    template <class T>
    const T& one_of(const std::vector<T>& choices) {
        return choices[below(choices.size())];
    }

  private:
    std::uint64_t state_;
};

/// USHER_SEED, or one that nobody has had before.
inline std::uint64_t fresh_seed() {
    if (const char* given = std::getenv("USHER_SEED")) return std::stoull(given);
    return std::random_device{}() % 1'000'000'000;
}

}  // namespace usher::testing
