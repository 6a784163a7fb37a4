// A roster takes effect: rule 41 says what of the requests since the last one stands.
#include <algorithm>

#include "base/expect.h"
#include "engine/apply.h"
#include "engine/definition_codec.h"
#include "engine/holdings.h"
#include "engine/properties.h"
#include "engine/running_digest.h"

namespace usher::engine {

namespace {

/// What a request has set stands until the file's own value for it changes.
template <class T>
void take_over(const T& was, const T& now, T& in_force) {
    if (was != now) in_force = now;
}

void take_over_agents(Account& account, const AccountDefinition& before) {
    const auto& agents = account.definition.agents;
    account.agents.resize(agents.size());
    for (std::size_t i = 0; i < agents.size(); ++i) {
        auto& state = account.agents[i];
        const auto& now = agents[i];
        const bool stays = i < before.agents.size() && !before.agents[i].removed && !now.removed;
        if (!stays) {
            const auto last = state.last;
            state = AgentState{};
            if (i < before.agents.size()) state.last = last;
            state.capacity = now.capacity;
            state.absences = now.absences;
            continue;
        }
        const auto& was = before.agents[i];
        take_over(was.capacity.total, now.capacity.total, state.capacity.total);
        for (std::size_t type = 0; type < ticket_type_count; ++type)
            take_over(was.capacity.per_type[type], now.capacity.per_type[type],
                      state.capacity.per_type[type]);
        take_over(was.absences, now.absences, state.absences);
    }
}

void take_over_channels(Account& account, const AccountDefinition& before) {
    const auto& channels = account.definition.channels;
    account.channel_enabled.resize(channels.size());
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const bool stays = i < before.channels.size() && !before.channels[i].removed;
        if (!stays || before.channels[i].enabled != channels[i].enabled)
            account.channel_enabled[i] = channels[i].enabled;
    }
}

/// Old StatusNo → new one, by key; statuses that are in use are never taken away.
std::vector<std::vector<std::uint32_t>> renumber_statuses(const AccountDefinition& before,
                                                          const AccountDefinition& after) {
    std::vector<std::vector<std::uint32_t>> numbers(before.pipelines.size());
    for (std::size_t p = 0; p < before.pipelines.size(); ++p)
        for (const auto& old : before.pipelines[p].statuses) {
            const auto& statuses = after.pipelines[p].statuses;
            const auto same = std::find_if(statuses.begin(), statuses.end(),
                                           [&](const auto& s) { return s.key == old.key; });
            numbers[p].push_back(static_cast<std::uint32_t>(same - statuses.begin()));
        }
    return numbers;
}

void take_over_tickets(Account& account, const AccountDefinition& before, Instant at) {
    const auto statuses = renumber_statuses(before, account.definition);
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot) {
        auto& ticket = account.tickets[slot];
        if (!ticket.remembered) continue;
        ticket.status = {statuses[ticket.pipeline.value][ticket.status.value]};
        const auto& pipeline = account.pipeline(ticket.pipeline);
        EXPECT(ticket.status.value < pipeline.statuses.size());
        if (const bool open = account.status_of(ticket).open; open != ticket.open) {
            ticket.open = open;
            if (!open) {
                ticket.waiting = false;
                ticket.closed = at;
                account.closed.push_back({at, slot, static_cast<std::uint32_t>(ticket.arrival)});
            }
        }
        const auto inbox = account.channel(ticket.channel).inbox;
        if (inbox != before.channels[ticket.channel.value].inbox) ticket.inbox = inbox;
        if (ticket.owner.is_agent() && account.definition.agents[ticket.owner.number].removed) {
            ticket.owner = Holder::nobody();
            ticket.assignment = 0;
        }
    }
}

void rank_agents(Account& account) {
    const auto& agents = account.definition.agents;
    account.agent_at.clear();
    for (std::uint32_t i = 0; i < agents.size(); ++i) {
        auto& state = account.agents[i];
        state.position = AgentSet::none;
        state.key.set(agents[i].key);
        state.told_of_assigned =
            agents[i].notify_assigned.value_or(account.definition.notify_assigned);
        if (!agents[i].removed) account.agent_at.push_back({i});
    }
    const auto rank = [&](AgentNo no) {
        const auto& agent = agents[no.value];
        return std::pair{agent.order, agent.position};
    };
    std::sort(account.agent_at.begin(), account.agent_at.end(),
              [&](AgentNo a, AgentNo b) { return rank(a) < rank(b); });
    for (std::uint32_t p = 0; p < account.agent_at.size(); ++p)
        account.agent(account.agent_at[p]).position = p;
}

