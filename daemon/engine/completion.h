// What stands in a fact for the sake of events alone, filled in when the fact comes into being:
// keys of tickets and statuses, who is to be told (rule 36), and the actions of a status (rule 34),
// which are facts of their own. Decisions know nothing of it.
#pragma once

#include <type_traits>

#include "engine/account.h"
#include "engine/fact.h"
#include "engine/pool.h"

namespace usher::engine {

struct Step;

void fill_in(const Account& account, Scratch& scratch, Opened& opened);
void fill_in(const Account& account, Scratch& scratch, Placed& placed);
void fill_in(const Account& account, Scratch& scratch, StatusSet& set);
void fill_in(const Account& account, Scratch& scratch, ActionDue& due);
void fill_in(const Account& account, Scratch& scratch, AvailabilitySet& set);
void fill_in(const Account& account, Scratch& scratch, Turned& turned);

/// A fact about a ticket that is there already.
template <class Body>
concept NamesATicket = !std::is_same_v<Body, Opened> && requires(Body & body) {
    body.slot;
    body.key;
};

/// Before the fact is applied. Views are into the state or `scratch`.
template <class Body>
void complete(const Account& account, Scratch& scratch, Body& body) {
    if constexpr (NamesATicket<Body>) body.key = account.tickets.key_of(account.tickets[body.slot]);
    if constexpr (requires { fill_in(account, scratch, body); }) fill_in(account, scratch, body);
}

/// Facts by which a ticket comes into a status.
template <class Body>
inline constexpr bool comes_into_status =
    std::is_same_v<Body, Opened> || std::is_same_v<Body, StatusSet>;

/// The actions of the ticket's status, which has some, each as `ActionDue`. `fields` in it are
/// pairs of texts as codec.h writes a vector of them.
void emit_actions(Step& step, Slot slot, Instant at, Cause why);

/// What time has brought, among the events of a `tick`.
void list_what_came(Step& step, const Fact& fact);

}  // namespace usher::engine
