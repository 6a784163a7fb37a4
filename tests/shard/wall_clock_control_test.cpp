// The control of wall_clock_history: the clock with a bug on purpose (base/planted.h) must be found
// out by random lives, each bug within a few.
#include <gtest/gtest.h>

#include "base/planted.h"
#include "tests/shard/wall_clock_history.h"

namespace usher::shard::testing {
namespace {

class PlantedWallClock : public ::testing::TestWithParam<const char*> {};

TEST_P(PlantedWallClock, IsFoundOut) {
    planted_bug = GetParam();
    Met met;
    bool found = false;
    for (std::uint64_t seed = 1; seed <= 20 && !found; ++seed)
        found = broken_promise(seed, met).has_value();
    EXPECT_TRUE(found) << planted_bug;
    planted_bug.clear();
    EXPECT_FALSE(broken_promise(1, met)) << "without a bug there is none to be found";
}

INSTANTIATE_TEST_SUITE_P(Bugs, PlantedWallClock,
                         ::testing::Values("step_back_freezes", "step_back_followed",
                                           "never_waited_for", "step_ahead_believed",
                                           "doubt_not_renewed"),
                         [](const auto& bug) { return std::string(bug.param); });

}  // namespace
}  // namespace usher::shard::testing
