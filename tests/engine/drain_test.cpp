// Rule 38: what gives out the tickets that wait, and in which order. Each of the events that make
// somebody eligible has a test of its own.
#include "engine/drain.h"

#include <gtest/gtest.h>

#include "tests/engine/line_desk.h"

namespace usher::testing {
namespace {

/// Agent `a` of team t with room for one mail; what is added comes behind.
std::string desk(std::string_view agent = {}, std::string_view rule = {},
                 std::string_view more = {}) {
    return R"(
[account]
key = "acme"
seed = 7
time_zone = "UTC"
[[skill]]
key = "k"
[[team]]
key = "t"
[[team]]
key = "u"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[inbox]]
key = "talks"
workspace = "conversations"
[[rule]]
key = "waits"
assign_to = "users_and_teams"
teams = ["t"]
queue = true
)" + std::string(rule) +
           R"(
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
rule = "waits"
[[channel]]
key = "talk"
kind = "chat"
inbox = "talks"
rule = "waits"
[[channel]]
key = "phone"
kind = "calling"
inbox = "desk"
rule = "waits"
  [channel.opening]
  time_zone = "UTC"
  hours = ["mon-fri 08:00-18:00"]
  closed_days = ["2026-03-04"]
  in_hours_message = "busy"
  after_hours_message = "closed"
[[channel]]
key = "aside"
kind = "email"
inbox = "desk"
[[agent]]
key = "a"
seat = "service"
main_team = "t"
)" +
           (agent.empty() ? "availability = \"available\"\ncapacity = { total = 1 }\n"
                          : std::string(agent)) +
           std::string(more);
}

constexpr auto* away = "availability = \"away\"\n";

/// a holds `held`, and `1` and `2` wait.
void fill(LineDesk& line, const std::string& channel = "mail") {
    EXPECT_EQ(line.route("held", {}, channel), "assigned a");
    EXPECT_EQ(line.route("1", {}, channel), "queued 1");
    EXPECT_EQ(line.route("2", {}, channel), "queued 2");
}

TEST(Drain, AvailabilityByHandGivesOutByPriorityThenAge) {
    LineDesk line(desk(away));
    line.route("1");
    line.route("2");
    line.route("3", R"("priority":5)");
    EXPECT_EQ(line.available("a"), "3 1 2");
    EXPECT_EQ(line.world.answer.list.total, 3U);
    EXPECT_EQ(line.available("a"), "") << "nothing is left";
}

TEST(Drain, AnAnswerShowsAsManyAsItWasAskedFor) {
    LineDesk line(desk(away));
    for (const auto* ticket : {"1", "2", "3"}) line.route(ticket);
    EXPECT_EQ(line.drained(R"({"do":"availability","agent":"a","set":"available","limit":2})"),
              "1 2");
    EXPECT_EQ(line.world.answer.list.total, 3U);
    EXPECT_EQ(line.owner("3"), "a");
}

TEST(Drain, WhateverFreesCapacity) {
    for (const auto* request : {R"({"do":"close","ticket":"held"})",
                                R"({"do":"set_status","ticket":"held","status":"closed"})",
                                R"({"do":"assign","ticket":"held","none":true})",
                                R"({"do":"assign","ticket":"held","agent":"b"})",
                                R"({"do":"transfer","ticket":"held","channel":"aside"})",
                                R"({"do":"capacity","agent":"a","total":2})",
                                R"({"do":"capacity","agent":"a","total":2,"key":"once"})"}) {
        LineDesk line(desk({}, {}, "[[agent]]\nkey = \"b\"\nseat = \"service\"\n"));
        fill(line);
        line.send(request);
        EXPECT_EQ(line.owner("1"), "a") << request;
        EXPECT_EQ(line.waiting(), "2") << request;
    }
}

TEST(Drain, ALiftedLimitGivesOutEverything) {
    LineDesk line(desk());
    fill(line);
    EXPECT_EQ(line.drained(R"({"do":"capacity","agent":"a","total":null})"), "1 2");
}

TEST(Drain, AWorkflowThatTakesAConversationAway) {
    LineDesk line(desk({}, {}, "[[agent]]\nkey = \"b\"\nseat = \"sales\"\n"));
    fill(line, "talk");
    line.send(R"({"do":"assign_conversation","ticket":"held","agent":"b"})");
    EXPECT_EQ(line.waiting(), "2");
}

