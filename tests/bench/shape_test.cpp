#include "bench/trace/shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "bench/trace/arrivals.h"

namespace usher::bench {
namespace {

std::uint32_t fraction_at(std::uint64_t percent) {
    return static_cast<std::uint32_t>(((percent << 32U) + 50) / 100);
}

TEST(Random, GivesTheNumbersOfSplitmix64) {
    // The published first outputs for the seed 1234567.
    Random random(1234567);
    EXPECT_EQ(random.next(), 6457827717110365317U);
    EXPECT_EQ(random.next(), 3203168211198807973U);
    EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(Random, IsUniformBelowANumberThatIsNoPowerOfTwo) {
    Random random(3);
    std::array<int, 7> counts{};
    for (int i = 0; i < 70'000; ++i) ++counts[random.below(7)];
    for (const auto count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(LifeOfATicket, IsThatOfTheTableAtItsPercentiles) {
    for (const auto& point : life_points) {
        if (point.percent == 100) continue;
        const auto wanted = static_cast<double>(point.minutes * 60);
        EXPECT_NEAR(static_cast<double>(life_s(fraction_at(point.percent))), wanted,
                    1 + wanted * 1e-4);
    }
    EXPECT_LE(life_s(0xFFFF'FFFFU), 400'000U * 60);
}

TEST(LifeOfATicket, NeverFallsAsTheFractionRises) {
    std::uint64_t last = 0;
    for (std::uint64_t fraction = 0; fraction <= 0xFFFF'FFFFU; fraction += 65'521) {
        const auto life = life_s(static_cast<std::uint32_t>(fraction));
        ASSERT_GE(life, last) << fraction;
        last = life;
    }
}

TEST(LifeOfATicket, KeepsBothTablesAlthoughMovedTicketsLiveLonger) {
    Random random(11);
    constexpr std::size_t draws = 200'000;
    std::vector<std::uint64_t> lives;
    std::array<double, 2> sum_by_moved{};
    std::array<std::size_t, 2> count_by_moved{};
    std::map<std::uint32_t, std::size_t> times;
    for (std::size_t i = 0; i < draws; ++i) {
        const auto life = draw_life(random, true);
        lives.push_back(life.seconds);
        ++times[std::min(life.moves, 6U)];
        ASSERT_LE(life.moves, moves_max);
        const auto moved = life.moves > 0 ? std::size_t{1} : std::size_t{0};
        ++count_by_moved[moved];
        sum_by_moved[moved] += static_cast<double>(life.seconds);
    }
    std::ranges::sort(lives);
    for (const auto& point : life_points) {
        if (point.percent == 0 || point.percent == 100) continue;
        // In ranks, not in minutes: where the distribution is flat, minutes say little.
        const auto rank = std::ranges::lower_bound(lives, point.minutes * 60) - lives.begin();
        EXPECT_NEAR(static_cast<double>(rank) / double{draws},
                    static_cast<double>(point.percent) / 100, 0.005)
            << point.percent;
    }
    for (std::size_t moves = 1; moves <= moved_times.size(); ++moves)
        EXPECT_NEAR(static_cast<double>(times[static_cast<std::uint32_t>(moves)]) / double{draws},
                    static_cast<double>(moved_times[moves - 1]) / moved_of, 0.004)
            << moves;
    EXPECT_GT(sum_by_moved[1] / static_cast<double>(count_by_moved[1]),
              1.5 * sum_by_moved[0] / static_cast<double>(count_by_moved[0]));
}

TEST(LifeOfATicket, HasNoMovesWhereThereIsNowhereToGo) {
    Random random(5);
    for (int i = 0; i < 10'000; ++i) ASSERT_EQ(draw_life(random, false).moves, 0U);
}

TEST(Types, AreThirtyThirtyForty) {
    Random random(2);
    std::map<std::string_view, int> counts;
    for (int i = 0; i < 100'000; ++i) ++counts[draw_type(random)];
    EXPECT_NEAR(counts["calling"], 30'000, 600);
    EXPECT_NEAR(counts["messaging"], 30'000, 600);
    EXPECT_NEAR(counts["email"], 40'000, 600);
    EXPECT_EQ(counts.size(), 3U);
}

TEST(Skewed, DrawsPlaceKOneKthAsOften) {
    Random random(9);
    const Skewed skewed(50);
    std::array<int, 50> counts{};
    for (int i = 0; i < 450'000; ++i) ++counts.at(skewed.draw(random));
    // The weights add up to the 50th harmonic number, 4.4992.
    for (const std::size_t place : {0U, 1U, 4U, 49U})
        EXPECT_NEAR(counts[place], 450'000 / 4.4992 / static_cast<double>(place + 1), 1500)
            << place;
}

TEST(Arrivals, FollowWeekdayAndHour) {
    Random random(1);
    Arrivals arrivals(1000);
    std::array<double, 7> by_weekday{};
    std::array<double, 24> by_hour{};
    double sum = 0;
    std::uint64_t last = 0;
    for (auto at = arrivals.next_s(random); at < std::uint64_t{52} * 7 * 86'400;
         at = arrivals.next_s(random)) {
        ASSERT_GE(at, last);
        last = at;
        ++by_weekday[at / 86'400 % 7];
        ++by_hour[at / 3600 % 24];
        ++sum;
    }
    EXPECT_NEAR(sum / (52 * 7), 1000, 10);
    for (std::size_t day = 0; day < 7; ++day)
        EXPECT_NEAR(by_weekday[day] / sum, arrivals_by_weekday[day] / 24'918.0, 0.004) << day;
    for (std::size_t hour = 0; hour < 24; ++hour)
        EXPECT_NEAR(by_hour[hour] / sum, arrivals_by_hour[hour] / 24'918.0, 0.003) << hour;
}

}  // namespace
}  // namespace usher::bench
