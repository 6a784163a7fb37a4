#include "engine/merge.h"

#include <boost/unordered/unordered_flat_map.hpp>

namespace usher::engine {

namespace {

using NumberOf = boost::unordered_flat_map<std::string_view, std::uint32_t>;
using Renumbering = std::vector<std::uint32_t>;  // the file's index → the number that stays

const std::string& name_of(const RuleDefinition& rule) {
    return rule.name;
}
const std::string& name_of(const Zone& zone) {
    return zone.name;
}
template <class T>
const std::string& name_of(const T& thing) {
    return thing.key;
}

/// Puts the incoming things at their numbers and gives the renumbering; references inside them are
/// still the file's.
template <class T>
Renumbering place(const std::vector<T>* standing, const std::vector<T>& incoming,
                  std::vector<T>& merged) {
    if (standing != nullptr) merged = *standing;
    NumberOf numbers;
    if (standing != nullptr)
        for (std::uint32_t i = 0; i < standing->size(); ++i) numbers[name_of((*standing)[i])] = i;
    if constexpr (requires(T & thing) { thing.removed; })
        for (auto& thing : merged) thing.removed = true;

    Renumbering renumbering;
    renumbering.reserve(incoming.size());
    for (const auto& thing : incoming) {
        const auto known = numbers.find(name_of(thing));
        const auto number =
            known != numbers.end() ? known->second : static_cast<std::uint32_t>(merged.size());
        if (number == merged.size())
            merged.push_back(thing);
        else
            merged[number] = thing;
        renumbering.push_back(number);
    }
    return renumbering;
}

template <class No>
void renumber(No& number, const Renumbering& to) {
    if (number.exists()) number.value = to[number.value];
}
template <class No>
void renumber(std::vector<No>& numbers, const Renumbering& to) {
    for (auto& number : numbers) renumber(number, to);
}

}  // namespace

AccountDefinition merge(const AccountDefinition* standing, const AccountDefinition& incoming) {
    const auto of = [&](auto member) {
        return standing == nullptr ? nullptr : &(standing->*member);
    };
    using D = AccountDefinition;
    AccountDefinition merged;
    merged.key = incoming.key;
    merged.zone = incoming.zone;
    merged.count_window_days = incoming.count_window_days;
    merged.extra_members_routed = incoming.extra_members_routed;
    merged.seed = incoming.seed;
    merged.forget_closed_days = incoming.forget_closed_days;
    merged.notify_unassigned = incoming.notify_unassigned;
    merged.notify_assigned = incoming.notify_assigned;

    const auto zones = place(of(&D::zones), incoming.zones, merged.zones);
    const auto skills = place(of(&D::skills), incoming.skills, merged.skills);
    const auto teams = place(of(&D::teams), incoming.teams, merged.teams);
    const auto agents = place(of(&D::agents), incoming.agents, merged.agents);
    const auto pipelines = place(of(&D::pipelines), incoming.pipelines, merged.pipelines);
    const auto inboxes = place(of(&D::inboxes), incoming.inboxes, merged.inboxes);
    const auto rules = place(of(&D::rules), incoming.rules, merged.rules);
    const auto channels = place(of(&D::channels), incoming.channels, merged.channels);

    renumber(merged.zone, zones);
    for (std::uint32_t i = 0; i < incoming.agents.size(); ++i) {
        auto& agent = merged.agents[agents[i]];
        agent.position = i + 1;
        renumber(agent.main_team, teams);
        renumber(agent.extra_teams, teams);
        renumber(agent.skills, skills);
        renumber(agent.hours.zone, zones);
    }
    for (const auto number : inboxes) renumber(merged.inboxes[number].teams, teams);
    for (const auto number : rules) {
        auto& rule = merged.rules[number];
        renumber(rule.users, agents);
        renumber(rule.teams, teams);
        renumber(rule.fallback, rules);
    }
    for (const auto number : channels) {
        auto& channel = merged.channels[number];
        renumber(channel.inbox, inboxes);
        renumber(channel.pipeline, pipelines);
        renumber(channel.rule, rules);
        for (auto& rule : channel.skill_rules) renumber(rule.require, skills);
        if (channel.opening) renumber(channel.opening->hours.zone, zones);
    }
    return merged;
}

namespace {

/// The first thing of the vector that goes although `uses` tickets are in it.
template <class T>
std::optional<std::string> first_in_use(const char* kind, const std::vector<T>& merged,
                                        const std::vector<std::size_t>& uses) {
    for (std::size_t i = 0; i < uses.size(); ++i)
        if (merged[i].removed && uses[i] > 0)
            return std::string(kind) + " " + name_of(merged[i]) + " is in use by " +
                   std::to_string(uses[i]) + (uses[i] == 1 ? " ticket" : " tickets") +
                   ": it can go when they are elsewhere or forgotten";
    return std::nullopt;
}

std::optional<std::string> first_lost_status(const Account& account,
                                             const AccountDefinition& merged,
                                             const std::vector<std::vector<std::size_t>>& uses) {
    for (std::size_t p = 0; p < uses.size(); ++p) {
        if (merged.pipelines[p].removed) continue;
        for (std::size_t s = 0; s < uses[p].size(); ++s) {
            const auto& key = account.definition.pipelines[p].statuses[s].key;
            bool stays = false;
            for (const auto& status : merged.pipelines[p].statuses) stays |= status.key == key;
            if (!stays && uses[p][s] > 0)
                return "status " + key + " of pipeline " + merged.pipelines[p].key +
                       " is in use by " + std::to_string(uses[p][s]) + " tickets";
        }
    }
    return std::nullopt;
}

}  // namespace

RemovalCheck check_removals(const Account& account, const AccountDefinition& merged) {
    const auto& standing = account.definition;
    std::vector<std::size_t> teams(standing.teams.size()), channels(standing.channels.size()),
        inboxes(standing.inboxes.size()), pipelines(standing.pipelines.size());
    std::vector<std::vector<std::size_t>> statuses(standing.pipelines.size());
    for (std::size_t i = 0; i < statuses.size(); ++i)
        statuses[i].resize(standing.pipelines[i].statuses.size());

    RemovalCheck check;
    std::vector<bool> seen(standing.agents.size());
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot) {
        const auto& ticket = account.tickets[slot];
        if (!ticket.remembered) continue;
        if (ticket.owner.kind == OwnerKind::team) ++teams[ticket.owner.number];
        ++channels[ticket.channel.value];
        ++inboxes[ticket.inbox.value];
        ++pipelines[ticket.pipeline.value];
        ++statuses[ticket.pipeline.value][ticket.status.value];
        if (!ticket.open || !ticket.owner.is_agent()) continue;
        const auto& holder = merged.agents[ticket.owner.number];
        if (!holder.removed) continue;
        if (check.held_by_removed.empty()) check.first_holder = holder.key;
        if (!seen[ticket.owner.number]) ++check.removed_holders;
        seen[ticket.owner.number] = true;
        check.held_by_removed.push_back(slot);
    }
    for (auto found : {first_in_use("team", merged.teams, teams),
                       first_in_use("channel", merged.channels, channels),
                       first_in_use("inbox", merged.inboxes, inboxes),
                       first_in_use("pipeline", merged.pipelines, pipelines),
                       first_lost_status(account, merged, statuses)})
        if (found && !check.in_use) check.in_use = std::move(found);
    return check;
}

}  // namespace usher::engine