TEST(Drain, AMissedCallLeavesItsOwnerAndStaysOut) {
    LineDesk line(desk());
    fill(line, "phone");
    EXPECT_EQ(line.place(R"({"do":"missed","ticket":"held"})"), "voicemail busy");
    EXPECT_EQ(line.owner("held"), "nobody");
    EXPECT_EQ(line.owner("1"), "a");
    line.send(R"({"do":"missed","ticket":"2"})");
    EXPECT_EQ(line.waiting(), "");
}

TEST(Drain, ScheduleEdgesAndAbsences) {
    LineDesk line(desk("hours = [\"mon-fri 09:00-17:00\"]\ncapacity = { total = 1 }\n"),
                  "2026-03-02T08:00:00Z");
    line.route("1");
    line.world.at("2026-03-02T12:00:00Z");
    EXPECT_EQ(line.tick(), "assigned 1 a");
    EXPECT_EQ(line.world.answer.events->back().at_ms, 1'772'442'000'000) << "at nine, exactly";
    line.send(R"({"do":"close","ticket":"1"})");
    line.send(
        R"({"do":"absence","agent":"a","from":"2026-03-02T12:00:00Z","until":"2026-03-02T13:00:00Z"})");
    EXPECT_EQ(line.route("2"), "queued 1");
    line.world.at("2026-03-02T13:00:00Z");
    EXPECT_EQ(line.owner("2"), "a") << "whatever comes at that instant finds it given out";
    line.send(R"({"do":"close","ticket":"2"})");
    line.send(
        R"({"do":"absence","agent":"a","from":"2026-03-02T13:00:00Z","until":"2026-03-02T14:00:00Z"})");
    EXPECT_EQ(line.route("3"), "queued 1");
    line.send(
        R"({"do":"absence","agent":"a","from":"2026-03-02T13:00:00Z","until":"2026-03-02T14:00:00Z","cancel":true})");
    EXPECT_EQ(line.owner("3"), "a");
}

TEST(Drain, TheWindowThatEnds) {
    LineDesk line(desk());
    fill(line);
    line.world.at("2026-04-01T08:59:59.999Z");
    EXPECT_EQ(line.tick(), "");
    line.world.at("2026-05-02T00:00:00Z");
    EXPECT_EQ(line.tick(), "assigned 1 a, assigned 2 a") << "thirty days later, and again";
    EXPECT_EQ(line.send(R"({"do":"get_ticket","ticket":"1"})").ticket->assigned_at_ms,
              1'775'034'000'000);
    EXPECT_EQ(line.send(R"({"do":"get_ticket","ticket":"2"})").ticket->assigned_at_ms,
              1'775'034'000'000 + 30 * 86'400'000LL);
}

TEST(Drain, ARosterThatMakesSomebodyEligible) {
    const auto* room = "availability = \"available\"\n";
    LineDesk line(desk(room));
    const std::string skilled = R"("skills":["k"])";
    EXPECT_EQ(line.route("1", skilled), "queued 1");
    line.apply(desk(std::string(room) + "skills = [\"k\"]\n"));
    EXPECT_EQ(line.owner("1"), "a");

    LineDesk other(desk(away));
    other.route("1");
    other.apply(desk(away, {},
                     "[[agent]]\nkey = \"b\"\nseat = \"service\"\nmain_team = \"t\"\n"
                     "availability = \"available\"\n"));
    EXPECT_EQ(other.owner("1"), "b");

    LineDesk third(desk(away, "skill_fallback = \"none\"\n"));
    third.route("1", skilled);
    third.available("a");
    EXPECT_EQ(third.owner("1"), "waits");
    third.apply(desk(away, "skill_fallback = \"anyone\"\n"));
    EXPECT_EQ(third.owner("1"), "a") << "nobody has the skill, and now that does not matter";
}

TEST(Drain, SkillsAreLeftOutAsTheRuleSaysThen) {
    LineDesk line(desk(away, "skill_fallback = \"anyone\"\n",
                       "[[agent]]\nkey = \"b\"\nseat = \"service\"\nmain_team = \"t\"\n"
                       "availability = \"away\"\nskills = [\"k\"]\n"));
    line.route("1", R"("skills":["k"])");
    EXPECT_EQ(line.available("a"), "") << "b has the skill and is merely away";
    EXPECT_EQ(line.available("b"), "1");
}

TEST(Drain, UpdatingWhatWaitsLooksAtItAnew) {
    LineDesk line(desk("availability = \"available\"\n"));
    line.route("1", R"("skills":["k"])");
    line.route("2", R"("skills":["k"])");
    line.send(R"({"do":"update","ticket":"2","skills":[]})");
    EXPECT_EQ(line.owner("2"), "a");
    EXPECT_EQ(line.waiting(), "1");
}

