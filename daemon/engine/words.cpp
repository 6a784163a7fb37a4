#include "engine/words.h"

#include <bit>

namespace usher::engine {

namespace {

constexpr std::size_t lane_words = 4;
using Lane [[gnu::vector_size(lane_words * sizeof(Word))]] = Word;
/// Four words of a row, where they stand: at any address of a word. (Never `auto`, which forgets
/// that.)
using LaneOfRow
    [[gnu::vector_size(lane_words * sizeof(Word)), gnu::aligned(alignof(Word)), gnu::may_alias]] =
        Word;

// Each loop is written once and compiled for each kind of processor: what is inlined into a
// function is compiled for the processor of that function.

[[gnu::always_inline]] inline const LaneOfRow* lanes_at(const Word* at) {
    return reinterpret_cast<const LaneOfRow*>(at);
}
[[gnu::always_inline]] inline LaneOfRow* lanes_at(Word* at) {
    return reinterpret_cast<LaneOfRow*>(at);
}

[[gnu::always_inline]] inline Word any_of(const Lane& lane) {
    return lane[0] | lane[1] | lane[2] | lane[3];
}

[[gnu::always_inline]] inline std::uint32_t bits_of(const Lane& lane) {
    return static_cast<std::uint32_t>(std::popcount(lane[0]) + std::popcount(lane[1]) +
                                      std::popcount(lane[2]) + std::popcount(lane[3]));
}

[[gnu::always_inline]] inline std::uint32_t intersect_all(std::span<const Word* const> rows,
                                                          Word* out, std::size_t words) {
    const auto others = rows.subspan(1);
    std::uint32_t bits = 0;
    std::size_t at = 0;
    for (; at + 4 * lane_words <= words; at += 4 * lane_words) {
        const LaneOfRow* first = lanes_at(rows[0] + at);
        Lane a = first[0], b = first[1], c = first[2], d = first[3];
        for (const auto* other : others) {
            const LaneOfRow* lanes = lanes_at(other + at);
            a &= lanes[0];
            b &= lanes[1];
            c &= lanes[2];
            d &= lanes[3];
        }
        LaneOfRow* to = lanes_at(out + at);
        to[0] = a;
        to[1] = b;
        to[2] = c;
        to[3] = d;
        bits += bits_of(a) + bits_of(b) + bits_of(c) + bits_of(d);
    }
    for (; at + lane_words <= words; at += lane_words) {
        Lane all = *lanes_at(rows[0] + at);
        for (const auto* other : others) all &= *lanes_at(other + at);
        *lanes_at(out + at) = all;
        bits += bits_of(all);
    }
    for (; at < words; ++at) {
        auto all = rows[0][at];
        for (const auto* other : others) all &= other[at];
        out[at] = all;
        bits += static_cast<std::uint32_t>(std::popcount(all));
    }
    return bits;
}

[[gnu::always_inline]] inline bool exceeds_any(const Word* set, const Word* other,
                                               std::size_t words) {
    Lane beyond{};
    std::size_t at = 0;
    for (; at + lane_words <= words; at += lane_words)
        beyond |= *lanes_at(set + at) & ~*lanes_at(other + at);
    Word rest = any_of(beyond);
    for (; at < words; ++at) rest |= set[at] & ~other[at];
    return rest != 0;
}

[[gnu::always_inline]] inline void drop(Word* set, const Word* other, std::size_t words) {
    std::size_t at = 0;
    for (; at + lane_words <= words; at += lane_words)
        *lanes_at(set + at) &= ~*lanes_at(other + at);
    for (; at < words; ++at) set[at] &= ~other[at];
}

[[gnu::always_inline]] inline void keep_least_of(std::span<const Word* const> rows, Word* set,
                                                 std::size_t words) {
    for (auto row = rows.size(); row-- > 0;)
        if (exceeds_any(set, rows[row], words)) drop(set, rows[row], words);
}

std::uint32_t intersect_plain(std::span<const Word* const> rows, Word* out, std::size_t words) {
    return intersect_all(rows, out, words);
}
void keep_least_plain(std::span<const Word* const> rows, Word* set, std::size_t words) {
    keep_least_of(rows, set, words);
}
bool exceeds_plain(const Word* set, const Word* other, std::size_t words) {
    return exceeds_any(set, other, words);
}

#if defined(__x86_64__)
[[gnu::target("avx2,popcnt")]] std::uint32_t intersect_avx2(std::span<const Word* const> rows,
                                                            Word* out, std::size_t words) {
    return intersect_all(rows, out, words);
}
[[gnu::target("avx2")]] void keep_least_avx2(std::span<const Word* const> rows, Word* set,
                                             std::size_t words) {
    keep_least_of(rows, set, words);
}
[[gnu::target("avx2")]] bool exceeds_avx2(const Word* set, const Word* other, std::size_t words) {
    return exceeds_any(set, other, words);
}

constexpr WordLoops avx2_loops{intersect_avx2, keep_least_avx2, exceeds_avx2};
const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
#endif

}  // namespace

const WordLoops plain_word_loops{intersect_plain, keep_least_plain, exceeds_plain};

const WordLoops& word_loops() {
#if defined(__x86_64__)
    if (has_avx2) return avx2_loops;
#endif
    return plain_word_loops;
}

}  // namespace usher::engine
