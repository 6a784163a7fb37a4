// What changed between two rosters: every kind of thing, and what is no change at all.
#include <array>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

constexpr std::string_view base = R"([account]
key = "acme"
time_zone = "Europe/Stockholm"
[[skill]]
key = "billing"
[[skill]]
key = "french"
[[team]]
key = "support"
[[team]]
key = "vip"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[inbox]]
key = "talk"
workspace = "conversations"
[[agent]]
key = "anna"
seat = "service"
main_team = "support"
availability = "available"
[[agent]]
key = "ben"
seat = "service"
main_team = "vip"
availability = "available"
[[rule]]
key = "r"
assign_to = "users_and_teams"
teams = ["support", "vip"]
[[rule]]
key = "turns"
assign_to = "team_only"
teams = ["support", "vip"]
[[channel]]
key = "plain"
kind = "email"
inbox = "desk"
rule = "r"
[[channel]]
key = "turns"
kind = "email"
inbox = "desk"
rule = "turns"
)";

Diff compare(const std::string& before, const std::string& after) {
    const auto old = definition_of(before);
    return diff(&old, definition_of(after));
}

std::string with(std::string_view text) {
    return std::string{base} + std::string{text};
}

void expect_lines(std::string_view before, std::string_view after,
                  const std::vector<std::string>& lines) {
    const auto changes = compare(with(before), with(after));
    EXPECT_EQ(changes.lines, lines) << before << " → " << after;
    std::array<std::uint32_t, 3> counts{};
    for (const auto& line : lines) {
        ++counts[line.starts_with("added") ? 0 : line.starts_with("changed") ? 1 : 2];
    }
    EXPECT_EQ(changes.added, counts[0]);
    EXPECT_EQ(changes.changed, counts[1]);
    EXPECT_EQ(changes.removed, counts[2]);
}

TEST(Diff, EveryKindOfThingIsAddedAndRemoved) {
    struct Kind {
        std::string_view name;
        std::string_view text;
    };
    constexpr std::array<Kind, 7> kinds = {{
        {"skill", "[[skill]]\nkey = \"x\"\n"},
        {"team", "[[team]]\nkey = \"x\"\n"},
        {"agent", "[[agent]]\nkey = \"x\"\nseat = \"sales\"\navailability = \"away\"\n"},
        {"pipeline",
         "[[pipeline]]\nkey = \"x\"\nstatuses = [{ key = \"a\" }, { key = \"b\", open = false "
         "}]\n"},
        {"inbox", "[[inbox]]\nkey = \"x\"\nworkspace = \"helpdesk\"\n"},
        {"rule", "[[rule]]\nkey = \"x\"\nassign_to = \"none\"\n"},
        {"channel",
         "[[channel]]\nkey = \"x\"\nkind = \"chat\"\ninbox = \"desk\"\n[channel.rule]\n"
         "assign_to = \"customer_agent\"\n[channel.rule.fallback]\nassign_to = \"none\"\n"},
    }};
    for (const auto& kind : kinds) {
        expect_lines("", kind.text, {"added " + std::string{kind.name} + " x"});
        expect_lines(kind.text, "", {"removed " + std::string{kind.name} + " x"});
        expect_lines(kind.text, kind.text, {});
    }
}

TEST(Diff, EveryFieldOfAnAgentIsAChange) {
    const std::string agent =
        "[[agent]]\nkey = \"x\"\nseat = \"sales\"\ntime_zone = \"Europe/Oslo\"\n";
    const std::string plain = agent + "availability = \"away\"\n";
    for (const auto* field :
         {"name = \"X\"", "email = \"x@y\"", "labels = { a = \"b\" }", "ticket_access = false",
          "main_team = \"vip\"", "extra_teams = [\"vip\"]", "skills = [\"french\"]",
          "absences = [{ from = \"2026-01-01T00:00\", until = \"2026-01-02T00:00\" }]",
          "capacity = { total = 3 }", "capacity = { calling = 0 }", "notify_unassigned = false",
          "notify_assigned = true", "hours = [\"mon 09:00-10:00\"]"}) {
        expect_lines(plain, plain + field + "\n", {"changed agent x"});
        expect_lines(plain + field + "\n", plain, {"changed agent x"});
    }
    expect_lines(plain, agent + "availability = \"available\"\n", {"changed agent x"});
    expect_lines(plain,
                 "[[agent]]\nkey = \"x\"\nseat = \"none\"\ntime_zone = \"Europe/Oslo\"\n"
                 "availability = \"away\"\n",
                 {"changed agent x"});
    expect_lines(plain,
                 "[[agent]]\nkey = \"x\"\nseat = \"sales\"\ntime_zone = \"Asia/Tokyo\"\n"
                 "availability = \"away\"\n",
                 {"changed agent x"});
}

