#include "engine/holdings.h"

#include <algorithm>

#include "base/expect.h"
#include "engine/properties.h"

namespace usher::engine {

namespace {

constexpr std::uint32_t not_filed = 0xffff'ffff;

/// Whether the ticket is part of its owner's load.
bool counts(const Ticket& ticket) {
    return ticket.open && ticket.in_window && ticket.owner.is_agent();
}

std::uint64_t load_of_all_types(const Account& account, std::uint32_t position) {
    std::uint64_t sum = 0;
    for (std::size_t type = 0; type < ticket_type_count; ++type)
        sum += account.load_both(position, type);
    return sum;
}

/// Whether any load can bring the agent to its capacity.
bool is_limited(const CapacityLimits& limits) {
    return limits.total || std::any_of(limits.per_type.begin(), limits.per_type.end(),
                                       [](const auto& limit) { return limit.has_value(); });
}

void change_load(Account& account, const Ticket& ticket, std::int32_t by) {
    const auto agent = ticket.owner.as_agent();
    const auto& state = account.agent(agent);
    const auto position = state.position;
    EXPECT(position != AgentSet::none);
    auto& load = account.load[static_cast<std::size_t>(account.workspace_of(ticket))]
                             [static_cast<std::size_t>(ticket.type)];
    const auto before = load[position];
    EXPECT(by > 0 || before > 0);
    load.set(position, static_cast<std::uint32_t>(static_cast<std::int64_t>(before) + by));
    if (state.is_limited) refresh_capacity(account, agent);
}

void start_window(Account& account, Slot slot) {
    auto& ticket = account.tickets[slot];
    const auto length = account.window_length();
    ticket.in_window = length.ms == 0 || ticket.assigned + length > account.now;
    if (length.ms == 0 || !ticket.in_window) return;
    // A ticket has one window; those of earlier assignments make room before there are too many.
    auto& window = account.window;
    if (window.is_full() && window.size() > 2 * account.tickets.remembered() + 1024)
        window.drop_if([&](const WindowEntry& e) { return !e.is_of(account.tickets[e.slot]); });
    window.insert_by(
        {ticket.assigned, slot, static_cast<std::uint32_t>(ticket.assignment)},
        [](const WindowEntry& a, const WindowEntry& b) { return a.assigned < b.assigned; });
}

}  // namespace

void refresh_capacity(Account& account, AgentNo agent) {
    auto& state = account.agent(agent);
    state.is_limited = is_limited(state.capacity);
    const auto position = state.position;
    if (position == AgentSet::none) return;
    const bool room = !state.capacity.total ||
                      load_of_all_types(account, position) < std::uint64_t{*state.capacity.total};
    for (std::size_t type = 0; type < ticket_type_count; ++type) {
        const auto& limit = state.capacity.per_type[type];
        const bool below = room && (!limit || account.load_both(position, type) < *limit);
        auto& set = account.below_capacity[type];
        if (set.test(position) == below) continue;
        if (below && account.line.anybody()) account.line.note_freed(position);
        set.put(position, below);
    }
}

void refresh_availability(Account& account, AgentNo agent) {
    const auto& state = account.agent(agent);
    if (state.position == AgentSet::none) return;
    if (account.line.anybody() && state.available() && !account.available.test(state.position))
        account.line.note_freed(state.position);
    account.available.put(state.position, state.available());
}

void file_in_backlog(Account& account, Slot slot) {
    auto& ticket = account.tickets[slot];
    if (!ticket.open || ticket.owner.kind != OwnerKind::none || ticket.backlog_at != not_filed)
        return;
    auto& backlog = account.backlog[ticket.inbox.value];
    ticket.backlog_at = static_cast<std::uint32_t>(backlog.size());
    backlog.push_back(slot);
}

void take_out_of_backlog(Account& account, Slot slot) {
    auto& ticket = account.tickets[slot];
    if (ticket.backlog_at == not_filed) return;
    auto& backlog = account.backlog[ticket.inbox.value];
    EXPECT(backlog[ticket.backlog_at] == slot);
    backlog[ticket.backlog_at] = backlog.back();
    account.tickets[backlog.back()].backlog_at = ticket.backlog_at;
    backlog.pop_back();
    ticket.backlog_at = not_filed;
}

void release(Account& account, Slot slot) {
    auto& ticket = account.tickets[slot];
    if (counts(ticket)) change_load(account, ticket, -1);
    ticket.owner = Holder::nobody();
    ticket.in_window = false;
    ticket.assignment = 0;
    file_in_backlog(account, slot);
}

void give(Account& account, Slot slot, Holder owner, Instant at) {
    auto& ticket = account.tickets[slot];
    if (counts(ticket)) change_load(account, ticket, -1);
    ticket.owner = owner;
    ticket.in_window = false;
    ticket.assignment = 0;
    ticket.assigned = at;
    if (owner.kind == OwnerKind::none) {
        file_in_backlog(account, slot);
        return;
    }
    take_out_of_backlog(account, slot);
    if (!owner.is_agent()) return;

    ticket.assignment = ++account.assignments;
    start_window(account, slot);
    auto& state = account.agent(owner.as_agent());
    EXPECT(state.position != AgentSet::none);
    const LastAssigned last{at, ticket.assignment};
    if (state.last < last) {
        state.last = last;
        account.last[state.position] = last;
        account.recency.move(state.position, [&account](std::uint32_t a, std::uint32_t b) {
            return account.last[a] < account.last[b];
        });
    }
    if (counts(ticket)) change_load(account, ticket, +1);
}

void put_status(Account& account, Slot slot, StatusNo status, Instant at) {
    auto& ticket = account.tickets[slot];
    const auto& pipeline = account.pipeline(ticket.pipeline);
    const bool open = pipeline.statuses[status.value].open;
    ticket.status = status;
    if (open == ticket.open) return;
    if (open) {
        ticket.open = true;
        ticket.reopened = true;
        ++account.open_tickets;
        if (counts(ticket)) change_load(account, ticket, +1);
        file_in_backlog(account, slot);
        return;
    }
    if (counts(ticket)) change_load(account, ticket, -1);
    leave_line(account, slot);
    take_out_of_backlog(account, slot);
    ticket.open = false;
    --account.open_tickets;
    ticket.closed = at;
    if (pipeline.set_close_date) {
        ticket.close_date = at;
        ticket.has_close_date = true;
    }
    account.closed.push_back({at, slot, static_cast<std::uint32_t>(ticket.arrival)});
}

void write_needed_skills(const Account& account, const Ticket& ticket, std::string& out) {
    write_skills(account.texts.get(ticket.asked_skills), account.texts.get(ticket.properties),
                 account.channel(ticket.channel), out);
}

void set_skills(Account& account, Ticket& ticket, std::string_view skills) {
    const auto fresh = account.texts.take(skills);
    account.texts.release(ticket.skills);
    ticket.skills = fresh;
}

void put_inbox(Account& account, Slot slot, InboxNo inbox) {
    auto& ticket = account.tickets[slot];
    if (ticket.inbox == inbox) return;
    if (counts(ticket)) change_load(account, ticket, -1);
    take_out_of_backlog(account, slot);
    ticket.inbox = inbox;
    file_in_backlog(account, slot);
    if (counts(ticket)) change_load(account, ticket, +1);
}

void expire_window_now(Account& account, Instant until) {
    const auto length = account.window_length();
    while (!account.window.empty() && account.window.front().assigned + length <= until) {
        const auto entry = account.window.front();
        account.window.pop_front();
        auto& ticket = account.tickets[entry.slot];
        if (!entry.is_of(ticket)) continue;
        if (counts(ticket)) change_load(account, ticket, -1);
        ticket.in_window = false;
    }
}

void recount(Account& account) {
    for (auto& workspace : account.load)
        for (auto& type : workspace) type.assign(account.agent_at.size());
    for (auto& backlog : account.backlog) backlog.clear();
    account.window.clear();
    account.open_tickets = 0;
    for (std::uint32_t i = 0; i < account.agents.size(); ++i) {
        refresh_capacity(account, {i});
        refresh_availability(account, {i});
    }

    std::vector<Slot> assigned;
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot) {
        auto& ticket = account.tickets[slot];
        if (!ticket.remembered) continue;
        ticket.in_window = false;
        ticket.backlog_at = not_filed;
        if (ticket.open) ++account.open_tickets;
        file_in_backlog(account, slot);
        if (ticket.owner.is_agent()) assigned.push_back(slot);
    }
    std::sort(assigned.begin(), assigned.end(), [&](Slot a, Slot b) {
        const auto &x = account.tickets[a], &y = account.tickets[b];
        return x.assigned != y.assigned ? x.assigned < y.assigned : x.assignment < y.assignment;
    });
    for (const auto slot : assigned) {
        start_window(account, slot);
        if (counts(account.tickets[slot])) change_load(account, account.tickets[slot], +1);
    }
}

}  // namespace usher::engine
