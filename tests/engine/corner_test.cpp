// Corners that chance hardly ever comes to: two closings at one instant, a roster that changes two
// things about what waits, more of something than fits into one pass, agents who are gone.
#include <gtest/gtest.h>

#include "engine/pool.h"
#include "tests/engine/line_desk.h"
#include "tests/engine/rich_state.h"

namespace usher::testing {
namespace {

/// Calls wait in two channels, under one rule and in one inbox, for an agent.
std::string two_phones(std::string_view first_hours, std::string_view agent,
                       std::string_view queue = "true") {
    std::string text = R"(
[account]
key = "acme"
time_zone = "UTC"
[[team]]
key = "t"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[rule]]
key = "waits"
assign_to = "users_and_teams"
teams = ["t"]
queue = )" + std::string(queue);
    for (const std::string_view phone : {"p1", "p2"})
        text += "\n[[channel]]\nkey = \"" + std::string(phone) +
                "\"\nkind = \"calling\"\ninbox = \"desk\"\nrule = \"waits\"\n"
                "  [channel.opening]\n  hours = [\"" +
                std::string(phone == "p1" ? first_hours : "mon-fri 08:00-18:00") +
                "\"]\n  in_hours_message = \"busy\"\n  after_hours_message = \"closed\"\n";
    return text +
           "[[agent]]\nkey = \"a\"\nseat = \"service\"\nmain_team = \"t\"\navailability = \"" +
           std::string(agent) + "\"\n";
}

/// The message of the last voicemail.
std::string last_message(const FactKeeper& facts) {
    std::string message = "none";
    for (const auto& record : facts.records) {
        engine::Fact fact;
        EXPECT_TRUE(engine::decode_fact(record, fact));
        const auto* placed = std::get_if<engine::Placed>(&fact.body);
        if (placed != nullptr && placed->award.outcome == protocol::Outcome::voicemail)
            message = placed->award.message;
    }
    return message;
}

// Rule 20.
TEST(Corner, TwoChannelsThatCloseAtOneInstantBothLetGo) {
    LineDesk line(two_phones("mon-fri 09:00-18:00", "away"));
    EXPECT_EQ(line.route("2", {}, "p2"), "queued 1");
    EXPECT_EQ(line.route("1", {}, "p1"), "queued 2");
    line.world.at("2026-03-02T18:00:00Z");
    EXPECT_EQ(line.tick(), "voicemail 2 closed, voicemail 1 closed") << "in the order of the line";
}

// Rule 20: more than are noted one by one.
TEST(Corner, AChannelThatClosesLetsGoHoweverManyWait) {
    constexpr int many = 300;
    LineDesk line(two_phones("mon-fri 09:00-18:00", "away"));
    EXPECT_EQ(line.route("other", {}, "p2"), "queued 1");
    for (int n = 0; n < many; ++n) line.route("c" + std::to_string(n), {}, "p1");
    line.apply(two_phones("mon-fri 09:00-17:00", "away"));
    line.world.at("2026-03-02T17:00:00Z");
    line.tick();
    for (int n = 0; n < many; ++n) ASSERT_EQ(line.owner("c" + std::to_string(n)), "nobody") << n;
    EXPECT_EQ(line.owner("other"), "waits");
    EXPECT_EQ(last_message(line.world.facts), "closed");
    EXPECT_EQ(replayed(line.world.facts)->digest(), line.world.engine.digest());
}

// Rules 20, 38 and 41: what a closed channel lets go is not what the agent then gets, though both
// waited for the same.
TEST(Corner, ARosterThatClosesOneOfTwoChannelsGivesWhatWaitsInTheOther) {
    LineDesk line(two_phones("mon-fri 08:00-18:00", "away"));
    EXPECT_EQ(line.route("1", {}, "p1"), "queued 1");
    EXPECT_EQ(line.route("2", {}, "p2"), "queued 2");
    line.apply(two_phones("mon-fri 10:00-18:00", "available"));
    EXPECT_EQ(line.owner("1"), "nobody");
    EXPECT_EQ(last_message(line.world.facts), "closed");
    EXPECT_EQ(line.owner("2"), "a");
    EXPECT_EQ(replayed(line.world.facts)->digest(), line.world.engine.digest());
}

// Rule 20: a closed channel says that it is closed, also if its queue is taken away with its hours.
TEST(Corner, ARosterThatTakesHoursAndQueueAwayAnswersByTheHours) {
    for (const std::string_view hours : {"mon-fri 08:00-18:00", "mon-fri 10:00-18:00"}) {
        LineDesk line(two_phones("mon-fri 08:00-18:00", "away"));
        EXPECT_EQ(line.route("1", {}, "p1"), "queued 1");
        line.apply(two_phones(hours, "available", "false"));
        EXPECT_EQ(line.owner("1"), "nobody");
        EXPECT_EQ(last_message(line.world.facts),
                  hours.starts_with("mon-fri 08") ? "busy" : "closed");
    }
}

