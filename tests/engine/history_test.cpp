// Random histories, watched from inside the engine: facts alone give the same state again, the
// running digest is the one that a fresh count gives, an image comes back as it was, and what is
// kept up to date equals what is counted anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "engine/apply.h"
#include "engine/image.h"
#include "tests/engine/line_check.h"
#include "tests/engine/world.h"
#include "tests/support/random.h"
#include "tests/twin/history.h"

namespace usher::testing {
namespace {

using engine::Account;

/// Most of the roster's rules that may queue do so: a line that never fills shows nothing.
void add_queues(std::string& roster, Random& random) {
    const std::string rule = "assign_to = \"users_and_teams\"\n";
    for (auto at = roster.find(rule); at != std::string::npos; at = roster.find(rule, at)) {
        at += rule.size();
        const auto end = std::min(roster.find("\n[", at), roster.find("\n  [", at));
        const auto queue = roster.find("queue = true", at);
        if (random.chance(80) && (queue == std::string::npos || queue > end))
            roster.insert(at, "queue = true\n");
    }
}

twin::History invent_history_that_waits(std::uint64_t seed, std::size_t steps) {
    auto history = twin::invent_history(seed, steps);
    Random random(seed);
    add_queues(history.roster, random);
    for (auto& file : history.files) add_queues(file.second, random);
    return history;
}

/// A history's lines carried out; `@next` and rosters to apply are not of interest here.
struct Telling {
    explicit Telling(const twin::History& history) : world(history.roster, first_instant(history)) {
        for (const auto& [name, text] : history.files) rosters.emplace(name, text);
    }

    static std::string first_instant(const twin::History& history) {
        scenario::LineReader reader("acme", false);
        for (const auto& line : history.lines)
            if (const auto& read = reader.read(line, 1); read.at_ms) {
                const auto at = line.find("\"at\":\"") + 6;
                return line.substr(at, line.find('"', at) - at);
            }
        return "2026-01-01T00:00:00Z";
    }

    void carry_out(const std::string& line) {
        scenario::LineReader reader("acme", true);
        auto& read = reader.read(line, 1);
        if (!read.wrong.empty()) return;
        if (!read.apply) {
            world.engine.handle(read.request, {*read.at_ms}, world.facts, world.answer);
            return;
        }
        const auto roster = rosters.find(read.apply->files.at(0));
        if (roster == rosters.end()) return;
        const auto at = line.find("\"at\":\"") + 6;
        world.at(line.substr(at, line.find('"', at) - at));
        world.apply(roster->second, {read.apply->dry_run, read.apply->unassign});
    }

    World world;
    std::map<std::string, std::string> rosters;
};

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
            entered += account->line.size() > waited ? 1U : 0U;
            left += account->line.size() < waited ? 1U : 0U;
        }
        EXPECT_EQ(account->digest, engine::digest_of_scratch(*account));

        const auto again = replayed(run.world.facts);
        ASSERT_EQ(again->digest(), live.digest());
        const auto loaded = reloaded(live);
        ASSERT_EQ(loaded->digest(), live.digest());
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
