// The nearest miss of a routing that finds nobody: the smallest single change to one agent.
#include "engine/nearest.h"

#include <gtest/gtest.h>

#include "tests/engine/world.h"

namespace usher::testing {
namespace {

/// Agents as text over a channel `mail` to team t, with skills k and l.
std::string desk(std::string_view agents, std::string_view rule = {}, std::string_view inbox = {}) {
    return R"(
[account]
key = "acme"
seed = 7
[[skill]]
key = "k"
[[skill]]
key = "l"
[[team]]
key = "t"
[[team]]
key = "u"
[[inbox]]
key = "desk"
workspace = "helpdesk"
)" + std::string(inbox) +
           R"(
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
)" + std::string(rule) +
           R"(
[[channel]]
key = "contact"
kind = "email"
inbox = "desk"
rule = { assign_to = "contact_owner" }
)" + std::string(agents);
}

std::string agent(std::string_view key, std::string_view fields) {
    std::string text =
        "[[agent]]\nkey = \"" + std::string(key) + "\"\n" + std::string(fields) + "\n";
    for (const auto& [name, value] : {std::pair{"seat", "\"service\""},
                                      {"main_team", "\"t\""},
                                      {"availability", "\"available\""}})
        if (fields.find(name) == std::string_view::npos)
            text += std::string(name) + " = " + value + "\n";
    return text;
}

std::string nearest(World& world, const std::string& more = {},
                    const std::string& channel = "mail") {
    const auto& answer = world.send(R"({"do":"explain","ticket":"1","channel":")" + channel + "\"" +
                                    (more.empty() ? "" : "," + more) + "}");
    if (!answer.nearest) return "none";
    std::string text = std::string(answer.nearest->agent) + " " +
                       std::string(protocol::change_name(answer.nearest->change));
    for (const auto skill : answer.nearest->skills) text += " " + std::string(skill);
    return text;
}

constexpr auto* skilled = R"("skills":["k","l"])";

TEST(Nearest, IsOneChangeOfEachKind) {
    const struct {
        const char* fields;
        const char* nearest;
    } rows[] = {
        {"availability = \"away\"\nskills = [\"k\", \"l\"]", "a available"},
        {"skills = [\"k\", \"l\"]\ncapacity = { email = 0 }", "a capacity"},
        {"skills = [\"k\"]", "a skills l"},
        {"", "a skills k l"},
        {"skills = [\"k\", \"l\"]\nmain_team = \"u\"\nextra_teams = [\"t\"]", "a main_team"},
        {"skills = [\"k\", \"l\"]\nticket_access = false", "a ticket_access"},
        {"skills = [\"k\", \"l\"]\nseat = \"sales\"", "a seat"},
        {"availability = \"away\"\nskills = [\"k\"]", "none"},
        {"skills = [\"k\", \"l\"]\nmain_team = \"u\"", "none"},
    };
    for (const auto& row : rows) {
        World world(desk(agent("a", row.fields)));
        EXPECT_EQ(nearest(world, skilled), row.nearest) << row.fields;
    }
}

TEST(Nearest, TakesTheSmallestChangeThenTheFewestSkillsThenTheRostersOrder) {
    const auto sales = agent("a", "seat = \"sales\"\nskills = [\"k\", \"l\"]");
    const auto none = agent("b", "");
    const auto one = agent("c", "skills = [\"k\"]");
    const auto other = agent("d", "skills = [\"l\"]");
    const auto gone = agent("e", "skills = [\"k\", \"l\"]\navailability = \"away\"");
    World first(desk(sales + none));
    EXPECT_EQ(nearest(first, skilled), "b skills k l");
    World second(desk(sales + none + one + other));
    EXPECT_EQ(nearest(second, skilled), "c skills l");
    World third(desk(sales + none + one + other + gone));
    EXPECT_EQ(nearest(third, skilled), "e available");
}

TEST(Nearest, LooksBehindThoseWhoMissMoreThanOneThingOrNeedMore) {
    const auto much = agent("a", "availability = \"away\"\nskills = [\"k\"]");
    const auto sales = agent("b", "seat = \"sales\"\nskills = [\"k\", \"l\"]");
    const auto stranger = agent("c", "main_team = \"u\"");
    const auto gone = agent("d", "skills = [\"k\", \"l\"]\navailability = \"away\"");
    World world(desk(much + gone + sales + stranger));
    EXPECT_EQ(nearest(world, skilled), "d available");
    World other(desk(stranger + gone + sales + much +
                     agent("e", "skills = [\"k\", \"l\"]\navailability = \"away\"")));
    EXPECT_EQ(nearest(other, skilled), "d available");
    World last(desk(stranger + sales + much + gone));
    EXPECT_EQ(nearest(last, skilled), "d available");
}

TEST(Nearest, AnInboxForSomeTeams) {
    World world(desk(agent("a", ""), {}, "teams = [\"u\"]\n"));
    EXPECT_EQ(nearest(world), "a extra_teams");
}

TEST(Nearest, LeavesOutWhatTheRuleLeavesOut) {
    World anyone(desk(agent("a", "availability = \"away\""), "skill_fallback = \"anyone\"\n"));
    EXPECT_EQ(nearest(anyone, skilled), "a available");
    World always(desk(agent("a", "availability = \"away\"\ncapacity = { total = 0 }"),
                      "only_available = false\n"));
    EXPECT_EQ(nearest(always), "a capacity");
}

TEST(Nearest, OfAContactsOwner) {
    World world(
        desk(agent("a", "availability = \"away\"\ncapacity = { total = 0 }") + agent("b", "")));
    EXPECT_EQ(nearest(world, R"("contact_owner":"a")", "contact"), "a available");
    EXPECT_EQ(nearest(world, R"("contact_owner":"nobody")", "contact"), "none");
    EXPECT_EQ(nearest(world, R"("contact_owner":"a","contact_tracked":false)", "contact"), "none");
}

TEST(Nearest, IsNotToldWhereSomebodyIsFound) {
    World world(desk(agent("a", "") + agent("b", "availability = \"away\"")));
    EXPECT_EQ(nearest(world), "none");
}

// What it says is so: with the change made, the ticket is given out.
TEST(Nearest, KeepsItsWord) {
    World away(desk(agent("a", "availability = \"away\"")));
    EXPECT_EQ(nearest(away), "a available");
    away.send(R"({"do":"availability","agent":"a","set":"available"})");
    EXPECT_EQ(away.outcome(R"({"do":"route","ticket":"1","channel":"mail"})"), "assigned a");

    World full(desk(agent("a", "capacity = { total = 0 }"), "queue = true\n"));
    EXPECT_EQ(full.outcome(R"({"do":"route","ticket":"1","channel":"mail"})"), "queued");
    EXPECT_EQ(nearest(full), "a capacity");
    full.send(R"({"do":"capacity","agent":"a","total":1})");
    EXPECT_EQ(full.answer.drained->size(), 1U);
}

}  // namespace
}  // namespace usher::testing
