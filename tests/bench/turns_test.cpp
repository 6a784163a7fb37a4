#include "bench/load/turns.h"

#include <gtest/gtest.h>

namespace usher::bench {
namespace {

Round round_of(std::initializer_list<std::uint64_t> rates) {
    Round round;
    for (const auto rate : rates) {
        Window window;
        window.seconds = 1;
        window.tally.replies = rate;
        round.push_back(std::move(window));
    }
    return round;
}

TEST(Spread, IsTheMiddleAndTheEnds) {
    const auto odd = spread_of({5, 1, 3});
    EXPECT_EQ(odd.median, 3);
    EXPECT_EQ(odd.least, 1);
    EXPECT_EQ(odd.most, 5);
    EXPECT_EQ(spread_of({4, 2}).median, 3);
    EXPECT_EQ(spread_of({}).median, 0);
}

TEST(Rounds, AreDroppedWhereTheFloorIsBelowSixtyPercentOfItsBest) {
    std::vector<Round> rounds;
    rounds.push_back(round_of({100, 50}));
    rounds.push_back(round_of({60, 50}));
    rounds.push_back(round_of({59, 900}));
    const auto kept = rounds_kept(rounds, 0);
    EXPECT_EQ(kept, (std::vector<bool>{true, true, false}));
}

TEST(Rounds, AreAllKeptWithoutAFloor) {
    std::vector<Round> rounds;
    rounds.push_back(round_of({100}));
    rounds.push_back(round_of({1}));
    EXPECT_EQ(rounds_kept(rounds, std::nullopt), (std::vector<bool>{true, true}));
}

}  // namespace
}  // namespace usher::bench
