// The agents of an account that have ever got work, in the order of their last assignment, longest
// ago first. A linked list over positions: an assignment moves its agent to the end, at the cost of
// a few words. Nothing here allocates but assign().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/agent_set.h"

namespace usher::engine {

class Recency {
  public:
    static constexpr std::uint32_t none = AgentSet::none;

    /// `in_order`: the positions below `agents` that have got work, longest ago first.
    void assign(std::size_t agents, const std::vector<std::uint32_t>& in_order) {
        links_.assign(agents, {});
        ever_.resize(agents);
        first_ = last_ = none;
        for (const auto position : in_order) {
            ever_.set(position);
            link_behind(last_, position);
        }
    }

    /// Who has ever got work.
    const AgentSet& ever() const { return ever_; }

    std::size_t bytes() const { return links_.capacity() * sizeof(Link) + ever_.bytes(); }

    std::uint32_t first() const { return first_; }
    std::uint32_t last() const { return last_; }
    std::uint32_t after(std::uint32_t position) const { return links_[position].after; }
    std::uint32_t before(std::uint32_t position) const { return links_[position].before; }

    /// Puts the agent behind the last one that comes before it: at once behind the very last, but
    /// for work that was assigned in the past.
    template <class ComesBefore>
    void move(std::uint32_t position, ComesBefore comes_before) {
        ever_.test(position) ? unlink(position) : ever_.set(position);
        auto place = last_;
        while (place != none && !comes_before(place, position)) place = links_[place].before;
        link_behind(place, position);
    }

  private:
    struct Link {
        std::uint32_t before = none;
        std::uint32_t after = none;
    };

    void unlink(std::uint32_t position) {
        const auto [before, after] = links_[position];
        (before == none ? first_ : links_[before].after) = after;
        (after == none ? last_ : links_[after].before) = before;
    }

    void link_behind(std::uint32_t place, std::uint32_t position) {
        const auto after = place == none ? first_ : links_[place].after;
        links_[position] = {place, after};
        (place == none ? first_ : links_[place].after) = position;
        (after == none ? last_ : links_[after].before) = position;
    }

    std::vector<Link> links_;  ///< by position
    AgentSet ever_;
    std::uint32_t first_ = none;
    std::uint32_t last_ = none;
};

}  // namespace usher::engine
