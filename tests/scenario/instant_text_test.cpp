#include "clients/scenario/instant_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

namespace usher::scenario {
namespace {

struct Pair {
    std::string_view written;
    std::int64_t ms;
};

class GoodInstant : public testing::TestWithParam<Pair> {};

TEST_P(GoodInstant, is_read_to_the_millisecond) {
    const auto reading = read_instant(GetParam().written);
    ASSERT_TRUE(reading.instant.has_value()) << GetParam().written << " " << reading.wrong;
    EXPECT_EQ(reading.instant->ms, GetParam().ms) << GetParam().written;
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodInstant,
    testing::Values(Pair{"1970-01-01T00:00:00Z", 0}, Pair{"1970-01-01T00:00:00.001Z", 1},
                    Pair{"1969-12-31T23:59:59.999Z", -1},
                    Pair{"2026-03-02T09:00:00Z", 1'772'442'000'000},
                    Pair{"2026-03-02T10:00:00+01:00", 1'772'442'000'000},
                    Pair{"2026-03-02T03:30:00-05:30", 1'772'442'000'000},
                    Pair{"2026-03-02t09:00:00z", 1'772'442'000'000},
                    Pair{"2026-03-02T09:00:00-00:00", 1'772'442'000'000},
                    Pair{"2026-03-02T09:00:00.5Z", 1'772'442'000'500},
                    Pair{"2026-03-02T09:00:00.1239999999999999Z", 1'772'442'000'123},
                    Pair{"2026-03-02T09:00:00.0009Z", 1'772'442'000'000},
                    Pair{"2024-02-29T00:00:00Z", 1'709'164'800'000},
                    Pair{"2000-02-29T12:00:00Z", 951'825'600'000},
                    Pair{"0000-01-01T00:00:00Z", -62'167'219'200'000},
                    Pair{"0000-02-29T00:00:00Z", -62'162'121'600'000},
                    Pair{"9999-12-31T23:59:59.999Z", 253'402'300'799'999},
                    Pair{"2016-12-31T23:59:60Z", 1'483'228'800'000},
                    Pair{"2017-01-01T00:59:60.7+01:00", 1'483'228'800'000}));

class BadInstant : public testing::TestWithParam<std::string_view> {};

TEST_P(BadInstant, is_refused_with_a_reason) {
    const auto reading = read_instant(GetParam());
    EXPECT_FALSE(reading.instant.has_value()) << GetParam();
    EXPECT_FALSE(reading.wrong.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadInstant,
    testing::Values("", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02 09:00:00Z",
                    "2026-03-02T09:00Z", "2026-03-02T09:00:00.Z", "2026-03-02T09:00:00,5Z",
                    "2026-3-02T09:00:00Z", "26-03-02T09:00:00Z", "+2026-03-02T09:00:00Z",
                    "10000-01-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
                    "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z",
                    "2026-04-00T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T09:60:00Z",
                    "2026-03-02T09:00:61Z", "2026-03-02T09:00:60Z", "2026-03-02T09:00:00+24:00",
                    "2026-03-02T09:00:00+01:60", "2026-03-02T09:00:00+0100",
                    "2026-03-02T09:00:00+01", "2026-03-02T09:00:00Z ", " 2026-03-02T09:00:00Z",
                    "2026-03-02T09:00:00Zx", "0000-01-01T00:00:00+00:01",
                    "9999-12-31T23:59:59-00:01"));

TEST(InstantText, shows_milliseconds_only_when_there_are_some) {
    EXPECT_EQ(instant_text(Instant{0}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(instant_text(Instant{1'772'442'000'000}), "2026-03-02T09:00:00Z");
    EXPECT_EQ(instant_text(Instant{1'772'442'000'007}), "2026-03-02T09:00:00.007Z");
    EXPECT_EQ(instant_text(Instant{1'709'164'800'120}), "2024-02-29T00:00:00.120Z");
    EXPECT_EQ(instant_text(Instant{-1}), "1969-12-31T23:59:59.999Z");
}

TEST(InstantText, stays_within_the_years_that_can_be_written) {
    EXPECT_EQ(instant_text(Instant{INT64_MAX}), "9999-12-31T23:59:59.999Z");
    EXPECT_EQ(instant_text(Instant{INT64_MIN}), "0000-01-01T00:00:00Z");
}

TEST(InstantText, what_is_written_is_read_back_whatever_the_instant) {
    const char* given = std::getenv("USHER_SEED");
    const auto seed = given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 0);
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<std::int64_t> any(-62'167'219'200'000, 253'402'300'799'999);
    for (int i = 0; i < 20'000; ++i) {
        const Instant instant{any(random)};
        const auto reading = read_instant(instant_text(instant));
        ASSERT_TRUE(reading.instant.has_value()) << instant.ms;
        ASSERT_EQ(reading.instant->ms, instant.ms);
    }
}

}  // namespace
}  // namespace usher::scenario
