// Rules 21 and 22: the lowest load for the ticket's type in its workspace; among equals who has
// waited longest since an assignment (or, most_recent, who got one last); then the roster's order.
//
// The least loaded are found by their bits (loads.h). Who of them comes first is found by walking
// along the order of last assignments (recency.h) until one of them is met; if that takes more
// steps than there are in the pool, by comparing them all. Both give the same.
#include "engine/distribution/distribution.h"

namespace usher::engine {

namespace {

Choice walk(const Account& account, const AgentSet& equals, bool most_recent, std::uint32_t steps) {
    const auto& order = account.recency;
    for (auto at = most_recent ? order.last() : order.first(); steps > 0; --steps) {
        if (equals.test(at)) return {.position = at, .by = DecidedBy::tie};
        at = most_recent ? order.before(at) : order.after(at);
    }
    return {};
}

Choice compare_all(const Account& account, const AgentSet& equals, bool most_recent) {
    Choice best{.position = equals.first(), .by = DecidedBy::tie};
    equals.for_each([&](std::uint32_t position) {
        const auto& here = account.last[position];
        const auto& there = account.last[best.position];
        if (most_recent ? here > there : here < there) best.position = position;
    });
    return best;
}

/// Splits `equals` by whether they have ever got work, keeps those who come first.
bool keep_first_kind(const AgentSet& ever, AgentSet& equals, bool most_recent) {
    if (!equals.exceeds(ever)) return true;
    if (!equals.meets(ever)) return false;
    most_recent ? equals.keep(ever) : equals.drop(ever);
    return most_recent;
}

}  // namespace

Choice choose_load_balanced(const Contest& contest) {
    const auto& account = contest.account;
    const bool most_recent = contest.tie_break == TieBreak::most_recent;
    auto& equals = contest.spare;
    equals = contest.pool;
    account.load[contest.workspace][contest.type].keep_least(equals);
    if (equals.has_one_member())
        return {.position = equals.first(),
                .by = contest.eligible == 1 ? DecidedBy::only_one : DecidedBy::load};

    const bool have_got_work = keep_first_kind(account.recency.ever(), equals, most_recent);
    if (equals.has_one_member()) return {.position = equals.first(), .by = DecidedBy::tie};
    if (!have_got_work) return {.position = equals.first(), .by = DecidedBy::order};
    const auto met = walk(account, equals, most_recent, contest.eligible);
    return met.position != AgentSet::none ? met : compare_all(account, equals, most_recent);
}

}  // namespace usher::engine
