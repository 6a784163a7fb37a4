#include "bench/trace/shape.h"

#include <algorithm>
#include <iterator>

#include "base/expect.h"
#include "bench/trace/fixed_point.h"

namespace usher::bench {

namespace {

constexpr std::uint64_t moved_in_all() {
    std::uint64_t sum = 0;
    for (const auto times : moved_times) sum += times;
    return sum;
}

std::uint32_t draw_moves(Random& random) {
    auto place = random.below(moved_in_all());
    std::uint32_t moves = 1;
    for (const auto times : moved_times) {
        if (place < times) break;
        place -= times;
        ++moves;
    }
    if (moves < moved_times.size()) return moves;
    while (moves < moves_max && random.chance(1, 2)) ++moves;  // "6 or more": each half as often
    return moves;
}

/// A fraction of the life table for a ticket that is moved (density 2u: the larger of two draws)
/// or not (what is left of the uniform density, by rejection).
std::uint32_t draw_life_fraction(Random& random, bool moved) {
    if (moved) {
        const auto first = random.fraction();
        return std::max(first, random.fraction());
    }
    for (;;) {
        const auto fraction = random.fraction();
        const auto taken = 2 * moved_in_all() * fraction / moved_of;  // by moved tickets, of 2^32
        if (random.fraction() >= taken) return fraction;
    }
}

}  // namespace

std::uint64_t life_s(std::uint32_t fraction) {
    const auto percent_q32 = std::uint64_t{fraction} * 100;
    std::size_t upper = 1;
    while (life_points[upper].percent * q32_one <= percent_q32) ++upper;
    const auto& from = life_points[upper - 1];
    const auto& until = life_points[upper];

    const auto low = log2_q32(from.minutes * 60);
    const auto high = log2_q32(until.minutes * 60);
    const auto along = percent_q32 - from.percent * q32_one;  // Q32 of percents, below 2^37
    const auto wide = static_cast<Wide>(high - low) * along / (until.percent - from.percent);
    return exp2_q32(low + static_cast<std::uint64_t>(wide >> 32U));
}

Life draw_life(Random& random, bool movable) {
    if (!movable) return {life_s(random.fraction()), 0};
    const auto moved = random.chance(moved_in_all(), moved_of);
    const auto seconds = life_s(draw_life_fraction(random, moved));
    return {seconds, moved ? draw_moves(random) : 0};
}

std::uint64_t draw_reopen_delay_s(Random& random) {
    constexpr std::uint64_t shortest_s = 600;
    constexpr std::uint64_t longest_s = 5 * 86'400;
    const auto low = log2_q32(shortest_s);
    const auto wide = static_cast<Wide>(log2_q32(longest_s) - low) * random.fraction();
    return exp2_q32(low + static_cast<std::uint64_t>(wide >> 32U));
}

std::string_view draw_type(Random& random) {
    const auto place = random.below(10);
    if (place < 3) return "calling";
    return place < 6 ? "messaging" : "email";
}

Skewed::Skewed(std::uint32_t places) {
    EXPECT(places > 0);
    constexpr std::uint64_t first_weight = std::uint64_t{1} << 32U;
    std::uint64_t sum = 0;
    upto_.reserve(places);
    for (std::uint64_t place = 0; place < places; ++place) {
        sum += first_weight / (place + 1);
        upto_.push_back(sum);
    }
}

std::uint32_t Skewed::draw(Random& random) const {
    const auto drawn = random.below(upto_.back());
    const auto found = std::upper_bound(upto_.begin(), upto_.end(), drawn);
    return static_cast<std::uint32_t>(std::distance(upto_.begin(), found));
}

}  // namespace usher::bench
