#include "tests/engine/line_check.h"

#include <algorithm>
#include <vector>

#include "engine/decide.h"

namespace usher::testing {
namespace {

using engine::Account;
using engine::LinePlace;
using engine::Slot;

std::vector<Slot> sorted_waiting(const Account& account) {
    std::vector<Slot> slots;
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot)
        if (account.tickets[slot].remembered && account.tickets[slot].waiting)
            slots.push_back(slot);
    std::sort(slots.begin(), slots.end(), [&](Slot a, Slot b) {
        const auto &x = account.tickets[a], &y = account.tickets[b];
        if (x.priority != y.priority) return x.priority > y.priority;
        if (x.created != y.created) return x.created < y.created;
        return x.arrival < y.arrival;
    });
    return slots;
}

/// A channel's next opening or closing is awaited once.
bool awaits_an_edge_twice(const Account& account) {
    std::vector<std::uint32_t> channels;
    for (const auto& edge : account.line.edges) channels.push_back(edge.channel.value);
    std::sort(channels.begin(), channels.end());
    return std::adjacent_find(channels.begin(), channels.end()) != channels.end();
}

std::string key_of(const Account& account, Slot slot) {
    return std::string(account.tickets.key_of(account.tickets[slot]));
}

/// Each class in order, its tickets its own, and all of them together all that waits.
std::string index_fault(const Account& account, std::vector<Slot> waiting) {
    std::vector<Slot> indexed;
    std::string fault;
    for (const auto number : account.line.active()) {
        const auto& of = account.line.demand_class(number);
        if (of.empty()) fault = "an empty class is active";
        const auto before = indexed.size();
        account.line.for_each_of_class(number, [&](const engine::LineTrees::Node& node) {
            const auto& ticket = account.tickets[node.slot];
            const auto rule =
                engine::rule_in_force(account, ticket.channel, ticket.under_fallback).rule;
            if (!(LinePlace::of(ticket) == node.place) || ticket.inbox != of.inbox ||
                ticket.type != of.type || ticket.skills != of.skills || rule != of.rule ||
                node.demand_class != number)
                fault = "ticket " + key_of(account, node.slot) + " is in a class of others";
            if (indexed.size() > before &&
                !(LinePlace::of(account.tickets[indexed.back()]) < node.place))
                fault = "ticket " + key_of(account, node.slot) + " is out of order";
            indexed.push_back(node.slot);
        });
        if (indexed.size() > before &&
            !(of.first_place == LinePlace::of(account.tickets[indexed[before]])))
            fault = "a class does not know its first ticket";
    }
    std::sort(indexed.begin(), indexed.end());
    std::sort(waiting.begin(), waiting.end());
    if (indexed != waiting || account.line.size() != waiting.size())
        fault = "the classes hold other tickets than those that wait";
    return fault;
}

}  // namespace

std::string waiting_order(const Account& account) {
    std::string keys;
    for (const auto slot : sorted_waiting(account))
        keys += (keys.empty() ? "" : " ") + key_of(account, slot);
    return keys;
}

std::string line_fault(const Account& account) {
    const auto waiting = sorted_waiting(account);
    if (auto fault = index_fault(account, waiting); !fault.empty()) return fault;
    if (account.line.stirred()) return "the line is stirred";
    if (awaits_an_edge_twice(account)) return "the line awaits an edge of one channel twice";
    std::vector<std::uint32_t> in_inbox(account.definition.inboxes.size());
    engine::Scratch scratch;
    for (const auto slot : waiting) {
        const auto& ticket = account.tickets[slot];
        const auto key = key_of(account, slot);
        if (!ticket.open || ticket.owner.kind != engine::OwnerKind::none)
            return "ticket " + key + " waits although it is closed or held";
        if (account.line.count_before(ticket.inbox, LinePlace::of(ticket)) !=
            in_inbox[ticket.inbox.value]++)
            return "ticket " + key + " has another position in its inbox";
        const auto decision =
            engine::decide(account, engine::situation_of(account, ticket), scratch);
        if (decision.award.outcome != protocol::Outcome::queued)
            return "ticket " + key + " waits although it need not";
    }
    return {};
}

}  // namespace usher::testing
