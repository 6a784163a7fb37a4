#include "engine/pool.h"

#include <array>

#include "engine/properties.h"

namespace usher::engine {

namespace {

using protocol::Reason;

/// The sets that a demand's filters leave through, in the order of rule 11.
struct Filters {
    const AgentSet& source;
    const AgentSet& seated;
    const AgentSet* members;  ///< nothing: the inbox is open to all
    std::string_view skills;
    const AgentSet* available;  ///< nothing: availability does not matter
    const AgentSet& below_capacity;
};

Filters filters_of(const Account& account, const Demand& demand, std::string_view skills) {
    const auto workspace = static_cast<std::size_t>(account.inbox(demand.inbox).workspace);
    const auto& members = account.inbox_members[demand.inbox.value];
    const bool only_available = account.definition.rules[demand.rule.value].only_available;
    return {account.rules[demand.rule.value].source,
            account.seated[workspace],
            members.word_count() > 0 ? &members : nullptr,
            skills,
            only_available ? &account.available : nullptr,
            account.below_capacity[static_cast<std::size_t>(demand.type)]};
}

void keep_skilled(const Account& account, std::string_view skills, AgentSet& pool) {
    for_each_number<SkillNo>(skills,
                             [&](SkillNo skill) { pool.keep(account.skill_holders[skill.value]); });
}

/// As many sets are intersected in one go as most demands have filters.
constexpr std::size_t sets_at_once = 16;

/// Those who pass all filters, into `pool`; how many.
std::uint32_t pass_all(const Account& account, const Filters& filters, AgentSet& pool) {
    const auto& loops = word_loops();
    std::array<const Word*, sets_at_once> rows;
    std::size_t count = 0;
    pool.take_size_of(filters.source);
    const auto pass = [&] {
        return loops.intersect({rows.data(), count}, pool.words(), pool.word_count());
    };
    const auto add = [&](const AgentSet& set) {
        if (count == rows.size()) {
            pass();
            rows[0] = pool.words();
            count = 1;
        }
        rows[count++] = set.words();
    };
    add(filters.source);
    add(filters.seated);
    if (filters.members != nullptr) add(*filters.members);
    for_each_number<SkillNo>(filters.skills,
                             [&](SkillNo skill) { add(account.skill_holders[skill.value]); });
    if (filters.available != nullptr) add(*filters.available);
    add(filters.below_capacity);
    return pass();
}

/// The filter behind which nobody is left, when nobody passes all; uses up `pool`.
Reason emptied_by(const Account& account, const Filters& filters, AgentSet& pool) {
    pool = filters.source;
    pool.keep(filters.seated);
    if (filters.members != nullptr) pool.keep(*filters.members);
    if (pool.empty()) return Reason::no_eligible;
    keep_skilled(account, filters.skills, pool);
    if (pool.empty()) return Reason::no_skill;
    if (filters.available != nullptr) pool.keep(*filters.available);
    return pool.empty() ? Reason::none_available : Reason::at_capacity;
}

}  // namespace

Pool fill_pool(const Account& account, const Demand& demand, Scratch& scratch) {
    auto filters = filters_of(account, demand, demand.skills);
    if (const auto count = pass_all(account, filters, scratch.pool)) return {count, Reason::none};
    auto reason = emptied_by(account, filters, scratch.spare);
    const auto& rule = account.definition.rules[demand.rule.value];
    if (reason == Reason::no_skill && rule.skill_fallback == SkillFallback::anyone) {
        filters.skills = {};
        if (const auto count = pass_all(account, filters, scratch.pool))
            return {count, Reason::none};
        reason = emptied_by(account, filters, scratch.spare);
    }
    return {0, reason};
}

bool skills_do_not_matter(const Account& account, const Demand& demand) {
    if (demand.skills.empty() || !demand.rule.exists()) return false;
    if (account.definition.rules[demand.rule.value].skill_fallback != SkillFallback::anyone)
        return false;
    AgentSet unused;
    return emptied_by(account, filters_of(account, demand, demand.skills), unused) ==
           Reason::no_skill;
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
