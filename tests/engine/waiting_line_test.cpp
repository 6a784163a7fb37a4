// Rule 38: what enters the waiting line, in which order it stands there, and what leaves it without
// being given out.
#include "engine/waiting_line.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/line_tree.h"
#include "tests/engine/line_desk.h"
#include "tests/support/random.h"

namespace usher::testing {
namespace {

/// Agents a and b of team t, both away; a channel `mail` that queues for them; a channel `other` in
/// an inbox of its own that does, too; `talk` in a conversations inbox; `plain` that does not.
std::string desk(std::string_view more = {}) {
    return std::string(R"(
[account]
key = "acme"
seed = 7
[[skill]]
key = "k"
[[team]]
key = "t"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[inbox]]
key = "second"
workspace = "helpdesk"
[[inbox]]
key = "talks"
workspace = "conversations"
[[rule]]
key = "waits"
assign_to = "users_and_teams"
teams = ["t"]
queue = true
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
rule = "waits"
[[channel]]
key = "other"
kind = "email"
inbox = "second"
rule = "waits"
[[channel]]
key = "talk"
kind = "chat"
inbox = "talks"
rule = "waits"
[[channel]]
key = "plain"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
[[channel]]
key = "robot"
kind = "chat"
inbox = "talks"
  [channel.rule]
  assign_to = "customer_agent"
    [channel.rule.fallback]
    assign_to = "users_and_teams"
    teams = ["t"]
    queue = true
[[agent]]
key = "a"
seat = "service"
main_team = "t"
availability = "away"
[[agent]]
key = "b"
seat = "service"
main_team = "t"
availability = "away"
)") + std::string(more);
}

TEST(WaitingLine, PositionsCountWithinAnInboxByPriorityThenAge) {
    LineDesk line(desk());
    EXPECT_EQ(line.route("1"), "queued 1");
    EXPECT_EQ(line.route("2"), "queued 2");
    EXPECT_EQ(line.route("3", {}, "other"), "queued 1");
    EXPECT_EQ(line.route("4", R"("priority":5)"), "queued 1");
    EXPECT_EQ(line.route("5", R"("priority":9)", "other"), "queued 1");
    EXPECT_EQ(line.route("6", R"("priority":5)"), "queued 2");
    EXPECT_EQ(line.route("7"), "queued 5");
    EXPECT_EQ(line.waiting(), "5 4 6 1 2 3 7");
    EXPECT_EQ(line.owner("1"), "waits");
}

TEST(WaitingLine, ARuleThatDoesNotQueueLetsNothingWait) {
    LineDesk line(desk());
    EXPECT_EQ(line.route("1", {}, "plain"), "unassigned none_available");
    EXPECT_EQ(line.owner("1"), "nobody");
    EXPECT_EQ(line.available("a"), "");
    EXPECT_EQ(line.owner("1"), "nobody");
}

TEST(WaitingLine, WhatIsTransferredInStandsByItsOwnAge) {
    LineDesk line(desk());
    EXPECT_EQ(line.route("old", {}, "plain"), "unassigned none_available");
    EXPECT_EQ(line.route("1"), "queued 1");
    EXPECT_EQ(line.place(R"({"do":"transfer","ticket":"old","channel":"mail"})"), "queued 1");
    EXPECT_EQ(line.place(R"({"do":"transfer","ticket":"1","channel":"other"})"), "queued 1");
    EXPECT_EQ(line.place(R"({"do":"transfer","ticket":"1","channel":"plain"})"),
              "unassigned none_available");
    EXPECT_EQ(line.waiting(), "old");
}

TEST(WaitingLine, ABotsFallbackMayQueue) {
    LineDesk line(desk());
    EXPECT_EQ(line.route("1", {}, "robot"), "bot");
    EXPECT_EQ(line.place(R"({"do":"handoff","ticket":"1"})"), "queued 1");
    EXPECT_EQ(line.available("a"), "1");
}

TEST(WaitingLine, AssignmentOfAnyKindReplyWorkflowAndClosingTakeOut) {
    LineDesk line(desk());
    for (const auto* ticket : {"agent", "team", "bot", "nobody", "reply", "close", "status"})
        line.route(ticket);
    line.route("workflow", {}, "talk");
    line.send(R"({"do":"assign","ticket":"agent","agent":"b"})");
    line.send(R"({"do":"assign","ticket":"team","team":"t"})");
    line.send(R"({"do":"assign","ticket":"bot","bot":true})");
    line.send(R"({"do":"assign","ticket":"nobody","none":true})");
    line.send(R"({"do":"reply","ticket":"reply","agent":"b"})");
    line.send(R"({"do":"close","ticket":"close"})");
    line.send(R"({"do":"set_status","ticket":"status","status":"closed"})");
    line.send(R"({"do":"assign_conversation","ticket":"workflow","agent":"b"})");
    EXPECT_EQ(line.waiting(), "");
    EXPECT_EQ(line.available("a"), "") << "what left the line is not given out";
    EXPECT_EQ(line.owner("nobody"), "nobody");
    EXPECT_EQ(line.send(R"({"do":"backlog","inbox":"desk"})").tickets->size(), 1U);
}

TEST(WaitingLine, ImportIsNoRouting) {
    LineDesk line(desk());
    line.send(R"({"do":"import","ticket":"1","channel":"mail","none":true,)"
              R"("created_at":"2026-01-01T00:00:00Z"})");
    EXPECT_EQ(line.owner("1"), "nobody");
    EXPECT_EQ(line.place(R"({"do":"transfer","ticket":"1","channel":"mail"})"), "queued 1");
}

TEST(WaitingLine, ReopeningWhatNobodyHoldsRoutesItAgain) {
    LineDesk line(desk());
    line.route("1");
    line.send(R"({"do":"close","ticket":"1"})");
    EXPECT_EQ(LineDesk::words(*line.send(R"({"do":"reopen","ticket":"1"})").routed), "queued 1");
    line.send(R"({"do":"close","ticket":"1"})");
    line.available("a");
    const auto& answer = line.send(R"({"do":"contact_reply","ticket":"1","kind":"thread"})");
    EXPECT_EQ(LineDesk::words(answer.routed.value()), "assigned a");
    // A team is an owner of sorts: it keeps what it has.
    line.send(R"({"do":"assign","ticket":"1","team":"t"})");
    line.send(R"({"do":"close","ticket":"1"})");
    EXPECT_FALSE(line.send(R"({"do":"reopen","ticket":"1"})").routed.has_value());
    // So does nobody under a rule that does not queue.
    line.available("a", "away");
    line.route("2", {}, "plain");
    line.send(R"({"do":"close","ticket":"2"})");
    EXPECT_FALSE(line.send(R"({"do":"reopen","ticket":"2"})").routed.has_value());
}

TEST(WaitingLine, UpdatingMovesATicketToItsNewPlace) {
    LineDesk line(desk());
    for (const auto* ticket : {"1", "2", "3"}) line.route(ticket);
    line.send(R"({"do":"update","ticket":"3","priority":9})");
    EXPECT_EQ(line.waiting(), "3 1 2");
    line.send(R"({"do":"update","ticket":"1","skills":["k"]})");
    EXPECT_EQ(line.waiting(), "3 1 2");
    EXPECT_EQ(line.available("a"), "3 2");
    EXPECT_EQ(line.owner("1"), "waits");
}

TEST(WaitingLine, ExplainSaysTheSame) {
    LineDesk line(desk());
    line.route("1");
    EXPECT_EQ(line.place(R"({"do":"explain","ticket":"2","channel":"mail"})"), "queued 2");
    EXPECT_EQ(line.place(R"({"do":"explain","ticket":"2","channel":"mail","priority":1})"),
              "queued 1");
    EXPECT_EQ(line.place(R"({"do":"explain","ticket":"1","channel":"mail"})"), "queued 1");
    EXPECT_EQ(line.waiting(), "1");
}

TEST(WaitingLine, OutlivesReplayAndImage) {
    LineDesk line(desk());
    for (int i = 0; i < 40; ++i)
        line.route(std::to_string(i), "\"priority\":" + std::to_string(i % 4),
                   i % 3 == 0 ? "other" : "mail");
    for (int i = 0; i < 40; i += 7)
        line.send(R"({"do":"close","ticket":")" + std::to_string(i) + "\"}");
    const auto expect_same = [&](const engine::Engine& again) {
        EXPECT_EQ(again.digest(), line.world.engine.digest());
        EXPECT_EQ(waiting_order(*again.account("acme")), line.waiting());
    };
    expect_same(*replayed(line.world.facts));
    expect_same(*reloaded(line.world.engine));
    EXPECT_GT(line.account().line.size(), 30U);
    // It goes on from an image as it would have gone on without.
    LineDesk straight(desk());
    straight.world.engine = std::move(*replayed(line.world.facts));
    line.world.engine = std::move(*reloaded(line.world.engine));
    EXPECT_EQ(line.available("a"), straight.available("a"));
    EXPECT_EQ(line.world.engine.digest(), straight.world.engine.digest());
    EXPECT_EQ(line.waiting(), "");
}

