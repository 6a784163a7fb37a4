#include "roster/suggest.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/limits.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

char folded(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// How many slips a name of this length is forgiven.
std::size_t slips(std::size_t length) {
    return length <= 3 ? 1 : length <= 8 ? 2 : 3;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    constexpr std::size_t longest = protocol::key_bytes_max;
    const auto apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (apart > limit || a.size() > longest || b.size() > longest) return limit + 1;

    // Three rows of the usual table; a swap of neighbours looks two rows back.
    std::array<std::array<std::size_t, longest + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i - 1) % 3];
        const auto& two_above = rows[(i + 1) % 3];
        row[0] = i;
        std::size_t least = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                folded(a[i - 2]) == folded(b[j - 1])) {
                row[j] = std::min(row[j], two_above[j - 2] + 1);
            }
            least = std::min(least, row[j]);
        }
        if (least > limit) return limit + 1;
    }
    return std::min(rows[a.size() % 3][b.size()], limit + 1);
}

Nearest::Nearest(std::string_view name, std::uint64_t& budget)
    : name_(name), budget_(budget), limit_(slips(name.size()) + 1) {}

void Nearest::consider(std::string_view candidate) {
    if (budget_ == 0 || limit_ == 0) return;
    --budget_;
    // A name that has nothing left of it after the slips is no suggestion.
    if (candidate.size() < limit_) return;
    const auto distance = edit_distance(name_, candidate, limit_ - 1);
    if (distance >= limit_) return;
    limit_ = distance;
    best_ = candidate;
}

std::string Nearest::hint(std::string otherwise) const {
    if (best_.empty()) return otherwise;
    return "did you mean " + quote(best_) + "?";
}

}  // namespace usher::roster
