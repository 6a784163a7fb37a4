// How followers share the turns of a shard: a few are told in each, everybody has a turn, and who
// has just been told waits for more to gather. Nothing is lost or doubled for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "tests/shard/one_shard.h"

namespace usher::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t a_few = 4;

/// How far the greatest value is from the least.
std::uint64_t spread(const std::map<std::uint64_t, std::uint64_t>& values) {
    const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto [least, most] = std::minmax_element(values.begin(), values.end(), less);
    return most->second - least->second;
}

class FollowPaceTest : public ShardTest {
  protected:
    std::unique_ptr<Shard> begin(std::chrono::microseconds pause) {
        follow_pace_ = {a_few, pause};
        auto shard = open(Durability::written);
        EXPECT_TRUE(shard);
        apply(**shard);
        EXPECT_TRUE((*shard)->commit(letters_));
        ask(**shard, 1, std::nullopt);
        EXPECT_TRUE((*shard)->commit(letters_));
        next_ = letters_.through + 1;
        letters_.clear();
        return std::move(*shard);
    }

    void ask(Shard& shard, std::uint64_t session, std::optional<std::uint64_t> from,
             std::uint32_t limit = 256, std::uint32_t wait_ms = 30'000,
             std::string_view account = "acme") {
        protocol::Request request;
        request.account = account;
        request.body = protocol::Follow{from, limit, wait_ms};
        shard.submit(request, session, {0, session}, Instant{0});
    }

    /// One turn; the sessions that were told in it.
    std::vector<std::uint64_t> turn(Shard& shard) {
        letters_.clear();
        EXPECT_TRUE(shard.commit(letters_));
        return letters_.sessions;
    }

    std::uint64_t next_ = 0;  ///< of the account, when it is first asked for
};

TEST_F(FollowPaceTest, ATurnTellsAFewInTheOrderInWhichTheyAsked) {
    const auto shard = begin(0us);
    constexpr std::uint64_t followers = 50;
    for (std::uint64_t session = 100; session < 100 + followers; ++session)
        ask(*shard, session, next_);
    EXPECT_TRUE(turn(*shard).empty());
    EXPECT_FALSE(shard->has_more());
    std::vector<std::uint64_t> told, due;
    int turns = 0;
    for (int ticket = 1; turns == 0 || shard->has_more(); ++turns, ++ticket) {
        ASSERT_LT(turns, 100);
        route(*shard, ticket);
        auto now = turn(*shard);
        EXPECT_EQ(std::erase(now, 5U), 1U) << "who routes has the answer in the same turn";
        EXPECT_LE(now.size(), a_few);
        EXPECT_EQ(letters_.pages, now.size());
        if (!now.empty()) {
            EXPECT_EQ(letters_.seqs.back(), next_ + static_cast<unsigned>(turns))
                << "the later ones have what has gathered";
        }
        told.insert(told.end(), now.begin(), now.end());
    }
    EXPECT_EQ(turns, 13);
    for (std::uint64_t session = 100; session < 100 + followers; ++session) due.push_back(session);
    EXPECT_EQ(told, due);
}

TEST_F(FollowPaceTest, WhoAsksAgainAtOnceTakesNobodysTurn) {
    int ticket = 0;
    for (const auto pause : {0us, 1us, 200us}) {
        const auto shard = begin(pause);
        std::map<std::uint64_t, std::uint64_t> places, told;
        for (std::uint64_t session = 100; session < 109; ++session) {
            places[session] = next_;
            ask(*shard, session, next_);
        }
        for (int i = 1; i <= 400; ++i) {
            route(*shard, ++ticket);
            auto now = turn(*shard);
            std::erase(now, 5U);
            ASSERT_LE(now.size(), a_few);
            std::size_t seen = 0;
            for (const auto session : now) {
                auto& place = places[session];
                while (seen < letters_.seqs.size() && letters_.seqs[seen] == place) ++seen, ++place;
                ++told[session];
                ask(*shard, session, place);
            }
            ASSERT_EQ(seen, letters_.seqs.size()) << "one apart, for each of them";
        }
        EXPECT_LT(spread(places), 100U) << "of 400 nobody is far behind";
        if (pause > 0us) continue;
        EXPECT_LE(spread(told), 1U);
    }
}

