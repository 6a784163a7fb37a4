// A roster that says everything that can be said, field by field; and one that says as little as
// possible, for the defaults.
#include <limits>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

using namespace engine;

constexpr std::string_view people = R"(
[account]
key = "acme"
time_zone = "Europe/Stockholm"
count_window_days = 14
extra_members_routed = true
seed = -2
forget_closed_days = 0
notify_unassigned = true
notify_assigned = false

[[skill]]
key = "billing"
[[skill]]
key = "french"

[[team]]
key = "support"
[[team]]
key = "vip"

[[agent]]
key = "anna"
name = "Anna Berg"
email = "anna@acme.example"
labels = { floor = "3", desk = "12" }
order = 10
seat = "service"
ticket_access = true
main_team = "support"
extra_teams = ["vip"]
skills = ["french", "billing"]
availability = "hours"
time_zone = "Europe/Oslo"
hours = ["mon-fri 09:00-17:00", "sat,sun 22:00-02:00"]
notify_unassigned = false
notify_assigned = true
absences = [{ from = "2026-07-01T00:00", until = "2026-07-15T00:00" }]
capacity = { total = 20, calling = 0, messaging = 4, email = 1000000 }

[[agent]]
key = "ben"
seat = "sales"
ticket_access = false
availability = "away"
capacity = { messaging = 2 }

[[agent]]
key = "cleo"
order = -5
seat = "service"
main_team = "vip"
availability = "available"
)";

constexpr std::string_view work = R"(
[[pipeline]]
key = "support"
statuses = [
  { key = "new", open = true },
  { key = "waiting", actions = [ { do = "notify" }, { do = "email", to = "x", template = "t" } ] },
  { key = "closed", open = false },
]
set_close_date = false
on_email_sent = "waiting"
on_customer_reply = "new"
actions_for_chat = true

[[inbox]]
key = "desk"
workspace = "helpdesk"
teams = ["vip", "support"]
[[inbox]]
key = "talk"
workspace = "conversations"

[[rule]]
key = "shared"
assign_to = "customer_agent"
reopen = "reroute_if_away"
  [rule.fallback]
  assign_to = "users_and_teams"
  users = ["cleo", "anna"]
  distribution = "random"
  queue = true

[[channel]]
key = "support-mail"
kind = "email"
inbox = "desk"
pipeline = "support"
enabled = false
creates_tickets = false
status = "waiting"
properties = { lang = "sv", brand = "acme" }
  [[channel.skill_rule]]
  when = { topic = "refund", lang = "fr" }
  require = ["french", "billing"]
  [[channel.skill_rule]]
  require = ["billing"]
  [channel.rule]
  assign_to = "users_and_teams"
  users = ["cleo"]
  teams = ["vip", "support"]
  distribution = "round_robin"
  only_available = false
  skill_fallback = "anyone"
  reopen = "reroute_if_away"
  queue = true

[[channel]]
key = "chat"
kind = "chat"
inbox = "talk"
rule = "shared"

[[channel]]
key = "phone"
kind = "calling"
inbox = "desk"
status = "open"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["support"]
  tie_break = "most_recent"
  [channel.opening]
  time_zone = "Europe/London"
  hours = ["mon-fri 08:00-18:00"]
  closed_days = ["2026-12-24", 2026-01-01]
  in_hours_message = "all-busy"
  after_hours_message = "closed"

[[channel]]
key = "hotline"
kind = "calling"
inbox = "desk"
  [channel.rule]
  assign_to = "none"
  [channel.opening]
  after_hours_message = "closed"

[[channel]]
key = "form"
kind = "form"
inbox = "desk"
  [channel.rule]
  assign_to = "team_only"
  teams = ["vip"]
)";

// In two files, as a roster of some size is kept.
const AccountDefinition& full() {
    static const auto definition = [] {
        const std::vector<SourceFile> files = {{"work.toml", work}, {"people.toml", people}};
        auto parsed = parse(files);
        for (const auto& problem : parsed.problems) ADD_FAILURE() << line_of(problem);
        return parsed.definition ? *parsed.definition : AccountDefinition{};
    }();
    return definition;
}

TEST(FullRoster, TheAccount) {
    const auto& account = full();
    EXPECT_EQ(account.key, "acme");
    ASSERT_EQ(account.zones.size(), 3U);
    EXPECT_EQ(account.zones[account.zone.value].name, "Europe/Stockholm");
    EXPECT_EQ(account.count_window_days, 14U);
    EXPECT_TRUE(account.extra_members_routed);
    EXPECT_EQ(account.seed, std::numeric_limits<std::uint64_t>::max() - 1);
    EXPECT_EQ(account.forget_closed_days, 0U);
    EXPECT_TRUE(account.notify_unassigned);
    EXPECT_FALSE(account.notify_assigned);
    EXPECT_EQ(account.skills, (std::vector<SkillDefinition>{{"billing"}, {"french"}}));
    EXPECT_EQ(account.teams, (std::vector<TeamDefinition>{{"support"}, {"vip"}}));
}

