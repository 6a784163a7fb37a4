// Following an account (rule 35): no gap, no double, nothing before it is safe; from memory, from
// the journal, across restarts; and every way in which it is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "tests/shard/one_shard.h"

namespace usher::testing {
namespace {

class FollowTest : public ShardTest {
  protected:
    void follow(Shard& shard, std::optional<std::uint64_t> from, std::uint32_t limit = 256,
                std::uint32_t wait_ms = 0, std::string_view account = "acme") {
        protocol::Request request;
        request.account = account;
        request.body = protocol::Follow{from, limit, wait_ms};
        shard.submit(request, 1000, {0, session_}, Instant{1'700'000'000'000});
    }

    std::uint64_t session_ = 9;  ///< who follows

    /// Turns until an answer to a follower is there: history is read by another thread.
    void turn(Shard& shard) {
        const auto pages = letters_.pages, rejects = refusals();
        for (int i = 0; i < 5000 && letters_.pages == pages && refusals() == rejects; ++i) {
            ASSERT_TRUE(shard.commit(letters_));
            if (letters_.pages == pages) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ASSERT_TRUE(letters_.pages != pages || refusals() != rejects) << "no answer";
    }

    std::size_t refusals() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            letters_.rejects, [](auto reject) { return reject != protocol::Reject::none; }));
    }

    /// Everything from `from` to where the account is, page by page.
    std::vector<std::string> history(Shard& shard, std::uint64_t from, std::uint32_t limit = 256) {
        letters_.clear();
        for (;;) {
            const auto before = letters_.events.size();
            follow(shard, from, limit);
            turn(shard);
            if (refusals() > 0 || letters_.events.size() == before) return letters_.events;
            from = letters_.through + 1;
        }
    }

    void work(Shard& shard, int first, int count) {
        for (int i = first; i < first + count; ++i) {
            route(shard, i);
            if (i % 3 == 0)
                send(shard, R"({"at":"2026-03-02T09:00:01Z","do":"close","ticket":")" +
                                std::to_string(i) + "\"}");
            ASSERT_TRUE(shard.commit(letters_));
        }
    }

    std::string reject() const {
        return letters_.rejects.empty()
                   ? "nothing"
                   : std::string(protocol::reject_name(letters_.rejects.back()));
    }
};

class FollowInEachMode : public FollowTest, public ::testing::WithParamInterface<Durability> {};

TEST_P(FollowInEachMode, NothingLeavesBeforeItsTurnIsSafe) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.pages, 1U);
    EXPECT_TRUE(letters_.events.empty()) << "from now on";
    const auto now = letters_.through;

    follow(**shard, now + 1, 256, 10'000);
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.pages, 1U) << "it waits";
    route(**shard, 1);
    EXPECT_EQ(letters_.pages, 1U) << "decided, applied, and not yet safe";
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.pages, 2U);
    ASSERT_EQ(letters_.seqs, (std::vector<std::uint64_t>{now + 1}));
    EXPECT_NE(letters_.events[0].find(R"("event":"assigned","ticket":"1")"), std::string::npos);
}

TEST_P(FollowInEachMode, WhoAsksOnMissesNothingAndGetsNothingTwice) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    auto from = letters_.through + 1;
    const auto first = from;
    for (int i = 0; i < 300; ++i) {
        if (i % 7 == 0) {
            follow(**shard, from, 5, 10'000);
            ASSERT_TRUE((*shard)->commit(letters_));
        }
        work(**shard, i, 1);
        from = letters_.through + 1;
    }
    const auto live = letters_.events;
    const auto live_seqs = letters_.seqs;
    ASSERT_GT(live.size(), 40U);
    auto again = history(**shard, first, 5);
    ASSERT_GE(again.size(), live.size());
    again.resize(live.size());
    EXPECT_EQ(live, again);
    EXPECT_TRUE(std::ranges::adjacent_find(live_seqs, std::greater_equal<>{}) == live_seqs.end());
}

TEST_P(FollowInEachMode, WaitingEndsWithItsTime) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard);
    apply(**shard);
    ASSERT_TRUE((*shard)->commit(letters_));
    follow(**shard, std::nullopt);
    turn(**shard);
    follow(**shard, letters_.through + 1, 256, 2 * shard::follow_tick_ms);
    for (int tick = 0; tick < 2; ++tick) {
        ASSERT_TRUE((*shard)->commit(letters_));
        EXPECT_EQ(letters_.pages, 1U);
        (*shard)->tick_followers();
        EXPECT_EQ((*shard)->answers_wait(), tick == 1);
    }
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.pages, 2U);
    EXPECT_TRUE(letters_.events.empty());
}

