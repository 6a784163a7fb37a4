#include "tests/twin/passing.h"

#include <algorithm>

#include "tests/twin/waiting.h"

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

/// Rule 20: where calls that wait leave.
void add_edges_of(const Channel& channel, Ms after, Ms until, std::vector<Edge>& to) {
    if (channel.kind != "calling" || !channel.opening) return;
    for (const Ms at : edges(channel.opening->hours, after, until)) to.push_back({at});
}

/// Rule 3: when next some assignment no longer counts.
std::optional<Ms> next_window_end(const World& world, Ms until) {
    const Ms window = world.roster.account.count_window_days * day_ms;
    std::optional<Ms> next;
    if (window == 0 || !world.features.queues || world.plant == "windows_free_nobody") return next;
    for (const auto& ticket : world.tickets) {
        const Ms end = ticket.assigned_at + window;
        if (ticket.owner.kind == "agent" && world.at() < end && end <= until)
            next = std::min(end, next.value_or(end));
    }
    return next;
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

/// Everything of one instant has been applied: what waits is tried, and told of.
void give_out_what_waits(World& world) {
    const auto settled = settle(world);
    for (const auto& key : settled.left) {
        const auto& opening = world.find_channel(world.find_ticket(key)->channel)->opening;
        world.events.push_back({world.at(), "voicemail", key, "", opening->after_hours_message});
    }
    for (const auto& key : settled.given)
        world.events.push_back({world.at(), "assigned", key, world.find_ticket(key)->owner.key});
}

}  // namespace

void pass_time(World& world, Ms until) {
    world.events.clear();
    if (!world.now) world.now = until;  // the first line: nothing was before
    std::vector<Edge> ahead;
    for (const auto* agent : world.agents_in_order()) add_edges_of(world, *agent, until, ahead);
    for (const auto& channel : world.roster.channels)
        add_edges_of(channel, world.at(), until, ahead);
    std::stable_sort(ahead.begin(), ahead.end(),
                     [](const Edge& a, const Edge& b) { return a.at < b.at; });

    for (std::size_t i = 0;;) {
        // Windows are looked for again at every stop: what is given out there begins one.
        auto at = next_window_end(world, until);
        if (i < ahead.size()) at = std::min(ahead[i].at, at.value_or(until));
        if (!at) break;
        world.now = *at;
        const Agent* last = nullptr;
        for (; i < ahead.size() && ahead[i].at == world.at(); ++i) {
            if (ahead[i].agent != nullptr && ahead[i].agent != last)
                turn(world, *ahead[i].agent, world.at());
            last = ahead[i].agent;
        }
        forget(world);
        if (world.plant != "drains_by_poll_only" && world.plant != "time_frees_nobody_by_itself")
            give_out_what_waits(world);
    }
    world.now = until;
    forget(world);
    if (world.plant == "time_frees_nobody_by_itself") give_out_what_waits(world);
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