TEST(FullRoster, AnAgentWithEverything) {
    const auto& account = full();
    ASSERT_EQ(account.agents.size(), 3U);
    AgentDefinition anna;
    anna.key = "anna";
    anna.name = "Anna Berg";
    anna.email = "anna@acme.example";
    anna.labels = {{"desk", "12"}, {"floor", "3"}};
    anna.order = 10;
    anna.seat = Seat::service;
    anna.ticket_access = true;
    anna.main_team = {0};
    anna.extra_teams = {{1}};
    anna.skills = {{1}, {0}};
    anna.availability = Standing::hours;
    anna.hours.zone = account.agents[0].hours.zone;
    anna.hours.spans = {{0x1F, 540, 1020}, {0x60, 1320, 120}};
    // Midnight in Oslo in July is 22:00 UTC of the day before.
    anna.absences = {{{1'782'856'800'000}, {1'784'066'400'000}}};
    anna.capacity = {20, {0, 4, 1'000'000}};
    anna.notify_unassigned = false;
    anna.notify_assigned = true;
    EXPECT_EQ(account.agents[0], anna);
    EXPECT_EQ(account.zones[anna.hours.zone.value].name, "Europe/Oslo");
}

TEST(FullRoster, TheOtherAgentsAndTheirOrder) {
    const auto& account = full();
    ASSERT_EQ(account.agents.size(), 3U);
    AgentDefinition ben;
    ben.key = "ben";
    ben.order = 2;
    ben.seat = Seat::sales;
    ben.ticket_access = false;
    ben.availability = Standing::away;
    ben.hours.zone = account.zone;
    ben.capacity.per_type[static_cast<std::size_t>(TicketType::messaging)] = 2;
    EXPECT_EQ(account.agents[1], ben);
    AgentDefinition cleo;
    cleo.key = "cleo";
    cleo.order = -5;
    cleo.seat = Seat::service;
    cleo.main_team = {1};
    cleo.availability = Standing::available;
    cleo.hours.zone = account.zone;
    EXPECT_EQ(account.agents[2], cleo);
}

TEST(FullRoster, Pipelines) {
    const auto& account = full();
    ASSERT_EQ(account.pipelines.size(), 2U);
    PipelineDefinition built_in;
    built_in.statuses = {{"open", true, {}}, {"closed", false, {}}};
    EXPECT_EQ(account.pipelines[0], built_in);
    PipelineDefinition support;
    support.key = "support";
    support.statuses = {
        {"new", true, {}},
        {"waiting", true, {{"notify", {}}, {"email", {{"template", "t"}, {"to", "x"}}}}},
        {"closed", false, {}}};
    support.set_close_date = false;
    support.on_email_sent = {1};
    support.on_customer_reply = {0};
    support.actions_for_chat = true;
    EXPECT_EQ(account.pipelines[1], support);
}

TEST(FullRoster, Inboxes) {
    EXPECT_EQ(full().inboxes,
              (std::vector<InboxDefinition>{{"desk", Workspace::helpdesk, {{1}, {0}}},
                                            {"talk", Workspace::conversations, {}}}));
}

TEST(FullRoster, RulesOfTheirOwnInChannelsAndFallbacks) {
    const auto& rules = full().rules;
    ASSERT_EQ(rules.size(), 6U);
    RuleDefinition shared;
    shared.name = "shared";
    shared.assign_to = AssignTo::customer_agent;
    shared.reopen = ReopenPolicy::reroute_if_away;
    shared.fallback = {1};
    EXPECT_EQ(rules[0], shared);
    RuleDefinition fallback;
    fallback.name = "shared:fallback";
    fallback.assign_to = AssignTo::users_and_teams;
    fallback.users = {{2}, {0}};
    fallback.distribution = Distribution::random;
    fallback.queue = true;
    EXPECT_EQ(rules[1], fallback);
    RuleDefinition mail;
    mail.name = "channel:support-mail";
    mail.assign_to = AssignTo::users_and_teams;
    mail.users = {{2}};
    mail.teams = {{1}, {0}};
    mail.distribution = Distribution::round_robin;
    mail.only_available = false;
    mail.skill_fallback = SkillFallback::anyone;
    mail.reopen = ReopenPolicy::reroute_if_away;
    mail.queue = true;
    EXPECT_EQ(rules[2], mail);
    RuleDefinition phone;
    phone.name = "channel:phone";
    phone.assign_to = AssignTo::users_and_teams;
    phone.teams = {{0}};
    phone.tie_break = TieBreak::most_recent;
    EXPECT_EQ(rules[3], phone);
    RuleDefinition hotline;
    hotline.name = "channel:hotline";
    EXPECT_EQ(rules[4], hotline);
    RuleDefinition form;
    form.name = "channel:form";
    form.assign_to = AssignTo::team_only;
    form.teams = {{1}};
    EXPECT_EQ(rules[5], form);
}

