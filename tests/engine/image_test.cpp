// Images that were made to look right: whatever stands in one, loading it ends with a fault that
// says where, or with a state that can be used. What is changed here is sealed again with the
// digest that it then has, so that nothing but the loader's own checks stands in the way.
#include "engine/image.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>

#include "tests/engine/exercise.h"
#include "tests/engine/rich_state.h"
#include "tests/engine/telling.h"
#include "tests/support/random.h"

namespace usher::testing {
namespace {

using engine::Account;

/// Loads what was changed, sealed with its own digest. Empty: it was taken, and used.
std::string load_and_use(std::vector<std::byte> image) {
    std::string why;
    if (!reseal_image(image, why)) return why;
    engine::Engine engine;
    const auto loaded = engine::load_image(image, engine);
    if (!loaded) return loaded.error().message;  // its digest stands elsewhere now
    engine::Engine again;
    const auto saved = engine::load_image(image_of(engine), again);
    EXPECT_TRUE(saved) << saved.error().message;
    EXPECT_EQ(again.digest(), engine.digest());
    exercise(engine);
    return {};
}

TEST(Image, OfARichStateComesBackAndCanBeUsed) {
    Rich rich;
    EXPECT_EQ(load_and_use(image_of(rich.world.engine)), "");
    EXPECT_GT(exercise(rich.world.engine), 60U) << "the exercise asks for nothing that there is";
}

// The journal knows nothing of the time that mere questions have moved. If an image did, facts that
// came after a start without it would be older than it is.
TEST(Image, HasTheTimeOfTheLastFactNotOfTheLastQuestion) {
    Rich rich;
    const auto last_fact = rich.account().last_fact_at;
    rich.world.at("2026-03-02T09:01:00Z");
    rich.world.send(R"({"do":"get_ticket","ticket":"m1"})");
    ASSERT_GT(rich.account().now, last_fact);
    ASSERT_EQ(rich.account().last_fact_at, last_fact) << "something became due meanwhile";
    engine::Engine engine;
    ASSERT_TRUE(engine::load_image(image_of(rich.world.engine), engine));
    EXPECT_EQ(engine.accounts().front()->now, last_fact);
    EXPECT_EQ(engine.digest(), rich.world.engine.digest());
}

TEST(Image, OfHoursThatAreOfNoDayCanBeUsed) {
    Rich rich;
    rich.account().definition.agents[1].hours.spans[0].weekdays = 0;
    EXPECT_EQ(load_and_use(image_of(rich.world.engine)), "");
}

// Rule 23: the marks are of those who are in the roster.
TEST(Image, OfATurnOfSomebodyWhoWasRemovedLeavesItOut) {
    World world(rich_roster);
    world.send(R"({"do":"route","ticket":"m","channel":"mail"})");
    ASSERT_EQ(world.reject(R"({"do":"assign","ticket":"m","none":true})"), "none");
    auto& account = *world.engine.accounts().front();
    const auto marked = [](const Account& of) {
        std::uint32_t count = 0;
        for (const auto& rule : of.rules) count += rule.had_turn.count();
        return count;
    };
    ASSERT_EQ(marked(account), 1U);
    account.definition.agents[0].removed = true;
    auto image = image_of(world.engine);
    std::string why;
    ASSERT_TRUE(reseal_image(image, why)) << why;
    engine::Engine engine;
    ASSERT_TRUE(engine::load_image(image, engine));
    EXPECT_EQ(marked(*engine.accounts().front()), 0U);
    EXPECT_EQ(load_and_use(image), "");
}

struct Senseless {
    const char* what;  ///< part of the message
    std::function<void(Account&)> change;
};

engine::Ticket& ticket_of(Account& account, const char* key) {
    return account.tickets[account.tickets.find(key)];
}

std::vector<Senseless> senseless_states() {
    return {
        {"ticket in slot 0: its channel 77 is none of 4",
         [](Account& a) { ticket_of(a, "m1").channel = {77}; }},
        {"its inbox 9", [](Account& a) { ticket_of(a, "m1").inbox = {9}; }},
        {"its pipeline 4294967295", [](Account& a) { ticket_of(a, "m1").pipeline = {}; }},
        {"its status 2 is none of 2", [](Account& a) { ticket_of(a, "m1").status = {2}; }},
        {"its agent 3 is none of 3", [](Account& a) { ticket_of(a, "m1").owner.number = 3; }},
        {"its owner is of no kind",
         [](Account& a) { ticket_of(a, "m1").owner.kind = engine::OwnerKind{9}; }},
        {"it has an assignment and no agent",
         [](Account& a) { ticket_of(a, "w1").assignment = 1; }},
        {"its assignment was never made", [](Account& a) { ticket_of(a, "m1").assignment = 1000; }},
        {"it is of no type", [](Account& a) { ticket_of(a, "m1").type = engine::TicketType{3}; }},
        {"no priority", [](Account& a) { ticket_of(a, "m1").priority = 10; }},
        {"another kind than itself", [](Account& a) { ticket_of(a, "m1").open = false; }},
        {"created outside of time",
         [](Account& a) { ticket_of(a, "m1").created.ms = INT64_MAX - 5; }},
        {"it never came", [](Account& a) { ticket_of(a, "m1").arrival = 1000; }},
        {"two tickets are the 2th",
         [](Account& a) { ticket_of(a, "m1").arrival = ticket_of(a, "m2").arrival; }},
        {"it waits, though", [](Account& a) { ticket_of(a, "m1").waiting = true; }},
        {"its properties are none",
         [](Account& a) { ticket_of(a, "m1").properties = a.texts.take("\x09"); }},
        {"its skills are none",
         [](Account& a) { ticket_of(a, "m1").skills = a.texts.take("abcd"); }},
        {"its skills are none",
         [](Account& a) {
             // Two that there are, and a byte too many.
             ticket_of(a, "m1").skills = a.texts.take(std::string_view("\0\0\0\0\1\0\0\0\0", 9));
         }},
        {"too long a key",
         [](Account& a) { ticket_of(a, "m1").linked = a.texts.take(std::string(65, 'x')); }},
        {"agent 0: an absence begins outside of time",
         [](Account& a) {
             a.agents[0].absences = {{{INT64_MIN}, {0}}};
         }},
        {"its time is none", [](Account& a) { a.last_fact_at.ms = INT64_MAX; }},
        {"it has tickets and no time",
         [](Account& a) { a.last_fact_at = engine::before_all_time; }},
        {"rule 3: its last team 5 is none of 2", [](Account& a) { a.rules[3].last_team = {5}; }},
        {"not as many as its roster has", [](Account& a) { a.agents.pop_back(); }},
        {"kept answer 0: it is no answer",
         [](Account& a) { a.kept.at("once").reply = "not a reply"; }},
        {"slot 99 or its instant is none",
         [](Account& a) {
             a.closed.push_back({{0}, 99, 1});
         }},
    };
}

/// Each of several conditions that one complaint stands for.
std::vector<Senseless> senseless_parts() {
    const char* const no_instant = "slot 0 or its instant is none";
    const char* const as_many = "not as many as its roster has";
    const char* const no_skills = "its skills are none that there are";
    return {
        {no_instant,
         [](Account& a) {
             a.closed.push_back({{INT64_MIN}, 0, 1});
         }},
        {no_instant,
         [](Account& a) {
             a.closed.push_back({{INT64_MAX}, 0, 1});
         }},
        {"its assignment was never made", [](Account& a) { ticket_of(a, "m1").assignment = 0; }},
        {as_many, [](Account& a) { a.channel_enabled.pop_back(); }},
        {as_many, [](Account& a) { a.rules.pop_back(); }},
        {no_skills,
         [](Account& a) {
             ticket_of(a, "m1").asked_skills = a.texts.take(std::string("\1\0\0\0\0\0\0\0", 8));
         }},
        {"too long a key",
         [](Account& a) { ticket_of(a, "m1").contact_owner = a.texts.take(std::string(65, 'x')); }},
        {"kept answer 2: it has no key",
         [](Account& a) {
             a.kept[""] = a.kept.at("once");
             a.kept_order.push_back({a.kept.at("once").at, ""});
         }},
        {"kept answer 2: it has no key",
         [](Account& a) {
             const std::string key(65, 'k');
             a.kept[key] = a.kept.at("once");
             a.kept_order.push_back({a.kept.at("once").at, key});
         }},
        {"its hours are none of a day",
         [](Account& a) { a.definition.agents[1].hours.spans[0].weekdays = 128; }},
        {"its hours are none of a day",
         [](Account& a) { a.definition.agents[1].hours.spans[0].until_minute = 1441; }},
        {"it has a queue and nobody to wait for",
         [](Account& a) {
             for (auto& rule : a.definition.rules)
                 if (rule.assign_to == engine::AssignTo::team_only) rule.queue = true;
         }},
        {"its fallback is none that a rule can have",
         [](Account& a) {
             for (const auto& rule : a.definition.rules)
                 if (rule.fallback.exists())
                     a.definition.rules[rule.fallback.value].assign_to =
                         engine::AssignTo::customer_agent;
         }},
    };
}

std::vector<Senseless> senseless_rosters() {
    return {
        {"its roster: agent 0: its main team 2",
         [](Account& a) { a.definition.agents[0].main_team = {2}; }},
        {"its roster: agent 0: its skill",
         [](Account& a) { a.definition.agents[0].skills = {{9}}; }},
        {"its hours are none of a day",
         [](Account& a) { a.definition.agents[1].hours.spans[0].from_minute = 1440; }},
        {"zone 0: it has no transitions",
         [](Account& a) { a.definition.zones[0].transitions.clear(); }},
        {"zone 0: its transitions are not in order",
         [](Account& a) {
             std::swap(a.definition.zones[0].transitions[3], a.definition.zones[0].transitions[4]);
         }},
        {"zone 0: an offset is more than a day",
         [](Account& a) { a.definition.zones[0].transitions[3].offset_s = 1 << 30; }},
        {"it has no open status",
         [](Account& a) { a.definition.pipelines[1].statuses[0].open = false; }},
        {"the built-in pipeline is missing", [](Account& a) { a.definition.pipelines.clear(); }},
        {"its workspace is none",
         [](Account& a) { a.definition.inboxes[0].workspace = engine::Workspace{2}; }},
        {"it names an agent who was removed",
         [](Account& a) { a.definition.agents[2].removed = true; }},
        {"its agent was removed",
         [](Account& a) { a.definition.agents[ticket_of(a, "m1").owner.number].removed = true; }},
        {"its fallback", [](Account& a) { a.definition.rules[2].fallback = {2}; }},
        {"it has no team",
         [](Account& a) {
             for (auto& rule : a.definition.rules)
                 if (rule.assign_to == engine::AssignTo::team_only) rule.teams.clear();
         }},
        {"channel 0: its rule was removed",
         [](Account& a) { a.definition.rules[0].removed = true; }},
        {"its tickets would begin closed",
         [](Account& a) { a.definition.channels[0].status = {1}; }},
        {"channel 1: its zone 5",
         [](Account& a) { a.definition.channels[1].opening->hours.zone = {5}; }},
        {"its closed days are not in order",
         [](Account& a) {
             a.definition.channels[1].opening->closed_days = {9, 3};
         }},
        {"it is closed on a day outside of time",
         [](Account& a) { a.definition.channels[1].opening->closed_days = {INT32_MAX}; }},
        {"its properties are not in order",
         [](Account& a) {
             a.definition.channels[0].properties = {{"b", "1"}, {"a", "1"}};
         }},
    };
}

TEST(Image, ThatMakesNoSenseIsRefusedAndSaysWhere) {
    auto all = senseless_states();
    for (auto& one : senseless_rosters()) all.push_back(std::move(one));
    for (auto& one : senseless_parts()) all.push_back(std::move(one));
    for (const auto& [what, change] : all) {
        SCOPED_TRACE(what);
        Rich rich;
        change(rich.account());
        std::string why;
        auto image = image_of(rich.world.engine);
        EXPECT_FALSE(reseal_image(image, why));
        EXPECT_NE(why.find(what), std::string::npos) << why;
        EXPECT_NE(why.find("account 1 of 1"), std::string::npos) << why;
    }
}

/// What a word of the image is replaced by.
std::uint32_t other_word(std::uint32_t old, unsigned kind, Random& random) {
    switch (kind) {
        case 0:
            return 0;
        case 1:
            return 0xffff'ffff;
        case 2:
            return old + 1;
        case 3:
            return old ^ (1U << random.below(32));
        case 4:
            return 0x7fff'ffff;
        default:
            return static_cast<std::uint32_t>(random.below(12));
    }
}
constexpr unsigned kinds = 6;

struct Outcomes {
    std::size_t refused = 0;
    std::size_t taken = 0;
};

/// One word of the image changed at each place, one byte further each time; every `stride`-th.
void change_every_word(const std::vector<std::byte>& image, std::size_t stride, Random& random,
                       Outcomes& outcomes) {
    for (auto at = random.below(stride); at + 4 <= image.size(); at += stride) {
        const auto kind = static_cast<unsigned>(random.below(kinds));
        SCOPED_TRACE("kind " + std::to_string(kind) + " at byte " + std::to_string(at));
        std::uint32_t word = 0;
        std::memcpy(&word, image.data() + at, sizeof word);
        const auto other = other_word(word, kind, random);
        if (other == word) continue;
        auto changed = image;
        std::memcpy(changed.data() + at, &other, sizeof other);
        ++(load_and_use(std::move(changed)).empty() ? outcomes.taken : outcomes.refused);
        if (::testing::Test::HasFailure()) return;
    }
}

std::size_t given_or(const char* name, std::size_t otherwise) {
    const char* given = std::getenv(name);
    return given == nullptr ? otherwise : std::stoull(given);
}

TEST(Image, WithAnyWordChangedIsRefusedOrUsable) {
    const auto seed = fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Random random(seed);
    Outcomes outcomes;
    change_every_word(image_of(Rich().world.engine), given_or("USHER_STRIDE", 3), random, outcomes);
    std::cout << "refused " << outcomes.refused << ", taken " << outcomes.taken << "\n";
    EXPECT_GT(outcomes.refused, 100U);
    EXPECT_GT(outcomes.taken, 100U) << "nothing came past the checks that all begin with";
}

TEST(Image, OfRandomHistoriesWithAnyWordChangedIsRefusedOrUsable) {
    const auto seed = fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Random random(seed);
    Outcomes outcomes;
    for (std::uint64_t i = 0; i < given_or("USHER_HISTORIES", 6); ++i) {
        SCOPED_TRACE("history of seed " + std::to_string(seed + i));
        const auto history = invent_history_that_waits(seed + i, 80);
        Telling run(history);
        for (const auto& line : history.lines) run.carry_out(line);
        const auto image = image_of(run.world.engine);
        ASSERT_EQ(load_and_use(image), "");
        change_every_word(image, image.size() / 60 + 1, random, outcomes);
    }
    std::cout << "refused " << outcomes.refused << ", taken " << outcomes.taken << "\n";
    EXPECT_GT(outcomes.refused, 10U);
    EXPECT_GT(outcomes.taken, 10U);
}

TEST(Image, CutAnywhereIsRefused) {
    const auto image = image_of(Rich().world.engine);
    for (std::size_t bytes = 0; bytes < image.size(); bytes += 7) {
        engine::Engine engine;
        EXPECT_FALSE(engine::load_image(std::span(image).first(bytes), engine)) << bytes;
    }
    auto longer = image;
    longer.push_back(std::byte{0});
    engine::Engine engine;
    EXPECT_FALSE(engine::load_image(longer, engine));
}

}  // namespace
}  // namespace usher::testing
