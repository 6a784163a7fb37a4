// Where a comparison could be off by one: what touches, what is exactly as long as it may be, what
// lies before 1970, and the lists that only grow if nobody tidies them.
#include <gtest/gtest.h>

#include "engine/definition_check.h"
#include "engine/memory_use.h"
#include "engine/pool.h"
#include "engine/schedule.h"
#include "tests/engine/world.h"

namespace usher::testing {
namespace {

const engine::AgentState& agent_a(const World& world) {
    return world.engine.account("acme")->agents.front();
}

std::string absence(std::string_view from_day, std::string_view until_day, bool cancel = false) {
    return R"({"do":"absence","agent":"a","from":"2026-05-)" + std::string(from_day) +
           R"(T00:00:00Z","until":"2026-05-)" + std::string(until_day) + "T00:00:00Z\"" +
           (cancel ? ",\"cancel\":true}" : "}");
}

// Rule 9.
TEST(Absences, ThatTouchAreOne) {
    World world(small_desk());
    world.send(absence("02", "03"));
    world.send(absence("03", "04"));
    EXPECT_EQ(agent_a(world).absences.size(), 1U);
    world.send(absence("01", "02"));
    ASSERT_EQ(agent_a(world).absences.size(), 1U);
    world.send(absence("06", "07"));
    EXPECT_EQ(agent_a(world).absences.size(), 2U);
    world.send(absence("04", "06"));
    EXPECT_EQ(agent_a(world).absences.size(), 1U);
}

// Rule 9.
TEST(Absences, AreCutWithNothingLeftAtTheEdges) {
    World world(small_desk());
    world.send(absence("02", "06"));
    world.send(absence("02", "03", true));
    EXPECT_EQ(agent_a(world).absences.size(), 1U);
    world.send(absence("05", "06", true));
    ASSERT_EQ(agent_a(world).absences.size(), 1U);
    world.send(absence("01", "03", true));
    world.send(absence("05", "09", true));
    EXPECT_EQ(agent_a(world).absences.size(), 1U);
    world.send(absence("03", "05", true));
    EXPECT_TRUE(agent_a(world).absences.empty());
}

TEST(AgentKeys, OfAnyLengthAreToldInWhole) {
    for (const std::size_t size : {2U, 32U, 33U, 34U, 64U}) {
        const std::string key(size, 'k');
        World world(small_desk(
            {}, "\n[[agent]]\nkey = \"" + key + "\"\nseat = \"service\"\nmain_team = \"t\"\n"));
        world.send(R"({"do":"route","ticket":"T-1","channel":"mail"})");
        const auto& answer = world.send(R"({"do":"assign","ticket":"T-1","agent":")" + key + "\"}");
        EXPECT_EQ(answer.placement.owner.key, key);
    }
}

// Rule 9.
TEST(Absences, AreAtMostAThousandForAnAgent) {
    World world(small_desk());
    const auto hour = [](int n, bool cancel = false) {
        const auto two = [](int number) {
            return std::string(number < 10 ? "0" : "") + std::to_string(number);
        };
        const auto day =
            std::to_string(2030 + n / 336) + "-" + two(1 + n / 28 % 12) + "-" + two(1 + n % 28);
        return R"({"do":"absence","agent":"a","from":")" + day + R"(T10:00:00Z","until":")" + day +
               "T11:00:00Z\"" + (cancel ? ",\"cancel\":true}" : "}");
    };
    for (int n = 0; n < 1000; ++n) ASSERT_EQ(world.reject(hour(n)), "none") << n;
    EXPECT_EQ(world.reject(hour(1000)), "bad_field");
    EXPECT_EQ(agent_a(world).absences.size(), 1000U);
    EXPECT_EQ(world.reject(hour(7)), "none");
    EXPECT_EQ(world.reject(hour(7, true)), "none");
    EXPECT_EQ(world.reject(hour(1000)), "none");
    world.at("2030-01-03T10:30:00Z");  // two of them are over
    EXPECT_EQ(world.reject(hour(1001)), "none");
    EXPECT_EQ(agent_a(world).absences.size(), 999U);
}

