// From the hash of a key to the slot where the thing with that key is: an open-addressing table of
// eight bytes an entry (Knuth, "The Art of Computer Programming" 3, 6.4, algorithms L and R). It
// keeps no keys: whoever asks compares them. A table that is full is followed by one of twice the
// size, whose memory is brought page by page shortly before, and every later change moves a few
// entries over, so no single request pays for growing.
//
// The upper bits of a hash say the page of memory, the lowest nine the place in it. In a large
// table most time goes into finding a page's address; things that are asked for one after the
// other should have hashes with equal upper bits, and not too many of them (a page is full at 512).
// Memory: 12 to 23 bytes an entry, and half as much again while entries move over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/expect.h"
#include "base/pages.h"

namespace usher::engine {

class SlotIndex {
  public:
    static constexpr std::uint32_t none = 0xffff'ffff;
    static constexpr std::uint32_t slot_max = none - 2;

    /// The slot filed under `hash` for which is(slot) holds, or none.
    template <class Is>
    std::uint32_t find(std::uint32_t hash, Is is) const {
        if (const auto* entry = find_in(now_, hash, is)) return entry->mark - 1;
        if (before_.entries == nullptr) return none;
        const auto* entry = find_in(before_, hash, is);
        return entry == nullptr ? none : entry->mark - 1;
    }

    /// Has the memory that a find() will look at first fetched meanwhile. Inline in any case: g++
    /// takes a function that does nothing else for one that does nothing, and drops its calls.
    [[gnu::always_inline]] void prefetch(std::uint32_t hash) const {
        now_.prefetch(hash);
        before_.prefetch(hash);
    }

    /// The first slot that find() would ask about; none also where it has not moved over yet.
    std::uint32_t first_filed(std::uint32_t hash) const {
        if (now_.entries == nullptr) return none;
        for (auto at = now_.home(hash);; at = now_.next(at)) {
            const auto& entry = now_.entries[at];
            if (entry.mark == 0) return none;
            if (entry.hash == hash && entry.mark != gone) return entry.mark - 1;
        }
    }

    /// `slot` must not be filed yet.
    void insert(std::uint32_t hash, std::uint32_t slot) {
        EXPECT(slot <= slot_max);
        if ((now_.used + 1) * 16 > now_.size() * 11)
            grow(now_.bits + 1);
        else if (now_.used * 16 > now_.size() * 10)
            prepare_to_grow();
        put(now_, {slot + 1, hash});
        move_some();
    }

    /// `slot` must be filed under `hash`.
    void erase(std::uint32_t hash, std::uint32_t slot) {
        const auto is = [slot](std::uint32_t other) { return other == slot; };
        if (auto* entry = find_in(now_, hash, is)) {
            take_out(static_cast<std::size_t>(entry - now_.entries));
        } else {
            entry = find_in(before_, hash, is);
            EXPECT(entry != nullptr);
            entry->mark = gone;
        }
        move_some();
    }

    /// Room for so many without growing.
    void reserve(std::size_t count) {
        auto bits = bits_min;
        while ((std::size_t{1} << bits) * 11 / 16 < count) ++bits;
        if (bits <= now_.bits) return;
        finish_moving();
        grow(bits);
        finish_moving();
    }

    std::size_t bytes() const {
        return (now_.size() + before_.size()) * sizeof(Entry) + ahead_.present();
    }

  private:
    static constexpr std::uint32_t bits_min = 4;
    static constexpr std::uint32_t place_bits = 9;  ///< 512 entries are a page
    static constexpr std::uint32_t gone = none;     ///< moved over or erased: look further
    static constexpr std::size_t moved_at_once = 8;
    /// A smaller table is there at once.
    static constexpr std::size_t prepared_bytes_min = std::size_t{1} << 20U;
    static constexpr std::size_t insertions_a_page = 8;

