// How a pool's work is shared out (rules 21 to 24). One function per distribution, each in a file
// of its own; choose() calls the rule's. The pool is never empty.
#pragma once

#include "engine/account.h"
#include "engine/pool.h"

namespace usher::engine {

struct Choice {
    std::uint32_t position = AgentSet::none;  ///< of the winner, in the roster's order
    DecidedBy by = DecidedBy::nobody;
    std::uint16_t draws = 0;  ///< taken from the account's generator
    bool takes_turn = false;
    bool cycle_begins_again = false;  ///< the marks of all in the pool go first
};

/// What the distributions may look at.
struct Contest {
    const Account& account;
    const AgentSet& pool;
    std::uint32_t eligible = 0;  ///< how many are in the pool
    AgentSet& spare;             ///< room for a set to work with
    RuleNo rule;
    std::size_t workspace = 0;
    std::size_t type = 0;
    TieBreak tie_break = TieBreak::least_recent;
};

Choice choose_load_balanced(const Contest& contest);
Choice choose_round_robin(const Contest& contest);
Choice choose_random(const Contest& contest);

inline Choice choose(Distribution distribution, const Contest& contest) {
    switch (distribution) {
        case Distribution::round_robin:
            return choose_round_robin(contest);
        case Distribution::random:
            return choose_random(contest);
        case Distribution::load_balanced:
            break;
    }
    return choose_load_balanced(contest);
}

}  // namespace usher::engine
