// One piece of work that is remembered, and the table that holds an account's: slabs of tickets
// reached by slot, and an index from key to slot. A slot is used again after its ticket was
// forgotten; the order in which slots are given out follows from the facts alone.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/definition.h"
#include "engine/interner.h"
#include "engine/slot_index.h"

namespace usher::engine {

using protocol::OwnerKind;
using Slot = std::uint32_t;
inline constexpr Slot no_slot = 0xffff'ffff;

/// A ticket's key: inline up to 16 bytes; of a longer one the text's id stands there.
struct TicketKey {
    static constexpr std::size_t inline_max = 16;
    std::uint8_t size = 0;
    std::array<char, inline_max> head{};

    bool is_interned() const { return size > inline_max; }
    Interner::Id interned() const {
        Interner::Id id = 0;
        if (is_interned()) std::memcpy(&id, head.data(), sizeof id);
        return id;
    }
    void intern(Interner::Id id) { std::memcpy(head.data(), &id, sizeof id); }
};

/// A holder: the number is an agent's or a team's.
struct Holder {
    OwnerKind kind = OwnerKind::none;
    std::uint32_t number = 0;

    static Holder agent(AgentNo no) { return {OwnerKind::agent, no.value}; }
    static Holder team(TeamNo no) { return {OwnerKind::team, no.value}; }
    static Holder bot() { return {OwnerKind::bot, 0}; }
    static Holder nobody() { return {}; }

    bool is_agent() const { return kind == OwnerKind::agent; }
    AgentNo as_agent() const { return {number}; }
    TeamNo as_team() const { return {number}; }
    friend bool operator==(const Holder&, const Holder&) = default;
};

/// Two cache lines. What has a default that is not zero is only good of a slot that holds a ticket.
struct alignas(64) Ticket {
    TicketKey key;
    bool remembered = false;  ///< this slot holds a ticket
    bool open = true;
    bool in_window = false;  ///< assigned within the window; derived from time
    bool reopened = false;   ///< rule 32: any thread counts as the first one then
    bool contact_tracked = true;
    bool waiting = false;         ///< rule 38: given out as soon as somebody is eligible
    bool under_fallback = false;  ///< rule 16: handed off by a bot, not transferred since
    bool has_close_date = false;
    std::uint8_t priority = 0;
    TicketType type = TicketType::email;
    std::uint8_t stale_words = 0;  ///< not in the digest now; see running_digest.h
    Holder owner;
    ChannelNo channel;
    InboxNo inbox;
    PipelineNo pipeline;
    StatusNo status;
    union {
        std::uint32_t backlog_at = 0xffff'ffff;  ///< index in its inbox's backlog; derived
        Slot next_free;                          ///< of a slot without a ticket
    };
    std::uint32_t line_at = 0xffff'ffff;  ///< its node in the waiting line; derived
    Interner::Id properties = 0;          ///< canonical bytes, see properties.h
    Interner::Id asked_skills = 0;        ///< what the request named
    Interner::Id skills = 0;              ///< those and what the channel's skill rules added
    Interner::Id contact_owner = 0;
    Interner::Id linked = 0;
    std::uint64_t arrival = 0;     ///< the account's count of tickets when it came
    std::uint64_t assignment = 0;  ///< number of its latest assignment to an agent; 0: none
    Instant created;
    Instant assigned;    ///< to the present owner; meaningless without one
    Instant closed;      ///< its latest closing: from here it is forgotten
    Instant close_date;  ///< what answers show; set when has_close_date
};

// A slab begins as zeros, which is a slot without a ticket; and a ticket is thrown away unseen.
static_assert(sizeof(Ticket) == 128);
static_assert(std::is_trivially_copyable_v<Ticket> && std::is_trivially_destructible_v<Ticket>);

/// Of a key, for SlotIndex. The keys of successive tickets differ in their ends: eight of them,
/// alike but for the last three bits, share the part of the hash that says the page, and are spread
/// evenly over it. The empty key, which no ticket has, is 0.
std::uint32_t hash_of_ticket_key(std::string_view key, std::uint64_t seed);

class TicketTable {
  public:
    explicit TicketTable(std::uint64_t hash_seed, Interner& texts)
        : hash_seed_(hash_seed), texts_(texts) {}

    /// The slot of a remembered ticket, or no_slot.
    Slot find(std::string_view key) const;
    /// Has the memory fetched that find() will need.
    [[gnu::always_inline]] void prefetch(std::string_view key) const {
        index_.prefetch(hash_of(key));
    }
    /// Likewise the ticket, as far as can be seen without looking at any.
    void prefetch_ticket(std::string_view key) const {
        const auto slot = index_.first_filed(hash_of(key));
        if (slot == SlotIndex::none) return;
        const auto* lines = reinterpret_cast<const char*>(&(*this)[slot]);
        __builtin_prefetch(lines, 1);
        __builtin_prefetch(lines + sizeof(Ticket) / 2, 1);
    }

    Ticket& operator[](Slot slot) {
        return slabs_[slot / slab_tickets].tickets[slot % slab_tickets];
    }
    const Ticket& operator[](Slot slot) const {
        return slabs_[slot / slab_tickets].tickets[slot % slab_tickets];
    }
    std::string_view key_of(const Ticket& ticket) const;

    /// The slot that the next add() must be given.
    Slot next_slot() const { return free_ != no_slot ? free_ : used_; }
    Ticket& add(Slot slot, std::string_view key);
    /// For images alone: fills any slot that holds nothing; set_free_slots() must follow.
    Ticket& put(Slot slot, std::string_view key);
    /// Any slot: whether it holds a ticket.
    bool holds(Slot slot) const {
        return slot / slab_tickets < slabs_.size() && (*this)[slot].remembered;
    }
    void remove(Slot slot);

    /// Slots below this have been in use; not all of them hold a ticket now.
    Slot slots_used() const { return used_; }
    std::size_t remembered() const { return remembered_; }
    void reserve(std::size_t tickets);
    std::size_t bytes() const;

    /// The free slot that is used first; no_slot: none. Each names the next.
    Slot first_free() const { return free_; }

    /// Rebuilds the list of free slots after an image was loaded.
    void set_free_slots(Slot used, const std::vector<Slot>& free_first_to_last);

  private:
    static constexpr std::size_t slab_tickets = 4096;

    void ensure(Slot slot);
    Ticket& fill(Slot slot, std::string_view key);
    std::uint32_t hash_of(std::string_view key) const {
        return hash_of_ticket_key(key, hash_seed_);
    }

    std::uint64_t hash_seed_;
    Interner& texts_;
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };

    /// Of zeros until they are used: the system brings such pages when they are first written.
    struct Slab {
        std::unique_ptr<void, Free> memory;
        Ticket* tickets;  ///< in it, aligned
    };

    std::vector<Slab> slabs_;
    SlotIndex index_;
    Slot used_ = 0;
    Slot free_ = no_slot;
    std::size_t remembered_ = 0;
};

}  // namespace usher::engine
