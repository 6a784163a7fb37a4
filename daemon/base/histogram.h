// Counts of durations in buckets whose width grows with the value: 64 buckets for each doubling, so
// that a percentile is at most 1/64 (1.6 %) above the exact one and never below it. Recording
// is an index and an increment. One thread; a plain value that can be copied and merged.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace usher {

class Histogram {
  public:
    void record(std::uint64_t value) {
        ++counts_[bucket_of(value)];
        ++count_;
        if (value > max_) max_ = value;
    }

    void merge(const Histogram& other);

    /// The least value that at least `per_100k` of 100,000 recorded values do not exceed, rounded
    /// up to the end of its bucket (and never above the largest). 0 of an empty histogram.
    std::uint64_t percentile(std::uint64_t per_100k) const;

    std::uint64_t count() const { return count_; }
    std::uint64_t max() const { return max_; }

  private:
    static constexpr unsigned steps_log2 = 6;
    static constexpr std::size_t steps = std::size_t{1} << steps_log2;

    /// Values below 64 have a bucket each; above, the top 7 bits choose.
    static std::size_t bucket_of(std::uint64_t value) {
        if (value < steps) return static_cast<std::size_t>(value);
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - steps_log2;
        return (shift + 1) * steps + static_cast<std::size_t>(value >> shift) - steps;
    }
    static std::uint64_t last_of(std::size_t bucket);

    std::array<std::uint64_t, (64 - steps_log2 + 1) * steps> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace usher