// Rule 9. Whose absences change is looked at anew, nobody else is; what that leaves behind is
// swept.
TEST(Absences, ThatComeAndGoTakeNoMoreAndMoreRoom) {
    World world(small_desk());
    const auto& account = *world.engine.account("acme");
    for (int i = 0; i < 100; ++i) {
        world.send(absence("02", "05"));
        world.send(absence("03", "04", true));
        world.send(absence("02", "05", true));
        world.send(absence("02", "05"));
        EXPECT_LE(account.wakes.size(), 2 * account.agent_at.size());
    }
    EXPECT_TRUE(account.available.test(0));
    world.at("2026-05-02T00:00:00Z");
    world.send(R"({"do":"tick"})");
    EXPECT_FALSE(account.available.test(0));
    world.at("2026-05-05T00:00:00Z");
    world.send(R"({"do":"tick"})");
    EXPECT_TRUE(account.available.test(0));
}

// Rule 11.
TEST(Skills, AreAllAskedForHoweverManyTheyAre) {
    constexpr int count = 32;
    const auto skills = [](int without) {
        std::string list;
        for (int n = 0; n < count; ++n)
            if (n != without) list += (list.empty() ? "\"s" : ",\"s") + std::to_string(n) + "\"";
        return list;
    };
    std::string more;
    for (int n = 0; n < count; ++n) more += "\n[[skill]]\nkey = \"s" + std::to_string(n) + "\"\n";
    for (int n = 0; n <= count; ++n)  // the last of them has all
        more += "\n[[agent]]\nkey = \"m" + std::to_string(n) +
                "\"\nseat = \"service\"\nmain_team = \"t\"\navailability = \"available\"\n" +
                "skills = [" + skills(n) + "]\n";
    World world(small_desk({}, more));
    const auto route = [&](int ticket, int without) {
        return world.outcome(R"({"do":"route","channel":"mail","ticket":")" +
                             std::to_string(ticket) + R"(","skills":[)" + skills(without) + "]}");
    };
    EXPECT_EQ(route(1, count), "assigned m32");
    EXPECT_EQ(route(2, 31), "assigned m31");
    EXPECT_EQ(route(3, 0), "assigned m0");
    EXPECT_EQ(route(4, count), "assigned m32");
}

// Images carry their digest from release to release, so what goes into it stays.
TEST(Digest, OfTheSameHistoryStaysTheSameInEveryRelease) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail","properties":{"topic":"refund"}})");
    world.send(R"({"do":"route","ticket":"2","channel":"mail","contact_owner":"b"})");
    world.send(R"({"do":"close","ticket":"2"})");
    EXPECT_EQ(world.engine.digest().text(), "9c307096fc213fe7526c859819fcadfe");
}

// Nobody asks for the digest while thousands of tickets come and go: the list of what is owed stays
// short, and what is owed is neither forgotten nor given twice.
TEST(Digest, OfWhatManyRequestsChangedIsWhatItIs) {
    World world(small_desk());
    const auto& account = *world.engine.account("acme");
    std::size_t owed_most = 0;
    for (const std::string verb :
         {R"("do":"route","channel":"mail")", R"("do":"close")", R"("do":"reopen")"})
        for (int i = 0; i < 6000; ++i) {
            world.send("{" + verb + R"(,"ticket":")" + std::to_string(i) + "\"}");
            owed_most = std::max(owed_most, account.stale.tickets.size());
        }
    EXPECT_EQ(owed_most, 4096U);
    static_cast<void>(world.engine.digest());
    EXPECT_EQ(account.digest, engine::digest_of_scratch(account));
    EXPECT_EQ(account.stale.tickets.size(), 0U);
}

// Rule 3: what runs for one ticket is one window, however often it changes hands.
TEST(Window, OfATicketThatChangesHandsAllDayTakesNoMoreAndMoreRoom) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail"})");
    const auto& window = world.engine.account("acme")->window;
    for (int i = 0; i < 20'000; ++i)
        world.send(i % 2 == 0 ? R"({"do":"assign","ticket":"1","agent":"a"})"
                              : R"({"do":"assign","ticket":"1","agent":"b"})");
    EXPECT_LE(window.size(), window.block_elements + 1024);
}

