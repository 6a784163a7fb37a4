// The shape of a real help desk's year, as draws: how long tickets stay open, how often they are
// moved, when they arrive. Figures: "Incident management process enriched event log" (Amaral,
// Fantinato, Peres, 2018), UCI data set 498, DOI 10.24432/C57S4H, CC BY 4.0; 24,918 tickets.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "bench/trace/random.h"

namespace usher::bench {

/// Arrivals of the real year, Monday to Sunday and hour 0 to 23.
inline constexpr std::array<std::uint32_t, 7> arrivals_by_weekday = {5947, 4951, 4884, 4105,
                                                                     3829, 639,  563};
inline constexpr std::array<std::uint32_t, 24> arrivals_by_hour = {
    269,  222,  149,  123,  128,  132,  320, 576, 2548, 3011, 2892, 2469,
    1342, 1645, 2255, 2131, 1867, 1075, 466, 296, 226,  359,  245,  172};

/// Tickets that were moved 1, 2, 3, 4, 5, and 6 or more times, of `moved_of`.
inline constexpr std::array<std::uint32_t, 6> moved_times = {5602, 2061, 1057, 545, 268, 411};
inline constexpr std::uint32_t moved_of = 24'918;
inline constexpr std::uint32_t moves_max = 12;

/// Tickets that were reopened, of `moved_of`.
inline constexpr std::uint32_t reopened_times = 331;

/// Open → resolved: at `quantile` of all tickets, so many minutes. The ends of the table are ours.
struct LifePoint {
    std::uint64_t percent;
    std::uint64_t minutes;
};
inline constexpr std::array<LifePoint, 9> life_points = {{{0, 1},
                                                          {10, 3},
                                                          {25, 15},
                                                          {50, 833},
                                                          {75, 8'178},
                                                          {90, 21'039},
                                                          {95, 39'004},
                                                          {99, 161'703},
                                                          {100, 400'000}}};

/// The first `life_s` seconds of a ticket at `fraction` (of 2^32) of the distribution; between the
/// points of the table its logarithm is linear.
std::uint64_t life_s(std::uint32_t fraction);

/// How long a ticket stays open, and how often it is moved in that time.
struct Life {
    std::uint64_t seconds = 0;
    std::uint32_t moves = 0;
};
/// Moved tickets live longer (a ticket that six teams saw was not resolved in a minute); both
/// distributions, taken alone, are those of the tables. Without `movable`, nothing moves.
Life draw_life(Random& random, bool movable);

/// Seconds from a closing to the reopening: ten minutes to five days.
std::uint64_t draw_reopen_delay_s(Random& random);

/// "calling" 30 %, "messaging" 30 %, "email" 40 %.
std::string_view draw_type(Random& random);

/// Places 0 … n-1, where place k is drawn 1/(k+1) as often as place 0: sizes of teams, and the
/// work that comes to them.
class Skewed {
  public:
    explicit Skewed(std::uint32_t places);

    std::uint32_t draw(Random& random) const;

  private:
    std::vector<std::uint64_t> upto_;  ///< weights, added up
};

}  // namespace usher::bench
