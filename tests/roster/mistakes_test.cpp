// A roster in two files with mistakes of many kinds: one parse finds them all, each where it is,
// in the order of the files, and none of them brings a second one along.
#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

constexpr std::string_view people = R"([account]
key = "acme"
time_zone = "Europe/Stokholm"
count_window_days = 30.5
extra_member_routed = true

[[team]]
key = "support"
[[team]]
key = "support"

[[agent]]
key = "anna"
seat = "servce"
main_team = "suport"
hours = ["mon-fri 9:00-17:00", "sat 10:00-14:00"]
absences = [{ from = "2026-07-15T00:00", until = "2026-07-01T00:00" }]
capacity = { total = -1 }

[[agent]]
key = "ben"
seat = "sales"
availability = "hours"
skills = ["billing"]
)";

constexpr std::string_view work = R"([[inbox]]
key = "desk"
workspace = "help"

[[inbox]]
key = "mail"
workspace = "helpdesk"

[[pipeline]]
key = "p"
statuses = [{ key = "new", open = true }]
on_email_sent = "nw"

[[channel]]
key = "mail"
kind = "email"
inbox = "mail"
status = "closed"
  [channel.rule]
  assign_to = "users_and_teams"
  users = ["ana", "ben", "ben"]
  [channel.opening]
  in_hours_message = "x"

[[channel]]
key = "form"
kind = "form"
inbox = "mail"
rule = { assign_to = "customer_agent", queue = true, fallback = { assign_to = "team_only" } }

[[channel]]
kind = "chat"
inbox = "desk"
rule = "shared"
)";

TEST(Mistakes, AreFoundAllAtOnce) {
    const std::vector<SourceFile> files = {{"people.toml", people}, {"work.toml", work}};
    const auto parsed = parse(files);
    EXPECT_FALSE(parsed.definition.has_value());
    std::vector<std::string> problems;
    for (const auto& problem : parsed.problems) {
        problems.push_back(problem.file + ":" + line_of(problem));
    }
    const std::vector<std::string> expected = {
    };
    EXPECT_EQ(problems, expected);
}

}  // namespace
}  // namespace usher::roster
