#include "clients/usherctl/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace usher::ctl {
namespace {

TEST(Latency, of_nothing_is_zero) {
    const Latency latency;
    EXPECT_EQ(latency.count(), 0U);
    EXPECT_EQ(latency.at_permille(500), 0U);
    EXPECT_EQ(latency.max_ns(), 0U);
}

TEST(Latency, small_values_are_exact) {
    Latency latency;
    for (std::uint64_t ns = 1; ns <= 60; ++ns) latency.add(ns);
    EXPECT_EQ(latency.at_permille(500), 30U);
    EXPECT_EQ(latency.at_permille(1000), 60U);
    EXPECT_EQ(latency.at_permille(0), 1U);
}

TEST(Latency, takes_the_longest_there_is) {
    Latency latency;
    latency.add(UINT64_MAX);
    EXPECT_EQ(latency.max_ns(), UINT64_MAX);
    EXPECT_EQ(latency.at_permille(500), UINT64_MAX);
}

TEST(Latency, is_never_below_the_true_percentile_and_at_most_three_percent_above) {
    const char* given = std::getenv("USHER_SEED");
    const auto seed = given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 0);
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<unsigned> bits(0, 45);
    Latency latency;
    std::vector<std::uint64_t> all;
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t ns = random() >> (18 + bits(random));
        latency.add(ns);
        all.push_back(ns);
    }
    std::ranges::sort(all);
    for (const unsigned permille : {1U, 100U, 500U, 900U, 990U, 999U, 1000U}) {
        const auto rank = (all.size() * permille + 999) / 1000;
        const auto exact = all[rank - 1];
        const auto shown = latency.at_permille(permille);
        EXPECT_GE(shown, exact) << permille;
        EXPECT_LE(static_cast<double>(shown), static_cast<double>(exact) * 1.032 + 1) << permille;
    }
}

}  // namespace
}  // namespace usher::ctl
