#include "tests/twin/passing.h"

#include <algorithm>

#include "tests/twin/routing.h"

namespace usher::twin {
namespace {

/// An instant at which something may change by itself; `agent` is empty if it is not about one.
struct Edge {
    Ms at = 0;
    const Agent* agent = nullptr;
};

/// Rule 9: starts and ends of hours and absences.
void add_edges_of(const World& world, const Agent& agent, Ms until, std::vector<Edge>& to) {
    for (const auto& absence : world.state_of(agent.key).absences)
        for (const Ms at : {absence.from, absence.until})
            if (world.at() < at && at <= until) to.push_back({at, &agent});
    if (agent.availability != "hours") return;
    for (const Ms at : edges(agent.hours, world.at(), until)) to.push_back({at, &agent});
}

/// Rules 3 and 20: what else may let a waiting ticket go.
void add_edges_for_waiting(const World& world, Ms until, std::vector<Edge>& to) {
    const Ms window = world.roster.account.count_window_days * day_ms;
    for (const auto& ticket : world.tickets) {
        const Ms falls_out = ticket.assigned_at + window;
        if (window != 0 && world.at() < falls_out && falls_out <= until) to.push_back({falls_out});
    }
    for (const auto& channel : world.roster.channels)
        if (channel.kind == "calling" && channel.opening)
            for (const Ms at : edges(channel.opening->hours, world.at(), until)) to.push_back({at});
}

/// Rule 9: lifts the setting if what lies under it turned at this instant; tells what changed.
void turn(World& world, const Agent& agent, Ms at) {
    auto& manual = world.state_of(agent.key).manual;
    const bool under_before = world.underlying(agent, at - 1).available;
    const bool under_now = world.underlying(agent, at).available;
    if (under_before == under_now) return;
    const bool before = manual ? *manual == "available" : under_before;
    if (world.plant == "keeps_manual") return;
    manual.reset();
    if (before != under_now)
        world.events.push_back({at, under_now ? "available" : "away", "", agent.key});
}

/// Rule 40.
void forget(World& world) {
    const Ms keep = world.roster.account.forget_closed_days * day_ms;
    if (keep == 0) return;
    std::erase_if(world.tickets, [&](const Ticket& ticket) {
        const Ms closed_for = world.at() - ticket.closed_at;
        const bool over = world.plant == "forgets_late" ? closed_for > keep : closed_for >= keep;
        return !world.is_open(ticket) && over;
    });
}

}  // namespace

void pass_time(World& world, Ms until) {
    world.events.clear();
    if (!world.now) world.now = until;  // the first line: nothing was before
    std::vector<Edge> edges_ahead;
    for (const auto* agent : world.agents_in_order())
        add_edges_of(world, *agent, until, edges_ahead);
    if (world.features.queues) add_edges_for_waiting(world, until, edges_ahead);
    std::stable_sort(edges_ahead.begin(), edges_ahead.end(),
                     [](const Edge& a, const Edge& b) { return a.at < b.at; });

    for (std::size_t i = 0; i < edges_ahead.size();) {
        world.now = edges_ahead[i].at;
        const Agent* last = nullptr;
        for (; i < edges_ahead.size() && edges_ahead[i].at == world.at(); ++i) {
            if (edges_ahead[i].agent != nullptr && edges_ahead[i].agent != last)
                turn(world, *edges_ahead[i].agent, world.at());
            last = edges_ahead[i].agent;
        }
        forget(world);
        if (!world.features.queues) continue;
        leave_closed_channels(world);  // rule 38: what changes at one instant comes first
        for (const auto& key : drain(world))
            world.events.push_back(
                {world.at(), "assigned", key, world.find_ticket(key)->owner.key});
    }
    world.now = until;
    forget(world);
    // Rule 37: kept for exactly a day.
    std::erase_if(world.kept, [&](const KeptAnswer& kept) { return until - kept.at >= day_ms; });
}

void changing_what_lies_under(World& world, const std::function<void()>& change) {
    struct Before {
        std::string agent;
        bool available;
    };
    std::vector<Before> before;
    for (const auto& agent : world.roster.agents)
        before.push_back({agent.key, world.underlying(agent, world.at()).available});
    change();
    for (const auto& [key, available] : before) {
        const Agent* agent = world.find_agent(key);
        if (agent != nullptr && world.underlying(*agent, world.at()).available != available)
            world.state_of(key).manual.reset();
    }
}

}  // namespace usher::twin
