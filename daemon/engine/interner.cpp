#include "engine/interner.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/expect.h"

namespace usher::engine {

std::uint64_t seeded_hash(std::string_view bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Interner::Id Interner::take(std::string_view bytes) {
    if (bytes.empty()) return 0;
    const auto hash = seeded_hash(bytes, hash_seed_);
    auto& head = by_hash_[hash];
    for (Id id = head; id != 0; id = entries_[id - 1].next)
        if (entries_[id - 1].bytes == bytes) return share(id);

    Id id = free_;
    if (id != 0) {
        free_ = entries_[id - 1].next;
    } else {
        entries_.emplace_back();
        id = static_cast<Id>(entries_.size());
    }
    auto& entry = entries_[id - 1];
    const auto had = entry.bytes.capacity();
    entry.bytes.assign(bytes);
    heap_bytes_ += entry.bytes.capacity() - had;
    entry.hash = hash;
    entry.plain_hash = XXH3_64bits(bytes.data(), bytes.size());
    entry.uses = 1;
    entry.next = head;
    head = id;
    return id;
}

Interner::Id Interner::share(Id id) {
    if (id != 0) ++entries_[id - 1].uses;
    return id;
}

void Interner::release(Id id) {
    if (id == 0) return;
    auto& entry = entries_[id - 1];
    EXPECT(entry.uses > 0);
    if (--entry.uses > 0) return;

    const auto head = by_hash_.find(entry.hash);
    EXPECT(head != by_hash_.end());
    if (head->second == id) {
        if (entry.next == 0)
            by_hash_.erase(head);
        else
            head->second = entry.next;
    } else {
        Id before = head->second;
        while (entries_[before - 1].next != id) before = entries_[before - 1].next;
        entries_[before - 1].next = entry.next;
    }
    entry.next = free_;
    free_ = id;
}

std::size_t Interner::bytes() const {
    const auto places = by_hash_.bucket_count() * sizeof(decltype(by_hash_)::value_type);
    return entries_.size() * sizeof(Entry) + heap_bytes_ + places;
}

}  // namespace usher::engine
