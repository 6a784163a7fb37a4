// A histogram of latencies: 32 buckets to each power of two (an error of at most 3 %), fixed size,
// no allocation. Nanoseconds. One thread.
#pragma once

#include <array>
#include <cstdint>

namespace usher::ctl {

class Latency {
  public:
    void add(std::uint64_t ns);

    std::uint64_t count() const { return count_; }
    std::uint64_t max_ns() const { return max_ns_; }

    /// The smallest latency that at least `permille` of 1000 did not exceed; 0 when there is none.
    std::uint64_t at_permille(unsigned permille) const;

  private:
    static constexpr unsigned precision_bits = 5;
    static constexpr std::size_t bucket_count = (64 - precision_bits + 1) << precision_bits;

    static std::size_t bucket_of(std::uint64_t ns);
    static std::uint64_t upper_bound_of(std::size_t bucket);

    std::array<std::uint64_t, bucket_count> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ns_ = 0;
};

}  // namespace usher::ctl