void rebuild_sets(Account& account) {
    const auto& d = account.definition;
    const auto size = account.agent_at.size();
    for (auto& set : account.seated) set.resize(size);
    for (auto& set : account.below_capacity) set.resize(size);
    account.available.resize(size);
    account.told_of_unassigned.resize(size);
    account.skill_holders.assign(d.skills.size(), {});
    for (auto& set : account.skill_holders) set.resize(size);
    account.last.assign(size, {});

    std::vector<std::vector<std::uint32_t>> main_members(d.teams.size()), extra(d.teams.size());
    for (std::uint32_t p = 0; p < size; ++p) {
        const auto& agent = d.agents[account.agent_at[p].value];
        account.seated[0].put(p, agent.seat == Seat::service && agent.ticket_access);
        account.seated[1].put(p, agent.seat != Seat::none);
        account.told_of_unassigned.put(
            p, agent.notify_unassigned.value_or(account.definition.notify_unassigned));
        for (const auto skill : agent.skills) account.skill_holders[skill.value].set(p);
        if (agent.main_team.exists()) main_members[agent.main_team.value].push_back(p);
        for (const auto team : agent.extra_teams) extra[team.value].push_back(p);
        account.last[p] = account.agent(account.agent_at[p]).last;
    }
    std::vector<std::uint32_t> in_order;
    for (std::uint32_t p = 0; p < size; ++p)
        if (account.last[p].ever()) in_order.push_back(p);
    std::sort(in_order.begin(), in_order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return account.last[a] < account.last[b]; });
    account.recency.assign(size, in_order);
    const auto add_team = [&](AgentSet& set, TeamNo team, bool extra_too) {
        for (const auto p : main_members[team.value]) set.set(p);
        if (extra_too)
            for (const auto p : extra[team.value]) set.set(p);
    };
    account.inbox_members.assign(d.inboxes.size(), {});
    for (std::size_t i = 0; i < d.inboxes.size(); ++i) {
        if (d.inboxes[i].teams.empty() || d.inboxes[i].removed) continue;
        account.inbox_members[i].resize(size);
        for (const auto team : d.inboxes[i].teams) add_team(account.inbox_members[i], team, true);
    }
    for (std::size_t i = 0; i < d.rules.size(); ++i) {
        auto& source = account.rules[i].source;
        source.resize(size);
        if (d.rules[i].removed || d.rules[i].assign_to != AssignTo::users_and_teams) continue;
        for (const auto team : d.rules[i].teams) add_team(source, team, d.extra_members_routed);
        for (const auto user : d.rules[i].users) source.set(account.agent(user).position);
    }
}

void rebuild_keys(Account& account) {
    const auto& d = account.definition;
    const auto fill = [](auto& map, const auto& things) {
        map.clear();
        for (std::uint32_t i = 0; i < things.size(); ++i)
            if (!things[i].removed && !things[i].key.empty()) map.emplace(things[i].key, i);
    };
    auto& keys = account.by_key;
    fill(keys.agents, d.agents);
    fill(keys.teams, d.teams);
    fill(keys.skills, d.skills);
    fill(keys.inboxes, d.inboxes);
    fill(keys.pipelines, d.pipelines);
    fill(keys.channels, d.channels);
    account.first_open.clear();
    account.first_closed.clear();
    for (const auto& pipeline : d.pipelines) {
        const auto first = [&](bool open) {
            const auto found =
                std::find_if(pipeline.statuses.begin(), pipeline.statuses.end(),
                             [&](const StatusDefinition& s) { return s.open == open; });
            EXPECT(found != pipeline.statuses.end());
            return static_cast<std::uint32_t>(found - pipeline.statuses.begin());
        };
        account.first_open.push_back(first(true));
        account.first_closed.push_back(first(false));
    }
}

/// What waits is looked at by the conditions of the moment (rule 38): also by the skills that its
/// channel's skill rules add now.
void renew_skills_of_what_waits(Account& account) {
    std::string skills;
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot) {
        auto& ticket = account.tickets[slot];
        if (!ticket.remembered || !ticket.waiting) continue;
        write_needed_skills(account, ticket, skills);
        set_skills(account, ticket, skills);
    }
}

}  // namespace

void rebuild_derived(Account& account) {
    account.definition_bytes = heap_bytes_of(account.definition);
    rank_agents(account);
    rebuild_sets(account);
    rebuild_keys(account);
    account.backlog.resize(account.definition.inboxes.size());
    account.wakes_stale = true;
    clear_line(account);
    recount(account);
    rebuild_line(account);
}

void commit_roster(Account& account, Instant at) {
    AccountDefinition next;
    EXPECT(decode_definition(account.staged_roster, next));
    account.staged_roster = {};
    const auto before = std::move(account.definition);
    account.definition = std::move(next);
    ++account.roster_version;

    std::vector<std::vector<AgentNo>> turns(account.rules.size());
    for (std::size_t i = 0; i < turns.size(); ++i)
        account.rules[i].had_turn.for_each(
            [&](std::uint32_t p) { turns[i].push_back(account.agent_at[p]); });

    take_over_agents(account, before);
    take_over_channels(account, before);
    take_over_tickets(account, before, at);
    renew_skills_of_what_waits(account);
    account.rules.resize(account.definition.rules.size());
    rebuild_derived(account);
    for (std::size_t i = 0; i < account.rules.size(); ++i) {
        account.rules[i].had_turn.resize(account.agent_at.size());
        // A rule that is taken away forgets: should it come back, it begins anew.
        if (account.definition.rules[i].removed) account.rules[i].last_team = {};
        if (i >= turns.size() || account.definition.rules[i].removed) continue;
        for (const auto agent : turns[i])
            if (const auto position = account.agent(agent).position; position != AgentSet::none)
                account.rules[i].had_turn.set(position);
    }
    begin_digest(account);
}

}  // namespace usher::engine
