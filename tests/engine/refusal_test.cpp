// Every refusal of the engine: its name, and that nothing has changed by it.
#include <gtest/gtest.h>

#include "tests/engine/world.h"

namespace usher::testing {
namespace {

struct Refused {
    const char* line;
    const char* name;
};

class Refusals : public ::testing::TestWithParam<Refused> {};

// Rules 4 and 39.
TEST_P(Refusals, HaveTheirOwnNameAndChangeNothing) {
    World world(small_desk({}, R"(
[[agent]]
key = "n"
main_team = "t"
[[inbox]]
key = "talk"
workspace = "conversations"
[[channel]]
key = "off"
kind = "email"
inbox = "desk"
enabled = false
)"));
    world.send(R"({"do":"route","ticket":"open","channel":"mail"})");
    world.send(R"({"do":"route","ticket":"shut","channel":"mail"})");
    world.send(R"({"do":"close","ticket":"shut","key":"K"})");
    const auto before = world.engine.digest();
    const auto facts = world.facts.records.size();
    EXPECT_EQ(world.reject(GetParam().line), GetParam().name);
    EXPECT_FALSE(world.answer.message.empty());
    EXPECT_EQ(world.engine.digest(), before);
    EXPECT_EQ(world.facts.records.size(), facts);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refusals,
    ::testing::Values(
        Refused{R"({"do":"route","ticket":"1","channel":"x"})", "unknown_channel"},
        Refused{R"({"do":"route","ticket":"1","channel":"mail","pipeline":"x"})",
                "unknown_pipeline"},
        Refused{R"({"do":"route","ticket":"1","channel":"mail","status":"x"})", "unknown_status"},
        Refused{R"({"do":"route","ticket":"1","channel":"mail","skills":["x"]})", "unknown_skill"},
        Refused{R"({"do":"route","ticket":"1","channel":"mail","status":"closed"})", "bad_field"},
        Refused{R"({"do":"route","ticket":"open","channel":"mail"})", "ticket_exists"},
        Refused{R"({"do":"route","ticket":"shut","channel":"mail"})", "ticket_exists"},
        Refused{R"({"do":"route","ticket":"1","channel":"off"})", "channel_off"},
        Refused{R"({"do":"route","ticket":"1","channel":"mail","key":"K"})", "key_reused"},
        Refused{R"({"do":"close","ticket":"x"})", "unknown_ticket"},
        Refused{R"({"do":"close","ticket":"shut"})", "already_closed"},
        Refused{R"({"do":"reopen","ticket":"open"})", "already_open"},
        Refused{R"({"do":"transfer","ticket":"shut","channel":"mail"})", "ticket_closed"},
        Refused{R"({"do":"handoff","ticket":"open"})", "not_with_bot"},
        Refused{R"({"do":"missed","ticket":"open"})", "not_a_call"},
        Refused{R"({"do":"assign_conversation","ticket":"open","agent":"a"})",
                "not_a_conversation"},
        Refused{R"({"do":"assign","ticket":"open","agent":"x"})", "unknown_agent"},
        Refused{R"({"do":"assign","ticket":"open","team":"x"})", "unknown_team"},
        Refused{R"({"do":"assign","ticket":"open","agent":"n"})", "not_eligible"},
        Refused{R"({"do":"assign","ticket":"open","agent":"b","expect_owner":{"none":true}})",
                "owner_changed"},
        Refused{R"({"do":"backlog","inbox":"x"})", "unknown_inbox"},
        Refused{R"({"do":"backlog","inbox":"desk","after":"nonsense"})", "bad_field"},
        Refused{R"({"do":"get_agent","agent":"x"})", "unknown_agent"},
        Refused{R"({"do":"tick","at":"2026-03-02T08:59:59Z"})", "clock_backwards"}));

// Rule 39.
TEST(Refusals, AnUnknownAccountIsRefused) {
    World world(small_desk());
    scenario::LineReader reader("other", true);
    const auto& line = reader.read(R"({"at":"2026-03-02T09:00:00Z","do":"tick"})", 1);
    world.engine.handle(line.request, {*line.at_ms}, world.facts, world.answer);
    EXPECT_EQ(world.answer.reject, protocol::Reject::unknown_account);
}

// Rule 37.
TEST(Refusals, WhenNoMoreKeysAreKeptAKeyIsRefusedAndNothingChanges) {
    World world(small_desk());
    world.engine = engine::Engine({.keys_max = 1});
    world.facts.records.clear();
    world.apply(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail","key":"one"})");
    const auto before = world.engine.digest();
    EXPECT_EQ(world.reject(R"({"do":"route","ticket":"2","channel":"mail","key":"two"})"),
              "keys_full");
    EXPECT_EQ(world.engine.digest(), before);
    // Other faults come first, and the kept key still answers.
    EXPECT_EQ(world.reject(R"({"do":"route","ticket":"1","channel":"mail","key":"two"})"),
              "ticket_exists");
    EXPECT_EQ(world.outcome(R"({"do":"route","ticket":"1","channel":"mail","key":"one"})"),
              "assigned a");
}

// Rule 41.
TEST(Refusals, WhatIsInUseCannotBeTakenAway) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail"})");
    auto without_mail = small_desk();
    without_mail.replace(without_mail.find("\"mail\""), 6, "\"post\"");
    const auto before = world.engine.digest();
    EXPECT_EQ(world.apply(without_mail).reject, protocol::Reject::in_use);
    EXPECT_NE(world.answer.message.find("1 ticket"), std::string::npos) << world.answer.message;
    EXPECT_EQ(world.engine.digest(), before);
}

// Rules 29 and 41. What goes before it does not hide it.
TEST(Refusals, AStatusInUseStaysThoughAnotherPipelineGoes) {
    const std::string idle = R"(
[[pipeline]]
key = "idle"
statuses = [{ key = "new", open = true }, { key = "done", open = false }]
)";
    const auto busy = [](std::string_view more) {
        return R"(
[[pipeline]]
key = "busy"
statuses = [{ key = "new", open = true }, )" +
               std::string(more) + R"({ key = "done", open = false }]
)";
    };
    World world(small_desk({}, idle + busy(R"({ key = "talking", open = true }, )")));
    world.send(
        R"({"do":"route","ticket":"1","channel":"mail","pipeline":"busy","status":"talking"})");
    EXPECT_EQ(world.apply(small_desk({}, busy(""))).reject, protocol::Reject::in_use);
    EXPECT_EQ(world.answer.message.find("status talking of pipeline busy"), 0U)
        << world.answer.message;
}

