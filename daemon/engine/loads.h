// How many tickets of one type each agent holds in one workspace, by position in the roster's
// order: as numbers, and the same numbers bit-sliced into planes, so that the agents with the least
// load among any set are found by a few operations on words (O'Neil and Quass, "Improved query
// performance with variant indexes", 1997: MIN over a bit-sliced index). Nothing here allocates
// but assign() and the first load ever to need a bit more than all before.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/agent_set.h"

namespace usher::engine {

class Loads {
  public:
    /// Everybody at zero.
    void assign(std::size_t agents) {
        of_.assign(agents, 0);
        words_ = (agents + 63) / 64;
        planes_.clear();
    }

    std::uint32_t operator[](std::uint32_t position) const { return of_[position]; }

    void set(std::uint32_t position, std::uint32_t load) {
        for (auto changed = of_[position] ^ load; changed != 0; changed &= changed - 1) {
            const auto bit = static_cast<std::uint32_t>(std::countr_zero(changed));
            if (planes_.size() <= bit * words_) planes_.resize((bit + 1) * words_);
            planes_[bit * words_ + position / 64] ^= Word{1} << (position % 64);
        }
        of_[position] = load;
    }

    /// Leaves in `pool` only those with the least load among them.
    void keep_least(AgentSet& pool) const {
        std::array<const Word*, bits_max> rows;
        std::size_t bits = 0;
        for (std::size_t at = 0; at < planes_.size(); at += words_) rows[bits++] = &planes_[at];
        word_loops().keep_least({rows.data(), bits}, pool.words(), words_);
    }

    std::size_t bytes() const {
        return of_.capacity() * sizeof(std::uint32_t) + planes_.capacity() * sizeof(Word);
    }

    friend bool operator==(const Loads& a, const Loads& b) { return a.of_ == b.of_; }

  private:
    static constexpr std::size_t bits_max = 32;

    std::vector<std::uint32_t> of_;
    std::size_t words_ = 0;     ///< of a plane
    std::vector<Word> planes_;  ///< one behind the other; the b-th: those whose load has bit b
};

}  // namespace usher::engine
