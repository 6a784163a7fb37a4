// The longest increasing subsequence by patience sorting, O(n log n).
#include "roster/order.h"

#include <algorithm>
#include <cstddef>

namespace usher::roster {

std::vector<bool> moved(const std::vector<std::uint32_t>& old_ranks) {
    constexpr auto none = static_cast<std::size_t>(-1);
    // ends[n]: where, of all rows of n + 1 so far, the one with the least end ends.
    std::vector<std::size_t> ends;
    std::vector<std::size_t> previous(old_ranks.size(), none);
    for (std::size_t i = 0; i < old_ranks.size(); ++i) {
        const auto at = std::lower_bound(
            ends.begin(), ends.end(), old_ranks[i],
            [&](std::size_t end, std::uint32_t rank) { return old_ranks[end] < rank; });
        if (at != ends.begin()) previous[i] = *(at - 1);
        if (at == ends.end()) {
            ends.push_back(i);
        } else {
            *at = i;
        }
    }
    std::vector<bool> out(old_ranks.size(), true);
    for (auto i = ends.empty() ? none : ends.back(); i != none; i = previous[i]) out[i] = false;
    return out;
}

}  // namespace usher::roster
