// Rule 24: an unbiased draw. The generator is SplitMix64 (Steele, Lea, Flood, "Fast splittable
// pseudorandom number generators", 2014) over the account's seed; its n-th number follows from n
// alone, so the state is a count of draws and repeats everywhere. Bounded without bias by
// multiplication and rejection (Lemire, "Fast random integer generation in an interval", 2019).
#include "engine/distribution/distribution.h"

namespace usher::engine {

namespace {

__extension__ typedef unsigned __int128 Wide;

std::uint64_t draw(std::uint64_t seed, std::uint64_t nth) {
    auto z = seed + (nth + 1) * 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    return z ^ z >> 31U;
}

}  // namespace

Choice choose_random(const Contest& contest) {
    const auto& account = contest.account;
    const std::uint64_t members = contest.pool.count();
    const auto biased_below = (0 - members) % members;
    Choice choice{.by = DecidedBy::draw};
    Wide product = 0;
    do {
        product = Wide{draw(account.definition.seed, account.draws + choice.draws)} * members;
        ++choice.draws;
    } while (static_cast<std::uint64_t>(product) < biased_below);
    choice.position = contest.pool.nth(static_cast<std::uint32_t>(product >> 64U));
    return choice;
}

}  // namespace usher::engine
