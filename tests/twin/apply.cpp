#include "tests/twin/apply.h"

#include <algorithm>
#include <functional>

#include "tests/twin/passing.h"
#include "tests/twin/routing.h"

namespace usher::twin {
namespace {

template <class Thing>
const Thing* find(const std::vector<Thing>& things, const std::string& key) {
    for (const auto& thing : things)
        if (thing.key == key) return &thing;
    return nullptr;
}

const Rule* find(const std::vector<Rule>& rules, const std::string& name) {
    for (const auto& rule : rules)
        if (rule.name == name) return &rule;
    return nullptr;
}

const std::string* find(const Keys& keys, const std::string& key) {
    for (const auto& one : keys)
        if (one == key) return &one;
    return nullptr;
}

const std::string& name_of(const std::string& key) {
    return key;
}
const std::string& name_of(const Rule& rule) {
    return rule.name;
}
template <class Thing>
const std::string& name_of(const Thing& thing) {
    return thing.key;
}

struct Counts {
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::int64_t removed = 0;

    template <class Thing>
    void compare(const std::vector<Thing>& before, const std::vector<Thing>& after) {
        for (const auto& thing : after) {
            const auto* old = find(before, name_of(thing));
            if (old == nullptr) {
                ++added;
            } else if (!(*old == thing)) {
                ++changed;
            }
        }
        for (const auto& thing : before)
            if (find(after, name_of(thing)) == nullptr) ++removed;
    }
};

Counts count_changes(const Roster& before, const Roster& after) {
    Counts counts;
    if (!(before.account == after.account)) ++counts.changed;
    counts.compare(before.skills, after.skills);
    counts.compare(before.teams, after.teams);
    counts.compare(before.agents, after.agents);
    counts.compare(before.pipelines, after.pipelines);
    counts.compare(before.inboxes, after.inboxes);
    counts.compare(before.rules, after.rules);
    counts.compare(before.channels, after.channels);
    return counts;
}

bool knows_status(const Roster& roster, const Ticket& ticket) {
    if (ticket.pipeline.empty()) return true;
    const auto* pipeline = find(roster.pipelines, ticket.pipeline);
    return pipeline != nullptr && find_status(*pipeline, ticket.status) != nullptr;
}

/// Rule 41 and format.md: what is in use cannot be taken away.
void refuse_removal_of_used(const World& world, const Roster& after, bool unassign) {
    for (const auto& ticket : world.tickets) {
        const bool team_gone =
            ticket.owner.kind == "team" && find(after.teams, ticket.owner.key) == nullptr;
        const bool agent_gone = ticket.owner.kind == "agent" && world.is_open(ticket) &&
                                find(after.agents, ticket.owner.key) == nullptr && !unassign;
        if (team_gone || agent_gone || find(after.channels, ticket.channel) == nullptr ||
            find(after.inboxes, ticket.inbox) == nullptr || !knows_status(after, ticket))
            throw Refusal{"in_use"};
    }
}

/// A value that a request has set stands until the file's own value changes.
template <class Value>
void follow_file(Value& in_force, const Value& file_before, const Value& file_now) {
    if (!(file_before == file_now)) in_force = file_now;
}

AgentState fresh(const Agent& agent) {
    return {agent.key, std::nullopt, agent.absences, agent.capacity, std::nullopt};
}

std::vector<AgentState> merged_agents(const World& world, const Roster& after) {
    std::vector<AgentState> result;
    for (const auto& state : world.agents)  // who went may come back, and had work before
        if (find(after.agents, state.key) == nullptr)
            result.push_back({state.key, std::nullopt, {}, {}, state.last});
    for (const auto& agent : after.agents) {
        const auto* before = world.find_agent(agent.key);
        if (before == nullptr) {
            result.push_back(fresh(agent));
            if (const auto* gone = find(world.agents, agent.key)) result.back().last = gone->last;
            continue;
        }
        AgentState state = world.state_of(agent.key);
        follow_file(state.absences, before->absences, agent.absences);
        follow_file(state.capacity.total, before->capacity.total, agent.capacity.total);
        follow_file(state.capacity.calling, before->capacity.calling, agent.capacity.calling);
        follow_file(state.capacity.messaging, before->capacity.messaging, agent.capacity.messaging);
        follow_file(state.capacity.email, before->capacity.email, agent.capacity.email);
        result.push_back(state);
    }
    return result;
}

std::vector<ChannelState> merged_channels(const World& world, const Roster& after) {
    std::vector<ChannelState> result;
    for (const auto& channel : after.channels) {
        ChannelState state{channel.key, channel.enabled};
        if (const auto* before = world.find_channel(channel.key)) {
            state.enabled = world.enabled(channel.key);
            follow_file(state.enabled, before->enabled, channel.enabled);
        }
        result.push_back(state);
    }
    return result;
}

/// A channel moved to another inbox takes its remembered tickets along.
void move_tickets(World& world, const Roster& after) {
    for (auto& ticket : world.tickets) {
        const auto* before = world.find_channel(ticket.channel);
        const auto* now = find(after.channels, ticket.channel);
        if (before->inbox != now->inbox) ticket.inbox = now->inbox;
    }
}

/// Work of agents who are gone goes back (`unassign`); closed tickets just lose the name.
void release_work(World& world, const Roster& after) {
    for (auto& ticket : world.tickets)
        if (ticket.owner.kind == "agent" && find(after.agents, ticket.owner.key) == nullptr)
            ticket.owner = {};
}

/// What a rule or an agent remembers goes with it.
void forget_removed(World& world, const Roster& after) {
    Keys rules;
    const auto keep = [&rules](const Rule& rule) {
        rules.push_back(rule.name);
        if (!rule.fallback.empty()) rules.push_back(rule.fallback.front().name);
    };
    for (const auto& rule : after.rules) keep(rule);
    for (const auto& channel : after.channels)
        if (channel.own_rule) keep(*channel.own_rule);
    std::erase_if(world.rules,
                  [&](const RuleState& state) { return !contains(rules, state.name); });
    for (auto& state : world.rules)
        std::erase_if(state.had_turn,
                      [&](const auto& mark) { return find(after.agents, mark) == nullptr; });
}

}  // namespace

World begin(const Roster& roster) {
    World world;
    world.roster = roster;
    for (const auto& agent : roster.agents) world.agents.push_back(fresh(agent));
    for (const auto& channel : roster.channels)
        world.channels.push_back({channel.key, channel.enabled});
    return world;
}

boost::json::object apply(World& world, const Line& line, const Roster& roster) {
    if (roster.account.key != world.roster.account.key) throw Refusal{"bad_roster"};
    refuse_removal_of_used(world, roster, flag_of(line, "unassign", false));
    const auto counts = count_changes(world.roster, roster);
    if (!flag_of(line, "dry_run", false)) {
        changing_what_lies_under(world, [&] {
            auto agents = merged_agents(world, roster);
            auto channels = merged_channels(world, roster);
            move_tickets(world, roster);
            release_work(world, roster);
            forget_removed(world, roster);
            world.agents = std::move(agents);
            world.channels = std::move(channels);
            world.roster = roster;
        });
    }
    return {{"outcome", "done"},
            {"added", counts.added},
            {"changed", counts.changed},
            {"removed", counts.removed}};
}

}  // namespace usher::twin
