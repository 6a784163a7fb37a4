#include "clients/usherctl/latency.h"

#include <algorithm>
#include <bit>

namespace usher::ctl {

// Values below 2^precision have a bucket each. A larger one is its highest bits, 1xxxxx, and how
// far they were shifted: bucket = shift * 2^precision + 1xxxxx.
std::size_t Latency::bucket_of(std::uint64_t ns) {
    const auto width = static_cast<unsigned>(std::bit_width(ns));
    if (width <= precision_bits + 1) return static_cast<std::size_t>(ns);
    const unsigned shift = width - precision_bits - 1;
    return (static_cast<std::size_t>(shift) << precision_bits) +
           static_cast<std::size_t>(ns >> shift);
}

std::uint64_t Latency::upper_bound_of(std::size_t bucket) {
    constexpr std::size_t linear = std::size_t{2} << precision_bits;
    if (bucket < linear) return bucket;
    const auto shift = static_cast<unsigned>((bucket >> precision_bits) - 1);
    const std::uint64_t high = bucket - (static_cast<std::size_t>(shift) << precision_bits);
    return (high << shift) + ((std::uint64_t{1} << shift) - 1);
}

void Latency::add(std::uint64_t ns) {
    ++buckets_[bucket_of(ns)];
    ++count_;
    max_ns_ = std::max(max_ns_, ns);
}

std::uint64_t Latency::at_permille(unsigned permille) const {
    if (count_ == 0) return 0;
    const std::uint64_t wanted = std::max<std::uint64_t>(1, (count_ * permille + 999) / 1000);
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen >= wanted) return std::min(upper_bound_of(bucket), max_ns_);
    }
    return max_ns_;
}

}  // namespace usher::ctl
