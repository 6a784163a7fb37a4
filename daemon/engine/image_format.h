// What an image consists of: its version, the kinds of its records, and the members of the structs
// in it. An image is a head and records in any order; every record says whose it is and how long.
// picture.cpp writes them, image.cpp reads them. docs/journal.md describes the whole.
#pragma once

#include <cstdint>

#include "engine/account.h"
#include "engine/codec.h"

namespace usher::engine {

inline constexpr std::uint32_t image_version = 3;

enum class RecordKind : std::uint8_t {
    core = 1,    ///< an account's roster, agents, rules and counts; one of each account
    ticket = 2,  ///< a slot and the ticket in it
    free = 3,    ///< a slot that has been used and holds none, and the next such slot
    closed = 4,  ///< of a closed ticket: when it will be forgotten
    kept = 5     ///< an answer that is kept for the same request
};

/// Kind, number of the account, bytes that follow.
inline constexpr std::size_t record_head_bytes = 1 + 4 + 4;

// Found by argument-dependent look-up from the archives.
template <class A>
void fields(A& a, LastAssigned& v) {
    a(v.at, v.assignment);
}
template <class A>
void fields(A& a, AgentState& v) {
    a(v.manual, v.under, v.capacity, v.absences, v.last);
}
template <class A>
void fields(A& a, ClosedEntry& v) {
    a(v.closed, v.slot, v.arrival);
}

/// What stands in the image of a ticket besides its texts.
template <class A>
void plain_fields(A& a, Ticket& v) {
    a(v.open, v.reopened, v.contact_tracked, v.under_fallback, v.waiting, v.priority, v.type,
      v.owner, v.channel, v.inbox, v.pipeline, v.status, v.arrival, v.assignment, v.created,
      v.assigned, v.closed, v.close_date, v.has_close_date);
}

/// How many records of each kind belong to an account; in its core, to tell that none is missing.
struct RecordCounts {
    Slot slots = 0;       ///< each has a record: ticket or free
    Slot first_free = 0;  ///< no_slot: none
    std::uint32_t remembered = 0;
    std::uint32_t closed = 0;
    std::uint32_t kept = 0;
};
template <class A>
void fields(A& a, RecordCounts& v) {
    a(v.slots, v.first_free, v.remembered, v.closed, v.kept);
}

}  // namespace usher::engine