TEST(Drain, WhatNobodyCanTakeBlocksNothing) {
    LineDesk line(desk(away));
    line.route("1", R"("skills":["k"],"priority":9)");
    line.route("2");
    line.route("3", R"("skills":["k"])");
    line.route("4", {}, "talk");
    EXPECT_EQ(line.available("a"), "2 4");
    EXPECT_EQ(line.waiting(), "1 3");
}

TEST(Drain, TicketsOfAllClassesInOneOrder) {
    LineDesk line(desk(away));
    line.route("1");
    line.route("2", {}, "talk");
    line.route("3", R"("type":"calling")");
    line.route("4", {}, "talk");
    line.route("5", R"("priority":1)");
    line.route("6");
    EXPECT_EQ(line.available("a"), "5 1 2 3 4 6");
}

TEST(Drain, ManyWhoComeAtOnceShareByTheRule) {
    std::string others;
    for (int i = 0; i < 20; ++i)
        others += "[[agent]]\nkey = \"x" + std::to_string(i) +
                  "\"\nseat = \"service\"\nmain_team = \"t\"\nhours = [\"mon-fri 10:00-11:00\"]\n"
                  "capacity = { total = 2 }\n";
    LineDesk line(desk(away, "distribution = \"round_robin\"\n", others));
    for (int i = 0; i < 50; ++i) line.route(std::to_string(i), i % 2 == 0 ? "" : R"("skills":[])");
    line.world.at("2026-03-02T10:00:00Z");
    line.tick();
    EXPECT_EQ(line.account().line.size(), 10U);
    EXPECT_EQ(line.owner("0"), "x0");
    EXPECT_EQ(line.owner("19"), "x19");
    EXPECT_EQ(line.owner("20"), "x0");
    EXPECT_EQ(line.owner("39"), "x19");
    EXPECT_EQ(line.owner("40"), "waits");
}

TEST(Drain, DrawsAreUsedUp) {
    LineDesk line(desk(away, "distribution = \"random\"\n"));
    line.route("1");
    line.route("2");
    EXPECT_EQ(line.account().draws, 0U);
    line.available("a");
    EXPECT_EQ(line.account().draws, 2U);
}

TEST(Drain, ARequestsOwnRoutingComesFirst) {
    LineDesk line(desk());
    fill(line);
    EXPECT_EQ(line.place(R"({"do":"transfer","ticket":"held","channel":"mail"})"), "assigned a");
    EXPECT_EQ(line.waiting(), "1 2");
}

TEST(Drain, FreedCapacityGoesToWhatWaitsBeforeWhatArrives) {
    LineDesk line(desk("hours = [\"mon-fri 10:00-17:00\"]\ncapacity = { total = 1 }\n"));
    line.route("1");
    line.world.at("2026-03-02T10:00:00Z");
    EXPECT_EQ(line.route("2", R"("priority":9)"), "queued 1")
        << "ten o'clock went to the older one";
    EXPECT_EQ(line.owner("1"), "a");
    line.send(R"({"do":"close","ticket":"1"})");
    EXPECT_EQ(line.route("3", R"("priority":9)"), "queued 1");
    EXPECT_EQ(line.owner("2"), "a");
}

TEST(Drain, ACallThatStillWaitsWhenTheChannelClosesBecomesAVoicemail) {
    LineDesk line(desk());
    fill(line, "phone");
    EXPECT_EQ(line.route("mail"), "queued 3");
    line.world.at("2026-03-02T17:59:59.999Z");
    EXPECT_EQ(line.tick(), "");
    line.world.at("2026-03-02T20:00:00Z");
    EXPECT_EQ(line.tick(), "voicemail 1 closed, voicemail 2 closed");
    EXPECT_EQ(line.world.answer.events->back().at_ms, 1'772'474'400'000) << "at six, exactly";
    EXPECT_EQ(line.waiting(), "mail");
    EXPECT_EQ(line.owner("1"), "nobody");
    EXPECT_EQ(line.route("late", {}, "phone"), "voicemail closed");
    // The next day closes as well, and the closed day after it at its midnight.
    line.world.at("2026-03-03T09:00:00Z");
    EXPECT_EQ(line.route("3", {}, "phone"), "queued 2");
    line.world.at("2026-03-03T18:00:00Z");
    EXPECT_EQ(line.owner("3"), "nobody");
}

