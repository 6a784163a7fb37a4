// The laws of load_balanced, round_robin and random, and that an even chance is one.
#include "engine/distribution/distribution.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "tests/engine/world.h"

namespace usher::testing {
namespace {

std::string route(int ticket) {
    return R"({"do":"route","ticket":")" + std::to_string(ticket) + R"(","channel":"mail"})";
}

// Rules 21 and 22.
TEST(LoadBalanced, TheLowestLoadWinsThenWhoHasWaitedLongestThenTheRostersOrder) {
    World world(small_desk());
    EXPECT_EQ(world.outcome(route(1)), "assigned a");
    EXPECT_EQ(world.outcome(route(2)), "assigned b");
    EXPECT_EQ(world.outcome(route(3)), "assigned c");
    world.send(R"({"do":"close","ticket":"2"})");
    EXPECT_EQ(world.outcome(route(4)), "assigned b");
    EXPECT_EQ(world.outcome(route(5)), "assigned a");
}

// Rule 22.
TEST(LoadBalanced, MostRecentPrefersWhoWasAssignedLast) {
    World world(small_desk("tie_break = \"most_recent\"\n"));
    world.send(route(1));
    world.send(R"({"do":"assign","ticket":"1","agent":"c"})");
    world.send(R"({"do":"close","ticket":"1"})");
    EXPECT_EQ(world.outcome(route(2)), "assigned c");
}

// Rule 23.
TEST(RoundRobin, EverybodyGetsATurnBeforeAnybodyGetsASecond) {
    World world(small_desk("distribution = \"round_robin\"\n"));
    std::string order;
    for (int i = 0; i < 6; ++i) order += world.outcome(route(i)).back();
    EXPECT_EQ(order, "abcabc");
}

// Rule 23.
TEST(RoundRobin, WhoComesBackWithinTheCycleStillGetsATurn) {
    World world(small_desk("distribution = \"round_robin\"\n"));
    world.send(R"({"do":"availability","agent":"a","set":"away"})");
    EXPECT_EQ(world.outcome(route(1)), "assigned b");
    world.send(R"({"do":"availability","agent":"a","set":"available"})");
    EXPECT_EQ(world.outcome(route(2)), "assigned a");
    EXPECT_EQ(world.outcome(route(3)), "assigned c");
}

// Rule 24.
TEST(RandomDraw, IsEvenAndRepeats) {
    std::array<std::map<std::string, int>, 2> counts;
    std::array<std::string, 2> orders;
    for (int run = 0; run < 2; ++run) {
        World world(small_desk("distribution = \"random\"\n"));
        for (int i = 0; i < 3000; ++i) {
            const auto who = world.outcome(route(i));
            ++counts[static_cast<std::size_t>(run)][who];
            orders[static_cast<std::size_t>(run)] += who.back();
            world.send(R"({"do":"close","ticket":")" + std::to_string(i) + "\"}");
        }
    }
    EXPECT_EQ(orders[0], orders[1]);
    for (const auto& [who, count] : counts[0]) EXPECT_NEAR(count, 1000, 120) << who;
    EXPECT_EQ(counts[0].size(), 3U);
}

// Three sets of figures of SplitMix64 with seed 7: the draws are the same on every machine.
// Rule 24.
TEST(RandomDraw, IsTheGeneratorThatTheRulesName) {
    World world(small_desk("distribution = \"random\"\n"));
    std::string order;
    for (int i = 0; i < 12; ++i) order += world.outcome(route(i)).back();
    std::string expected;
    std::uint64_t state = 7;
    for (int i = 0; i < 12; ++i) {
        state += 0x9E3779B97F4A7C15ULL;
        auto z = state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        z ^= z >> 31U;
        // The high part of z × 3, by halves.
        const auto high = ((z >> 32U) * 3 + ((z & 0xffffffffU) * 3 >> 32U)) >> 32U;
        expected += static_cast<char>('a' + high);
    }
    EXPECT_EQ(order, expected);
}

}  // namespace
}  // namespace usher::testing
