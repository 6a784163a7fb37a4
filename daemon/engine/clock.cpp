#include "engine/clock.h"

#include <algorithm>

#include "engine/decide.h"
#include "engine/drain.h"
#include "engine/holdings.h"
#include "engine/picture.h"
#include "engine/schedule.h"

namespace usher::engine {

namespace {

using protocol::AvailabilityWhy;

bool is_absent(const AgentState& state, Instant at) {
    return std::any_of(state.absences.begin(), state.absences.end(),
                       [&](const AbsenceSpan& span) { return span.from <= at && at < span.until; });
}

/// The first instant after `at` at which available_under() may say something else.
std::optional<Instant> next_change(const Account& account, AgentNo agent, Instant at) {
    std::optional<Instant> next;
    const auto consider = [&](Instant when) {
        if (when > at && (!next || when < *next)) next = when;
    };
    for (const auto& span : account.agent(agent).absences) {
        consider(span.from);
        consider(span.until);
    }
    const auto& definition = account.definition.agents[agent.value];
    if (definition.availability == Standing::hours && !definition.hours.spans.empty()) {
        const auto& zone = account.definition.zones[definition.hours.zone.value];
        if (const auto boundary = next_boundary(zone, definition.hours.spans, at))
            consider(*boundary);
    }
    return next;
}

void wake_later(Account& account, AgentNo agent, Instant after) {
    const auto& state = account.agent(agent);
    if (const auto next = next_change(account, agent, after)) {
        account.wakes.push_back({*next, agent, state.position, state.wake_version});
        std::push_heap(account.wakes.begin(), account.wakes.end());
    }
}

void set_all_wakes(Account& account) {
    account.wakes.clear();
    account.wakes_stale = false;
    for (const auto agent : account.agent_at) wake_later(account, agent, account.now);
}

/// One wake for each agent; absences that come and go leave void ones, but not more than that.
void set_wakes(Account& account) {
    auto& stale = account.wakes_stale_of;
    if (account.wakes_stale || account.wakes.size() + stale.size() > 2 * account.agent_at.size()) {
        set_all_wakes(account);
    } else {
        for (const auto agent : stale) {
            ++account.agent(agent).wake_version;
            wake_later(account, agent, account.now);
        }
    }
    stale.clear();
}

void drop_void_wakes(Account& account) {
    while (!account.wakes.empty() && account.wakes.front().version !=
                                         account.agent(account.wakes.front().agent).wake_version) {
        std::pop_heap(account.wakes.begin(), account.wakes.end());
        account.wakes.pop_back();
    }
}

/// The first of the closed tickets is forgotten, or not closed any more.
void drop_first_closed(Account& account) {
    if (account.picture != nullptr) account.picture->before_closed_leaves();
    account.closed.pop_front();
}

/// Closed tickets that were reopened or closed again since are not due.
void drop_void_closed(Account& account) {
    while (!account.closed.empty()) {
        const auto& entry = account.closed.front();
        const auto& ticket = account.tickets[entry.slot];
        if (ticket.remembered && !ticket.open && ticket.closed == entry.closed &&
            static_cast<std::uint32_t>(ticket.arrival) == entry.arrival)
            return;
        drop_first_closed(account);
    }
}

/// Of assignments that were taken back since: these windows end unnoticed.
void drop_void_windows(Account& account) {
    while (!account.window.empty()) {
        const auto& entry = account.window.front();
        if (entry.is_of(account.tickets[entry.slot])) return;
        account.window.pop_front();
    }
}

enum class Due { wake, forget_ticket, forget_answer, window, edge };

struct NextDue {
    Instant at;
    Due what = Due::wake;
};

std::optional<NextDue> first_due(const Account& account) {
    std::optional<NextDue> first;
    const auto consider = [&](Instant at, Due what) {
        if (!first || at < first->at) first = NextDue{at, what};
    };
    if (!account.wakes.empty()) consider(account.wakes.front().at, Due::wake);
    if (!account.closed.empty() && account.forget_after().ms > 0)
        consider(account.closed.front().closed + account.forget_after(), Due::forget_ticket);
    if (!account.kept_order.empty())
        consider(account.kept_order.front().first + answer_kept_for, Due::forget_answer);
    if (!account.line.anybody()) return first;
    // While something waits, time has two more ways to let it go.
    if (!account.window.empty())
        consider(account.window.front().assigned + account.window_length(), Due::window);
    if (!account.line.edges.empty()) consider(account.line.edges.front().at, Due::edge);
    return first;
}

/// At a glance: nothing is due up to `now`, not even something void. So it is for most requests.
bool nothing_is_due(const Account& account, Instant now) {
    return !account.line.anybody() && !account.line.stirred() &&
           (account.wakes.empty() || account.wakes.front().at > now) &&
           (account.closed.empty() || account.forget_after().ms == 0 ||
            account.closed.front().closed + account.forget_after() > now) &&
           (account.kept_order.empty() || account.kept_order.front().first + answer_kept_for > now);
}

/// The first instant of an account whose roster came without one.
void begin_time(Step& step) {
    step.account.now = step.now;
    step.account.wakes_stale = true;
    for (const auto agent : step.account.agent_at) turn_if_changed(step, agent);
}

void wake_agent(Step& step) {
    auto& account = step.account;
    std::pop_heap(account.wakes.begin(), account.wakes.end());
    const auto wake = account.wakes.back();
    account.wakes.pop_back();
    const bool under = available_under(account, wake.agent, wake.at);
    const auto& state = account.agent(wake.agent);
    if (under != state.under) step.emit_at(wake.at, Cause::time, Turned{wake.agent, under});
    wake_later(account, wake.agent, wake.at);
}

/// A calling channel may have closed: what still waits there leaves as voicemail (rule 20), before
/// anything is given out at this instant.
void pass_edge(Account& account, Instant at) {
    account.now = at;
    const auto channel = account.line.edges.front().channel;
    forget_edge(account);
    if (account.line.waiting_in(channel) == 0) return;
    if (is_open_now(account, account.channel(channel))) {
        watch_hours(account, channel);
        return;
    }
    for (const auto number : account.line.active())
        account.line.for_each_of_class(number, [&](const LineTrees::Node& node) {
            if (account.tickets[node.slot].channel == channel) account.line.note_anew(node.slot);
        });
}

void carry_out_due(Step& step, const NextDue& due) {
    auto& account = step.account;
    switch (due.what) {
        case Due::wake:
            wake_agent(step);
            return;
        case Due::forget_ticket: {
            const auto slot = account.closed.front().slot;
            drop_first_closed(account);
            step.emit_at(due.at, Cause::time, Forgotten{slot});
            return;
        }
        case Due::forget_answer: {
            step.scratch.text = account.kept_order.front().second;
            step.emit_at(due.at, Cause::time, AnswerForgotten{step.scratch.text});
            return;
        }
        case Due::window:
            account.now = due.at;
            expire_window(account, due.at);
            return;
        case Due::edge:
            pass_edge(account, due.at);
            return;
    }
}

/// All that changes at account.now has been applied: what waits is tried (rule 38).
bool drain_now(Step& step, std::uint32_t slice_max) {
    Step then{step.account, step.account.now, Cause::time, step.log, step.answer, step.scratch};
    then.brought = step.brought;
    return drain(then, slice_max);
}

}  // namespace

bool available_under(const Account& account, AgentNo agent, Instant at) {
    if (is_absent(account.agent(agent), at)) return false;
    const auto& definition = account.definition.agents[agent.value];
    if (definition.availability != Standing::hours)
        return definition.availability == Standing::available;
    if (definition.hours.spans.empty()) return false;
    return covers(account.definition.zones[definition.hours.zone.value], definition.hours.spans,
                  at);
}

AvailabilityWhy why_available(const Account& account, AgentNo agent, Instant at) {
    const auto& state = account.agent(agent);
    if (state.manual) return AvailabilityWhy::manual;
    if (is_absent(state, at)) return AvailabilityWhy::absence;
    return account.definition.agents[agent.value].availability == Standing::hours
               ? AvailabilityWhy::schedule
               : AvailabilityWhy::standing;
}

namespace {

/// False: a slice of what waits has been given out, and there is more.
[[gnu::noinline]] bool catch_up(Step& step, std::uint32_t slice_max) {
    auto& account = step.account;
    if (account.now == before_all_time) begin_time(step);
    if (account.wakes_stale || !account.wakes_stale_of.empty()) set_wakes(account);
    while (!nothing_is_due(account, step.now)) {
        drop_void_wakes(account);
        drop_void_closed(account);
        if (account.line.anybody()) drop_void_windows(account);
        const auto due = first_due(account);
        if (account.line.stirred() && (!due || due->at > account.now)) {
            if (!drain_now(step, slice_max)) return false;
            continue;
        }
        if (!due || due->at > step.now) break;
        // What became due by a roster (a shorter memory, say) is due now, not in the past.
        carry_out_due(step, {std::max(due->at, account.now), due->what});
    }
    return true;
}

}  // namespace

bool advance(Step& step, std::uint32_t slice_max) {
    auto& account = step.account;
    const bool wakes_are_set = !account.wakes_stale && account.wakes_stale_of.empty();
    if (account.now == before_all_time || !wakes_are_set || !nothing_is_due(account, step.now))
        if (!catch_up(step, slice_max)) return false;
    account.now = std::max(account.now, step.now);
    expire_window(account, account.now);
    return true;
}

}  // namespace usher::engine