TEST(Diff, EveryFieldOfAPipelineIsAChange) {
    const std::string begin = "[[pipeline]]\nkey = \"x\"\n";
    const std::string plain =
        begin + "statuses = [{ key = \"a\" }, { key = \"b\" }, { key = \"c\", open = false }]\n";
    for (const auto* field : {"set_close_date = false", "on_email_sent = \"a\"",
                              "on_customer_reply = \"b\"", "actions_for_chat = true"}) {
        expect_lines(plain, plain + field + "\n", {"changed pipeline x"});
    }
    for (const auto* statuses :
         {"[{ key = \"b\" }, { key = \"a\" }, { key = \"c\", open = false }]",
          "[{ key = \"a\" }, { key = \"b\", open = false }, { key = \"c\", open = false }]",
          "[{ key = \"a\" }, { key = \"c\", open = false }]",
          "[{ key = \"a\", actions = [{ do = \"n\" }] }, { key = \"b\" }, { key = \"c\", open = "
          "false }]"}) {
        expect_lines(plain, begin + "statuses = " + statuses + "\n", {"changed pipeline x"});
    }
    // The automation names the same status, which now stands elsewhere: one change, of the list.
    expect_lines(plain + "on_email_sent = \"b\"\n",
                 begin +
                     "statuses = [{ key = \"b\" }, { key = \"a\" }, { key = \"c\", open = false "
                     "}]\non_email_sent = \"b\"\n",
                 {"changed pipeline x"});
}

TEST(Diff, EveryFieldOfAChannelIsAChange) {
    const std::string begin = "[[channel]]\nkey = \"x\"\n";
    const std::string plain = begin + "kind = \"calling\"\ninbox = \"desk\"\n";
    for (const auto* field :
         {"enabled = false", "creates_tickets = false", "status = \"open\"",
          "properties = { a = \"b\" }", "skill_rule = [{ require = [\"french\"] }]", "rule = \"r\"",
          "rule = { assign_to = \"none\" }", "opening = {}",
          "opening = { time_zone = \"Asia/Tokyo\" }", "opening = { in_hours_message = \"m\" }"}) {
        expect_lines(plain, plain + field + "\n", {"changed channel x"});
        expect_lines(plain + field + "\n", plain, {"changed channel x"});
    }
    expect_lines(plain, begin + "kind = \"email\"\ninbox = \"desk\"\n", {"changed channel x"});
    expect_lines(plain, begin + "kind = \"calling\"\ninbox = \"talk\"\n", {"changed channel x"});
}

TEST(Diff, ARuleInAChannelIsAPartOfTheChannel) {
    const std::string begin = "[[channel]]\nkey = \"x\"\nkind = \"chat\"\ninbox = \"desk\"\n";
    const auto bot = [&](const std::string& fallback) {
        return begin + "rule = { assign_to = \"customer_agent\", fallback = { " + fallback +
               " } }\n";
    };
    expect_lines(bot("assign_to = \"none\""),
                 bot("assign_to = \"users_and_teams\", teams = [\"vip\"]"), {"changed channel x"});
    expect_lines(bot("assign_to = \"users_and_teams\", users = [\"anna\"]"),
                 bot("assign_to = \"users_and_teams\", users = [\"ben\"]"), {"changed channel x"});
    expect_lines(begin + "rule = { assign_to = \"customer_agent\" }\n", bot("assign_to = \"none\""),
                 {"changed channel x"});
    expect_lines(
        begin + "rule = \"r\"\n",
        begin + "rule = { assign_to = \"users_and_teams\", teams = [\"support\", \"vip\"] }\n",
        {"changed channel x"});
}

TEST(Diff, AFallbackIsAPartOfItsRule) {
    const auto rule = [](const std::string& fallback) {
        return "[[rule]]\nkey = \"x\"\nassign_to = \"customer_agent\"\n[rule.fallback]\n" +
               fallback;
    };
    expect_lines(rule("assign_to = \"none\"\n"),
                 rule("assign_to = \"users_and_teams\"\nteams = [\"vip\"]\n"), {"changed rule x"});
}

// Rule 14.
TEST(Diff, TheOrderOfTeamsCountsWhereTheyTakeTurns) {
    const auto swapped = [](std::string text, std::string_view after) {
        const auto at = text.find("[\"support\", \"vip\"]", text.find(after));
        return text.replace(at, 18, "[\"vip\", \"support\"]");
    };
    const std::string text{base};
    EXPECT_EQ(compare(text, swapped(text, "team_only")).lines,
              std::vector<std::string>{"changed rule turns"});
    EXPECT_EQ(compare(text, swapped(text, "users_and_teams")).lines, std::vector<std::string>{});
}

TEST(Diff, SettingsAreChangesOfTheAccount) {
    const auto account = [](const std::string& line) {
        return "[account]\nkey = \"acme\"\n" + line + "\n";
    };
    for (const auto* line : {"time_zone = \"Europe/Oslo\"", "count_window_days = 1",
                             "extra_members_routed = true", "seed = 7", "forget_closed_days = 1",
                             "notify_unassigned = true", "notify_assigned = false"}) {
        const auto changes = compare(account(""), account(line));
        EXPECT_EQ(changes.lines, std::vector<std::string>{"changed account acme"}) << line;
        EXPECT_EQ(changes.changed, 1U);
    }
}

