#include "bench/load/schedule.h"

#include <gtest/gtest.h>

namespace usher::bench {
namespace {

TEST(Schedule, SpacesRequestsEvenlyWithoutDrift) {
    const Schedule schedule(1'000, 3, 10);
    EXPECT_EQ(schedule.at_ns(0), 1'000U);
    EXPECT_EQ(schedule.at_ns(1), 1'000U + 333'333'333U);
    EXPECT_EQ(schedule.at_ns(3), 1'000U + 1'000'000'000U);
    EXPECT_EQ(schedule.at_ns(3'000'000'000), 1'000'000'000'000'001'000U);
}

TEST(Schedule, CountsWhatIsDueAndNeverMoreThanThereIs) {
    const Schedule schedule(1'000'000'000, 1000, 5);
    EXPECT_EQ(schedule.due(999'999'999), 0U);
    EXPECT_EQ(schedule.due(1'000'000'000), 1U);
    EXPECT_EQ(schedule.due(1'000'999'999), 1U);
    EXPECT_EQ(schedule.due(1'001'000'000), 2U);
    EXPECT_EQ(schedule.due(9'000'000'000), 5U);
}

TEST(Schedule, ReleasesARequestNotBeforeItsTime) {
    // Rates that do not divide a second: rounding must not send anything early.
    for (const std::uint64_t rate : {7U, 333U, 99'991U, 1'000'003U}) {
        const Schedule schedule(12'345, rate, 1'000'000);
        for (std::uint64_t now = 12'345; now < 30'000'000; now += 77'777) {
            const auto due = schedule.due(now);
            ASSERT_GT(due, 0U);
            ASSERT_LE(schedule.at_ns(due - 1), now);
            ASSERT_GE(schedule.at_ns(due) + 1, now);
        }
    }
}

}  // namespace
}  // namespace usher::bench
