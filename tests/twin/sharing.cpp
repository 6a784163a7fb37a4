#include "tests/twin/sharing.h"

#include <algorithm>

namespace usher::twin {
namespace {

bool any_left(const std::vector<Candidate>& source) {
    return std::any_of(source.begin(), source.end(),
                       [](const Candidate& one) { return one.verdict.empty(); });
}

bool has_skills(const World& world, const Agent& agent, const Keys& needed) {
    if (world.plant == "any_skill_will_do" && !needed.empty())
        return std::any_of(needed.begin(), needed.end(),
                           [&](const std::string& skill) { return contains(agent.skills, skill); });
    return std::all_of(needed.begin(), needed.end(),
                       [&](const std::string& skill) { return contains(agent.skills, skill); });
}

/// Rule 22: whether `a` stands before `b` when their loads are equal; roster order is the last
/// word.
bool earlier(const World& world, const Candidate& a, const Candidate& b, bool most_recent) {
    const auto& last_a = world.state_of(a.agent->key).last;
    const auto& last_b = world.state_of(b.agent->key).last;
    if (world.plant == "ties_by_order") return false;
    if (last_a == last_b) return false;
    if (most_recent) return last_a && (!last_b || *last_a > *last_b);
    return !last_a || (last_b && *last_a < *last_b);
}

/// Rules 21 and 22.
void by_load(const World& world, const Channel& channel, const Inbox& inbox, const Rule& rule,
             std::vector<Candidate*>& pool) {
    auto tie_break = rule.tie_break;
    if (tie_break.empty())
        tie_break = inbox.workspace == "conversations" && channel.kind == "chat" ? "most_recent"
                                                                                 : "least_recent";
    std::stable_sort(pool.begin(), pool.end(), [&](const Candidate* a, const Candidate* b) {
        return a->load != b->load ? a->load < b->load
                                  : earlier(world, *a, *b, tie_break == "most_recent");
    });
    for (auto* one : pool)
        one->verdict = one == pool.front()              ? "eligible"
                       : one->load > pool.front()->load ? "lost_on_load"
                                                        : "lost_on_tie";
}

/// Rule 23.
void by_turn(World& world, const Rule& rule, std::vector<Candidate*>& pool) {
    auto& marks = world.rule_state(rule.name).had_turn;
    const auto had_turn = [&marks](const Candidate* one) {
        return contains(marks, one->agent->key);
    };
    if (std::all_of(pool.begin(), pool.end(), had_turn)) {
        std::erase_if(marks, [&](const std::string& mark) {
            return world.plant == "round_robin_resets_all" ||
                   std::any_of(pool.begin(), pool.end(),
                               [&](const Candidate* one) { return one->agent->key == mark; });
        });
    }
    std::stable_sort(pool.begin(), pool.end(), [&](const Candidate* a, const Candidate* b) {
        return !had_turn(a) && had_turn(b);
    });
    for (auto* one : pool) one->verdict = had_turn(one) ? "had_turn" : "eligible";
    marks.push_back(pool.front()->agent->key);
}

/// The draws of rule 24: splitmix64 of the account's seed, made unbiased by Lemire's method.
std::uint64_t next_random(World& world) {
    ++world.draws;
    std::uint64_t z = world.roster.account.seed + world.draws * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

std::size_t draw(World& world, std::uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t too_low = (0 - n) % n;
    while (true) {
        const Wide product = static_cast<Wide>(next_random(world)) * n;
        if (static_cast<std::uint64_t>(product) < too_low) continue;
        return static_cast<std::size_t>(product >> 64);
    }
}

void by_chance(World& world, std::vector<Candidate*>& pool) {
    const auto drawn = static_cast<std::ptrdiff_t>(draw(world, pool.size()));
    std::rotate(pool.begin(), pool.begin() + drawn, pool.begin() + drawn + 1);
    for (auto* one : pool) one->verdict = "eligible";
}

}  // namespace

std::string why_not_eligible(const World& world, const Agent& agent, const Inbox& inbox) {
    if (!world.has_seat(agent, inbox)) return "no_seat";
    if (!world.has_access(agent, inbox)) return "no_ticket_access";
    return world.inbox_open_to(agent, inbox) ? "" : "not_in_inbox";
}

std::string why_away(const World& world, const Agent& agent) {
    const auto availability = world.availability(agent, world.at());
    if (availability.available) return "";
    if (availability.why == "absence") return "absent";
    return availability.why == "schedule" ? "out_of_hours" : "away";
}

std::vector<Candidate> source_of(const World& world, const Rule& rule) {
    std::vector<Candidate> source;
    for (const auto* agent : world.agents_in_order()) {
        const bool named = contains(rule.users, agent->key);
        const bool main = contains(rule.teams, agent->main_team);
        const bool extra =
            std::any_of(agent->extra_teams.begin(), agent->extra_teams.end(),
                        [&](const auto& team) { return contains(rule.teams, team); });
        if (!named && !main && !extra) continue;
        const bool extra_counts =
            world.roster.account.extra_members_routed || world.plant == "extra_members_always";
        const bool only_extra = !named && !main && !extra_counts;  // rule 6
        source.push_back({agent, only_extra ? "not_main_member" : "", 0, 0});
    }
    return source;
}

std::string filter(const World& world, const Ticket& ticket, const Rule& rule,
                   std::vector<Candidate>& source) {
    const Inbox& inbox = *world.find_inbox(ticket.inbox);
    for (auto& one : source) {
        // The first thing that rules it out: seat and access before membership and inbox.
        const auto why = why_not_eligible(world, *one.agent, inbox);
        if (why == "no_seat" || why == "no_ticket_access" || one.verdict.empty()) one.verdict = why;
        one.load = world.load(one.agent->key, ticket.type, inbox.workspace);
    }
    if (!any_left(source)) return "no_eligible";

    // Rule 11: the fallback looks at who has the skills, not at who of those is there.
    const bool somebody_has = std::any_of(source.begin(), source.end(), [&](const Candidate& one) {
        return one.verdict.empty() && has_skills(world, *one.agent, ticket.skills);
    });
    if (!somebody_has && rule.skill_fallback != "anyone") {
        for (auto& one : source)
            if (one.verdict.empty()) one.verdict = "skill_missing";
        return "no_skill";
    }
    for (auto& one : source)
        if (one.verdict.empty() && somebody_has && !has_skills(world, *one.agent, ticket.skills))
            one.verdict = "skill_missing";

    for (auto& one : source)
        if (one.verdict.empty() && rule.only_available) one.verdict = why_away(world, *one.agent);
    if (!any_left(source)) return "none_available";

    for (auto& one : source)
        if (one.verdict.empty() && world.at_capacity(one.agent->key, ticket.type))
            one.verdict = "at_capacity";
    return any_left(source) ? "" : "at_capacity";
}

const Agent& choose(World& world, const Ticket& ticket, const Channel& channel, const Rule& rule,
                    std::vector<Candidate>& source) {
    std::vector<Candidate*> pool;  // in roster order
    for (auto& one : source)
        if (one.verdict.empty()) pool.push_back(&one);
    if (rule.distribution == "round_robin") {
        by_turn(world, rule, pool);
    } else if (rule.distribution == "random") {
        by_chance(world, pool);
    } else {
        by_load(world, channel, *world.find_inbox(ticket.inbox), rule, pool);
    }
    std::int64_t rank = 0;
    for (auto* one : pool) one->rank = ++rank;
    return *pool.front()->agent;
}

}  // namespace usher::twin
