// Goal: the loops over words give what the definition says, bit by bit, in each of the ways that
// they are compiled; for rows of every length up to some blocks, at any address of a word.
#include "engine/words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <span>
#include <vector>

#include "tests/support/random.h"

namespace usher::testing {
namespace {

using engine::Word;
using engine::WordLoops;

constexpr std::size_t words_max = 70;

/// Rows of random bits, some of them nearly full, some nearly empty; the first at an odd address.
struct Rows {
    std::vector<std::vector<Word>> memory;
    std::vector<const Word*> at;

    Rows(Random& random, std::size_t count) {
        for (std::size_t row = 0; row < count; ++row) {
            auto& words = memory.emplace_back(words_max + 1);
            const auto kind = random.below(4);
            for (auto& word : words) {
                word = random.next();
                if (kind == 1) word |= random.next() | random.next() | random.next();
                if (kind == 2) word &= random.next() & random.next() & random.next();
                if (kind == 3) word = random.below(40) == 0 ? Word{1} << random.below(64) : 0;
            }
        }
        for (const auto& words : memory) at.push_back(words.data() + random.below(2));
    }
};

bool bit(const Word* row, std::size_t at) {
    return (row[at / 64] >> (at % 64) & 1U) != 0;
}

void expect_intersection(const WordLoops& loops, const Rows& rows, std::size_t words) {
    std::vector<Word> out(words + 1, 0x5555);
    const auto count = loops.intersect(rows.at, out.data(), words);
    std::uint32_t expected = 0;
    for (std::size_t i = 0; i < words * 64; ++i) {
        const bool in_all = std::all_of(rows.at.begin(), rows.at.end(),
                                        [i](const Word* row) { return bit(row, i); });
        ASSERT_EQ(bit(out.data(), i), in_all) << words << " words, bit " << i;
        expected += in_all ? 1 : 0;
    }
    EXPECT_EQ(count, expected);
    EXPECT_EQ(out[words], 0x5555U) << "beyond the end";
}

/// What a set's members have in the rows, read as the bits of a number.
std::uint64_t number_of(const Rows& rows, std::size_t member) {
    std::uint64_t number = 0;
    for (std::size_t row = 1; row < rows.at.size(); ++row)
        number |= std::uint64_t{bit(rows.at[row], member)} << (row - 1);
    return number;
}

void expect_least(const WordLoops& loops, const Rows& rows, std::size_t words) {
    auto least = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = 0; i < words * 64; ++i)
        if (bit(rows.at[0], i)) least = std::min(least, number_of(rows, i));
    std::vector<Word> set(rows.at[0], rows.at[0] + words);
    set.push_back(0x5555);
    loops.keep_least(std::span(rows.at).subspan(1), set.data(), words);
    for (std::size_t i = 0; i < words * 64; ++i)
        ASSERT_EQ(bit(set.data(), i), bit(rows.at[0], i) && number_of(rows, i) == least)
            << words << " words, bit " << i;
    EXPECT_EQ(set[words], 0x5555U) << "beyond the end";
}

void expect_excess(const WordLoops& loops, const Rows& rows, std::size_t words) {
    bool exceeds = false;
    for (std::size_t i = 0; i < words * 64; ++i)
        exceeds = exceeds || (bit(rows.at.front(), i) && !bit(rows.at.back(), i));
    EXPECT_EQ(loops.exceeds(rows.at.front(), rows.at.back(), words), exceeds);
}

TEST(Words, LoopsOverRowsDoWhatIsDefinedBitByBit) {
    const auto seed = fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Random random(seed);
    for (std::size_t words = 0; words <= words_max; ++words)
        for (int turn = 0; turn < 4; ++turn) {
            const Rows rows(random, 1 + random.below(18));
            for (const auto* loops : {&engine::plain_word_loops, &engine::word_loops()}) {
                expect_intersection(*loops, rows, words);
                expect_least(*loops, rows, words);
                expect_excess(*loops, rows, words);
            }
        }
}

TEST(Words, WhatIsWrittenMayBeAmongWhatIsRead) {
    Random random(7);
    Rows rows(random, 5);
    std::vector<Word> expected(words_max), set(rows.at[0], rows.at[0] + words_max);
    const auto count = engine::plain_word_loops.intersect(rows.at, expected.data(), words_max);
    rows.at[0] = set.data();
    EXPECT_EQ(engine::word_loops().intersect(rows.at, set.data(), words_max), count);
    EXPECT_EQ(set, expected);
}

}  // namespace
}  // namespace usher::testing
