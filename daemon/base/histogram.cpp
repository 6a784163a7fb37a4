#include "base/histogram.h"

#include <algorithm>

namespace usher {

void Histogram::merge(const Histogram& other) {
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
        counts_[bucket] += other.counts_[bucket];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::last_of(std::size_t bucket) {
    if (bucket < steps) return bucket;
    const auto shift = bucket / steps - 1;
    const auto first = (std::uint64_t{steps} + bucket % steps) << shift;
    return first + ((std::uint64_t{1} << shift) - 1);
}

std::uint64_t Histogram::percentile(std::uint64_t per_100k) const {
    if (count_ == 0) return 0;
    // Rounded up, and at least the first: a share of so many values needs at least that many.
    const auto wanted = std::max<std::uint64_t>(1, (count_ * per_100k + 99'999) / 100'000);
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen >= wanted) return std::min(last_of(bucket), max_);
    }
    return max_;
}

}  // namespace usher