TEST(FullRoster, Channels) {
    const auto& channels = full().channels;
    ASSERT_EQ(channels.size(), 5U);
    ChannelDefinition mail;
    mail.key = "support-mail";
    mail.kind = ChannelKind::email;
    mail.inbox = {0};
    mail.pipeline = {1};
    mail.enabled = false;
    mail.creates_tickets = false;
    mail.status = {1};
    mail.properties = {{"brand", "acme"}, {"lang", "sv"}};
    mail.skill_rules = {{{{"lang", "fr"}, {"topic", "refund"}}, {{1}, {0}}}, {{}, {{0}}}};
    mail.rule = {2};
    EXPECT_EQ(channels[0], mail);
    ChannelDefinition chat;
    chat.key = "chat";
    chat.kind = ChannelKind::chat;
    chat.inbox = {1};
    chat.pipeline = {0};
    chat.rule = {0};
    EXPECT_EQ(channels[1], chat);
}

TEST(FullRoster, OpeningHours) {
    const auto& account = full();
    ASSERT_EQ(account.channels.size(), 5U);
    const auto& phone = account.channels[2];
    EXPECT_EQ(phone.status, StatusNo{0});
    ASSERT_TRUE(phone.opening.has_value());
    EXPECT_EQ(account.zones[phone.opening->hours.zone.value].name, "Europe/London");
    EXPECT_EQ(phone.opening->hours.spans, (std::vector<DailySpan>{{0x1F, 480, 1080}}));
    EXPECT_EQ(phone.opening->closed_days, (std::vector<std::int32_t>{20454, 20811}));
    EXPECT_EQ(phone.opening->in_hours_message, "all-busy");
    EXPECT_EQ(phone.opening->after_hours_message, "closed");
    // Messages without hours: always open, in the account's time.
    const auto& hotline = account.channels[3];
    ASSERT_TRUE(hotline.opening.has_value());
    EXPECT_EQ(hotline.opening->hours.zone, account.zone);
    EXPECT_EQ(hotline.opening->hours.spans, (std::vector<DailySpan>{{0x7F, 0, 1440}}));
    EXPECT_EQ(hotline.opening->in_hours_message, "");
}

TEST(SmallestRoster, HasTheDefaults) {
    const auto account = definition_of("[account]\nkey = \"a\"\n");
    AccountDefinition expected;
    expected.key = "a";
    expected.zone = {0};
    expected.zones = {{"UTC", {Transition{}}}};
    expected.pipelines.emplace_back().statuses = {{"open", true, {}}, {"closed", false, {}}};
    EXPECT_EQ(account, expected);
}

TEST(SmallestRoster, AnAgentAndAChannelHaveTheDefaults) {
    const auto parsed = parse_one(
        "account = { key = \"a\" }\nagent = [{ key = \"b\" }]\n"
        "inbox = [{ key = \"i\", workspace = \"conversations\" }]\n"
        "channel = [{ key = \"c\", kind = \"custom\", inbox = \"i\" }]\n");
    ASSERT_TRUE(parsed.definition.has_value());
    AgentDefinition agent;
    agent.key = "b";
    agent.order = 1;
    agent.hours.zone = {0};
    EXPECT_EQ(parsed.definition->agents, std::vector<AgentDefinition>{agent});
    ChannelDefinition channel;
    channel.key = "c";
    channel.kind = ChannelKind::custom;
    channel.inbox = {0};
    channel.pipeline = {0};
    EXPECT_EQ(parsed.definition->channels, std::vector<ChannelDefinition>{channel});
}

TEST(Numbering, AgentsOfSeveralFilesCountOn) {
    const std::vector<SourceFile> files = {
        {"a.toml",
         "[account]\nkey = \"a\"\n[[agent]]\nkey = \"x\"\n[[agent]]\nkey = \"y\"\norder = 7\n"},
        {"b.toml", "[[agent]]\nkey = \"z\"\n"}};
    const auto parsed = parse(files);
    ASSERT_TRUE(parsed.definition.has_value());
    ASSERT_EQ(parsed.definition->agents.size(), 3U);
    EXPECT_EQ(parsed.definition->agents[0].order, 1);
    EXPECT_EQ(parsed.definition->agents[1].order, 7);
    EXPECT_EQ(parsed.definition->agents[2].order, 3);
}

}  // namespace
}  // namespace usher::roster
