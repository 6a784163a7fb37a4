// Which instant counts when the wall clock and boot time do not agree, rule by rule, with clocks
// that are turned by hand; and random lives (wall_clock_history.h).
#include "shard/wall_clock.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "tests/shard/wall_clock_history.h"
#include "tests/support/random.h"

namespace usher::shard::testing {
namespace {

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr std::int64_t began = 1'800'000'000'000;

/// Two clocks, and what came of them. Instants are told in milliseconds since it began.
class Hands {
  public:
    explicit Hands(std::int64_t latest = 0)
        : clock_({{began}, {boot_}}, {began + latest}), used_(std::max<std::int64_t>(0, latest)) {}

    /// Time goes by, and then the wall is set by so much. How far the instant has come by it.
    std::int64_t after(std::int64_t passed, std::int64_t step = 0) {
        boot_ += passed;
        wall_ += passed + step;
        const auto before = used_;
        const ClockReading now{{began + wall_}, {boot_}};
        keeps_pace_ = clock_.keeps_pace(now);
        used_ = clock_.read(now).ms - began;
        return used_ - before;
    }
    std::int64_t used() const { return used_; }
    std::int64_t wall() const { return wall_; }
    bool kept_pace() const { return keeps_pace_; }
    ClockNews news() const { return clock_.news(); }
    const WallClock& clock() const { return clock_; }
    void restore_boot(std::int64_t back) { boot_ -= back; }

