#include "tests/twin/waiting.h"

#include <algorithm>

namespace usher::twin {
namespace {

/// Whether `a` is tried before `b`, where `a` arrived first.
bool before(const World& world, const Ticket& a, const Ticket& b) {
    if (a.priority != b.priority && world.plant != "ignores_priority")
        return a.priority > b.priority;
    if (world.plant == "newest_first") return a.created_at > b.created_at;
    if (world.plant == "age_from_entry") return a.waits_since < b.waits_since;
    return a.created_at < b.created_at;
}

/// Rule 20: what still waits when the channel closes.
Keys leave_closed_channels(World& world) {
    Keys left;
    if (world.plant == "calls_wait_on") return left;
    for (auto* ticket : waiting_in_order(world)) {
        const Channel& channel = *world.find_channel(ticket->channel);
        if (channel.kind != "calling" || inside_hours(channel, world.at())) continue;
        ticket->waiting = false;
        left.push_back(ticket->key);
    }
    return left;
}

/// What waits under a rule that queues no more is let go: it stays in the backlog (decision 8), as
/// the new roster sees it.
void let_go_where_nothing_queues(World& world) {
    for (auto* ticket : waiting_in_order(world)) {
        if (world.plant != "skills_of_entry")
            ticket->skills = needed_skills(*world.find_channel(ticket->channel), ticket->properties,
                                           ticket->named_skills);
        const auto* rule = rule_in_force(world, *ticket);
        if (rule == nullptr || rule->assign_to != "users_and_teams" || !rule->queue)
            ticket->waiting = false;
    }
}

Keys give_out(World& world) {
    Keys given;
    for (auto* ticket : waiting_in_order(world)) {
        const Channel& channel = *world.find_channel(ticket->channel);
        if (world.plant == "switched_off_waits_on" && !world.enabled(channel.key)) continue;
        // Rule 38: the conditions of now, whatever they were when it came.
        if (world.plant != "skills_of_entry")
            ticket->skills = needed_skills(channel, ticket->properties, ticket->named_skills);
        // A try that gives the ticket to nobody takes no turn and no draw.
        auto decision = decide(world, *ticket);
        if (decision.outcome == "assigned" || decision.outcome == "team" ||
            decision.outcome == "bot") {
            place(world, *ticket, decision);
            given.push_back(ticket->key);
        } else if (world.plant == "first_blocks_all") {
            break;
        }
    }
    return given;
}

}  // namespace

std::vector<Ticket*> waiting_in_order(World& world) {
    std::vector<Ticket*> result;
    for (auto& ticket : world.tickets)  // in order of arrival
        if (ticket.waiting) result.push_back(&ticket);
    std::stable_sort(result.begin(), result.end(),
                     [&](const Ticket* a, const Ticket* b) { return before(world, *a, *b); });
    return result;
}

std::int64_t position_of(World& world, const Ticket& ticket) {
    std::int64_t position = 0;
    for (const auto* other : waiting_in_order(world)) {
        if (other->inbox == ticket.inbox || world.plant == "position_in_account") ++position;
        if (other->key == ticket.key) return position;
    }
    return 0;
}

Settled settle(World& world) {
    if (!world.features.queues) return {};
    Settled result;
    let_go_where_nothing_queues(world);
    result.left = leave_closed_channels(world);
    result.given = give_out(world);
    return result;
}

}  // namespace usher::twin