// Rule 3: of those that are thrown out for it, none was somebody else's.
TEST(Window, EndsForAllThoughOneWasTidiedMeanwhile) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail"})");
    for (const std::string ticket : {"2", "3", "4", "5", "6"}) {
        world.send(R"({"do":"route","channel":"mail","ticket":")" + ticket + "\"}");
        world.send(R"({"do":"assign","agent":"c","ticket":")" + ticket + "\"}");
    }
    for (int i = 0; i < 20'000; ++i)
        world.send(i % 2 == 0 ? R"({"do":"assign","ticket":"1","agent":"a"})"
                              : R"({"do":"assign","ticket":"1","agent":"b"})");
    const auto held = [&](const std::string& agent) {
        const auto& answer = world.send(R"({"do":"get_agent","agent":")" + agent + "\"}");
        return answer.agent->helpdesk[static_cast<std::size_t>(protocol::TicketType::email)];
    };
    world.at("2026-04-01T08:59:59.999Z");
    EXPECT_EQ(held("b"), 1U);
    EXPECT_EQ(held("c"), 5U);
    world.at("2026-04-01T09:00:00Z");
    EXPECT_EQ(held("b"), 0U);
    EXPECT_EQ(held("c"), 0U);
}

// Rule 3: what is held by nobody counts for nobody, and no window of thirty days runs for it.
TEST(Window, OfATicketOfNobodyIsNone) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail"})");
    const auto& tickets = world.engine.account("acme")->tickets;
    EXPECT_TRUE(tickets[tickets.find("1")].in_window);
    world.send(R"({"do":"assign","ticket":"1","none":true})");
    EXPECT_FALSE(tickets[tickets.find("1")].in_window);
}

// Rule 11: there is nothing to leave out where no skills are asked for.
TEST(Pool, LeavesOutSkillsOnlyWhereSomeAreAskedFor) {
    const std::string anyone = "  skill_fallback = \"anyone\"\n";
    World world(small_desk(anyone, "\n[[skill]]\nkey = \"rare\"\n"));
    const auto& account = *world.engine.account("acme");
    constexpr std::uint32_t rare = 0;
    const std::string_view asked(reinterpret_cast<const char*>(&rare), sizeof rare);
    EXPECT_TRUE(
        engine::skills_do_not_matter(account, {.rule = {0}, .inbox = {0}, .skills = asked}));
    EXPECT_FALSE(engine::skills_do_not_matter(account, {.rule = {0}, .inbox = {0}, .skills = {}}));
}

TEST(MemoryUse, OfThePartsIsWhatTheyHold) {
    constexpr std::uint32_t agents = 6400;
    engine::Recency recency;
    recency.assign(agents, {});
    EXPECT_GE(recency.bytes(), agents * sizeof(std::uint64_t) + agents / 8);
    EXPECT_LE(recency.bytes(), agents * sizeof(std::uint64_t) + agents / 4);
    engine::AgentSet set;
    set.resize(agents);
    EXPECT_EQ(set.bytes(), agents / 8);
    engine::Loads loads;
    loads.assign(agents);
    loads.set(0, 2);
    EXPECT_EQ(loads.bytes(), agents * sizeof(std::uint32_t) + 2 * agents / 8);
    engine::Ring<engine::WindowEntry> ring;
    EXPECT_EQ(ring.bytes(), 0U);
    ring.push_back({});
    EXPECT_EQ(ring.bytes(), ring.block_elements * sizeof(engine::WindowEntry));
}

// What is counted is what there is: a ticket with a key of sixteen bytes has two cache lines, its
// places in the index and in the window of thirty days; what many have in common is there once.
TEST(MemoryUse, OfATicketIsItsOwnAndWhatItSharesIsThereOnce) {
    const auto use_of = [](int tickets, const std::string& more, bool waiting = false) {
        World world(small_desk("  queue = true\n"));
        for (const std::string agent : {"a", "b", "c"})
            if (waiting)
                world.send(R"({"do":"availability","set":"away","agent":")" + agent + "\"}");
        for (int i = 0; i < tickets; ++i) {
            auto number = std::to_string(i);
            world.send(R"({"do":"route","channel":"mail","ticket":")" +
                       std::string(16 - number.size(), '0') + number + "\"" + more + "}");
        }
        return engine::memory_of(*world.engine.account("acme"));
    };
    constexpr std::size_t count = 16'384;
    const auto plain = use_of(count, {});
    EXPECT_GE(plain.tickets, (sizeof(engine::Ticket) + sizeof(engine::WindowEntry)) * count);
    EXPECT_LE(plain.tickets, 200 * count);
    EXPECT_LT(plain.texts, 4096U);

    const auto told = use_of(count, R"(,"properties":{"topic":")" + std::string(200, 'x') + "\"}");
    EXPECT_EQ(told.tickets, plain.tickets);
    EXPECT_GE(told.texts, plain.texts + 200);
    EXPECT_LE(told.texts, plain.texts + 2048);

    const auto waiting = use_of(count, {}, true);
    EXPECT_GE(waiting.tickets, (sizeof(engine::Ticket) + sizeof(engine::LineTrees::Node)) * count);
    EXPECT_LE(waiting.tickets, 400 * count);
}

