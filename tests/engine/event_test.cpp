// Facts to events (rules 34 to 36): one test for each name of an event, what it tells, and that the
// same facts tell the same later, when the roster says something else.
#include "engine/event.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clients/scenario/event_line.h"
#include "protocol/names.h"
#include "tests/engine/world.h"

namespace usher::testing {
namespace {

/// Every fact from `first` on as its event's line of JSON, without seq and at.
std::vector<std::string> told(const World& world, std::size_t first = 0) {
    std::vector<std::string> lines;
    const auto& account = *world.engine.account("acme");
    for (auto i = first; i < world.facts.records.size(); ++i) {
        engine::Fact fact;
        EXPECT_TRUE(engine::decode_fact(world.facts.records[i], fact));
        EXPECT_EQ(fact.seq, i + 1);
        protocol::EventView event;
        if (!engine::event_of(account, fact, event)) continue;
        EXPECT_EQ(event.seq, i + 1);
        EXPECT_EQ(event.at_ms, fact.at.ms);
        std::string line;
        scenario::JsonText json(line);
        scenario::append_event(json, event);
        lines.push_back(line.substr(line.find("\"event\"")));
        lines.back().insert(0, "{");
    }
    return lines;
}

/// What one line of a scenario tells.
std::vector<std::string> told_by(World& world, const std::string& line) {
    const auto first = world.facts.records.size();
    EXPECT_EQ(protocol::reject_name(world.send(line).reject), "none") << world.answer.message;
    return told(world, first);
}

using Lines = std::vector<std::string>;

TEST(Event, AssignedNamesTheAgentToTell) {
    World world(small_desk());
    EXPECT_EQ(told_by(world, R"({"do":"route","ticket":"T-1","channel":"mail"})"),
              (Lines{R"({"event":"assigned","ticket":"T-1","agent":"a","channel":"mail",)"
                     R"("notify":["a"],"cause":"route"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"assign","ticket":"T-1","agent":"b"})"),
              (Lines{R"({"event":"assigned","ticket":"T-1","agent":"b","notify":["b"],)"
                     R"("cause":"assign"})"}));
}

TEST(Event, AnAgentsOwnPreferenceGoesBeforeTheAccounts) {
    World world(small_desk("", R"(
[[agent]]
key = "d"
seat = "service"
notify_assigned = false
availability = "away"
)"));
    world.send(R"({"do":"route","ticket":"T-1","channel":"mail"})");
    EXPECT_EQ(told_by(world, R"({"do":"assign","ticket":"T-1","agent":"d"})"),
              (Lines{R"({"event":"assigned","ticket":"T-1","agent":"d","cause":"assign"})"}));
}

// Rule 36.
TEST(Event, APreferenceCountsFromTheRosterThatChangesItAndAfterAReload) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"T-1","channel":"mail"})");
    const auto is_told = [](const engine::Engine& engine, std::size_t agent) {
        return engine.account("acme")->agents[agent].told_of_assigned;
    };
    auto roster = small_desk();
    roster.replace(roster.find("seed = 7"), 8, "seed = 7\nnotify_assigned = false");
    world.apply(roster);
    EXPECT_EQ(told_by(world, R"({"do":"assign","ticket":"T-1","agent":"b"})"),
              (Lines{R"({"event":"assigned","ticket":"T-1","agent":"b","cause":"assign"})"}));
    EXPECT_FALSE(is_told(*reloaded(world.engine), 1));