TEST(Drain, AClosedDayBeginsAtItsMidnight) {
    auto roster = desk();
    const std::string hours = "mon-fri 08:00-18:00";
    roster.replace(roster.find(hours), hours.size(), "mon-sun 00:00-24:00");
    LineDesk line(roster, "2026-03-03T20:00:00Z");
    fill(line, "phone");
    line.world.at("2026-03-03T23:59:59Z");
    EXPECT_EQ(line.tick(), "");
    line.world.at("2026-03-04T00:00:00Z");
    EXPECT_EQ(line.tick(), "voicemail 1 closed, voicemail 2 closed");
}

TEST(Drain, WhoComesAtTheInstantOfClosingIsTooLateForCalls) {
    LineDesk line(desk("hours = [\"mon-fri 18:00-19:00\"]\n"));
    line.route("call", {}, "phone");
    line.route("mail");
    line.world.at("2026-03-02T18:00:00Z");
    EXPECT_EQ(line.tick(), "voicemail call closed, assigned mail a");
}

TEST(Drain, ASwitchedOffChannelStillDrains) {
    LineDesk line(desk(away));
    line.route("1");
    line.send(R"({"do":"channel","channel":"mail","enabled":false})");
    EXPECT_EQ(line.available("a"), "1");
}

TEST(Drain, AQueueThatARosterTakesAwayLetsGoOfWhatWaits) {
    LineDesk line(desk());
    fill(line);
    line.route("call", {}, "phone");
    auto without = desk();
    without.replace(without.find("queue = true"), 12, "queue = false");
    line.apply(without);
    EXPECT_EQ(line.waiting(), "");
    EXPECT_EQ(line.owner("1"), "nobody");
    EXPECT_EQ(line.send(R"({"do":"backlog","inbox":"desk"})").tickets->size(), 3U);
    line.send(R"({"do":"close","ticket":"held"})");
    EXPECT_EQ(line.owner("1"), "nobody") << "nobody is given backlog work without a queue";
    line.apply(desk());
    EXPECT_EQ(line.owner("1"), "nobody") << "only routing puts a ticket into the line";
    EXPECT_EQ(line.place(R"({"do":"transfer","ticket":"1","channel":"mail"})"), "assigned a");
}

TEST(Drain, ARosterThatGivesTheRuleOtherAgents) {
    LineDesk line(desk(away));
    line.route("1");
    auto other = desk(away, {},
                      "[[agent]]\nkey = \"b\"\nseat = \"service\"\nmain_team = \"u\"\n"
                      "availability = \"available\"\n");
    other.replace(other.find("teams = [\"t\"]"), 13, "teams = [\"u\"]");
    line.apply(other);
    EXPECT_EQ(line.owner("1"), "b");
}

TEST(Drain, ARosterThatClosesTheChannelNow) {
    LineDesk line(desk());
    fill(line, "phone");
    line.route("mail");
    auto closed = desk();
    const std::string hours = "mon-fri 08:00-18:00";
    closed.replace(closed.find(hours), hours.size(), "mon-fri 08:00-08:30");
    line.apply(closed);
    EXPECT_EQ(line.waiting(), "mail");
    EXPECT_EQ(line.owner("1"), "nobody");
}

TEST(Drain, KeptAnswersShowWhatWasDrainedThen) {
    LineDesk line(desk(away));
    line.route("1");
    const std::string request =
        R"({"do":"availability","agent":"a","set":"available","key":"once"})";
    EXPECT_EQ(line.drained(request), "1");
    EXPECT_EQ(line.drained(request), "1");
}

TEST(Drain, GoesOnFromWhereASliceEnded) {
    LineDesk line(desk(away));
    for (int i = 0; i < 10; ++i) line.route(std::to_string(i), i == 7 ? R"("priority":1)" : "");
    auto& account = const_cast<engine::Account&>(line.account());
    engine::Scratch scratch;
    protocol::Answer answer;
    engine::Step step{account, account.now, engine::Cause::time, line.world.facts, answer, scratch};
    step.emit(engine::AvailabilitySet{{0}, true});
    std::vector<protocol::EventView> events;
    step.brought = &events;
    int slices = 1;
    while (!engine::drain(step, 3)) ++slices;
    EXPECT_EQ(slices, 4);
    std::string order;
    for (const auto& event : events) order += event.ticket;
    EXPECT_EQ(order, "7012345689");
    EXPECT_EQ(line_fault(account), "");
}

}  // namespace
}  // namespace usher::testing
