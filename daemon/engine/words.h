// Rows of 64-bit words, as sets of agents are (agent_set.h), several at once: sixteen words at a
// time, and four in one operation where the processor can (AVX2, found out at the start). Both
// ways do the same; tests hold one against the other. Rows may be of any length; nothing here
// allocates, and rows that are written to may be among those that are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace usher::engine {

using Word = std::uint64_t;

struct WordLoops {
    /// What is in all of `rows` (one at least) goes into `out`; how many bits that is.
    std::uint32_t (*intersect)(std::span<const Word* const> rows, Word* out, std::size_t words);
    /// From the last row to the first: takes off `set` what is in the row, unless that is all.
    /// With rows that are the bits of numbers, the last one the highest, the least are left.
    void (*keep_least)(std::span<const Word* const> rows, Word* set, std::size_t words);
    /// Whether something of `set` is not in `other`.
    bool (*exceeds)(const Word* set, const Word* other, std::size_t words);
};

extern const WordLoops plain_word_loops;

/// Those that this processor is best at.
const WordLoops& word_loops();

}  // namespace usher::engine
