// Byte strings that many tickets share (property sets, skill sets, names of contacts' owners),
// each kept once and counted. Id 0 is the empty string and costs nothing. Ids are local to a
// process: they are neither in facts nor in the digest. A freed entry keeps its memory for the
// next string, so a steady state allocates nothing.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace usher::engine {

/// XXH3 under a seed that clients cannot know: they choose what is hashed.
std::uint64_t seeded_hash(std::string_view bytes, std::uint64_t seed);

/// For keys of a roster, which no client chooses.
struct TextHash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const { return seeded_hash(text, 0); }
};

/// Most keys are short: two words, which overlap, are compared without a call.
struct TextEqual {
    [[gnu::always_inline]] bool operator()(std::string_view a, std::string_view b) const {
        if (a.size() != b.size()) return false;
        if (a.size() > 16 || a.size() < 4) return a == b;
        return a.size() < 8 ? ends_are_equal<std::uint32_t>(a, b)
                            : ends_are_equal<std::uint64_t>(a, b);
    }

  private:
    template <class Word>
    [[gnu::always_inline]] static bool ends_are_equal(std::string_view a, std::string_view b) {
        const auto word = [](std::string_view of, std::size_t at) {
            Word value;
            std::memcpy(&value, of.data() + at, sizeof value);
            return value;
        };
        const auto last = a.size() - sizeof(Word);
        return word(a, 0) == word(b, 0) && word(a, last) == word(b, last);
    }
};

struct AlreadyMixed {
    using is_avalanching = void;
    std::size_t operator()(std::uint64_t hash) const { return hash; }
};

class Interner {
  public:
    using Id = std::uint32_t;

    explicit Interner(std::uint64_t hash_seed) : hash_seed_(hash_seed) {}

    /// The id of `bytes`, counted once more.
    Id take(std::string_view bytes) { return bytes.empty() ? 0 : take_text(bytes); }
    /// Counts `id` once more.
    Id share(Id id) {
        if (id != 0) ++entry(id).uses;
        return id;
    }
    void release(Id id);

    std::string_view get(Id id) const {
        return id == 0 ? std::string_view{} : std::string_view{entry(id).bytes};
    }
    /// XXH3-64 of the string, the same in every process.
    std::uint64_t plain_hash(Id id) const { return id == 0 ? 0 : entry(id).plain_hash; }
    std::size_t live() const { return by_hash_.size(); }
    std::size_t bytes() const;

  private:
    struct Entry {
        std::string bytes;
        std::uint64_t hash = 0;  // seeded
        std::uint64_t plain_hash = 0;
        std::uint32_t uses = 0;
        Id next = 0;  // of the same hash, or of the free list
    };

    /// They never move, because views of their texts are given out.
    static constexpr std::size_t block_entries = 8;
    using Block = std::array<Entry, block_entries>;

    Entry& entry(Id id) { return (*blocks_[(id - 1) / block_entries])[(id - 1) % block_entries]; }
    const Entry& entry(Id id) const {
        return (*blocks_[(id - 1) / block_entries])[(id - 1) % block_entries];
    }
    Id take_text(std::string_view bytes);
    Id fresh_entry();

    std::uint64_t hash_seed_;
    std::vector<std::unique_ptr<Block>> blocks_;
    Id used_ = 0;                 ///< entries that were ever in use
    std::size_t heap_bytes_ = 0;  ///< of texts too long for their entries
    Id free_ = 0;
    boost::unordered_flat_map<std::uint64_t, Id, AlreadyMixed> by_hash_;
};

}  // namespace usher::engine
