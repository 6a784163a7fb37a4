// How many tickets of one type each agent holds in one workspace, by position in the roster's
// order: as numbers, and the same numbers bit-sliced into planes, so that the agents with the least
// load among any set are found by a few operations on words (O'Neil and Quass, "Improved query
// performance with variant indexes", 1997: MIN over a bit-sliced index). Nothing here allocates
// but assign() and the first load ever to need a bit more than all before.
#pragma once

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
        planes_.clear();
    }

    std::uint32_t operator[](std::uint32_t position) const { return of_[position]; }

    void set(std::uint32_t position, std::uint32_t load) {
        for (auto changed = of_[position] ^ load; changed != 0; changed &= changed - 1) {
            const auto bit = static_cast<std::uint32_t>(std::countr_zero(changed));
            while (planes_.size() <= bit) planes_.emplace_back().resize(of_.size());
            planes_[bit].put(position, (load >> bit & 1U) != 0);
        }
        of_[position] = load;
    }

    /// Leaves in `pool` only those with the least load among them.
    void keep_least(AgentSet& pool) const {
        for (auto bit = planes_.size(); bit-- > 0;)
            if (pool.exceeds(planes_[bit])) pool.drop(planes_[bit]);
    }

    std::size_t bytes() const {
        auto sum = of_.capacity() * sizeof(std::uint32_t);
        for (const auto& plane : planes_) sum += plane.bytes();
        return sum;
    }

    friend bool operator==(const Loads& a, const Loads& b) { return a.of_ == b.of_; }

  private:
    std::vector<std::uint32_t> of_;
    std::vector<AgentSet> planes_;  ///< planes_[b]: those whose load has bit b
};

}  // namespace usher::engine
