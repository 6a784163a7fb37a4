// A stamped request passes each stage once, in order, and only with the facts that it waits for.
#include "shard/stages.h"

#include <gtest/gtest.h>

namespace usher::testing {
namespace {

using shard::Stage;
using shard::Stages;

std::uint64_t passed(const Stages& stages, Stage stage) {
    return stages.spent_ns(stage).count();
}

void begin_one(Stages& stages) {
    std::uint32_t asked = 1;
    while (!stages.begins()) ++asked;
    ASSERT_LE(asked, Stages::one_in);
}

TEST(Stages, OneInSoManyIsStamped) {
    Stages stages;
    std::uint32_t begun = 0;
    for (std::uint32_t i = 0; i < 10 * Stages::one_in; ++i)
        if (stages.begins()) {
            ++begun;
            stages.drop();
        }
    EXPECT_EQ(begun, 10U);
}

TEST(Stages, NoneIsStampedWhileOneIsUnderWay) {
    Stages stages;
    begin_one(stages);
    for (std::uint32_t i = 0; i < 3 * Stages::one_in; ++i) EXPECT_FALSE(stages.begins());
}

TEST(Stages, AreThoseOfTheMode) {
    Stages synced;
    begin_one(synced);
    synced.turn_came();
    synced.decided(2, 100);
    EXPECT_EQ(synced.of_shard(1), nullptr);
    ASSERT_EQ(synced.of_shard(2), &synced);
    synced.written(99);
    synced.synced(99);
    synced.released(99);
    EXPECT_EQ(passed(synced, Stage::append), 0U);
    synced.written(100);
    synced.released(99);
    synced.sent();
    EXPECT_EQ(passed(synced, Stage::write), 0U) << "its answer still waits for the disk";
    // A turn later.
    ASSERT_EQ(synced.of_shard(2), &synced);
    synced.written(150);
    synced.synced(150);
    synced.released(150);
    EXPECT_EQ(synced.of_shard(2), nullptr);
    synced.sent();
    synced.sent();
    for (const auto stage : {Stage::read, Stage::decide, Stage::append, Stage::sync, Stage::write})
        EXPECT_EQ(passed(synced, stage), 1U) << static_cast<int>(stage);

    Stages memory;
    begin_one(memory);
    memory.turn_came();
    memory.decided(0, 7);
    memory.released(7);
    memory.sent();
    EXPECT_EQ(passed(memory, Stage::append), 0U);
    EXPECT_EQ(passed(memory, Stage::sync), 0U);
    EXPECT_EQ(passed(memory, Stage::write), 1U);
}

}  // namespace
}  // namespace usher::testing
