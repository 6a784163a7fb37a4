#include "engine/pool.h"

#include "engine/properties.h"

namespace usher::engine {

namespace {

using protocol::Reason;

/// What is left after each filter, in the order of rule 11.
struct Left {
    bool eligible = false;
    bool skilled = false;
    bool available = false;
    std::uint32_t at_the_end = 0;
};

Left filter(const Account& account, const Demand& demand, std::string_view skills, AgentSet& pool) {
    const auto& rule = account.definition.rules[demand.rule.value];
    const auto& source = account.rules[demand.rule.value].source;
    const auto workspace = static_cast<std::size_t>(account.inbox(demand.inbox).workspace);
    const auto& seated = account.seated[workspace];
    const auto& members = account.inbox_members[demand.inbox.value];
    const bool restricted = members.word_count() > 0;
    const auto& below = account.below_capacity[static_cast<std::size_t>(demand.type)];

    std::uint64_t eligible = 0, skilled = 0, available = 0;
    std::uint32_t at_the_end = 0;
    for (std::size_t i = 0; i < source.word_count(); ++i) {
        auto word = source.word(i) & seated.word(i);
        if (restricted) word &= members.word(i);
        eligible |= word;
        for_each_number<SkillNo>(
            skills, [&](SkillNo skill) { word &= account.skill_holders[skill.value].word(i); });
        skilled |= word;
        if (rule.only_available) word &= account.available.word(i);
        available |= word;
        word &= below.word(i);
        at_the_end += static_cast<std::uint32_t>(std::popcount(word));
        pool.word(i) = word;
    }
    return {eligible != 0, skilled != 0, available != 0, at_the_end};
}

}  // namespace

Pool fill_pool(const Account& account, const Demand& demand, Scratch& scratch) {
    auto& pool = scratch.pool;
    if (pool.word_count() != account.available.word_count()) pool.resize(account.agent_at.size());
    auto left = filter(account, demand, demand.skills, pool);
    const auto& rule = account.definition.rules[demand.rule.value];
    if (left.eligible && !left.skilled && rule.skill_fallback == SkillFallback::anyone)
        left = filter(account, demand, {}, pool);
    if (!left.eligible) return {0, Reason::no_eligible};
    if (!left.skilled) return {0, Reason::no_skill};
    if (!left.available) return {0, Reason::none_available};
    if (left.at_the_end == 0) return {0, Reason::at_capacity};
    return {left.at_the_end, Reason::none};
}

bool skills_do_not_matter(const Account& account, const Demand& demand) {
    if (demand.skills.empty() || !demand.rule.exists()) return false;
    if (account.definition.rules[demand.rule.value].skill_fallback != SkillFallback::anyone)
        return false;
    AgentSet unused;
    unused.resize(account.agent_at.size());
    const auto left = filter(account, demand, demand.skills, unused);
    return left.eligible && !left.skilled;
}

bool is_in_pool(const Account& account, const Demand& demand, bool skills_matter,
                std::uint32_t position) {
    const auto& rule = account.definition.rules[demand.rule.value];
    const auto workspace = static_cast<std::size_t>(account.inbox(demand.inbox).workspace);
    const auto& members = account.inbox_members[demand.inbox.value];
    if (!account.below_capacity[static_cast<std::size_t>(demand.type)].test(position) ||
        (rule.only_available && !account.available.test(position)) ||
        !account.rules[demand.rule.value].source.test(position) ||
        !account.seated[workspace].test(position) ||
        (members.word_count() > 0 && !members.test(position)))
        return false;
    bool skilled = true;
    if (skills_matter)
        for_each_number<SkillNo>(demand.skills, [&](SkillNo skill) {
            skilled = skilled && account.skill_holders[skill.value].test(position);
        });
    return skilled;
}

bool may_hold(const Account& account, AgentNo agent, InboxNo inbox) {
    const auto position = account.agent(agent).position;
    if (position == AgentSet::none) return false;
    const auto workspace = static_cast<std::size_t>(account.inbox(inbox).workspace);
    const auto& members = account.inbox_members[inbox.value];
    return account.seated[workspace].test(position) &&
           (members.word_count() == 0 || members.test(position));
}

}  // namespace usher::engine
