#include "tests/twin/world.h"

#include <algorithm>
#include <stdexcept>

namespace usher::twin {
namespace {

template <class Things>
auto* find_by_key(Things& things, std::string_view key) {
    for (auto& thing : things)
        if (thing.key == key) return &thing;
    return static_cast<decltype(&things.front())>(nullptr);
}

template <class Thing>
Thing& refuse_unless(Thing* found, const char* refusal) {
    if (found == nullptr) throw Refusal{refusal};
    return *found;
}

}  // namespace

const Agent* World::find_agent(std::string_view key) const {
    return find_by_key(roster.agents, key);
}

const Channel* World::find_channel(std::string_view key) const {
    return find_by_key(roster.channels, key);
}

const Inbox* World::find_inbox(std::string_view key) const {
    return find_by_key(roster.inboxes, key);
}

const Pipeline* World::find_pipeline(std::string_view key) const {
    return key.empty() ? &built_in_pipeline() : find_by_key(roster.pipelines, key);
}

const Rule* World::find_rule(std::string_view name) const {
    for (const auto& rule : roster.rules)
        if (rule.name == name) return &rule;
    return nullptr;
}

Ticket& World::arrive(Ticket ticket) {
    ticket.arrival = ++arrivals;
    return tickets.emplace_back(std::move(ticket));
}

Ticket* World::find_ticket(std::string_view key) {
    return find_by_key(tickets, key);
}

AgentState& World::state_of(std::string_view key) {
    auto* found = find_by_key(agents, key);
    if (found == nullptr) throw std::logic_error("an agent without state: " + std::string(key));
    return *found;
}

const AgentState& World::state_of(std::string_view key) const {
    const auto* found = find_by_key(agents, key);
    if (found == nullptr) throw std::logic_error("an agent without state: " + std::string(key));
    return *found;
}

RuleState& World::rule_state(std::string_view name) {
    for (auto& rule : rules)
        if (rule.name == name) return rule;
    rules.push_back({std::string(name), {}, {}});
    return rules.back();
}

const Agent& World::agent(std::string_view key) const {
    return refuse_unless(find_agent(key), "unknown_agent");
}

const Channel& World::channel(std::string_view key) const {
    return refuse_unless(find_channel(key), "unknown_channel");
}

const Inbox& World::inbox(std::string_view key) const {
    return refuse_unless(find_inbox(key), "unknown_inbox");
}

void World::team(std::string_view key) const {
    if (!contains(roster.teams, key)) throw Refusal{"unknown_team"};
}

Ticket& World::ticket(std::string_view key) {
    return refuse_unless(find_ticket(key), "unknown_ticket");
}

bool World::enabled(std::string_view channel) const {
    return find_by_key(channels, channel)->enabled;
}

bool World::is_open(const Ticket& ticket) const {
    return find_status(*find_pipeline(ticket.pipeline), ticket.status)->open;
}

const std::string& World::workspace(const Ticket& ticket) const {
    return find_inbox(ticket.inbox)->workspace;
}

std::int64_t World::load(std::string_view agent, std::string_view type,
                         std::string_view workspace_name) const {
    const Ms window = roster.account.count_window_days * day_ms;
    std::int64_t count = 0;
    for (const auto& ticket : tickets) {
        if (ticket.owner != Owner{"agent", std::string(agent)}) continue;
        if (ticket.type != type || workspace(ticket) != workspace_name) continue;
        if (!is_open(ticket) && plant != "counts_closed") continue;
        // Rule 3: to the millisecond; 0 is no window.
        const bool fallen_out = window != 0 && at() - ticket.assigned_at >= window;
        if (fallen_out && plant != "ignores_window") continue;
        ++count;
    }
    return count;
}

bool World::at_capacity(std::string_view agent, std::string_view type) const {
    if (plant == "forgets_capacity") return false;
    const auto of = [&](std::string_view one) {
        return load(agent, one, "helpdesk") + load(agent, one, "conversations");
    };
    const auto& capacity = state_of(agent).capacity;
    if (capacity.total && of("calling") + of("messaging") + of("email") >= *capacity.total)
        return true;
    const auto& limit = type == "calling"     ? capacity.calling
                        : type == "messaging" ? capacity.messaging
                                              : capacity.email;
    return limit && of(type) >= *limit;
}

Availability World::underlying(const Agent& agent, Ms at) const {
    for (const auto& absence : state_of(agent.key).absences)
        if (absence.from <= at && at < absence.until) return {false, "absence"};
    if (agent.availability != "hours") return {agent.availability == "available", "standing"};
    return {covers(agent.hours, at), "schedule"};
}

Availability World::availability(const Agent& agent, Ms at) const {
    const auto& manual = state_of(agent.key).manual;
    if (manual) return {*manual == "available", "manual"};
    return underlying(agent, at);
}

bool World::has_seat(const Agent& agent, const Inbox& inbox) const {
    return agent.seat == "service" || (inbox.workspace == "conversations" && agent.seat == "sales");
}

bool World::has_access(const Agent& agent, const Inbox& inbox) const {
    return inbox.workspace == "conversations" || agent.ticket_access;
}

bool World::inbox_open_to(const Agent& agent, const Inbox& inbox) const {
    if (inbox.teams.empty() || plant == "ignores_inbox_teams") return true;
    for (const auto& team : inbox.teams)
        if (agent.main_team == team || contains(agent.extra_teams, team)) return true;
    return false;
}

std::vector<const Agent*> World::agents_in_order() const {
    std::vector<const Agent*> result;
    for (const auto& agent : roster.agents) result.push_back(&agent);
    std::stable_sort(result.begin(), result.end(),
                     [](const Agent* a, const Agent* b) { return a->order < b->order; });
    return result;
}

const Pipeline& built_in_pipeline() {
    static const Pipeline pipeline{"",   {{"open", true, {}}, {"closed", false, {}}}, true, "", "",
                                   false};
    return pipeline;
}

const Status* find_status(const Pipeline& pipeline, std::string_view key) {
    for (const auto& status : pipeline.statuses)
        if (status.key == key) return &status;
    return nullptr;
}

const Status& first_status(const Pipeline& pipeline, bool open) {
    for (const auto& status : pipeline.statuses)
        if (status.open == open) return status;
    throw std::logic_error("a pipeline without such a status: " + pipeline.key);
}

}  // namespace usher::twin