TEST_P(FollowInEachMode, NobodyWaitsWhenTheDaemonStops) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    follow(**shard, letters_.through + 1, 256, 30'000);
    ASSERT_TRUE((*shard)->commit(letters_));
    (*shard)->stop_followers();
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.pages, 2U);
    follow(**shard, letters_.through + 1, 256, 30'000);
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.pages, 3U) << "nor does anybody who asks later";
}

TEST_P(FollowInEachMode, ASequenceThatWasNeverGivenIsRefused) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, 1'000'000);
    turn(**shard);
    EXPECT_EQ(reject(), "sequence_ahead");
    follow(**shard, 1, 256, 0, "nobody");
    turn(**shard);
    EXPECT_EQ(reject(), "unknown_account");
}

INSTANTIATE_TEST_SUITE_P(Modes, FollowInEachMode,
                         ::testing::Values(Durability::memory, Durability::written,
                                           Durability::synced));

TEST_F(FollowTest, HistoryIsReadFromTheJournalAcrossRuns) {
    std::vector<std::string> told;
    for (int run = 0; run < 3; ++run) {
        auto shard = open(Durability::written);
        ASSERT_TRUE(shard) << shard.error().message;
        if (run == 0) apply(**shard);
        work(**shard, run * 200, 200);
        auto all = history(**shard, 1, run == 1 ? 7 : 256);
        EXPECT_EQ(refusals(), 0U);
        ASSERT_GE(all.size(), static_cast<std::size_t>((run + 1) * 200));
        EXPECT_EQ(history(**shard, 0), all) << "0: the oldest there is";
        EXPECT_TRUE(std::equal(told.begin(), told.end(), all.begin())) << "the past stays";
        told = std::move(all);
    }  // as if killed each time
}

TEST_F(FollowTest, LongHistoriesCrossSegmentsAndLeaveMemory) {
    auto shard = open(Durability::written);
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    const auto first = letters_.through + 1;
    work(**shard, 0, 9000);  // beyond what memory keeps, and beyond the first segment
    const auto all = history(**shard, first, 1000);
    EXPECT_EQ(all.size(), 9000U + 3000U);
    ASSERT_EQ(letters_.seqs.size(), all.size());
    EXPECT_EQ(letters_.seqs.front(), first);
    EXPECT_EQ(letters_.seqs.back(), first + all.size() - 1)
        << "no gap: every fact is an event here";
}

TEST_F(FollowTest, OtherAccountsEventsAreTheirOwn) {
    auto shard = open(Durability::written);
    ASSERT_TRUE(shard);
    apply(**shard);
    apply(**shard, "other");
    work(**shard, 0, 10);
    const auto of_acme = history(**shard, 1);
    letters_.clear();
    follow(**shard, 1, 256, 0, "other");
    turn(**shard);
    ASSERT_EQ(letters_.events.size(), 4U) << "the roster, and three agents who are there";
    EXPECT_NE(letters_.events[0].find("applied"), std::string::npos);
    for (const auto& event : of_acme) EXPECT_EQ(event.find("other"), std::string::npos);
}

TEST_F(FollowTest, PrunedSegmentsAreGoneAndTheRestIsTold) {
    auto shard = open(Durability::written);
    ASSERT_TRUE(shard);
    apply(**shard);
    work(**shard, 0, 50);
    shard->reset();
    shard = open(Durability::written);
    ASSERT_TRUE(shard);
    work(**shard, 50, 50);
    const auto all = history(**shard, 1);
    ASSERT_EQ(refusals(), 0U);
    std::filesystem::remove(path_ + "/shard-00/journal/00000000000000000001.uj");
    letters_.clear();
    follow(**shard, 1);
    turn(**shard);
    EXPECT_EQ(reject(), "sequence_gone");
    const auto rest = history(**shard, 0);
    ASSERT_FALSE(rest.empty());
    EXPECT_LT(rest.size(), all.size());
    EXPECT_TRUE(std::equal(rest.rbegin(), rest.rend(), all.rbegin()));
    EXPECT_NE(letters_.messages.size(), 0U);
}

TEST_F(FollowTest, InMemoryThereIsNoPast) {
    auto shard = open(Durability::memory);
    ASSERT_TRUE(shard);
    apply(**shard);
    ASSERT_TRUE((*shard)->commit(letters_));
    follow(**shard, 1);
    turn(**shard);
    EXPECT_EQ(reject(), "sequence_gone");
}