TEST(Diff, ToNothingBeforeEverythingIsAdded) {
    const auto changes = diff(nullptr, definition_of(base));
    EXPECT_EQ(changes.lines,
              (std::vector<std::string>{
                  "added account acme", "added skill billing", "added skill french",
                  "added team support", "added team vip", "added agent anna", "added agent ben",
                  "added inbox desk", "added inbox talk", "added rule r", "added rule turns",
                  "added channel plain", "added channel turns"}));
    EXPECT_EQ(changes.added, 13U);
    EXPECT_EQ(changes.changed + changes.removed, 0U);
}

std::string agents(const std::vector<std::string>& lines) {
    std::string out = "[account]\nkey = \"acme\"\n";
    for (const auto& line : lines) {
        out += "[[agent]]\nseat = \"sales\"\navailability = \"away\"\n" + line + "\n";
    }
    return out;
}

TEST(Diff, OfTheOrderOnlyWhatChangedPlacesIsAChange) {
    const auto before = agents({"key = \"a\"", "key = \"b\"", "key = \"c\"", "key = \"d\""});
    EXPECT_EQ(
        compare(before, agents({"key = \"d\"", "key = \"a\"", "key = \"b\"", "key = \"c\""})).lines,
        std::vector<std::string>{"changed agent d"});
    EXPECT_EQ(compare(before, agents({"key = \"a\"\norder = 9", "key = \"b\"", "key = \"c\"",
                                      "key = \"d\""}))
                  .lines,
              std::vector<std::string>{"changed agent a"});
}

TEST(Diff, AnAgentMoreOrLessMovesNobody) {
    const auto three = agents({"key = \"a\"", "key = \"b\"", "key = \"c\""});
    const auto two = agents({"key = \"b\"", "key = \"c\""});
    EXPECT_EQ(compare(three, two).lines, std::vector<std::string>{"removed agent a"});
    EXPECT_EQ(compare(two, three).lines, std::vector<std::string>{"added agent a"});
}

TEST(Diff, OtherNumbersForTheSameOrderAreNoChange) {
    EXPECT_TRUE(compare(agents({"key = \"a\"\norder = 1", "key = \"b\"\norder = 2"}),
                        agents({"key = \"b\"\norder = 70", "key = \"a\"\norder = -3"}))
                    .lines.empty());
}

TEST(Diff, TheSameThingsInAnotherOrderOfTheFileAreNoChange) {
    constexpr std::string_view again = R"(
[[channel]]
rule = "turns"
inbox = "desk"
kind = "email"
key = "turns"
[[rule]]
key = "turns"
teams = ["support", "vip"]
assign_to = "team_only"
[[channel]]
key = "plain"
kind = "email"
inbox = "desk"
rule = "r"
[[rule]]
key = "r"
teams = ["vip", "support"]
assign_to = "users_and_teams"
[[agent]]
key = "ben"
order = 5
seat = "service"
main_team = "vip"
availability = "available"
[[agent]]
key = "anna"
order = 4
seat = "service"
main_team = "support"
availability = "available"
[[inbox]]
key = "talk"
workspace = "conversations"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[team]]
key = "vip"
[[team]]
key = "support"
[[skill]]
key = "french"
[[skill]]
key = "billing"
[account]
time_zone = "Europe/Stockholm"
key = "acme"
)";
    const auto changes = compare(std::string{base}, std::string{again});
    EXPECT_EQ(changes.lines, std::vector<std::string>{});
    EXPECT_EQ(changes.added + changes.changed + changes.removed, 0U);
}

TEST(Diff, WhatIsMarkedAsRemovedIsNotThere) {
    auto before = definition_of(base);
    before.teams.push_back({"old", true});
    before.agents.push_back(before.agents[0]);
    before.agents[0].removed = true;
    before.agents[0].name = "An earlier Anna";
    const auto changes = diff(&before, definition_of(base));
    // Anna stands behind Ben now, and before she did not; nothing else is different.
    EXPECT_EQ(changes.removed + changes.added, 0U);
    EXPECT_EQ(changes.lines.size(), 0U);
}

TEST(Diff, ANewTimeZoneDatabaseIsAChangeOfThoseWhoLiveByIt) {
    const auto text = agents({"key = \"a\"\ntime_zone = \"Europe/Oslo\"", "key = \"b\""});
    auto before = definition_of(text);
    ASSERT_EQ(before.zones[1].name, "Europe/Oslo");
    before.zones[1].transitions.back().at_s += 3600;
    EXPECT_EQ(diff(&before, definition_of(text)).lines,
              std::vector<std::string>{"changed agent a"});
}

}  // namespace
}  // namespace usher::roster
