// Rule 23: by cycles. Among the eligible without a turn in this cycle, the first in the roster's
// order; if all of them have had one, their marks alone are taken away and they begin again.
#include "engine/distribution/distribution.h"

namespace usher::engine {

Choice choose_round_robin(const Contest& contest) {
    const auto& had_turn = contest.account.rules[contest.rule.value].had_turn;
    for (std::size_t i = 0; i < contest.pool.word_count(); ++i)
        if (const auto waiting = contest.pool.word(i) & ~had_turn.word(i); waiting != 0)
            return {.position = static_cast<std::uint32_t>(i * 64) +
                                static_cast<std::uint32_t>(std::countr_zero(waiting)),
                    .by = DecidedBy::turn,
                    .takes_turn = true};
    return {.position = contest.pool.first(),
            .by = DecidedBy::turn,
            .takes_turn = true,
            .cycle_begins_again = true};
}

}  // namespace usher::engine
