// Random histories, watched from inside the engine: facts alone give the same state again, the
// running digest is the one that a fresh count gives, an image comes back as it was, and what is
// kept up to date equals what is counted anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "engine/apply.h"
#include "engine/image.h"
#include "tests/engine/line_check.h"
#include "tests/engine/telling.h"
#include "tests/support/random.h"

namespace usher::testing {
namespace {

using engine::Account;

/// Loads, sets and counts as they are, against the same counted anew from an image.
void expect_same_derived(const Account& live, const Account& anew) {
    EXPECT_EQ(live.open_tickets, anew.open_tickets);
    EXPECT_EQ(live.load, anew.load);
    EXPECT_EQ(live.available, anew.available);
    for (std::size_t type = 0; type < engine::ticket_type_count; ++type)
        EXPECT_EQ(live.below_capacity[type], anew.below_capacity[type]);
    ASSERT_EQ(live.backlog.size(), anew.backlog.size());
    for (std::size_t i = 0; i < live.backlog.size(); ++i)
        EXPECT_EQ(live.backlog[i].size(), anew.backlog[i].size());
    EXPECT_EQ(waiting_order(live), waiting_order(anew));
    EXPECT_EQ(live.line.active().size(), anew.line.active().size());
}

/// What is owed is given when the digest is asked for.
void expect_digest_of_scratch(const engine::Engine& engine, const Account& account) {
    static_cast<void>(engine.digest());
    EXPECT_TRUE(account.stale.tickets.empty() && account.stale.agents.empty());
    EXPECT_EQ(account.digest, engine::digest_of_scratch(account));
}

std::uint64_t histories() {
    const char* given = std::getenv("USHER_HISTORIES");
    return given == nullptr ? 40 : std::stoull(given);
}

TEST(History, FactsImagesAndFreshCountsAgreeWithTheLiveState) {
    const auto seed = fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    std::size_t facts = 0, entered = 0, left = 0;
    for (std::uint64_t i = 0; i < histories(); ++i) {
        SCOPED_TRACE("history of seed " + std::to_string(seed + i));
        const auto history = invent_history_that_waits(seed + i, 120);
        Telling run(history);
        const auto& live = run.world.engine;
        const auto* account = live.account("acme");
        ASSERT_NE(account, nullptr);
        for (const auto& line : history.lines) {
            const auto waited = account->line.size();
            run.carry_out(line);
            ASSERT_EQ(line_fault(*account), "") << line;
            // Asked for now and then: what has changed since may be anything between.
            if (run.world.facts.records.size() % 7 == 0) expect_digest_of_scratch(live, *account);
            entered += account->line.size() > waited ? 1U : 0U;
            left += account->line.size() < waited ? 1U : 0U;
        }
        // What the last line made due (a roster that shortens memory) comes with the next instant.
        ASSERT_TRUE(run.world.engine.tick(*account, account->now, run.world.facts));
        expect_digest_of_scratch(live, *account);

        const auto again = replayed(run.world.facts);
        ASSERT_EQ(again->digest(), live.digest());
        const auto loaded = reloaded(live);
        ASSERT_EQ(loaded->digest(), live.digest());
        // An image knows the time of the last fact; mere questions may have moved it since.
        FactKeeper brought;
        ASSERT_TRUE(loaded->tick(*loaded->account("acme"), account->now, brought));
        EXPECT_TRUE(brought.records.empty());
        expect_same_derived(*account, *loaded->account("acme"));
        EXPECT_EQ(account->seq, run.world.facts.records.size());
        facts += run.world.facts.records.size();
    }
    std::cout << "facts replayed: " << facts << ", requests that let tickets wait: " << entered
              << ", that let them go: " << left << "\n";
    EXPECT_GT(entered, histories()) << "too little has waited";
    EXPECT_GT(left, histories() / 4) << "too little was given out";
    EXPECT_GT(facts, histories() * 20) << "too little happened for this test to mean anything";
}

TEST(History, GoesOnAfterAReplayAsIfNothingHadHappened) {
    const auto seed = fresh_seed() + 1'000'000;
    std::cout << "USHER_SEED=" << seed - 1'000'000 << "\n";
    for (std::uint64_t i = 0; i < histories() / 2; ++i) {
        SCOPED_TRACE("history of seed " + std::to_string(seed + i));
        const auto history = invent_history_that_waits(seed + i, 100);
        Telling straight(history), broken(history);
        for (std::size_t n = 0; n < history.lines.size(); ++n) {
            if (n == history.lines.size() / 3) {
                const auto again = replayed(broken.world.facts);
                ASSERT_EQ(again->digest(), broken.world.engine.digest());
                broken.world.engine = std::move(*again);
            }
            if (n == history.lines.size() * 2 / 3)
                broken.world.engine = std::move(*reloaded(broken.world.engine));
            straight.carry_out(history.lines[n]);
            broken.carry_out(history.lines[n]);
            ASSERT_EQ(straight.world.engine.digest(), broken.world.engine.digest())
                << history.lines[n];
        }
    }
}

// The control: a fact that is left out must not go unnoticed.
TEST(History, AFactThatIsMissingChangesTheDigest) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail"})");
    world.send(R"({"do":"route","ticket":"2","channel":"mail"})");
    const auto whole = world.engine.digest();
    world.facts.records.pop_back();
    EXPECT_NE(replayed(world.facts)->digest(), whole);
}

}  // namespace
}  // namespace usher::testing
