#include "engine/ticket.h"

#include <cstring>

#include "base/expect.h"
#include "base/out_of_memory.h"

namespace usher::engine {

std::string_view TicketTable::key_of(const Ticket& ticket) const {
    return ticket.key.is_interned() ? texts_.get(ticket.key.interned())
                                    : std::string_view{ticket.key.head.data(), ticket.key.size};
}

Slot TicketTable::find(std::string_view key) const {
    return index_.find(hash_of(key),
                       [&](Slot slot) { return TextEqual{}(key_of((*this)[slot]), key); });
}

std::uint32_t hash_of_ticket_key(std::string_view key, std::uint64_t seed) {
    if (key.empty()) return 0;
    constexpr std::uint32_t alike_bits = 3;
    constexpr std::uint32_t alike_mask = (1U << alike_bits) - 1;
    // More bits than a page has places, so that fewer keys of a page have the same hash.
    constexpr std::uint32_t place_mask = 0xfff;
    constexpr std::uint32_t next_place = 585;          // an eighth of a page and a bit, and a page
    constexpr std::uint32_t next_page = 0x9E37'5000U;  // for ends that differ in their upper bits
    const auto end = static_cast<unsigned char>(key.back());
    const auto hash =
        static_cast<std::uint32_t>(seeded_hash(key.substr(0, key.size() - 1), seed) >> 32U);
    const auto page = hash + (end >> alike_bits) * next_page;
    return (page & ~place_mask) | ((hash + (end & alike_mask) * next_place) & place_mask);
}

void TicketTable::ensure(Slot slot) {
    while (slot / slab_tickets >= slabs_.size()) {
        auto room = slab_tickets * sizeof(Ticket) + alignof(Ticket);
        std::unique_ptr<void, Free> zeros(std::calloc(1, room));
        if (zeros == nullptr) end_out_of_memory();
        void* begin = zeros.get();
        auto* tickets = std::align(alignof(Ticket), slab_tickets * sizeof(Ticket), begin, room);
        slabs_.push_back({std::move(zeros), static_cast<Ticket*>(tickets)});
    }
}

Ticket& TicketTable::add(Slot slot, std::string_view key) {
    EXPECT(slot == next_slot());
    ensure(slot);
    // A slot that was never used is not looked at: its page comes when it is written.
    if (slot == free_)
        free_ = (*this)[slot].next_free;
    else
        ++used_;
    return fill(slot, key);
}

Ticket& TicketTable::put(Slot slot, std::string_view key) {
    ensure(slot);
    EXPECT(!(*this)[slot].remembered);
    return fill(slot, key);
}

Ticket& TicketTable::fill(Slot slot, std::string_view key) {
    auto& ticket = (*this)[slot];
    ticket = {};
    ticket.remembered = true;
    ticket.key.size = static_cast<std::uint8_t>(key.size());
    if (ticket.key.is_interned())
        ticket.key.intern(texts_.take(key));
    else
        std::memcpy(ticket.key.head.data(), key.data(), key.size());
    index_.insert(hash_of(key), slot);
    ++remembered_;
    return ticket;
}

void TicketTable::remove(Slot slot) {
    auto& ticket = (*this)[slot];
    EXPECT(ticket.remembered);
    index_.erase(hash_of(key_of(ticket)), slot);
    for (const auto id : {ticket.key.interned(), ticket.properties, ticket.asked_skills,
                          ticket.skills, ticket.contact_owner, ticket.linked})
        texts_.release(id);
    ticket = Ticket{};
    ticket.next_free = free_;
    free_ = slot;
    --remembered_;
}

void TicketTable::reserve(std::size_t tickets) {
    index_.reserve(tickets);
    if (tickets > 0) ensure(static_cast<Slot>(tickets - 1));
}

std::size_t TicketTable::bytes() const {
    return slabs_.size() * slab_tickets * sizeof(Ticket) + index_.bytes();
}

void TicketTable::set_free_slots(Slot used, const std::vector<Slot>& free_first_to_last) {
    if (used > 0) ensure(used - 1);
    used_ = used;
    free_ = no_slot;
    for (auto slot = free_first_to_last.rbegin(); slot != free_first_to_last.rend(); ++slot) {
        (*this)[*slot].next_free = free_;
        free_ = *slot;
    }
}

}  // namespace usher::engine
