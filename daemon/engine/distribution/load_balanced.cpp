// Rules 21 and 22: the lowest load for the ticket's type in its workspace; among equals who has
// waited longest since an assignment (or, most_recent, who got one last); then the roster's order.
#include "engine/distribution/distribution.h"

namespace usher::engine {

Choice choose_load_balanced(const Contest& contest) {
    const auto& load = contest.account.load[contest.workspace][contest.type];
    const auto& last = contest.account.last;
    const bool most_recent = contest.tie_break == TieBreak::most_recent;

    Choice best;
    std::uint32_t best_load = 0;
    contest.pool.for_each([&](std::uint32_t position) {
        const auto here = load[position];
        if (best.position == AgentSet::none) {
            best = {.position = position, .by = DecidedBy::only_one};
            best_load = here;
        } else if (here < best_load) {
            best = {.position = position, .by = DecidedBy::load};
            best_load = here;
        } else if (here > best_load) {
            if (best.by == DecidedBy::only_one) best.by = DecidedBy::load;
        } else if (last[position] == last[best.position]) {
            best.by = DecidedBy::order;  // the earlier position stays
        } else {
            best.by = DecidedBy::tie;
            const bool wins = most_recent ? last[position] > last[best.position]
                                          : last[position] < last[best.position];
            if (wins) best.position = position;
        }
    });
    return best;
}

}  // namespace usher::engine