// Rule 41.
TEST(Refusals, AnAgentWhoHoldsWorkGoesOnlyIfItIsGivenBack) {
    World world(small_desk());
    world.send(R"({"do":"route","ticket":"1","channel":"mail"})");
    world.send(R"({"do":"route","ticket":"2","channel":"mail"})");
    world.send(R"({"do":"assign","ticket":"2","agent":"a"})");
    auto fewer = small_desk();
    fewer.erase(fewer.find("\n[[agent]]\nkey = \"a\""),
                fewer.find("\n[[agent]]\nkey = \"b\"") - fewer.find("\n[[agent]]\nkey = \"a\""));
    EXPECT_EQ(world.apply(fewer).reject, protocol::Reject::in_use);
    EXPECT_EQ(world.answer.message.find("1 removed agent(s), the first of them a, hold 2 open"), 0U)
        << world.answer.message;
    EXPECT_EQ(world.apply(fewer, {.unassign = true}).reject, protocol::Reject::none);
    world.send(R"({"do":"get_ticket","ticket":"1"})");
    EXPECT_EQ(world.answer.ticket->owner.kind, protocol::OwnerKind::none);
    EXPECT_EQ(world.reject(R"({"do":"get_agent","agent":"a"})"), "unknown_agent");
}

// Rule 41.
TEST(Refusals, ADryRunChangesNothing) {
    World world(small_desk());
    const auto before = world.engine.digest();
    world.apply(small_desk("only_available = false\n"), {.dry_run = true});
    EXPECT_EQ(world.answer.roster->changed, 1U);
    EXPECT_EQ(world.engine.digest(), before);
}

}  // namespace
}  // namespace usher::testing
