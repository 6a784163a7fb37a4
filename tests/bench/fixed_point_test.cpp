#include "bench/trace/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace usher::bench {
namespace {

double from_q32(std::uint64_t value) {
    return static_cast<double>(value) / 4294967296.0;
}

TEST(FixedPoint, LogarithmsAreThoseOfTheMathLibrary) {
    for (std::uint64_t x = 1; x < std::numeric_limits<std::uint64_t>::max() / 3; x += x / 2 + 1)
        ASSERT_NEAR(from_q32(log2_q32(x)), std::log2(static_cast<double>(x)), 1e-8) << x;
    EXPECT_NEAR(from_q32(log2_q32(std::numeric_limits<std::uint64_t>::max())), 64.0, 1e-8);
}

TEST(FixedPoint, LogarithmsOfPowersOfTwoAreExact) {
    for (unsigned bit = 0; bit < 64; ++bit)
        EXPECT_EQ(log2_q32(std::uint64_t{1} << bit), std::uint64_t{bit} << 32U);
}

TEST(FixedPoint, PowersAreThoseOfTheMathLibrary) {
    for (std::uint64_t y = 0; y < std::uint64_t{50} << 32U; y += 987'654'321) {
        const auto exact = std::exp2(from_q32(y));
        ASSERT_NEAR(static_cast<double>(exp2_q32(y)), exact, 1.0 + exact * 1e-8) << y;
    }
}

TEST(FixedPoint, GapsAreExponentialWithMeanOne) {
    Random random(7);
    constexpr int draws = 200'000;
    double sum = 0;
    int above_one = 0;
    int above_three = 0;
    for (int i = 0; i < draws; ++i) {
        const auto gap = from_q32(draw_exponential_q32(random));
        sum += gap;
        if (gap > 1) ++above_one;
        if (gap > 3) ++above_three;
    }
    EXPECT_NEAR(sum / draws, 1.0, 0.01);
    EXPECT_NEAR(above_one / double{draws}, std::exp(-1.0), 0.005);
    EXPECT_NEAR(above_three / double{draws}, std::exp(-3.0), 0.003);
}

}  // namespace
}  // namespace usher::bench