TEST_F(FollowTest, AsManyMayWaitAsTheLimitSays) {
    auto shard = open(Durability::written);
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    for (std::uint32_t i = 0; i < shard::followers_max; ++i) {
        session_ = 100 + i;
        follow(**shard, letters_.through + 1, 1, 30'000);
    }
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(refusals(), 0U);
    session_ = 99;
    follow(**shard, letters_.through + 1, 1, 30'000);
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(reject(), "overloaded");
    route(**shard, 1);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.events.size(), shard::followers_max) << "and all are told";
}

TEST_F(FollowTest, OneThatAsksAndAsksLeavesRoomForTheOthers) {
    auto shard = open(Durability::written);
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    const auto next = letters_.through + 1;
    letters_.clear();
    for (std::uint32_t i = 0; i < 2 * shard::followers_max; ++i) follow(**shard, next, 256, 30'000);
    session_ = 10;
    follow(**shard, next, 256, 30'000);
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(refusals(), 2 * shard::followers_max - shard::asked_at_once_max);
    EXPECT_EQ(reject(), "overloaded");
    EXPECT_EQ(std::ranges::count(letters_.sessions, 10), 0) << "the other one waits";
    route(**shard, 1);
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.pages, shard::asked_at_once_max + 1U);
    EXPECT_EQ(std::ranges::count(letters_.sessions, 10), 1);
    session_ = 9;
    follow(**shard, next, 256);
    turn(**shard);
    EXPECT_EQ(letters_.pages, shard::asked_at_once_max + 2U) << "answered, it may ask again";
}

TEST_F(FollowTest, ManyWhoAskForTheSameAreEachToldTheirOwn) {
    auto shard = open(Durability::written);
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    const auto first = letters_.through + 1;
    work(**shard, 1, 2);  // two facts
    letters_.clear();
    struct Asked {
        std::uint64_t from;
        std::uint32_t limit;
        std::vector<std::uint64_t> told;
    };
    const std::vector<Asked> all = {
        {first, 256, {first, first + 1}},
        {first, 256, {first, first + 1}},
        {first, 1, {first}},
        {first, 1, {first}},
        {first + 1, 1, {first + 1}},
        {first, 256, {first, first + 1}},
        {first, 256, {first, first + 1}},
    };
    std::vector<std::uint64_t> numbers, seqs;
    for (const auto& asked : all) {
        protocol::Request request;
        request.account = "acme";
        request.body = protocol::Follow{asked.from, asked.limit, 0};
        numbers.push_back(2000 + numbers.size());
        (*shard)->submit(request, numbers.back(), {0, numbers.back()}, Instant{0});
        seqs.insert(seqs.end(), asked.told.begin(), asked.told.end());
    }
    ASSERT_TRUE((*shard)->commit(letters_));
    EXPECT_EQ(letters_.correlations, numbers);
    EXPECT_EQ(letters_.sessions, numbers);
    EXPECT_EQ(letters_.pages, all.size());
    EXPECT_EQ(letters_.seqs, seqs);
    EXPECT_EQ(refusals(), 0U);

    work(**shard, 4, 1);
    letters_.clear();
    follow(**shard, first, 256);
    turn(**shard);
    EXPECT_EQ(letters_.seqs.size(), 3U) << "what was told in an earlier turn is not all there is";
}

// Whoever followed is gone, and nobody has noticed yet: work goes on for a minute.
TEST_P(FollowInEachMode, WhatNobodyAsksForAnyMoreDoesNotFillTheMemory) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    const auto kept_bytes = [&] {
        std::vector<protocol::StatusEntry> entries;
        (*shard)->status(entries);
        const auto found = std::ranges::find_if(
            entries, [](const auto& entry) { return entry.name == "followers_kept_bytes"; });
        return std::stoull(found->value);
    };
    constexpr int turns = 60, requests = 500;
    std::uint64_t most = 0;
    for (int n = 0; n < turns; ++n) {
        for (int i = 0; i < requests; ++i) route(**shard, n * requests + i);
        ASSERT_TRUE((*shard)->commit(letters_));
        letters_.clear();
        most = std::max<std::uint64_t>(most, kept_bytes());
    }
    EXPECT_GT(most, shard::Feed::bytes_max / 2) << "too little was kept to say anything";
    EXPECT_LT(most, shard::Feed::bytes_max + requests * 256);
}

TEST_F(FollowTest, AnAccountIsLetGoWhenNobodyAsksForAMinute) {
    auto shard = open(Durability::memory);
    ASSERT_TRUE(shard);
    apply(**shard);
    follow(**shard, std::nullopt);
    turn(**shard);
    const auto from = letters_.through + 1;
    work(**shard, 0, 1);
    for (std::uint32_t i = 0; i + 1 < shard::followed_ticks; ++i) (*shard)->tick_followers();
    letters_.clear();
    follow(**shard, from);
    turn(**shard);
    EXPECT_GT(letters_.events.size(), 0U) << "kept for whoever comes back within the minute";
    for (std::uint32_t i = 0; i < shard::followed_ticks; ++i) (*shard)->tick_followers();
    follow(**shard, from);
    turn(**shard);
    EXPECT_EQ(reject(), "sequence_gone");
}

}  // namespace
}  // namespace usher::testing