// Rule 41.
TEST(Corner, AStatusThatNoTicketHasMayGoAndOneThatSomeHasMayNot) {
    const auto desk = [](std::string_view statuses) {
        return small_desk({}, "[[pipeline]]\nkey = \"p\"\nstatuses = [\n" + std::string(statuses) +
                                  "{ key = \"done\", open = false }]\n");
    };
    const std::string first = "{ key = \"new\", open = true },\n";
    const std::string second = "{ key = \"later\", open = true },\n";
    World world(desk(first + second));
    world.send(R"({"do":"route","ticket":"1","channel":"mail","pipeline":"p","status":"later"})");
    EXPECT_NE(world.apply(desk(first)).reject, protocol::Reject::none);
    EXPECT_NE(world.answer.message.find("status later of pipeline p is in use by 1 ticket"),
              std::string::npos)
        << world.answer.message;
    EXPECT_EQ(world.reject(R"({"do":"set_status","ticket":"1","status":"new"})"), "none");
    EXPECT_EQ(world.apply(desk(first)).reject, protocol::Reject::none);
    EXPECT_EQ(world.reject(R"({"do":"set_status","ticket":"1","status":"later"})"),
              "unknown_status");
    EXPECT_EQ(replayed(world.facts)->digest(), world.engine.digest());
}

// Rules 5 and 41.
TEST(Corner, WhoWasRemovedMayHoldNothing) {
    World world(small_desk());
    const auto& account = *world.engine.account("acme");
    const engine::AgentNo c{2};
    EXPECT_TRUE(engine::may_hold(account, c, {0}));
    auto without = small_desk();
    without.resize(without.find("\n[[agent]]\nkey = \"c\""));
    ASSERT_EQ(world.apply(without).reject, protocol::Reject::none);
    EXPECT_FALSE(engine::may_hold(account, c, {0}));
    EXPECT_TRUE(engine::may_hold(account, {1}, {0}));
}

// Rule 38: after a start from the journal alone the line is as if there had been no start, however
// much of it is read at once.
TEST(Corner, ALongLineThatIsReadBackAtOnceIsGivenOutAsBefore) {
    LineDesk line(two_phones("mon-fri 08:00-18:00", "away"));
    constexpr int calls = 300;
    for (int n = 0; n < calls; ++n)
        line.world.send(R"({"do":"route","channel":"p1","ticket":")" + std::to_string(n) + "\"}");
    EXPECT_EQ(line_fault(line.account()), "");
    LineDesk again(two_phones("mon-fri 08:00-18:00", "away"));
    again.world.engine = std::move(*replayed(line.world.facts));
    EXPECT_EQ(again.waiting(), line.waiting());
    EXPECT_EQ(again.available("a"), line.available("a"));
    EXPECT_EQ(again.world.engine.digest(), line.world.engine.digest());
}

// Rule 23. A fact that uses up a turn that is used up already: no router has written it, and it
// counts once.
TEST(Corner, ATurnIsUsedUpOnce) {
    Rich rich;
    ASSERT_EQ(rich.world.outcome(R"({"do":"transfer","ticket":"m1","channel":"mail"})"),
              "assigned a");
    const auto& records = rich.world.facts.records;
    engine::Fact last, fact;
    ASSERT_TRUE(engine::decode_fact(records.back(), last));
    for (const auto& record : records) {
        ASSERT_TRUE(engine::decode_fact(record, fact));
        const auto* placed = std::get_if<engine::Placed>(&fact.body);
        if (placed == nullptr || !placed->award.turn_of.exists() ||
            placed->award.owner.kind != engine::OwnerKind::agent)
            continue;
        const auto engine = replayed(rich.world.facts);
        fact.seq = last.seq + 1;
        fact.at = last.at;
        ASSERT_TRUE(engine->replay(fact));
        EXPECT_EQ(reloaded(*engine)->digest(), engine->digest());
        return;
    }
    FAIL() << "nobody had a turn";
}

TEST(Corner, PlacesInTheLineThatDifferInOneThingAreNotEqual) {
    const engine::LinePlace place{1, {2}, 3};
    EXPECT_EQ(place, (engine::LinePlace{1, {2}, 3}));
    EXPECT_NE(place, (engine::LinePlace{2, {2}, 3}));
    EXPECT_NE(place, (engine::LinePlace{1, {3}, 3}));
    EXPECT_NE(place, (engine::LinePlace{1, {2}, 4}));
}

}  // namespace
}  // namespace usher::testing