// Of what a roster says of an agent, texts and lists included.
TEST(MemoryUse, OfAnAccountGrowsWithItsRoster) {
    const auto use_of = [](int more_agents) {
        std::string more;
        for (int i = 0; i < more_agents; ++i)
            more +=
                "\n[[agent]]\nkey = \"more-" + std::to_string(i) +
                "\"\nseat = \"service\"\nmain_team = \"t\"\navailability = \"away\"\nname = \"" +
                std::string(100, 'n') + "\"\n";
        World world(small_desk({}, more));
        const auto use = engine::memory_of(*world.engine.account("acme")).account;
        EXPECT_EQ(use, engine::memory_of(*reloaded(world.engine)->account("acme")).account);
        return use;
    };
    constexpr std::size_t agents = 1000, texts = 101;
    const auto few = use_of(0), many = use_of(agents);
    EXPECT_GE(few, sizeof(engine::Account) + 3 * sizeof(engine::AgentDefinition));
    EXPECT_GE(many - few, agents * (sizeof(engine::AgentDefinition) + texts));
    EXPECT_LE(many - few, agents * 2 * (sizeof(engine::AgentDefinition) + texts));
}

// Rules 9 and 20: a day before 1970 is a day like any other.
TEST(LocalDay, BeginsAtMidnightBefore1970Too) {
    const engine::Zone utc{"UTC", {{std::numeric_limits<std::int64_t>::min(), 0}}};
    constexpr std::int64_t day_ms = 86'400'000;
    EXPECT_EQ(engine::local_day(utc, {0}), 0);
    EXPECT_EQ(engine::local_day(utc, {day_ms - 1}), 0);
    EXPECT_EQ(engine::local_day(utc, {-1}), -1);
    EXPECT_EQ(engine::local_day(utc, {-day_ms}), -1);
    EXPECT_EQ(engine::local_day(utc, {-day_ms - 1}), -2);
    // An offset that begins at a second before 1970 holds from that second on.
    const engine::Zone moved{"moved", {{std::numeric_limits<std::int64_t>::min(), 0}, {-10, 60}}};
    EXPECT_EQ(engine::offset_at(moved, {-10'001}), 0);
    EXPECT_EQ(engine::offset_at(moved, {-10'000}), 60);
    EXPECT_EQ(engine::offset_at(moved, {-9'001}), 60);
}

// A definition from an image may have properties as long as their lengths can say, and not longer.
TEST(DefinitionCheck, TakesPropertiesAsLongAsTheyMayBe) {
    World world(small_desk());
    auto definition = world.engine.account("acme")->definition;
    ASSERT_EQ(engine::flaw_of(definition), std::nullopt);
    auto& properties = definition.channels.front().properties;
    properties = {{std::string(0xff, 'k'), std::string(0xffff, 'v')}};
    EXPECT_EQ(engine::flaw_of(definition), std::nullopt);
    properties = {{std::string(0x100, 'k'), ""}};
    EXPECT_TRUE(engine::flaw_of(definition));
    properties = {{"k", std::string(0x10000, 'v')}};
    EXPECT_TRUE(engine::flaw_of(definition));
    properties = {{"k", "v"}, {"k", "v"}};
    EXPECT_TRUE(engine::flaw_of(definition));
    properties = {{"k", "v"}, {"l", ""}};
    EXPECT_EQ(engine::flaw_of(definition), std::nullopt);
}

}  // namespace
}  // namespace usher::testing
