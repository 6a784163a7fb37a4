#include "engine/interner.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <utility>

#include "base/expect.h"

namespace usher::engine {

namespace {

/// XXH3 of a text whose length is known to lie between two: the compiler leaves out the library's
/// ways for all others, and the question which one it is.
template <std::size_t least, std::size_t most>
[[gnu::flatten]] std::uint64_t hash_of_few(std::string_view bytes, std::uint64_t seed) {
    if (bytes.size() < least || bytes.size() > most) __builtin_unreachable();
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

[[gnu::noinline]] std::uint64_t hash_of_any(std::string_view bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace

std::uint64_t seeded_hash(std::string_view bytes, std::uint64_t seed) {
    if (bytes.size() > 16 || bytes.size() < 4) return hash_of_any(bytes, seed);
    return bytes.size() > 8 ? hash_of_few<9, 16>(bytes, seed) : hash_of_few<4, 8>(bytes, seed);
}

Interner::Id Interner::fresh_entry() {
    if (free_ != 0) return std::exchange(free_, entry(free_).next);
    if (used_ == blocks_.size() * block_entries) blocks_.push_back(std::make_unique<Block>());
    return ++used_;
}

Interner::Id Interner::take_text(std::string_view bytes) {
    const auto hash = seeded_hash(bytes, hash_seed_);
    auto& head = by_hash_[hash];
    for (Id id = head; id != 0; id = entry(id).next)
        if (entry(id).bytes == bytes) return share(id);

    const auto id = fresh_entry();
    auto& fresh = entry(id);
    const auto had = fresh.bytes.capacity();
    fresh.bytes.assign(bytes);
    heap_bytes_ += fresh.bytes.capacity() - had;
    fresh.hash = hash;
    fresh.plain_hash = XXH3_64bits(bytes.data(), bytes.size());
    fresh.uses = 1;
    fresh.next = head;
    head = id;
    return id;
}

void Interner::release(Id id) {
    if (id == 0) return;
    auto& leaving = entry(id);
    EXPECT(leaving.uses > 0);
    if (--leaving.uses > 0) return;

    const auto head = by_hash_.find(leaving.hash);
    EXPECT(head != by_hash_.end());
    if (head->second == id) {
        if (leaving.next == 0)
            by_hash_.erase(head);
        else
            head->second = leaving.next;
    } else {
        Id before = head->second;
        while (entry(before).next != id) before = entry(before).next;
        entry(before).next = leaving.next;
    }
    leaving.next = free_;
    free_ = id;
}

std::size_t Interner::bytes() const {
    const auto places = by_hash_.bucket_count() * sizeof(decltype(by_hash_)::value_type);
    return blocks_.size() * sizeof(Block) + heap_bytes_ + places;
}

}  // namespace usher::engine
