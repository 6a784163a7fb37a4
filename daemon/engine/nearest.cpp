#include "engine/nearest.h"

#include <algorithm>
#include <bit>

#include "engine/properties.h"

namespace usher::engine {

namespace {

using protocol::Change;
using protocol::Nearest;

/// What stands between one agent and the ticket: a bit for each Change.
struct Miss {
    std::uint32_t changes = 0;
    std::uint32_t skills_missing = 0;

    void add(Change change) { changes |= 1U << static_cast<std::uint32_t>(change); }
    bool single() const { return std::has_single_bit(changes); }
    Change change() const { return static_cast<Change>(std::countr_zero(changes)); }
};

bool is_member(const AgentDefinition& agent, TeamNo team) {
    return agent.main_team == team || std::find(agent.extra_teams.begin(), agent.extra_teams.end(),
                                                team) != agent.extra_teams.end();
}

template <class No>
bool contains(const std::vector<No>& numbers, No number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

class Search {
  public:
    Search(const Account& account, const Situation& situation, RuleNo rule)
        : account_(account),
          situation_(situation),
          rule_no_(rule),
          rule_(account.definition.rules[rule.value]),
          skills_(skills_that_matter()) {}

    std::optional<Nearest> run() const;

  private:
    bool to_owner() const { return rule_.assign_to == AssignTo::contact_owner; }
    std::string_view skills_that_matter() const {
        const Demand demand{rule_no_, situation_.inbox, situation_.type, situation_.skills};
        return to_owner() || skills_do_not_matter(account_, demand) ? std::string_view{}
                                                                    : situation_.skills;
    }
    bool is_looked_at(AgentNo agent) const;
    Miss miss_of(AgentNo agent) const;
    Nearest told(AgentNo agent, const Miss& miss) const;

    const Account& account_;
    const Situation& situation_;
    RuleNo rule_no_;
    const RuleDefinition& rule_;
    std::string_view skills_;
};

/// Agents whom the rule names, and all members of the teams that it names.
bool Search::is_looked_at(AgentNo agent) const {
    const auto& definition = account_.definition.agents[agent.value];
    if (to_owner()) return situation_.contact_tracked && definition.key == situation_.contact_owner;
    return contains(rule_.users, agent) ||
           std::any_of(rule_.teams.begin(), rule_.teams.end(),
                       [&](TeamNo team) { return is_member(definition, team); });
}

Miss Search::miss_of(AgentNo agent) const {
    const auto& definition = account_.definition.agents[agent.value];
    const auto& state = account_.agent(agent);
    const auto position = state.position;
    const bool desk = account_.inbox(situation_.inbox).workspace == Workspace::helpdesk;
    const auto& members = account_.inbox_members[situation_.inbox.value];
    Miss miss;
    if (definition.seat == Seat::none || (desk && definition.seat != Seat::service))
        miss.add(Change::seat);
    if (desk && !definition.ticket_access) miss.add(Change::ticket_access);
    if (!to_owner() && !account_.rules[rule_no_.value].source.test(position))
        miss.add(Change::main_team);
    if (members.word_count() > 0 && !members.test(position)) miss.add(Change::extra_teams);
    for_each_number<SkillNo>(skills_, [&](SkillNo skill) {
        if (account_.skill_holders[skill.value].test(position)) return;
        miss.add(Change::skills);
        ++miss.skills_missing;
    });
    if (rule_.only_available && !state.available()) miss.add(Change::available);
    if (!to_owner() &&
        !account_.below_capacity[static_cast<std::size_t>(situation_.type)].test(position))
        miss.add(Change::capacity);
    return miss;
}

Nearest Search::told(AgentNo agent, const Miss& miss) const {
    Nearest nearest{account_.definition.agents[agent.value].key, miss.change(), {}};
    if (miss.change() != Change::skills) return nearest;
    for_each_number<SkillNo>(skills_, [&](SkillNo skill) {
        if (!account_.skill_holders[skill.value].test(account_.agent(agent).position))
            nearest.skills.push_back(account_.definition.skills[skill.value].key);
    });
    return nearest;
}

/// The smallest change, then the fewest skills, then the roster's order.
std::optional<Nearest> Search::run() const {
    AgentNo best;
    Miss smallest;
    for (const auto agent : account_.agent_at) {
        if (!is_looked_at(agent)) continue;
        const auto miss = miss_of(agent);
        if (!miss.single()) continue;
        if (best.exists() &&
            (miss.change() > smallest.change() || (miss.change() == smallest.change() &&
                                                   miss.skills_missing >= smallest.skills_missing)))
            continue;
        best = agent;
        smallest = miss;
    }
    return best.exists() ? std::optional{told(best, smallest)} : std::nullopt;
}

}  // namespace

std::optional<Nearest> nearest_miss(const Account& account, const Situation& situation) {
    if (!is_open_now(account, account.channel(situation.channel))) return std::nullopt;
    const auto rule = rule_in_force(account, situation.channel, situation.under_fallback).rule;
    if (!rule.exists()) return std::nullopt;
    const auto assign_to = account.definition.rules[rule.value].assign_to;
    if (assign_to != AssignTo::users_and_teams && assign_to != AssignTo::contact_owner)
        return std::nullopt;
    return Search(account, situation, rule).run();
}

}  // namespace usher::engine
