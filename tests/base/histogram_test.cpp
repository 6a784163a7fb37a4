#include "base/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace usher {
namespace {

constexpr std::uint64_t asked[] = {1'000, 50'000, 90'000, 99'000, 99'900, 99'990, 100'000};

std::uint64_t test_seed() {
    const auto* text = std::getenv("USHER_SEED");
    return text == nullptr ? 1 : std::strtoull(text, nullptr, 10);
}

/// Values of every size, not only large ones.
std::uint64_t draw_value(std::mt19937_64& random) {
    const auto value = random();
    return value >> (random() % 64);
}

std::uint64_t exact(const std::vector<std::uint64_t>& sorted, std::uint64_t per_100k) {
    const auto rank = std::max<std::uint64_t>(1, (sorted.size() * per_100k + 99'999) / 100'000);
    return sorted[rank - 1];
}

TEST(Histogram, IsNeverBelowTheExactPercentileAndAtMostASixtyFourthAbove) {
    const auto seed = test_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int run = 0; run < 200; ++run) {
        Histogram histogram;
        std::vector<std::uint64_t> values;
        for (auto left = 1 + random() % 2000; left > 0; --left) {
            values.push_back(draw_value(random));
            histogram.record(values.back());
        }
        std::ranges::sort(values);
        ASSERT_EQ(histogram.count(), values.size());
        ASSERT_EQ(histogram.max(), values.back());
        for (const auto per_100k : asked) {
            const auto right = exact(values, per_100k);
            const auto told = histogram.percentile(per_100k);
            ASSERT_GE(told, right) << per_100k;
            ASSERT_LE(told - right, right / 64) << per_100k;
        }
    }
}

TEST(Histogram, KnowsSmallValuesExactly) {
    Histogram histogram;
    for (std::uint64_t value = 0; value < 64; ++value) histogram.record(value);
    EXPECT_EQ(histogram.percentile(50'000), 31U);
    EXPECT_EQ(histogram.percentile(100'000), 63U);
    EXPECT_EQ(histogram.percentile(1), 0U);
}

TEST(Histogram, TakesTheLargestAndTheSmallestNumber) {
    Histogram histogram;
    histogram.record(~std::uint64_t{0});
    histogram.record(0);
    EXPECT_EQ(histogram.percentile(100'000), ~std::uint64_t{0});
    EXPECT_EQ(histogram.percentile(50'000), 0U);
}

TEST(Histogram, MergesAsIfAllHadBeenRecordedInOne) {
    std::mt19937_64 random(test_seed() + 1);
    Histogram first;
    Histogram second;
    Histogram both;
    for (int i = 0; i < 10'000; ++i) {
        const auto value = draw_value(random);
        (i % 3 == 0 ? first : second).record(value);
        both.record(value);
    }
    first.merge(second);
    EXPECT_EQ(first.count(), both.count());
    EXPECT_EQ(first.max(), both.max());
    for (const auto per_100k : asked)
        EXPECT_EQ(first.percentile(per_100k), both.percentile(per_100k));
}

TEST(Histogram, OfNothingIsZero) {
    EXPECT_EQ(Histogram{}.percentile(99'000), 0U);
}

}  // namespace
}  // namespace usher
