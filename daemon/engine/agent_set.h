// A set of agents as a bitmap over their positions in the roster's order, so that the lowest bit
// is the first agent of rules 22 to 24 and a walk over the set is a walk in that order.
// All sets of one account have the same size. Nothing here allocates but resize().
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/words.h"

namespace usher::engine {

class AgentSet {
  public:
    static constexpr std::uint32_t none = 0xffff'ffff;

    /// Empties the set and makes room for positions below `agents`.
    void resize(std::size_t agents) { words_.assign((agents + 63) / 64, 0); }

    bool test(std::uint32_t at) const { return (words_[at / 64] >> (at % 64) & 1U) != 0; }
    void set(std::uint32_t at) { words_[at / 64] |= std::uint64_t{1} << (at % 64); }
    void clear(std::uint32_t at) { words_[at / 64] &= ~(std::uint64_t{1} << (at % 64)); }
    void put(std::uint32_t at, bool in) { in ? set(at) : clear(at); }

    std::size_t word_count() const { return words_.size(); }
    Word word(std::size_t i) const { return words_[i]; }
    const Word* words() const { return words_.data(); }
    Word* words() { return words_.data(); }
    /// As many words as `other` has; what is in them is not said.
    void take_size_of(const AgentSet& other) { words_.resize(other.words_.size()); }

    bool empty() const {
        for (const auto word : words_)
            if (word != 0) return false;
        return true;
    }

    /// Leaves those who are in `other` too.
    void keep(const AgentSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    }
    /// Leaves those who are not in `other`.
    void drop(const AgentSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    }
    /// Whether some of them are in `other`.
    bool meets(const AgentSet& other) const {
        for (std::size_t i = 0; i < words_.size(); ++i)
            if ((words_[i] & other.words_[i]) != 0) return true;
        return false;
    }
    /// Whether some of them are not in `other`.
    bool exceeds(const AgentSet& other) const {
        return word_loops().exceeds(words(), other.words(), words_.size());
    }

    bool has_one_member() const {
        bool met = false;
        for (const auto word : words_) {
            if (word == 0) continue;
            if (met || !std::has_single_bit(word)) return false;
            met = true;
        }
        return met;
    }

    std::uint32_t count() const {
        std::uint32_t sum = 0;
        for (const auto word : words_) sum += static_cast<std::uint32_t>(std::popcount(word));
        return sum;
    }

    /// Calls visit(position) for each member, in the roster's order.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t i = 0; i < words_.size(); ++i)
            for (auto word = words_[i]; word != 0; word &= word - 1)
                visit(static_cast<std::uint32_t>(i * 64) +
                      static_cast<std::uint32_t>(std::countr_zero(word)));
    }

    /// The first member, or none.
    std::uint32_t first() const { return nth(0); }

    /// The n-th member from 0 in the roster's order, or none.
    std::uint32_t nth(std::uint32_t n) const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            auto word = words_[i];
            const auto here = static_cast<std::uint32_t>(std::popcount(word));
            if (n >= here) {
                n -= here;
                continue;
            }
            for (; n > 0; --n) word &= word - 1;
            return static_cast<std::uint32_t>(i * 64) +
                   static_cast<std::uint32_t>(std::countr_zero(word));
        }
        return none;
    }

    std::size_t bytes() const { return words_.capacity() * sizeof(std::uint64_t); }

    friend bool operator==(const AgentSet&, const AgentSet&) = default;

  private:
    std::vector<std::uint64_t> words_;
};

}  // namespace usher::engine
