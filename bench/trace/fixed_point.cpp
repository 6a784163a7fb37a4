#include "bench/trace/fixed_point.h"

#include <array>
#include <bit>
#include <cstddef>

#include "base/expect.h"

namespace usher::bench {

namespace {

constexpr std::uint64_t ln2_q32 = 2'977'044'472;  // ln 2 in Q32

constexpr std::uint64_t square_root(Wide x) {
    Wide root = 0;
    for (auto bit = Wide{1} << 63U; bit != 0; bit >>= 1U)
        if ((root | bit) * (root | bit) <= x) root |= bit;
    return static_cast<std::uint64_t>(root);
}

// roots[k] is 2^(2^-(k+1)) in Q62: the factor that bit 31-k of an exponent stands for.
constexpr std::array<std::uint64_t, 32> make_roots() {
    std::array<std::uint64_t, 32> roots{};
    auto last = Wide{2} << 62U;
    for (auto& root : roots) {
        root = square_root(last << 62U);
        last = root;
    }
    return roots;
}
constexpr auto roots = make_roots();

}  // namespace

std::uint64_t log2_q32(std::uint64_t x) {
    EXPECT(x >= 1);
    const auto whole = static_cast<unsigned>(std::bit_width(x)) - 1;
    // The mantissa, 1 ≤ m < 2, in Q62. Squaring it doubles its logarithm: one bit a round.
    auto mantissa = whole <= 62 ? x << (62U - whole) : x >> 1U;
    std::uint64_t result = whole;
    for (int bit = 0; bit < 32; ++bit) {
        mantissa = static_cast<std::uint64_t>((static_cast<Wide>(mantissa) * mantissa) >> 62U);
        const auto reached_two = mantissa >> 63U;
        mantissa >>= reached_two;
        result = result << 1U | reached_two;
    }
    return result;
}

std::uint64_t exp2_q32(std::uint64_t y) {
    const auto whole = static_cast<unsigned>(y >> 32U);
    EXPECT(whole < 63);
    auto mantissa = std::uint64_t{1} << 62U;
    for (std::size_t k = 0; k < roots.size(); ++k)
        if ((y >> (31U - k) & 1U) != 0)
            mantissa = static_cast<std::uint64_t>((static_cast<Wide>(mantissa) * roots[k]) >> 62U);
    return mantissa >> (62U - whole);
}

std::uint64_t draw_exponential_q32(Random& random) {
    const auto uniform = random.next() | 1U;  // never 0: its logarithm is asked for
    const auto bits = (std::uint64_t{64} << 32U) - log2_q32(uniform);
    return static_cast<std::uint64_t>((static_cast<Wide>(bits) * ln2_q32) >> 32U);
}

}  // namespace usher::bench
