// Old numbers of one kind of thing as new numbers, by key: how two definitions, each with numbers
// of its own, are compared. Things that are marked as removed count as not there.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/definition.h"

namespace usher::roster {

/// The number of what is not there any more, equal to no other number and not to `nothing`.
inline constexpr std::uint32_t gone = engine::Number<struct AnyTag>::nothing - 1;

inline std::string_view key_of(const engine::Zone& zone) {
    return zone.name;
}
inline std::string_view key_of(const engine::RuleDefinition& rule) {
    return rule.name;
}
template <class Thing>
std::string_view key_of(const Thing& thing) {
    return thing.key;
}

template <class Thing>
bool is_removed(const Thing& thing) {
    if constexpr (requires { thing.removed; }) return thing.removed;
    return false;
}

template <class No>
class Translation {
  public:
    /// Keys stay where they are only while this is made.
    template <class Thing>
    Translation(const std::vector<Thing>& before, const std::vector<Thing>& after) {
        boost::unordered_flat_map<std::string_view, std::uint32_t> by_key;
        by_key.reserve(after.size());
        for (std::uint32_t i = 0; i < after.size(); ++i) {
            if (!is_removed(after[i])) by_key.try_emplace(key_of(after[i]), i);
        }
        to_.reserve(before.size());
        from_.assign(after.size(), gone);
        for (std::uint32_t i = 0; i < before.size(); ++i) {
            const auto found = by_key.find(key_of(before[i]));
            const bool lost = found == by_key.end() || is_removed(before[i]);
            to_.push_back(lost ? gone : found->second);
            if (!lost) from_[found->second] = i;
        }
    }

    /// The new number of what had this one; `gone` for none.
    std::uint32_t to(std::uint32_t old) const { return to_[old]; }
    /// The old number of what has this one; `gone` for none.
    std::uint32_t from(std::uint32_t now) const { return from_[now]; }

    void rewrite(No& number) const {
        if (number.exists()) number.value = to_[number.value];
    }
    void rewrite(std::vector<No>& numbers) const {
        for (auto& number : numbers) rewrite(number);
    }

  private:
    std::vector<std::uint32_t> to_;
    std::vector<std::uint32_t> from_;
};

}  // namespace usher::roster
