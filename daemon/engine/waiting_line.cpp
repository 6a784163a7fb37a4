#include "engine/waiting_line.h"

#include <algorithm>

#include "base/expect.h"
#include "engine/account.h"
#include "engine/decide.h"
#include "engine/schedule.h"

namespace usher::engine {

namespace {

/// More than a request brings: after a recovery everything is looked at instead.
constexpr std::size_t anew_max = 256;

/// Of channels that take calls at certain hours.
const OpeningHours* hours_of(const Account& account, ChannelNo number) {
    const auto& channel = account.channel(number);
    return channel.kind == ChannelKind::calling && channel.opening ? &*channel.opening : nullptr;
}

/// What the ticket asks for.
DemandClass demand_of(const Account& account, const Ticket& ticket) {
    DemandClass demand;
    demand.rule = rule_in_force(account, ticket.channel, ticket.under_fallback).rule;
    demand.inbox = ticket.inbox;
    demand.type = ticket.type;
    demand.skills = ticket.skills;
    return demand;
}

}  // namespace

void WaitingLine::note_freed(std::uint32_t position) {
    if (everything_ || freed_.test(position)) return;
    freed_.set(position);
    freed_list_.push_back(position);
    stirred_ = true;
}

void WaitingLine::note_anew(Slot slot) {
    stirred_ = true;
    if (everything_) return;
    if (anew_.size() == anew_max)
        note_all();
    else
        anew_.push_back(slot);
}

void WaitingLine::note_all() {
    calm();
    stirred_ = everything_ = true;
}

void WaitingLine::calm() {
    for (const auto position : freed_list_) freed_.clear(position);
    freed_list_.clear();
    anew_.clear();
    stirred_ = everything_ = false;
}

std::uint32_t WaitingLine::count_before(InboxNo inbox, const LinePlace& place) const {
    return trees_.count_before(LineTrees::of_inbox, inbox_roots_[inbox.value], place);
}

void enter_line(Account& account, Slot slot) {
    auto& ticket = account.tickets[slot];
    auto& line = account.line;
    EXPECT(ticket.open && ticket.owner.kind == OwnerKind::none &&
           ticket.line_at == LineTrees::none);
    auto demand = demand_of(account, ticket);
    const auto next = line.free_classes_.empty() ? static_cast<std::uint32_t>(line.classes_.size())
                                                 : line.free_classes_.back();
    const auto [entry, is_new] = line.by_key_.try_emplace(WaitingLine::key_of(demand), next);
    const auto number = entry->second;
    if (is_new) {
        if (next == line.classes_.size())
            line.classes_.emplace_back();
        else
            line.free_classes_.pop_back();
        account.texts.share(demand.skills);
        demand.active_at = static_cast<std::uint32_t>(line.active_.size());
        line.active_.push_back(number);
        demand.skills_do_not_matter = skills_do_not_matter(
            account, {demand.rule, demand.inbox, demand.type, account.texts.get(demand.skills)});
        line.classes_[number] = demand;
    }
    auto& in = line.classes_[number];
    const auto place = LinePlace::of(ticket);
    const auto node = line.trees_.add(place, slot, number);
    line.trees_.link(LineTrees::of_class, in.root, node);
    line.trees_.link(LineTrees::of_inbox, line.inbox_roots_[ticket.inbox.value], node);
    if (in.first == LineTrees::none || place < in.first_place) {
        in.first = node;
        in.first_place = place;
    }
    ticket.waiting = true;
    ticket.line_at = node;
    ++line.waiting_;
    if (hours_of(account, ticket.channel) == nullptr) return;
    ++line.calls_[ticket.channel.value].waiting;
    watch_hours(account, ticket.channel);
}

void leave_line_now(Account& account, Slot slot) {
    auto& ticket = account.tickets[slot];
    auto& line = account.line;
    const auto node = ticket.line_at;
    const auto number = line.trees_[node].demand_class;
    auto& in = line.classes_[number];
    line.trees_.unlink(LineTrees::of_class, in.root, node);
    line.trees_.unlink(LineTrees::of_inbox, line.inbox_roots_[in.inbox.value], node);
    line.trees_.remove(node);
    if (in.empty()) {
        line.by_key_.erase(WaitingLine::key_of(in));
        account.texts.release(in.skills);
        line.classes_[line.active_.back()].active_at = in.active_at;
        line.active_[in.active_at] = line.active_.back();
        line.active_.pop_back();
        line.free_classes_.push_back(number);
    } else if (in.first == node) {
        in.first = line.trees_.first(LineTrees::of_class, in.root);
        in.first_place = line.trees_[in.first].place;
    }
    ticket.waiting = false;
    ticket.line_at = LineTrees::none;
    --line.waiting_;
    if (hours_of(account, ticket.channel) != nullptr) --line.calls_[ticket.channel.value].waiting;
    if (!line.anybody()) line.calm();
}

void clear_line(Account& account) {
    auto& line = account.line;
    for (const auto number : line.active_) account.texts.release(line.classes_[number].skills);
    line.trees_.clear();
    line.classes_.clear();
    line.active_.clear();
    line.free_classes_.clear();
    line.by_key_.clear();
    line.inbox_roots_.assign(account.definition.inboxes.size(), LineTrees::none);
    line.calls_.assign(account.definition.channels.size(), {});
    line.edges.clear();
    line.waiting_ = 0;
    line.freed_list_.clear();
    line.freed_.resize(account.agent_at.size());
    line.calm();
}

void rebuild_line(Account& account) {
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot) {
        auto& ticket = account.tickets[slot];
        ticket.line_at = LineTrees::none;
        if (ticket.remembered && ticket.waiting) enter_line(account, slot);
    }
    if (account.line.anybody()) account.line.note_all();
}

void watch_hours(Account& account, ChannelNo channel) {
    auto& line = account.line;
    auto& calls = line.calls_[channel.value];
    const auto* hours = hours_of(account, channel);
    if (calls.watched || hours == nullptr) return;
    const auto& zone = account.definition.zones[hours->hours.zone.value];
    const auto edge = next_edge(zone, *hours, account.now);
    if (!edge) return;
    calls.watched = true;
    line.edges.push_back({*edge, channel});
    std::push_heap(line.edges.begin(), line.edges.end());
}

void forget_edge(Account& account) {
    auto& line = account.line;
    line.calls_[line.edges.front().channel.value].watched = false;
    std::pop_heap(line.edges.begin(), line.edges.end());
    line.edges.pop_back();
}

}  // namespace usher::engine
