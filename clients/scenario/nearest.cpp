// The edit distance of Damerau (restricted: a swap of neighbours is one step), over bytes.
#include <algorithm>
#include <cstddef>
#include <vector>

#include "clients/scenario/verbs.h"

namespace usher::scenario {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    const std::size_t width = b.size() + 1;
    std::vector<std::size_t> before(width), above(width), row(width);
    for (std::size_t j = 0; j < width; ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view written, std::span<const std::string_view> choices) {
    constexpr std::size_t longest_worth_a_guess = 64;
    if (written.size() > longest_worth_a_guess) return {};
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(2, written.size() / 3) + 1;
    for (const auto choice : choices) {
        const auto distance = edit_distance(written, choice);
        if (distance < best_distance && distance < choice.size()) {
            best_distance = distance;
            best = choice;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> choices) {
    const auto meant = nearest(written, choices);
    return meant.empty() ? std::string{} : " (did you mean \"" + std::string(meant) + "\"?)";
}

}  // namespace usher::scenario
