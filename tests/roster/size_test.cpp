// Rosters of any size: 100,000 agents are read in seconds, and mistakes by the ten thousand cost
// no more than that. The bounds are wide; what they catch is work that grows with the square.
#include <cstdio>
#include <ctime>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

constexpr int agent_count = 100'000;
constexpr double seconds_max = 30;  // of this program's own time, under sanitizers

std::string large_roster(const std::string& agents_team) {
    std::string text =
        "[account]\nkey = \"acme\"\ntime_zone = \"Europe/Stockholm\"\n[[inbox]]\nkey = \"desk\"\n"
        "workspace = \"helpdesk\"\nteams = [\"team-1\"]\n";
    for (int i = 0; i < 1000; ++i) text += "[[team]]\nkey = \"team-" + std::to_string(i) + "\"\n";
    for (int i = 0; i < agent_count; ++i) {
        const auto number = std::to_string(i);
        text += "[[agent]]\nkey = \"agent-" + number + "\"\nname = \"Agent Number " + number +
                "\"\nseat = \"service\"\nmain_team = \"" + agents_team + std::to_string(i % 1000) +
                "\"\nhours = [\"mon-fri 09:00-17:00\"]\ncapacity = { total = 20, email = 15 }\n";
    }
    text += "[[rule]]\nkey = \"everybody\"\nassign_to = \"users_and_teams\"\nusers = [";
    for (int i = 0; i < agent_count; ++i) text += "\"agent-" + std::to_string(i) + "\", ";
    text += "]\n";
    for (int i = 0; i < 20; ++i) {
        text += "[[channel]]\nkey = \"c" + std::to_string(i) +
                "\"\nkind = \"email\"\ninbox = \"desk\"\nrule = \"everybody\"\n";
    }
    return text;
}

template <class Work>
void expect_in_time(Work work) {
    const auto begin = std::clock();
    work();
    const auto seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("%.2f s\n", seconds);
    EXPECT_LT(seconds, seconds_max);
}

TEST(Size, AHundredThousandAgentsAreReadAndComparedInTime) {
    const auto text = large_roster("team-");
    Parsed parsed;
    expect_in_time([&] { parsed = parse_one(text); });
    ASSERT_TRUE(parsed.definition.has_value());
    EXPECT_EQ(parsed.definition->agents.size(), static_cast<std::size_t>(agent_count));
    // Most of the rule's users are in none of the inbox's teams: warned of, and cut.
    EXPECT_EQ(parsed.problems.size(), problems_max + 1);

    auto after = *parsed.definition;
    after.agents[77].name = "Somebody Else";
    Diff changes;
    expect_in_time([&] { changes = diff(&*parsed.definition, after); });
    EXPECT_EQ(changes.lines, std::vector<std::string>{"changed agent agent-77"});
}

TEST(Size, AHundredThousandMistakesAreFoundInTime) {
    const auto text = large_roster("taem-x");
    Parsed parsed;
    expect_in_time([&] { parsed = parse_one(text); });
    EXPECT_FALSE(parsed.definition.has_value());
    ASSERT_EQ(parsed.problems.size(), problems_max + 1);
    EXPECT_EQ(parsed.problems.back().message,
              "99500 more errors and 0 more warnings are not listed");
}

TEST(Size, ManyChangesAreCountedAndCut) {
    const auto after = definition_of([] {
        std::string text = "[account]\nkey = \"a\"\n";
        for (int i = 0; i < 1500; ++i) text += "[[team]]\nkey = \"t" + std::to_string(i) + "\"\n";
        return text;
    }());
    const auto changes = diff(nullptr, after);
    EXPECT_EQ(changes.added, 1501U);
    ASSERT_EQ(changes.lines.size(), diff_lines_max + 1);
    EXPECT_EQ(changes.lines.back(), "and 501 more changes");
}

}  // namespace
}  // namespace usher::roster
