// The keys of one kind of thing and the numbers they stand for. Views into the documents, which
// live as long as the parse. A key that is defined twice keeps its first number.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "roster/problems.h"

namespace usher::roster {

template <class No>
class Names {
  public:
    /// The next number. Its key may be one that is there already: then the first one keeps it, and
    /// `false` comes back.
    bool add(std::string_view key, Place place) {
        const auto number = static_cast<std::uint32_t>(keys_.size());
        keys_.push_back(key);
        places_.push_back(place);
        const bool is_new = numbers_.try_emplace(key, No{number}).second;
        if (!is_new) twice_.insert(key);
        return is_new;
    }
    bool is_twice(std::string_view key) const { return twice_.contains(key); }

    No find(std::string_view key) const {
        const auto found = numbers_.find(key);
        return found == numbers_.end() ? No{} : found->second;
    }

    std::string_view key(No number) const { return keys_[number.value]; }
    /// Where the thing's key stands, or the thing if it has none.
    Place place(No number) const { return places_[number.value]; }
    const std::vector<std::string_view>& keys() const { return keys_; }

  private:
    std::vector<std::string_view> keys_;
    std::vector<Place> places_;
    boost::unordered_flat_map<std::string_view, No> numbers_;
    boost::unordered_flat_set<std::string_view> twice_;
};

}  // namespace usher::roster
