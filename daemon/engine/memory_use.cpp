#include "engine/memory_use.h"

namespace usher::engine {

namespace {

std::size_t bytes_of_sets(const std::vector<AgentSet>& sets) {
    auto sum = sets.capacity() * sizeof(AgentSet);
    for (const auto& set : sets) sum += set.bytes();
    return sum;
}

std::size_t bytes_of_tickets(const Account& account) {
    auto sum = account.tickets.bytes() + account.window.bytes() + account.closed.bytes() +
               account.line.bytes() + account.stale.tickets.capacity() * sizeof(Slot);
    for (const auto& inbox : account.backlog) sum += inbox.capacity() * sizeof(Slot);
    return sum;
}

std::size_t bytes_of_agents(const Account& account) {
    auto sum = account.agents.capacity() * sizeof(AgentState) +
               account.agent_at.capacity() * sizeof(AgentNo) +
               account.last.capacity() * sizeof(LastAssigned) + account.recency.bytes() +
               account.wakes.capacity() * sizeof(Wake) +
               account.wakes_stale_of.capacity() * sizeof(AgentNo) +
               account.stale.agents.capacity() * sizeof(AgentNo) +
               account.told_of_unassigned.bytes() + account.available.bytes() +
               bytes_of_sets(account.inbox_members) + bytes_of_sets(account.skill_holders);
    for (const auto& agent : account.agents) sum += agent.absences.capacity() * sizeof(AbsenceSpan);
    for (const auto& set : account.seated) sum += set.bytes();
    for (const auto& set : account.below_capacity) sum += set.bytes();
    for (const auto& workspace : account.load)
        for (const auto& loads : workspace) sum += loads.bytes();
    for (const auto& rule : account.rules) sum += rule.source.bytes() + rule.had_turn.bytes();
    return sum;
}

std::size_t bytes_of_rest(const Account& account) {
    auto sum = sizeof(Account) + account.definition_bytes +
               account.rules.capacity() * sizeof(RuleState) +
               account.first_open.capacity() * sizeof(std::uint32_t) +
               account.first_closed.capacity() * sizeof(std::uint32_t);
    const auto& by_key = account.by_key;
    for (const auto* map : {&by_key.agents, &by_key.teams, &by_key.skills, &by_key.inboxes,
                            &by_key.pipelines, &by_key.channels})
        sum += map->bucket_count() * sizeof(*map->begin());
    return sum;
}

}  // namespace

MemoryUse& MemoryUse::operator+=(const MemoryUse& other) {
    tickets += other.tickets;
    texts += other.texts;
    agents += other.agents;
    account += other.account;
    return *this;
}

MemoryUse memory_of(const Account& account) {
    return {bytes_of_tickets(account), account.texts.bytes(), bytes_of_agents(account),
            bytes_of_rest(account)};
}

}  // namespace usher::engine
