// Schedules across daylight saving, with zones written by hand: what the wall clock says counts.
#include "engine/schedule.h"

#include <gtest/gtest.h>

namespace usher::engine {
namespace {

constexpr std::int64_t hour_s = 3600;

/// Stockholm around 2026: UTC+1, +2 from 29 March 01:00 UTC to 25 October 01:00 UTC.
Zone stockholm() {
    return {"Europe/Stockholm",
            {{std::numeric_limits<std::int64_t>::min(), 3600},
             {1774746000, 7200},    // 2026-03-29T01:00:00Z
             {1792890000, 3600}}};  // 2026-10-25T01:00:00Z
}

Instant utc(std::int64_t s) {
    return {s * 1000};
}
constexpr std::int64_t march_29 = 1774742400;    // 2026-03-29T00:00:00Z, a Sunday
constexpr std::int64_t october_25 = 1792886400;  // 2026-10-25T00:00:00Z, a Sunday
constexpr std::uint8_t sunday = 1U << 6U;
constexpr std::uint8_t every_day = 0x7f;

std::vector<DailySpan> one(std::uint8_t days, int from_minute, int until_minute) {
    return {
        {days, static_cast<std::uint16_t>(from_minute), static_cast<std::uint16_t>(until_minute)}};
}

// Rule 9.
TEST(Schedule, NineIsNineOnBothSidesOfDaylightSaving) {
    const auto hours = one(every_day, 9 * 60, 17 * 60);
    const auto saturday = march_29 - 24 * hour_s;
    EXPECT_FALSE(covers(stockholm(), hours, utc(saturday + 8 * hour_s - 1)));
    EXPECT_TRUE(covers(stockholm(), hours, utc(saturday + 8 * hour_s)));
    EXPECT_FALSE(covers(stockholm(), hours, utc(march_29 + 7 * hour_s - 1)));
    EXPECT_TRUE(covers(stockholm(), hours, utc(march_29 + 7 * hour_s)));
    EXPECT_FALSE(covers(stockholm(), hours, utc(march_29 + 15 * hour_s)));
}

// Rule 9.
TEST(Schedule, AStartInTheGapMovesForwardByTheGap) {
    // 02:30 does not exist: it becomes 03:30, which is 01:30 UTC.
    const auto hours = one(sunday, 2 * 60 + 30, 5 * 60);
    EXPECT_FALSE(covers(stockholm(), hours, utc(march_29 + hour_s + 1800 - 1)));
    EXPECT_TRUE(covers(stockholm(), hours, utc(march_29 + hour_s + 1800)));
}

// Rule 9. A zone that has known no change since.
TEST(Schedule, TheLastChangeOfAZoneMayBeAGap) {
    auto zone = stockholm();
    zone.transitions.pop_back();
    const auto hours = one(sunday, 2 * 60 + 30, 5 * 60);
    EXPECT_FALSE(covers(zone, hours, utc(march_29 + hour_s + 1800 - 1)));
    EXPECT_TRUE(covers(zone, hours, utc(march_29 + hour_s + 1800)));
}

// Rule 9.
TEST(Schedule, ASpanThatTheGapEmptiesDoesNotExist) {
    // 02:30 becomes 03:30, which is behind 03:15.
    const auto hours = one(sunday, 2 * 60 + 30, 3 * 60 + 15);
    for (int minute = 0; minute < 24 * 60; ++minute)
        EXPECT_FALSE(covers(stockholm(), hours, utc(march_29 + minute * 60))) << minute;
}

// Rule 9.
TEST(Schedule, ATimeThatExistsTwiceStartsAtItsFirstAndEndsAtItsSecondOccurrence) {
    // 02:30 comes at 00:30 UTC and again at 01:30 UTC.
    const auto hours = one(sunday, 2 * 60 + 30, 2 * 60 + 45);
    EXPECT_FALSE(covers(stockholm(), hours, utc(october_25 + 1800 - 1)));
    EXPECT_TRUE(covers(stockholm(), hours, utc(october_25 + 1800)));
    EXPECT_TRUE(covers(stockholm(), hours, utc(october_25 + hour_s + 2700 - 1)));
    EXPECT_FALSE(covers(stockholm(), hours, utc(october_25 + hour_s + 2700)));
}

// Rule 9.
TEST(Schedule, AnEndAtOrBeforeTheStartIsOnTheNextDay) {
    const Zone zone{"UTC", {{}}};
    const auto night = one(sunday, 22 * 60, 6 * 60);
    EXPECT_TRUE(covers(zone, night, utc(march_29 + 23 * hour_s)));
    EXPECT_TRUE(covers(zone, night, utc(march_29 + 29 * hour_s)));
    EXPECT_FALSE(covers(zone, night, utc(march_29 + 30 * hour_s)));
    const auto whole = one(sunday, 9 * 60, 9 * 60);
    EXPECT_TRUE(covers(zone, whole, utc(march_29 + 9 * hour_s)));
    EXPECT_TRUE(covers(zone, whole, utc(march_29 + 33 * hour_s - 1)));
    EXPECT_FALSE(covers(zone, whole, utc(march_29 + 33 * hour_s)));
}

// Rule 9.
TEST(Schedule, MidnightAsAnEndIsTheEndOfTheDay) {
    const Zone zone{"UTC", {{}}};
    const auto hours = one(sunday, 0, 1440);
    EXPECT_FALSE(covers(zone, hours, utc(march_29 - 1)));
    EXPECT_TRUE(covers(zone, hours, utc(march_29)));
    EXPECT_TRUE(covers(zone, hours, utc(march_29 + 24 * hour_s - 1)));
    EXPECT_FALSE(covers(zone, hours, utc(march_29 + 24 * hour_s)));
}

// Between two boundaries nothing changes: so walking from boundary to boundary sees every edge.
// Rule 9.
TEST(Schedule, NothingChangesBetweenBoundaries) {
    const std::vector<DailySpan> hours{
        {0x1f, 8 * 60, 12 * 60}, {0x15, 13 * 60, 1 * 60}, {sunday, 2 * 60 + 15, 2 * 60 + 50}};
    for (const auto begin : {march_29 - 3 * 24 * hour_s, october_25 - 3 * 24 * hour_s}) {
        auto next = next_boundary(stockholm(), hours, utc(begin));
        bool open = covers(stockholm(), hours, utc(begin));
        for (auto s = begin; s < begin + 8 * 24 * hour_s; s += 60) {
            ASSERT_TRUE(next.has_value());
            while (next && utc(s) >= *next) {
                open = covers(stockholm(), hours, *next);
                next = next_boundary(stockholm(), hours, *next);
            }
            ASSERT_EQ(covers(stockholm(), hours, utc(s)), open) << s;
        }
    }
}

TEST(Schedule, NoSpansHaveNoBoundary) {
    EXPECT_FALSE(next_boundary(stockholm(), {}, utc(march_29)).has_value());
}

// Rule 20. Days since 1970 of the week of March 2nd 2026, a Monday; the zone is UTC.
TEST(Schedule, AClosedDayBeginsAndEndsWhateverTheHoursAre) {
    const Zone zone{"UTC", {{}}};
    constexpr std::int32_t monday = 20514;
    constexpr std::int64_t day_s = 24 * hour_s;
    const auto at = [](std::int32_t day, std::int64_t second) { return utc(day * day_s + second); };
    const auto edge = [&](std::vector<DailySpan> spans, std::vector<std::int32_t> closed,
                          Instant from) {
        OpeningHours opening;
        opening.hours.spans = std::move(spans);
        opening.closed_days = std::move(closed);
        return next_edge(zone, opening, from);
    };
    // Without hours nothing opens or closes but that day.
    EXPECT_EQ(edge({}, {}, at(monday, 0)), std::nullopt);
    EXPECT_EQ(edge({}, {monday + 2}, at(monday, 0)), at(monday + 2, 0));
    EXPECT_EQ(edge({}, {monday}, at(monday, hour_s)), at(monday + 1, 0));
    // What is over is no edge; the hours of a closed day are looked at, though they say nothing.
    EXPECT_EQ(edge(one(every_day, 540, 1020), {monday}, at(monday, 10 * hour_s)),
              at(monday, 17 * hour_s));
    // Hours that go on into the closed day end at its beginning.
    EXPECT_EQ(edge(one(1, 22 * 60, 6 * 60), {monday + 1}, at(monday, 23 * hour_s)),
              at(monday + 1, 0));
    // Of many closed days the first that is to come counts.
    EXPECT_EQ(edge({}, {monday - 1, monday + 1, monday + 3, monday + 4, monday + 5}, at(monday, 0)),
              at(monday + 1, 0));
    EXPECT_EQ(edge({}, {monday, monday + 1, monday + 2}, at(monday, 1)), at(monday + 1, 0));
}

TEST(Schedule, OfNoDayHasNoBoundary) {
    const Zone zone{"UTC", {{}}};
    EXPECT_EQ(next_boundary(zone, one(0, 540, 1020), utc(march_29)), std::nullopt);
    EXPECT_FALSE(covers(zone, one(0, 540, 1020), utc(march_29 + 10 * hour_s)));
}

}  // namespace
}  // namespace usher::engine
