#include "bench/trace/arrivals.h"

#include <numeric>

#include "bench/trace/fixed_point.h"
#include "bench/trace/shape.h"

namespace usher::bench {

std::uint64_t Arrivals::expected_q32(std::uint64_t hour) const {
    static const auto by_weekday =
        std::accumulate(arrivals_by_weekday.begin(), arrivals_by_weekday.end(), std::uint64_t{0});
    static const auto by_hour =
        std::accumulate(arrivals_by_hour.begin(), arrivals_by_hour.end(), std::uint64_t{0});
    const auto weight =
        std::uint64_t{arrivals_by_weekday[hour / 24 % 7]} * arrivals_by_hour[hour % 24];
    const auto week = (static_cast<Wide>(tickets_per_day_) * 7) << 32U;
    return static_cast<std::uint64_t>(week * weight / (by_weekday * by_hour));
}

std::uint64_t Arrivals::next_s(Random& random) {
    auto gap = draw_exponential_q32(random);
    auto expected = expected_q32(hour_);
    while (used_q32_ + gap >= expected) {
        gap -= expected - used_q32_;
        used_q32_ = 0;
        expected = expected_q32(++hour_);
    }
    used_q32_ += gap;
    const auto second = static_cast<Wide>(used_q32_) * 3600 / expected;
    return hour_ * 3600 + static_cast<std::uint64_t>(second);
}

}  // namespace usher::bench
