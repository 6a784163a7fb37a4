// "Did you mean": the nearest of the known names. The work is bounded: after so many comparisons
// in one parse the search gives up, and hints get plainer, so that a roster full of mistakes costs
// no more than a moment. Owned by one parse().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::roster {

/// The number of insertions, deletions, substitutions and swaps of neighbours between two names,
/// capitals and small letters counted as the same; `limit` + 1 if it is more than `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

class Nearest {
  public:
    /// Looks for the one nearest to `name`. With `budget` at 0 nothing is found.
    Nearest(std::string_view name, std::uint64_t& budget);

    void consider(std::string_view candidate);

    /// Empty: nothing is near enough.
    std::string_view best() const { return best_; }

    /// "did you mean "x"?", or `otherwise` if nothing is near enough.
    std::string hint(std::string otherwise) const;

  private:
    std::string_view name_;
    std::uint64_t& budget_;
    std::string_view best_;
    std::size_t limit_;  ///< what is nearer than this is taken
};

}  // namespace usher::roster
