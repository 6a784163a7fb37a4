#include "engine/ticket.h"

#include <cstring>

#include "base/expect.h"

namespace usher::engine {

std::string_view TicketTable::key_of(const Ticket& ticket) const {
    return ticket.key.size <= TicketKey::inline_max
               ? std::string_view{ticket.key.head.data(), ticket.key.size}
               : texts_.get(ticket.key.interned);
}

Slot TicketTable::find(std::string_view key) const {
    const auto found = index_.find(seeded_hash(key, hash_seed_));
    if (found == index_.end()) return no_slot;
    for (Slot slot = found->second; slot != no_slot; slot = (*this)[slot].next_same_hash)
        if (key_of((*this)[slot]) == key) return slot;
    return no_slot;
}

void TicketTable::ensure(Slot slot) {
    while (slot / slab_tickets >= slabs_.size())
        slabs_.push_back(std::make_unique<Ticket[]>(slab_tickets));
}

Ticket& TicketTable::add(Slot slot, std::string_view key) {
    EXPECT(slot == next_slot());
    if (slot == free_)
        free_ = (*this)[slot].next_same_hash;
    else
        ++used_;
    return put(slot, key);
}

Ticket& TicketTable::put(Slot slot, std::string_view key) {
    ensure(slot);
    auto& ticket = (*this)[slot];
    EXPECT(!ticket.remembered);
    ticket = Ticket{};
    ticket.remembered = true;
    ticket.key.size = static_cast<std::uint8_t>(key.size());
    if (key.size() <= TicketKey::inline_max)
        std::memcpy(ticket.key.head.data(), key.data(), key.size());
    else
        ticket.key.interned = texts_.take(key);
    ticket.hash = seeded_hash(key, hash_seed_);
    auto& head = index_.try_emplace(ticket.hash, no_slot).first->second;
    ticket.next_same_hash = head;
    head = slot;
    ++remembered_;
    return ticket;
}

void TicketTable::remove(Slot slot) {
    auto& ticket = (*this)[slot];
    EXPECT(ticket.remembered);
    const auto head = index_.find(ticket.hash);
    EXPECT(head != index_.end());
    if (head->second == slot) {
        if (ticket.next_same_hash == no_slot)
            index_.erase(head);
        else
            head->second = ticket.next_same_hash;
    } else {
        Slot before = head->second;
        while ((*this)[before].next_same_hash != slot) before = (*this)[before].next_same_hash;
        (*this)[before].next_same_hash = ticket.next_same_hash;
    }
    for (const auto id : {ticket.key.interned, ticket.properties, ticket.asked_skills,
                          ticket.skills, ticket.contact_owner, ticket.linked})
        texts_.release(id);
    ticket = Ticket{};
    ticket.next_same_hash = free_;
    free_ = slot;
    --remembered_;
}

void TicketTable::reserve(std::size_t tickets) {
    index_.reserve(tickets);
    if (tickets > 0) ensure(static_cast<Slot>(tickets - 1));
}

std::size_t TicketTable::bytes() const {
    return slabs_.size() * slab_tickets * sizeof(Ticket) +
           index_.bucket_count() * (sizeof(std::uint64_t) + sizeof(Slot) + 1);
}

void TicketTable::set_free_slots(Slot used, const std::vector<Slot>& free_first_to_last) {
    if (used > 0) ensure(used - 1);
    used_ = used;
    free_ = no_slot;
    for (auto slot = free_first_to_last.rbegin(); slot != free_first_to_last.rend(); ++slot) {
        (*this)[*slot].next_same_hash = free_;
        free_ = *slot;
    }
}

std::vector<Slot> TicketTable::free_slots() const {
    std::vector<Slot> slots;
    for (Slot slot = free_; slot != no_slot; slot = (*this)[slot].next_same_hash)
        slots.push_back(slot);
    return slots;
}

}  // namespace usher::engine
