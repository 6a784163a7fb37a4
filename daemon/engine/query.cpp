// Questions that change nothing: a ticket, an agent, lists.
#include <algorithm>
#include <charconv>

#include "engine/clock.h"
#include "engine/handlers.h"
#include "engine/properties.h"

namespace usher::engine {

using protocol::Outcome;
using protocol::Reject;

namespace {

/// Where a list of tickets, oldest first, goes on: behind this age.
struct Age {
    std::int64_t created_ms = 0;
    std::uint64_t arrival = 0;

    friend auto operator<=>(const Age&, const Age&) = default;
};

Age age_of(const Ticket& ticket) {
    return {ticket.created.ms, ticket.arrival};
}

std::string text_of(const Age& age) {
    return std::to_string(age.created_ms) + "." + std::to_string(age.arrival);
}

bool read_age(std::string_view text, Age& out) {
    const auto* end = text.data() + text.size();
    const auto ms = std::from_chars(text.data(), end, out.created_ms);
    if (ms.ec != std::errc{} || ms.ptr == end || *ms.ptr != '.') return false;
    const auto arrival = std::from_chars(ms.ptr + 1, end, out.arrival);
    return arrival.ec == std::errc{} && arrival.ptr == end;
}

/// Sorts the slots by age and puts the page that is asked for into the answer.
void show_page(Step& step, std::vector<Slot>& slots, const protocol::Page& page) {
    const auto& account = step.account;
    Age after{std::numeric_limits<std::int64_t>::min(), 0};
    if (!page.after.empty() && !read_age(page.after, after)) {
        step.refuse(Reject::bad_field, "after: is not the `next` of an earlier answer");
        return;
    }
    step.answer.list.total = slots.size();
    const auto older = [&](Slot a, Slot b) {
        return age_of(account.tickets[a]) < age_of(account.tickets[b]);
    };
    if (!page.after.empty())
        std::erase_if(slots, [&](Slot slot) { return age_of(account.tickets[slot]) <= after; });
    const auto shown = std::min<std::size_t>(page.limit, slots.size());
    const auto end = slots.begin() + static_cast<std::ptrdiff_t>(shown);
    std::partial_sort(slots.begin(), end, slots.end(), older);
    auto& tickets = step.answer.tickets.emplace();
    for (auto slot = slots.begin(); slot != end; ++slot)
        tickets.push_back(account.tickets.key_of(account.tickets[*slot]));
    if (shown > 0 && shown < slots.size())
        step.answer.list.next = text_of(age_of(account.tickets[*(end - 1)]));
    step.outcome(Outcome::done);
}

}  // namespace

void carry_out(Step& step, const protocol::GetTicket& request) {
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto& account = step.account;
    const auto& ticket = account.tickets[slot];
    auto& view = step.answer.ticket.emplace();
    view.owner = owner_of(account, ticket.owner);
    view.open = ticket.open;
    view.type = ticket.type;
    view.channel = account.channel(ticket.channel).key;
    view.inbox = account.inbox(ticket.inbox).key;
    if (ticket.owner.kind != OwnerKind::none) view.assigned_at_ms = ticket.assigned.ms;
    view.waiting = ticket.waiting;
    for_each_number<SkillNo>(account.texts.get(ticket.skills), [&](SkillNo skill) {
        view.skills.push_back(account.definition.skills[skill.value].key);
    });
    show_status(step, ticket);
    step.outcome(Outcome::done);
}

void carry_out(Step& step, const protocol::GetAgent& request) {
    const auto agent = find_agent(step, request.agent);
    if (!agent.exists()) return;
    const auto& account = step.account;
    const auto& state = account.agent(agent);
    auto& view = step.answer.agent.emplace();
    view.available = state.available();
    view.why = why_available(account, agent, account.now);
    for (std::size_t type = 0; type < ticket_type_count; ++type) {
        view.helpdesk[type] = account.load[0][type][state.position];
        view.conversations[type] = account.load[1][type][state.position];
    }
    if (state.last.ever()) view.last_assigned_at_ms = state.last.at.ms;
    view.capacity_total = state.capacity.total;
    view.capacity = state.capacity.per_type;
    step.outcome(Outcome::done);
}

void carry_out(Step& step, const protocol::Backlog& request) {
    const auto inbox = find_inbox(step, request.inbox);
    if (!inbox.exists()) return;
    auto slots = step.account.backlog[inbox.value];
    show_page(step, slots, request.page);
}

void carry_out(Step& step, const protocol::Tickets& request) {
    const auto& account = step.account;
    Holder holder;
    ChannelNo channel;
    if (request.of.kind == OwnerKind::none) {
        channel = find_channel(step, request.channel);
        if (!channel.exists()) return;
    } else if (!find_owner(step, request.of, holder)) {
        return;
    }
    std::vector<Slot> slots;
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot) {
        const auto& ticket = account.tickets[slot];
        if (!ticket.remembered || ticket.open != request.open) continue;
        if (channel.exists() ? ticket.channel == channel : ticket.owner == holder)
            slots.push_back(slot);
    }
    show_page(step, slots, request.page);
}

void carry_out(Step& step, const protocol::Tick& request) {
    // advance() has listed what came; the page cuts it. What is cut stays in the journal alone: the
    // next tick reports what comes after this one, so there is no `next` to ask for.
    auto& events = *step.answer.events;
    step.answer.list.total = events.size();
    if (events.size() > request.page.limit) events.resize(request.page.limit);
    step.outcome(Outcome::done);
}

}  // namespace usher::engine