// The control: what the check is there for does not escape it.
TEST(WaitingLine, ACheckThatCannotFailWouldBeNone) {
    LineDesk line(desk());
    line.route("1");
    line.route("2");
    auto& account = const_cast<engine::Account&>(line.account());
    account.tickets[1].priority = 3;
    EXPECT_NE(line_fault(account), "");
    account.tickets[1].priority = 0;
    EXPECT_EQ(line_fault(account), "");
    account.available.set(0);
    EXPECT_NE(line_fault(account), "");
}

TEST(LineTrees, AgreeWithASortedSet) {
    const auto seed = fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    Random random(seed);
    using engine::LinePlace;
    using engine::LineTrees;
    LineTrees trees;
    LineTrees::Index root = LineTrees::none;
    std::set<std::pair<LinePlace, LineTrees::Index>> model;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        if (model.empty() || random.chance(55)) {
            const LinePlace place{
                static_cast<std::uint8_t>(random.below(10)), {random.between(0, 50)}, i};
            const auto node = trees.add(place, 0, 0);
            trees.link(LineTrees::of_inbox, root, node);
            model.emplace(place, node);
        } else {
            const auto gone =
                std::next(model.begin(), static_cast<std::ptrdiff_t>(random.below(model.size())));
            trees.unlink(LineTrees::of_inbox, root, gone->second);
            trees.remove(gone->second);
            model.erase(gone);
        }
        if (model.empty()) {
            ASSERT_EQ(root, LineTrees::none);
            ASSERT_EQ(trees.first(LineTrees::of_inbox, root), LineTrees::none);
            continue;
        }
        ASSERT_EQ(trees.first(LineTrees::of_inbox, root), model.begin()->second);
        const auto some =
            std::next(model.begin(), static_cast<std::ptrdiff_t>(random.below(model.size())));
        ASSERT_EQ(trees.count_before(LineTrees::of_inbox, root, some->first),
                  static_cast<std::size_t>(std::distance(model.begin(), some)));
    }
    auto expected = model.begin();
    trees.for_each(LineTrees::of_inbox, root, [&](const LineTrees::Node& node) {
        EXPECT_EQ(node.place, (expected++)->first);
    });
    EXPECT_EQ(expected, model.end());
}

}  // namespace
}  // namespace usher::testing
