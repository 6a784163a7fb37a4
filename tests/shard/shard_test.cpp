// A shard over a real directory: answers wait for the disk, a shard that vanishes comes back as it
// was, a closed one comes back from its snapshot, and what cannot be trusted is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/shard/one_shard.h"

namespace usher::testing {
namespace {

class EachMode : public ShardTest, public ::testing::WithParamInterface<Durability> {};

TEST_P(EachMode, AnswersLeaveAtTheEndOfTheTurnInOrder) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard) << shard.error().message;
    apply(**shard);
    for (int i = 0; i < 20; ++i) route(**shard, i);
    EXPECT_TRUE(letters_.correlations.empty());
    EXPECT_TRUE((*shard)->answers_wait());
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_FALSE((*shard)->answers_wait());
    ASSERT_EQ(letters_.correlations.size(), 21U);
    for (std::size_t i = 0; i < 21; ++i) EXPECT_EQ(letters_.correlations[i], i + 1);
    EXPECT_EQ(letters_.outcomes.back(), protocol::Outcome::assigned);
    EXPECT_EQ(letters_.sessions.back(), 5U);
}

INSTANTIATE_TEST_SUITE_P(Modes, EachMode,
                         ::testing::Values(Durability::memory, Durability::written,
                                           Durability::synced));

class LastingModes : public EachMode {};

TEST_P(LastingModes, AShardThatVanishesComesBackAsItWas) {
    std::string digest;
    std::uint64_t seq = 0;
    for (int life = 0; life < 4; ++life) {
        auto shard = open(GetParam());
        ASSERT_TRUE(shard) << shard.error().message;
        EXPECT_EQ((*shard)->last_seq(), seq);
        if (life > 0) {
            EXPECT_EQ((*shard)->engine().digest().text(), digest);
        } else {
            apply(**shard);
        }
        for (int i = 0; i < 50; ++i) route(**shard, life * 100 + i);
        ASSERT_TRUE((*shard)->commit(letters_));
        digest = (*shard)->engine().digest().text();
        seq = (*shard)->last_seq();
        EXPECT_EQ((*shard)->engine().open_ticket_count(), 50U * static_cast<unsigned>(life + 1));
    }
}

TEST_P(LastingModes, AClosedShardComesBackFromItsSnapshotAlone) {
    std::string digest;
    {
        auto shard = open(GetParam());
        ASSERT_TRUE(shard) << shard.error().message;
        apply(**shard);
        for (int i = 0; i < 50; ++i) route(**shard, i);
        const auto closed = (*shard)->close(letters_);
        ASSERT_TRUE(closed) << closed.error().message;
        EXPECT_EQ(letters_.correlations.size(), 51U);
        digest = (*shard)->engine().digest().text();
    }
    auto shard = open(GetParam());
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_EQ((*shard)->engine().digest().text(), digest);
    std::vector<protocol::StatusEntry> status;
    (*shard)->status(status);
    const auto recovered =
        std::ranges::find(status, "recovered_facts", &protocol::StatusEntry::name);
    ASSERT_NE(recovered, status.end());
    EXPECT_EQ(recovered->value, "0");
    route(**shard, 1000);
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.outcomes.back(), protocol::Outcome::assigned);
}

INSTANTIATE_TEST_SUITE_P(Modes, LastingModes,
                         ::testing::Values(Durability::written, Durability::synced));

TEST_F(ShardTest, WhatWasNotCommittedIsNotThereAfterwards) {
    {
        auto shard = open(Durability::synced);
        ASSERT_TRUE(shard);
        apply(**shard);
        ASSERT_TRUE((*shard)->commit(letters_));
        route(**shard, 1);
    }
    auto shard = open(Durability::synced);
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_EQ((*shard)->engine().open_ticket_count(), 0U);
    EXPECT_EQ(letters_.correlations.size(), 1U);
}

TEST_F(ShardTest, UnderTheTraceClockARequestSaysWhenItHappens) {
    auto shard = open(Durability::memory);
    ASSERT_TRUE(shard);
    apply(**shard);
    send(**shard, R"({"do":"route","channel":"mail","ticket":"1"})");
    send(**shard, R"({"at":"2026-03-02T08:00:00Z","do":"route","channel":"mail","ticket":"1"})");
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.rejects[1], protocol::Reject::bad_field);
    EXPECT_EQ(letters_.rejects[2], protocol::Reject::clock_backwards);
}

TEST_F(ShardTest, UnderTheWallClockTheRequestsInstantDoesNotMatterAndTimeNeverRunsBack) {
    auto shard = open(Durability::memory, ClockMode::wall);
    ASSERT_TRUE(shard);
    apply(**shard);
    send(**shard, R"({"at":"1999-03-02T08:00:00Z","do":"route","channel":"mail","ticket":"1"})");
    (*shard)->tick(Instant{1'000});
    send(**shard, R"({"do":"close","ticket":"1"})");
    ASSERT_TRUE((*shard)->commit(letters_));
    for (const auto reject : letters_.rejects) EXPECT_EQ(reject, protocol::Reject::none);
}

TEST_F(ShardTest, AJournalThatCannotBeTrustedIsRefused) {
    {
        auto shard = open(Durability::synced);
        ASSERT_TRUE(shard);
        apply(**shard);
        ASSERT_TRUE((*shard)->commit(letters_));
        route(**shard, 1);
        ASSERT_TRUE((*shard)->commit(letters_));
    }
    std::fstream segment(first_segment(), std::ios::in | std::ios::out | std::ios::binary);
    ASSERT_TRUE(segment);
    segment.seekp(8192 + 100);
    segment.put('\x5a');
    segment.close();
    const auto shard = open(Durability::synced);
    ASSERT_FALSE(shard);
    EXPECT_EQ(shard.error().code, ExitCode::data);
    EXPECT_NE(shard.error().message.find(".uj"), std::string::npos) << shard.error().message;
}

}  // namespace
}  // namespace usher::testing