  private:
    std::int64_t boot_ = 5 * hour;
    std::int64_t wall_ = 0;
    WallClock clock_;
    std::int64_t used_;
    bool keeps_pace_ = true;
};

TEST(WallClock, IsTheWallsAsLongAsThatKeepsPace) {
    Hands hands;
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(hands.after(997, i % 3 - 1), 997 + i % 3 - 1);
    EXPECT_EQ(hands.used(), hands.wall());
    EXPECT_EQ(hands.clock().steps(), 0U);
    EXPECT_EQ(hands.clock().news_count(), 0U);
    EXPECT_EQ(hands.clock().wall_ahead().ms, 0);
}

TEST(WallClock, FollowsACorrectionOfAMinuteAhead) {
    Hands hands;
    EXPECT_EQ(hands.after(second, minute), second + minute);
    EXPECT_TRUE(hands.kept_pace());
    EXPECT_EQ(hands.news(), ClockNews::none);
    EXPECT_EQ(hands.clock().steps(), 0U);
}

TEST(WallClock, StandsStillForACorrectionOfAMinuteBack) {
    Hands hands;
    EXPECT_EQ(hands.after(second, -minute), 0);
    EXPECT_TRUE(hands.kept_pace());
    EXPECT_EQ(hands.after(58 * second), 0);
    EXPECT_EQ(hands.clock().wall_ahead().ms, -second);
    EXPECT_EQ(hands.after(2 * second), second);
    EXPECT_EQ(hands.used(), hands.wall());
    EXPECT_EQ(hands.clock().news_count(), 0U);
}

TEST(WallClock, GoesOnAtHalfItsPaceWhenTheWallStepsBackFurther) {
    for (const auto step : {minute + 1, hour, day}) {
        Hands hands;
        EXPECT_EQ(hands.after(second, -step), second / 2);
        EXPECT_FALSE(hands.kept_pace());
        EXPECT_EQ(hands.news(), ClockNews::behind);
        EXPECT_EQ(hands.clock().step().ms, -step);
        EXPECT_EQ(hands.clock().wall_ahead().ms, -step + second / 2);
        EXPECT_FALSE(hands.clock().is_far_behind());
    }
}

TEST(WallClock, WaitsUntilTheWallHasCaughtUpAndSaysSoOnce) {
    Hands hands;
    hands.after(second, -hour);
    std::int64_t seconds_behind = 1;
    while (hands.after(second) == second / 2) ++seconds_behind;
    EXPECT_EQ(hands.news(), ClockNews::as_before);
    EXPECT_EQ(hands.clock().news_count(), 2U);
    EXPECT_EQ(hands.clock().steps(), 1U);
    EXPECT_EQ(seconds_behind, 2 * 59 * 60);
    hands.after(minute);
    EXPECT_EQ(hands.used(), hands.wall());
    EXPECT_EQ(hands.after(second), second);
}

TEST(WallClock, LosesNoMillisecondOfHalfItsPace) {
    Hands hands;
    hands.after(second, -hour);
    const auto before = hands.used();
    for (int i = 0; i < 1001; ++i) hands.after(1);
    EXPECT_EQ(hands.used() - before, 500);
    for (int i = 0; i < 7; ++i) hands.after(333);
    EXPECT_EQ(hands.used() - before, 500 + (1 + 7 * 333) / 2);
}

TEST(WallClock, GoesOnAtBootTimesPaceWhenTheWallIsMoreThanADayBehind) {
    Hands hands;
    EXPECT_EQ(hands.after(second, -day - 1), second);
    EXPECT_EQ(hands.news(), ClockNews::behind);
    EXPECT_EQ(hands.clock().wall_ahead().ms, -day - 1);
    EXPECT_TRUE(hands.clock().is_far_behind());
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(hands.after(hour), hour);
        EXPECT_EQ(hands.news(), ClockNews::none) << "said once";
    }
    EXPECT_EQ(hands.clock().steps(), 1U);
}

TEST(WallClock, FollowsAgainOnceTheWallHasCaughtUp) {
    Hands hands;
    hands.after(second, -2 * day);
    EXPECT_EQ(hands.after(hour), hour);
    EXPECT_EQ(hands.after(second, 2 * day), second);
    EXPECT_EQ(hands.news(), ClockNews::as_before);
    EXPECT_EQ(hands.clock().wall_ahead().ms, 0);
    EXPECT_EQ(hands.clock().steps(), 2U);
    EXPECT_EQ(hands.after(second, 7), second + 7);
}

// As a time server does it: slowly. It ends with standing still for a minute at most, not by a
// step.
TEST(WallClock, FollowsAgainAWallThatIsLedBackSlowly) {
    Hands hands;
    hands.after(second, -2 * day);
    hands.after(second, 2 * day - 5 * minute);
    int seconds_behind = 0;
    while (hands.after(second, 10) == second / 2) ++seconds_behind;
    EXPECT_EQ(hands.news(), ClockNews::as_before);
    EXPECT_EQ(seconds_behind, (4 * minute - second / 2) / (second / 2 + 10) + 1);
    EXPECT_EQ(hands.clock().steps(), 2U);
    EXPECT_EQ(hands.clock().news_count(), 3U);
}

TEST(WallClock, SaysASecondStepBackAsWell) {
    Hands hands;
    hands.after(second, -2 * day);
    EXPECT_EQ(hands.after(second, -day), second);
    EXPECT_EQ(hands.news(), ClockNews::behind);
    EXPECT_EQ(hands.clock().steps(), 2U);
    EXPECT_EQ(hands.clock().wall_ahead().ms, -3 * day);
}

TEST(WallClock, GoesOnWhereSmallStepsBackHaveAddedUp) {
    Hands hands;
    EXPECT_EQ(hands.after(second, -40 * second), 0);
    EXPECT_EQ(hands.after(second, -40 * second), second / 2);
    EXPECT_EQ(hands.news(), ClockNews::behind);
    EXPECT_EQ(hands.clock().steps(), 1U);
}

TEST(WallClock, TakesAStepAheadOfLessThanAnHourAndSaysSo) {
    for (const auto step : {minute + 1, hour - 1}) {
        Hands hands;
        EXPECT_EQ(hands.after(second, step), second + step);
        EXPECT_FALSE(hands.kept_pace());
        EXPECT_EQ(hands.news(), ClockNews::taken);
        EXPECT_EQ(hands.clock().step().ms, step);
        EXPECT_EQ(hands.after(second), second);
        EXPECT_EQ(hands.news(), ClockNews::none);
        EXPECT_EQ(hands.clock().steps(), 1U);
    }
}

TEST(WallClock, DoesNotBelieveAStepAheadOfAnHour) {
    for (const auto step : {hour, 400 * day}) {
        Hands hands;
        EXPECT_EQ(hands.after(second, step), second);
        EXPECT_EQ(hands.news(), ClockNews::doubted);
        EXPECT_EQ(hands.clock().wall_ahead().ms, step);
        EXPECT_EQ(hands.after(599 * second + 999), 599 * second + 999);
        EXPECT_EQ(hands.news(), ClockNews::none);
        EXPECT_EQ(hands.clock().steps(), 1U);
    }
}

TEST(WallClock, BelievesItAfterTenMinutesAtBootTimesPace) {
    Hands hands;
    hands.after(second, 400 * day);
    for (int i = 0; i < 599; ++i) EXPECT_EQ(hands.after(second), second);
    EXPECT_EQ(hands.after(999), 999);
    EXPECT_EQ(hands.after(1), 400 * day + 1);
    EXPECT_EQ(hands.news(), ClockNews::believed);
    EXPECT_EQ(hands.clock().steps(), 1U) << "there was no other";
    EXPECT_EQ(hands.clock().news_count(), 2U);
    EXPECT_EQ(hands.clock().wall_ahead().ms, 0);
    EXPECT_EQ(hands.after(second), second);
}

TEST(WallClock, BeginsTheTenMinutesAnewWhereTheWallStepsWithinThem) {
    for (const auto again : {minute + 1, -minute - 1, day}) {
        Hands hands;
        hands.after(second, 2 * day);
        hands.after(9 * minute);
        EXPECT_EQ(hands.after(second, again), second);
        EXPECT_EQ(hands.news(), ClockNews::doubted);
        EXPECT_EQ(hands.clock().steps(), 2U);
        EXPECT_EQ(hands.after(10 * minute - 1), 10 * minute - 1);
        EXPECT_EQ(hands.after(1), 2 * day + again + 1);
        EXPECT_EQ(hands.news(), ClockNews::believed);
    }
}

TEST(WallClock, BelievesAWallThatIsCorrectedByAMinuteWithinThem) {
    Hands hands;
    hands.after(second, 2 * day);
    hands.after(5 * minute, minute);
    EXPECT_EQ(hands.news(), ClockNews::none);
    EXPECT_EQ(hands.after(5 * minute), 5 * minute + 2 * day + minute);
}

TEST(WallClock, DoesNotBelieveAWallThatRunsAway) {
    Hands hands;
    hands.after(second, 2 * day);
    for (int i = 0; i < 10'000; ++i) EXPECT_EQ(hands.after(second, second), second);
}

TEST(WallClock, IsAsBeforeWhenTheWallStepsBackWithinThem) {
    Hands hands;
    hands.after(second, 400 * day);
    hands.after(5 * minute);
    EXPECT_EQ(hands.after(second, -400 * day), second);
    EXPECT_EQ(hands.news(), ClockNews::as_before);
    EXPECT_EQ(hands.clock().wall_ahead().ms, 0);
    EXPECT_EQ(hands.clock().steps(), 2U);
    EXPECT_EQ(hands.after(hour), hour);
    EXPECT_EQ(hands.after(second, 400 * day), second) << "its ten minutes begin again";
    EXPECT_EQ(hands.after(9 * minute), 9 * minute);
}

TEST(WallClock, TakesWhatIsLeftOfAStepIfThatIsLessThanAnHour) {
    Hands hands;
    hands.after(second, 2 * day);
    EXPECT_EQ(hands.after(second, -2 * day + 30 * minute), second + 30 * minute);
    EXPECT_EQ(hands.news(), ClockNews::taken);
}

TEST(WallClock, MaySwingFromFarAheadToFarBehindAndOn) {
    Hands hands;
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(hands.after(second, 3 * day), second);
        EXPECT_EQ(hands.news(), ClockNews::doubted);
        EXPECT_EQ(hands.after(second, -6 * day), second);
        EXPECT_EQ(hands.news(), ClockNews::behind);
        EXPECT_EQ(hands.after(second, 3 * day), second);
        EXPECT_EQ(hands.news(), ClockNews::as_before);
    }
    EXPECT_EQ(hands.clock().steps(), 150U);
    EXPECT_EQ(hands.used(), hands.wall());
}

TEST(WallClock, FindsNoStepWhereTheMachineSlept) {
    Hands hands;
    EXPECT_EQ(hands.after(70 * day), 70 * day);
    EXPECT_TRUE(hands.kept_pace());
    EXPECT_EQ(hands.news(), ClockNews::none);
}

TEST(WallClock, BeginsWithTheWallHoweverFarAheadItIs) {
    Hands hands(-400 * day);
    EXPECT_EQ(hands.news(), ClockNews::none);
    EXPECT_EQ(hands.after(second), second);
    EXPECT_EQ(hands.used(), second);
}

TEST(WallClock, BeginsWithWhatWasKeptWhereTheWallIsBehindIt) {
    Hands by_a_minute(minute);
    EXPECT_EQ(by_a_minute.news(), ClockNews::none);
    EXPECT_EQ(by_a_minute.after(second), 0);
    Hands by_more(minute + 1);
    EXPECT_EQ(by_more.news(), ClockNews::behind_at_start);
    EXPECT_EQ(by_more.clock().step().ms, -minute - 1);
    EXPECT_EQ(by_more.clock().wall_ahead().ms, -minute - 1);
    EXPECT_EQ(by_more.clock().steps(), 1U);
    EXPECT_EQ(by_more.after(2), 1);
    EXPECT_EQ(by_more.news(), ClockNews::none);
    Hands by_days(2 * day);
    EXPECT_EQ(by_days.after(day), day);
}

// A machine that was restored from a picture of itself: boot time tells nothing for once.
TEST(WallClock, DoesNotGoBackWithABootClockThatDoes) {
    Hands hands;
    hands.after(second, -2 * day);
    hands.restore_boot(hour);
    EXPECT_EQ(hands.after(0), 0);
    EXPECT_EQ(hands.after(minute), minute);
}

TEST(WallClock, KeepsItsPromisesInRandomLives) {
    const auto seed = usher::testing::fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    Met met;
    for (std::uint64_t life = 0; life < 40; ++life)
        ASSERT_EQ(broken_promise(seed + life, met).value_or(""), "") << "in life " << seed + life;
    EXPECT_GT(met.corrections, 0);
    EXPECT_GT(met.held_behind, 0);
    EXPECT_GT(met.caught_up, 0);
    EXPECT_GT(met.held_ahead, 0);
    EXPECT_GT(met.believed, 0);
    EXPECT_GT(met.back_in_doubt, 0);
}

}  // namespace
}  // namespace usher::shard::testing
