#include "engine/definition_check.h"

#include <algorithm>
#include <limits>

#include "engine/flaw.h"

namespace usher::engine {

namespace {

// Local times are found by looking at the transitions next to them (schedule.cpp). That is enough
// as long as no two lie closer together than this and no clock differs from UTC by more than that;
// in the world's zones it is four days, and 16 hours.
constexpr std::int64_t between_transitions_s = 86'400;
constexpr std::int32_t offset_s_max = 25 * 3600;
constexpr std::int64_t transition_s_max = protocol::instant_ms_max / 1000;

using Pairs = std::vector<std::pair<std::string, std::string>>;

void check_zone(const Zone& zone, Flaw& flaw) {
    const auto& table = zone.transitions;
    flaw.need(!table.empty(), "it has no transitions");
    if (flaw.found()) return;
    flaw.need(table.front().at_s == std::numeric_limits<std::int64_t>::min(),
              "its first transition is not at the beginning of time");
    for (std::size_t i = 0; i < table.size(); ++i) {
        flaw.need(table[i].offset_s >= -offset_s_max && table[i].offset_s <= offset_s_max,
                  "an offset is more than a day");
        if (i == 0) continue;
        flaw.need(table[i].at_s >= -transition_s_max && table[i].at_s <= transition_s_max,
                  "a transition lies outside of time");
        if (i == 1 || flaw.found()) continue;
        flaw.need(table[i].at_s - table[i - 1].at_s >= between_transitions_s,
                  "its transitions are not in order, or too close together");
    }
}

void check_spans(const Schedule& hours, std::size_t zones, Flaw& flaw) {
    if (hours.spans.empty()) {
        flaw.named_or_nothing(hours.zone, zones, "zone");
        return;
    }
    flaw.named(hours.zone, zones, "zone");
    for (const auto& span : hours.spans)
        flaw.need(span.weekdays < 128 && span.from_minute < 1440 && span.until_minute <= 1440,
                  "its hours are none of a day");
}

/// They stand in tickets with lengths of one and two bytes.
void check_properties(const Pairs& properties, Flaw& flaw) {
    for (std::size_t i = 0; i < properties.size(); ++i) {
        flaw.need(properties[i].first.size() <= 0xff && properties[i].second.size() <= 0xffff,
                  "a property is too long");
        flaw.need(i == 0 || properties[i - 1].first < properties[i].first,
                  "its properties are not in order");
    }
}

void check_agent(const AccountDefinition& d, const AgentDefinition& agent, Flaw& flaw) {
    flaw.word(agent.seat, Seat::service, "it has no seat that there is");
    flaw.word(agent.availability, Standing::hours, "its standing availability is none");
    flaw.named_or_nothing(agent.main_team, d.teams.size(), "main team");
    flaw.all_named(agent.extra_teams, d.teams.size(), "extra team");
    flaw.all_named(agent.skills, d.skills.size(), "skill");
    check_spans(agent.hours, d.zones.size(), flaw);
    for (const auto& span : agent.absences) {
        flaw.instant(span.from, "an absence begins outside of time");
        flaw.instant(span.until, "an absence ends outside of time");
    }
}

void check_pipeline(const PipelineDefinition& pipeline, Flaw& flaw) {
    const auto& statuses = pipeline.statuses;
    const auto is_open = [](const StatusDefinition& status) { return status.open; };
    flaw.need(std::any_of(statuses.begin(), statuses.end(), is_open), "it has no open status");
    flaw.need(!std::all_of(statuses.begin(), statuses.end(), is_open), "it has no closed status");
    flaw.named_or_nothing(pipeline.on_email_sent, statuses.size(), "status on_email_sent");
    flaw.named_or_nothing(pipeline.on_customer_reply, statuses.size(), "status on_customer_reply");
}

void check_rule(const AccountDefinition& d, const RuleDefinition& rule, Flaw& flaw) {
    flaw.word(rule.assign_to, AssignTo::customer_agent, "it assigns to nothing that there is");
    flaw.word(rule.distribution, Distribution::random, "its distribution is none");
    flaw.word(rule.tie_break.value_or(TieBreak::least_recent), TieBreak::most_recent,
              "its tie break is none");
    flaw.word(rule.skill_fallback, SkillFallback::anyone, "its skill fallback is none");
    flaw.word(rule.reopen, ReopenPolicy::reroute_if_away, "its reopen policy is none");
    flaw.all_named(rule.users, d.agents.size(), "user");
    flaw.all_named(rule.teams, d.teams.size(), "team");
    flaw.named_or_nothing(rule.fallback, d.rules.size(), "fallback");
    if (flaw.found() || rule.removed) return;
    for (const auto user : rule.users)
        flaw.need(!d.agents[user.value].removed, "it names an agent who was removed");
    flaw.need(rule.assign_to != AssignTo::team_only || !rule.teams.empty(), "it has no team");
    flaw.need(!rule.queue || rule.assign_to == AssignTo::users_and_teams,
              "it has a queue and nobody to wait for");
    if (!rule.fallback.exists()) return;
    const auto& fallback = d.rules[rule.fallback.value];
    flaw.need(!fallback.removed && !fallback.fallback.exists() &&
                  (fallback.assign_to == AssignTo::none ||
                   fallback.assign_to == AssignTo::users_and_teams),
              "its fallback is none that a rule can have");
}

/// What the next ticket of the channel needs.
void check_use(const AccountDefinition& d, const ChannelDefinition& channel, Flaw& flaw) {
    const auto& statuses = d.pipelines[channel.pipeline.value].statuses;
    flaw.named_or_nothing(channel.status, statuses.size(), "status");
    if (flaw.found()) return;
    flaw.need(!channel.status.exists() || statuses[channel.status.value].open,
              "its tickets would begin closed");
    flaw.need(!channel.rule.exists() || !d.rules[channel.rule.value].removed,
              "its rule was removed");
}

void check_channel(const AccountDefinition& d, const ChannelDefinition& channel, Flaw& flaw) {
    flaw.word(channel.kind, ChannelKind::custom, "it is of no kind that there is");
    flaw.named(channel.inbox, d.inboxes.size(), "inbox");
    flaw.named(channel.pipeline, d.pipelines.size(), "pipeline");
    flaw.named_or_nothing(channel.rule, d.rules.size(), "rule");
    if (flaw.found()) return;
    if (!channel.removed) check_use(d, channel, flaw);  // else it may name what went later
    check_properties(channel.properties, flaw);
    for (const auto& rule : channel.skill_rules)
        flaw.all_named(rule.require, d.skills.size(), "skill");
    if (!channel.opening) return;
    flaw.named(channel.opening->hours.zone, d.zones.size(), "zone");
    check_spans(channel.opening->hours, d.zones.size(), flaw);
    const auto& closed = channel.opening->closed_days;
    flaw.need(std::is_sorted(closed.begin(), closed.end()), "its closed days are not in order");
    constexpr std::int64_t day_ms = 24 * 60 * 60 * 1000;
    for (const std::int64_t day : closed)
        flaw.instant({day * day_ms}, "it is closed on a day outside of time");
}

/// Calls check(thing) for each, until something is wrong.
template <class Things, class Check>
void check_each(const char* kind, const Things& things, Flaw& flaw, Check check) {
    for (std::size_t i = 0; i < things.size() && !flaw.found(); ++i) {
        flaw.at(kind, i);
        check(things[i]);
    }
}

}  // namespace

std::optional<std::string> flaw_of(const AccountDefinition& d) {
    Flaw flaw;
    flaw.named_or_nothing(d.zone, d.zones.size(), "zone");
    flaw.need(!d.pipelines.empty(), "the built-in pipeline is missing");
    check_each("zone", d.zones, flaw, [&](const Zone& zone) { check_zone(zone, flaw); });
    check_each("agent", d.agents, flaw, [&](const auto& agent) { check_agent(d, agent, flaw); });
    check_each("pipeline", d.pipelines, flaw,
               [&](const auto& pipeline) { check_pipeline(pipeline, flaw); });
    check_each("inbox", d.inboxes, flaw, [&](const InboxDefinition& inbox) {
        flaw.word(inbox.workspace, Workspace::conversations, "its workspace is none");
        flaw.all_named(inbox.teams, d.teams.size(), "team");
    });
    check_each("rule", d.rules, flaw, [&](const auto& rule) { check_rule(d, rule, flaw); });
    check_each("channel", d.channels, flaw,
               [&](const auto& channel) { check_channel(d, channel, flaw); });
    return flaw.take();
}

}  // namespace usher::engine