    world.apply(roster + "notify_assigned = true\n");  // of the last agent, c
    EXPECT_EQ(told_by(world, R"({"do":"assign","ticket":"T-1","agent":"c"})"),
              (Lines{R"({"event":"assigned","ticket":"T-1","agent":"c","notify":["c"],)"
                     R"("cause":"assign"})"}));
    EXPECT_TRUE(is_told(*reloaded(world.engine), 2));
    EXPECT_FALSE(is_told(*replayed(world.facts), 1));
}

TEST(Event, UnassignedNamesThoseWhoAskedAndMayHoldIt) {
    World world(small_desk("", R"(
[[agent]]
key = "asks"
seat = "service"
notify_unassigned = true
availability = "away"
[[agent]]
key = "asks-without-a-seat"
seat = "none"
notify_unassigned = true
availability = "away"
)"));
    world.send(R"({"do":"route","ticket":"T-1","channel":"mail"})");
    EXPECT_EQ(
        told_by(world, R"({"do":"assign","ticket":"T-1","none":true})"),
        (Lines{R"({"event":"unassigned","ticket":"T-1","notify":["asks"],"cause":"assign"})"}));
    for (const auto* agent : {"a", "b", "c"})
        world.send(R"({"do":"availability","set":"away","agent":")" + std::string(agent) + "\"}");
    EXPECT_EQ(told_by(world, R"({"do":"route","ticket":"T-2","channel":"mail"})"),
              (Lines{R"({"event":"unassigned","ticket":"T-2","reason":"none_available",)"
                     R"("channel":"mail","notify":["asks"],"cause":"route"})"}));
}

TEST(Event, TeamAndTransferred) {
    World world(small_desk("", R"(
[[channel]]
key = "form"
kind = "form"
inbox = "desk"
  [channel.rule]
  assign_to = "team_only"
  teams = ["t"]
)"));
    EXPECT_EQ(told_by(world, R"({"do":"route","ticket":"T-1","channel":"form"})"),
              (Lines{R"({"event":"team","ticket":"T-1","team":"t","channel":"form",)"
                     R"("cause":"route"})"}));
    EXPECT_EQ(
        told_by(world, R"({"do":"transfer","ticket":"T-1","channel":"mail"})"),
        (Lines{R"({"event":"transferred","ticket":"T-1","channel":"mail","cause":"transfer"})",
               R"({"event":"assigned","ticket":"T-1","agent":"a","notify":["a"],)"
               R"("cause":"transfer"})"}));
}

TEST(Event, BotVoicemailAndNotify) {
    World world(small_desk("", R"(
[[channel]]
key = "bot"
kind = "chat"
inbox = "desk"
  [channel.rule]
  assign_to = "customer_agent"
[[channel]]
key = "phone"
kind = "calling"
inbox = "desk"
  [channel.opening]
  time_zone = "UTC"
  hours = ["mon-fri 08:00-18:00"]
  in_hours_message = "all-busy"
[[channel]]
key = "owner"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "contact_owner"
)"));
    EXPECT_EQ(
        told_by(world, R"({"do":"route","ticket":"B","channel":"bot"})"),
        (Lines{R"({"event":"bot","ticket":"B","bot":true,"channel":"bot","cause":"route"})"}));
    world.send(R"({"do":"route","ticket":"P","channel":"phone"})");
    EXPECT_EQ(
        told_by(world, R"({"do":"missed","ticket":"P"})"),
        (Lines{R"({"event":"voicemail","ticket":"P","message":"all-busy","cause":"missed"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"availability","agent":"a","set":"away"})"),
              (Lines{R"({"event":"away","agent":"a","cause":"availability"})"}));
    EXPECT_EQ(
        told_by(world, R"({"do":"route","ticket":"O","channel":"owner","contact_owner":"a"})"),
        (Lines{R"({"event":"unassigned","ticket":"O","reason":"owner_unavailable",)"
               R"("channel":"owner","cause":"route"})",
               R"({"event":"notify","ticket":"O","agent":"a","reason":"owner_unavailable",)"
               R"("cause":"route"})"}));
}

constexpr auto with_actions = R"(
[[pipeline]]
key = "p"
statuses = [ { key = "new", open = true, actions = [ { do = "notify" } ] },
             { key = "done", open = false, actions = [ { do = "email", template = "bye" } ] } ]
[[channel]]
key = "acting"
kind = "email"
inbox = "desk"
pipeline = "p"
[[channel]]
key = "chatting"
kind = "chat"
inbox = "desk"
pipeline = "p"
)";

TEST(Event, StatusAndItsActions) {
    World world(small_desk("", with_actions));
    EXPECT_EQ(told_by(world, R"({"do":"route","ticket":"T-1","channel":"acting"})"),
              (Lines{R"({"event":"unassigned","ticket":"T-1","reason":"no_rule",)"
                     R"("channel":"acting","cause":"route"})",
                     R"({"event":"action","ticket":"T-1","status":"new","do":"notify",)"
                     R"("cause":"route"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"close","ticket":"T-1"})"),
              (Lines{R"({"event":"status","ticket":"T-1","status":"done","open":false,)"
                     R"("cause":"close"})",
                     R"({"event":"action","ticket":"T-1","status":"done","do":"email",)"
                     R"("fields":{"template":"bye"},"cause":"close"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"reopen","ticket":"T-1"})"),
              (Lines{R"({"event":"status","ticket":"T-1","status":"new","open":true,)"
                     R"("cause":"reopen"})",
                     R"({"event":"action","ticket":"T-1","status":"new","do":"notify",)"
                     R"("cause":"reopen"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"set_status","ticket":"T-1","status":"new"})"), Lines{})
        << "it is there already";
}

TEST(Event, ChatsActOnlyWhereThePipelineSaysSo) {
    World silent(small_desk("", with_actions));
    EXPECT_EQ(told_by(silent, R"({"do":"route","ticket":"T-1","channel":"chatting"})").size(), 1U);
    auto roster = small_desk("", with_actions);
    roster.insert(roster.find("key = \"p\""), "actions_for_chat = true\n");
    World loud(roster);
    EXPECT_EQ(told_by(loud, R"({"do":"route","ticket":"T-1","channel":"chatting"})").size(), 2U);
}

TEST(Event, ImportedUpdatedForgotten) {
    World world(small_desk());
    EXPECT_EQ(told_by(world, R"({"do":"import","ticket":"T-1","channel":"mail","agent":"b",)"
                             R"("created_at":"2026-03-01T09:00:00Z"})"),
              (Lines{R"({"event":"imported","ticket":"T-1","agent":"b","channel":"mail",)"
                     R"("cause":"import"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"update","ticket":"T-1","priority":7})"),
              (Lines{R"({"event":"updated","ticket":"T-1","priority":7,"cause":"update"})"}));
    world.send(R"({"do":"close","ticket":"T-1"})");
    world.at("2026-04-02T09:00:00Z");
    EXPECT_EQ(told_by(world, R"({"do":"tick"})"),
              (Lines{R"({"event":"forgotten","ticket":"T-1","cause":"time"})"}));
}

TEST(Event, PeopleAndChannels) {
    World world(small_desk("", R"(
[[agent]]
key = "h"
seat = "service"
time_zone = "UTC"
hours = ["mon-fri 08:00-17:00"]
)"));
    EXPECT_EQ(told_by(world, R"({"do":"absence","agent":"a","from":"2026-03-05T00:00:00Z",)"
                             R"("until":"2026-03-06T00:00:00Z"})"),
              (Lines{R"({"event":"absence","agent":"a","from":"2026-03-05T00:00:00Z",)"
                     R"("until":"2026-03-06T00:00:00Z","cause":"absence"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"capacity","agent":"a","total":3})"),
              (Lines{R"({"event":"capacity","agent":"a","total":3,"calling":null,)"
                     R"("messaging":null,"email":null,"cause":"capacity"})"}));
    EXPECT_EQ(told_by(world, R"({"do":"channel","channel":"mail","enabled":false})"),
              (Lines{R"({"event":"channel","channel":"mail","enabled":false,"cause":"channel"})"}));
    world.at("2026-03-02T17:00:00Z");
    EXPECT_EQ(told_by(world, R"({"do":"tick"})"),
              (Lines{R"({"event":"away","agent":"h","cause":"time"})"}));
    world.at("2026-03-03T08:00:00Z");
    EXPECT_EQ(told_by(world, R"({"do":"tick"})"),
              (Lines{R"({"event":"available","agent":"h","cause":"time"})"}));
    ASSERT_EQ(world.answer.events->size(), 1U) << "tick lists the same";
    EXPECT_EQ(world.answer.events->front().seq, world.facts.records.size());
}

TEST(Event, Applied) {
    World world(small_desk());
    EXPECT_EQ(told(world).front(),
              R"({"event":"applied","added":7,"changed":0,"removed":0,"cause":"apply"})");
    const auto first = world.facts.records.size();
    world.apply(small_desk("", "[[skill]]\nkey = \"s\"\n"));
    EXPECT_EQ(told(world, first),
              (Lines{R"({"event":"applied","added":1,"changed":0,"removed":0,"cause":"apply"})"}));
}

TEST(Event, AConversationThatMovesIsTransferred) {
    World world(small_desk("", R"(
[[inbox]]
key = "talk"
workspace = "conversations"
[[inbox]]
key = "talk2"
workspace = "conversations"
[[channel]]
key = "wa"
kind = "whatsapp"
inbox = "talk"
)"));
    world.send(R"({"do":"route","ticket":"T-1","channel":"wa"})");
    EXPECT_EQ(told_by(world, R"({"do":"assign_conversation","ticket":"T-1","agent":"a",)"
                             R"("inbox":"talk2"})"),
              (Lines{R"({"event":"transferred","ticket":"T-1","inbox":"talk2",)"
                     R"("cause":"assign_conversation"})",
                     R"({"event":"assigned","ticket":"T-1","agent":"a","notify":["a"],)"
                     R"("cause":"assign_conversation"})"}));
}

TEST(Event, AnswersThatAreKeptAndTurnsAreNobodysConcern) {
    World world(small_desk("  distribution = \"round_robin\"\n"));
    for (int i = 0; i < 4; ++i) {
        const auto n = std::to_string(i);
        EXPECT_EQ(told_by(world, R"({"do":"route","channel":"mail","ticket":")" + n +
                                     R"(","key":"k)" + n + "\"}")
                      .size(),
                  1U);
    }
    EXPECT_GT(world.facts.records.size(), 8U) << "there were facts besides";
}

// What was told stays: statuses renumbered, preferences turned, agents gone, all names are the
// same.
TEST(Event, IsTheSameUnderALaterRoster) {
    World world(small_desk("", with_actions));
    world.send(R"({"do":"route","ticket":"T-1","channel":"mail"})");
    world.send(R"({"do":"route","ticket":"T-2","channel":"acting"})");
    world.send(R"({"do":"close","ticket":"T-2"})");
    world.send(R"({"do":"assign","ticket":"T-1","none":true})");
    world.at("2026-04-03T09:00:00Z");
    world.send(R"({"do":"tick"})");  // T-2 is forgotten, its slot is free
    const auto before = told(world);
    world.send(R"({"do":"route","ticket":"T-3","channel":"mail"})");
    world.send(R"({"do":"assign","ticket":"T-3","none":true})");
    auto later = small_desk();
    later.replace(later.find("key = \"a\""), 9, "key = \"z\"");
    later.insert(later.find("[[inbox]]"), "notify_assigned = false\nnotify_unassigned = true\n");
    world.apply(later + R"(
[[pipeline]]
key = "p"
statuses = [ { key = "first", open = true }, { key = "done", open = false }, { key = "new", open = true } ]
[[channel]]
key = "acting"
kind = "email"
inbox = "desk"
pipeline = "p"
)");
    ASSERT_EQ(protocol::reject_name(world.answer.reject), "none") << world.answer.message;
    auto after = told(world);
    ASSERT_GT(after.size(), before.size());
    after.resize(before.size());
    EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace usher::testing