    struct Entry {
        std::uint32_t mark = 0;  ///< the slot plus one; 0: never used
        std::uint32_t hash = 0;
    };
    static constexpr std::size_t entries_of_line = 64 / sizeof(Entry);
    struct Table {
        Pages memory{};
        Entry* entries = nullptr;  ///< in it
        std::uint32_t bits = 0;
        std::size_t used = 0;

        std::size_t size() const { return entries == nullptr ? 0 : std::size_t{1} << bits; }
        std::size_t home(std::uint32_t hash) const {
            const auto bits_of_page = bits > place_bits ? bits - place_bits : 0;
            const auto page = std::uint64_t{hash} >> (32 - bits_of_page);
            return (page << place_bits | (hash & ((1U << place_bits) - 1))) & (size() - 1);
        }
        /// Where a search begins, and the line behind it, where every third goes on, and more in a
        /// table that is full.
        [[gnu::always_inline]] void prefetch(std::uint32_t hash) const {
            if (entries == nullptr) return;
            const auto at = home(hash);
            __builtin_prefetch(&entries[at]);
            __builtin_prefetch(&entries[(at + entries_of_line) & (size() - 1)]);
        }
        std::size_t next(std::size_t at) const { return (at + 1) & (size() - 1); }
    };

    template <class Is>
    [[gnu::always_inline]] static Entry* find_in(const Table& table, std::uint32_t hash, Is is) {
        if (table.entries == nullptr) return nullptr;
        for (auto at = table.home(hash);; at = table.next(at)) {
            auto& entry = table.entries[at];
            if (entry.mark == 0) return nullptr;
            if (entry.hash == hash && entry.mark != gone && is(entry.mark - 1)) return &entry;
        }
    }

    static void put(Table& table, Entry entry) {
        auto at = table.home(entry.hash);
        while (table.entries[at].mark != 0) at = table.next(at);
        table.entries[at] = entry;
        ++table.used;
    }

    /// Closes the gap, so that the table never holds an entry that is gone.
    void take_out(std::size_t gap) {
        auto& table = now_;
        for (auto at = table.next(gap); table.entries[at].mark != 0; at = table.next(at)) {
            const auto mask = table.size() - 1;
            const auto from_home = (at - table.home(table.entries[at].hash)) & mask;
            if (from_home < ((at - gap) & mask)) continue;
            table.entries[gap] = table.entries[at];
            gap = at;
        }
        table.entries[gap] = {};
        --table.used;
    }

    void grow(std::uint32_t bits) {
        finish_moving();
        before_ = std::exchange(now_, {});
        now_.bits = bits < bits_min ? bits_min : bits;
        const auto bytes = (std::size_t{1} << now_.bits) * sizeof(Entry);
        now_.memory = ahead_.bytes() == bytes ? ahead_.take() : zeroed_pages(bytes);
        now_.entries = static_cast<Entry*>(now_.memory.get());
        moved_ = 0;
    }

    /// Called for a sixteenth of the table's entries before it is full: its double has a page for
    /// every 256 of them, and they come faster than that.
    void prepare_to_grow() {
        const auto bytes = 2 * now_.size() * sizeof(Entry);
        if (bytes < prepared_bytes_min || now_.used % insertions_a_page != 0) return;
        if (ahead_.bytes() != bytes) ahead_ = PagesToCome{bytes};
        ahead_.bring_one();
    }

    /// Fast enough to be done long before the new table is full.
    void move_some() {
        if (before_.entries == nullptr) return;
        for (std::size_t n = 0; n < moved_at_once; ++n) {
            if (moved_ == before_.size()) {
                before_ = {};
                return;
            }
            auto& entry = before_.entries[moved_++];
            if (entry.mark == 0 || entry.mark == gone) continue;
            put(now_, entry);
            entry.mark = gone;
        }
    }

    void finish_moving() {
        while (before_.entries != nullptr) move_some();
    }

    Table now_, before_;  ///< entries wander from `before_` to `now_`
    PagesToCome ahead_;   ///< for the one after `now_`
    std::size_t moved_ = 0;
};

}  // namespace usher::engine
