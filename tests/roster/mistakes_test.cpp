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
        "people.toml:3:13: error: [account] has an unknown time zone \"Europe/Stokholm\" "
        "(did you mean \"Europe/Stockholm\"?)",
        "people.toml:4:21: error: count_window_days of [account] must be a whole number, "
        "not a fraction (write it without quotes and without a point)",
        "people.toml:5:1: error: [account] has an unknown key \"extra_member_routed\" "
        "(did you mean \"extra_members_routed\"?)",
        "people.toml:10:7: error: there are two of team \"support\", the first in line 8 "
        "(give one of them another key, or take it out)",
        "people.toml:14:8: error: seat of agent \"anna\" cannot be \"servce\" (did you "
        "mean \"service\"?)",
        "people.toml:15:13: error: main_team of agent \"anna\" names the unknown team "
        "\"suport\" (did you mean \"support\"?)",
        "people.toml:16:10: error: hours \"mon-fri 9:00-17:00\" of agent \"anna\": "
        "\"9:00-17:00\" is not HH:MM-HH:MM (write four digits each, from 00:00 to 23:59 "
        "(an end also 24:00): 09:00-17:00)",
        "people.toml:17:13: error: an absence of agent \"anna\" does not end after it "
        "begins (make until later than from; until is the first moment back)",
        "people.toml:18:22: error: total of the capacity of agent \"anna\" is out of "
        "range: -1 (from 0 to 1000000)",
        "people.toml:21:7: warning: agent \"ben\" goes by hours but has none, so it is "
        "always away and never gets work (write hours = [\"mon-fri 09:00-17:00\"], or "
        "availability = \"available\")",
        "people.toml:24:11: error: skills of agent \"ben\" names the unknown skill "
        "\"billing\" (add a [[skill]] with this key, or take it out)",
        "work.toml:3:13: error: workspace of inbox \"desk\" cannot be \"help\" (it can be"
        " helpdesk or conversations)",
        "work.toml:11:12: error: pipeline \"p\" has no closed status (write open = false "
        "at one of them: closed tickets go there)",
        "work.toml:12:17: error: on_email_sent of pipeline \"p\" names the unknown status"
        " \"nw\" (did you mean \"new\"?)",
        "work.toml:18:10: error: status of channel \"mail\" is \"closed\", which is "
        "closed (name an open status: new tickets are open)",
        "work.toml:21:12: error: users of the rule of channel \"mail\" names the unknown "
        "agent \"ana\" (did you mean \"anna\"?)",
        "work.toml:21:19: error: the rule of channel \"mail\" names the agent \"ben\", "
        "who has no service seat: channel \"mail\" in the help desk demands it (give the "
        "agent seat = \"service\", or take the name out of the rule)",
        "work.toml:21:26: error: users of the rule of channel \"mail\" names the agent "
        "\"ben\" twice (take one of them out)",
        "work.toml:22:12: warning: opening of channel \"mail\" means nothing: only a "
        "calling channel opens and closes (take it out)",
        "work.toml:29:22: error: channel \"form\" cannot have assign_to = "
        "\"customer_agent\": no bot answers it (a channel of kind form in the help desk "
        "can have users_and_teams, team_only, contact_owner or none)",
        "work.toml:29:40: error: the rule of channel \"form\" cannot queue under "
        "assign_to = \"customer_agent\" (queue = true goes with assign_to = "
        "\"users_and_teams\" only)",
        "work.toml:29:79: error: the fallback of the rule of channel \"form\" cannot have"
        " assign_to = \"team_only\" (a fallback can have none or users_and_teams)",
        "work.toml:31:1: error: [[channel]] has no key (give it a name of its own: key = "
        "\"…\")",
        "work.toml:34:8: error: rule of [[channel]] names the unknown rule \"shared\" "
        "(add a [[rule]] with this key, or take it out)",
    };
    EXPECT_EQ(problems, expected);
}

}  // namespace
}  // namespace usher::roster
