// The engine against its twin: the same random histories, every answer compared. And the control:
// a twin that was given a bug must be found out.
#include <gtest/gtest.h>

#include "tests/twin/routers.h"

namespace usher::twin {
namespace {

constexpr std::size_t history_steps = 250;

/// Runs histories of consecutive seeds; says how to have a mismatch again.
void expect_agreement(std::uint64_t first_seed, std::size_t histories) {
    const auto twin = twin_router(Features{});
    const auto engine = engine_router();
    for (std::uint64_t seed = first_seed; seed < first_seed + histories; ++seed) {
        const auto mismatch = compare(invent_history(seed, history_steps), twin, engine);
        if (!mismatch) continue;
        FAIL() << "step " << mismatch->step << ": " << mismatch->line
               << "\n  twin:   " << mismatch->expected << "\n  engine: " << mismatch->got
               << "\nreproduce: usher-twin --seed " << seed << " --steps " << mismatch->step + 1;
    }
}

TEST(TwinComparison, EngineAndTwinGiveTheSameAnswersOnHistoriesOfFixedSeeds) {
    expect_agreement(1, 80);  // 20,000 steps
}

TEST(TwinComparison, EngineAndTwinGiveTheSameAnswersOnHistoriesThatNobodyHasSeen) {
    const auto seed = testing::fresh_seed();
    std::cout << "USHER_SEED=" << seed << '\n';
    expect_agreement(seed, 8);
}

TEST(TwinComparison, TheSameSeedGivesTheSameHistory) {
    EXPECT_EQ(invent_history(7, 100).lines, invent_history(7, 100).lines);
    EXPECT_EQ(invent_history(7, 100).roster, invent_history(7, 100).roster);
    EXPECT_NE(invent_history(7, 100).lines, invent_history(8, 100).lines);
}

TEST(TwinComparison, TheTwinGivesTheSameAnswersTwice) {
    Features everything;
    everything.queues = true;
    const auto twin = twin_router(everything);
    for (std::uint64_t seed = 1; seed <= 4; ++seed)
        EXPECT_FALSE(compare(invent_history(seed, history_steps), twin, twin)) << "seed " << seed;
}

class PlantedBug : public ::testing::TestWithParam<std::string_view> {};

TEST_P(PlantedBug, IsFoundWithinTwentyThousandSteps) {
    const auto twin = twin_router(Features{}, GetParam());
    const auto engine = engine_router();
    for (std::uint64_t seed = 1; seed <= 80; ++seed)
        if (compare(invent_history(seed, history_steps), twin, engine)) return;
    FAIL() << "nothing differs although the twin has the bug " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Twin, PlantedBug, ::testing::ValuesIn(plants().begin(), plants().end()),
                         [](const auto& plant) { return std::string(plant.param); });

}  // namespace
}  // namespace usher::twin