TEST_F(FollowPaceTest, AccountsAreToldInTurn) {
    const auto shard = begin(0us);
    apply(*shard, "other");
    EXPECT_TRUE(shard->commit(letters_));
    for (std::uint64_t session = 100; session < 120; ++session) ask(*shard, session, next_);
    turn(*shard);
    for (int i = 1; i <= 30; ++i) {
        route(*shard, i);
        // Of this account somebody always waits with something to be told.
        for (const auto session : turn(*shard))
            if (session >= 100) ask(*shard, session, next_);
        if (i < 10) continue;
        if (i == 10) ask(*shard, 77, std::nullopt, 256, 0, "other");
        const auto& told = letters_.sessions;
        if (std::ranges::find(told, 77U) != told.end()) {
            EXPECT_LE(i, 12) << "two turns later at most";
            return;
        }
    }
    FAIL() << "the other account was never told";
}

TEST_F(FollowPaceTest, WhatCouldStillBecomeMoreWaitsForTheNextRound) {
    const auto shard = begin(1h);
    for (std::uint64_t session = 100; session < 110; ++session) ask(*shard, session, next_);
    route(*shard, 1);
    std::size_t told = 0;
    do told += turn(*shard).size();
    while (shard->has_more());
    EXPECT_EQ(told, 11U) << "one round has everybody who had asked, and a route was answered";
    EXPECT_FALSE(shard->pause_ends()) << "nobody waits with something to be told";

    ask(*shard, 100, next_ + 1);
    ask(*shard, 101, next_ + 1, 2);
    route(*shard, 2);
    EXPECT_EQ(turn(*shard), (std::vector<std::uint64_t>{5}));
    EXPECT_FALSE(shard->has_more()) << "the owner may sleep";
    ASSERT_TRUE(shard->pause_ends()) << "but not for ever";
    EXPECT_GT(*shard->pause_ends(), std::chrono::steady_clock::now() + 59min);

    route(*shard, 3);
    EXPECT_EQ(turn(*shard), (std::vector<std::uint64_t>{5, 101})) << "its page is full";
    EXPECT_EQ(letters_.seqs, (std::vector<std::uint64_t>{next_ + 1, next_ + 2}));
    ask(*shard, 102, next_ + 2, 256, 0);
    EXPECT_EQ(turn(*shard), (std::vector<std::uint64_t>{102})) << "it does not wish to wait";
    ask(*shard, 103, std::nullopt);
    EXPECT_EQ(turn(*shard), (std::vector<std::uint64_t>{103})) << "it asks where we are";
    ask(*shard, 104, next_ + 3, 256, shard::follow_tick_ms);
    route(*shard, 4);
    turn(*shard);
    shard->tick_followers();
    EXPECT_EQ(turn(*shard), (std::vector<std::uint64_t>{104})) << "its time is over";
    shard->stop_followers();
    EXPECT_EQ(turn(*shard), (std::vector<std::uint64_t>{100})) << "nobody waits at the end";
    EXPECT_EQ(letters_.seqs, (std::vector<std::uint64_t>{next_ + 1, next_ + 2, next_ + 3}));
}

TEST_F(FollowPaceTest, ARoundTellsThoseWhoAskForTheSameTheSame) {
    const auto shard = begin(1h);
    for (std::uint64_t session = 100; session < 110; ++session) ask(*shard, session, next_);
    ask(*shard, 110, next_, 1);
    route(*shard, 1);
    std::size_t pages = 0;
    for (int ticket = 2; pages < 11; ++ticket) {
        ASSERT_LT(ticket, 10);
        turn(*shard);
        pages += letters_.pages;
        for (const auto seq : letters_.seqs)
            EXPECT_EQ(seq, next_) << "what has come meanwhile is told in the next round";
        route(*shard, ticket);
    }
    ask(*shard, 200, next_, 256, 0);
    turn(*shard);
    ASSERT_EQ(letters_.pages, 1U);
    EXPECT_GT(letters_.seqs.back(), next_ + 1) << "who comes into the round later gets it all";
}

TEST_F(FollowPaceTest, APauseEnds) {
    const auto shard = begin(20ms);
    ask(*shard, 100, next_);
    route(*shard, 1);
    EXPECT_EQ(turn(*shard), (std::vector<std::uint64_t>{5, 100}));
    ask(*shard, 100, next_ + 1);
    route(*shard, 2);
    auto told = turn(*shard);
    while (std::ranges::find(told, 100U) == told.end()) {
        ASSERT_TRUE(shard->pause_ends());
        EXPECT_TRUE(shard->answers_wait());
        std::this_thread::sleep_until(*shard->pause_ends());
        told = turn(*shard);
    }
    EXPECT_EQ(letters_.seqs, (std::vector<std::uint64_t>{next_ + 1}));
    EXPECT_FALSE(shard->pause_ends());
}

}  // namespace
}  // namespace usher::testing
