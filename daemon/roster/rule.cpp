// [[rule]], the rule in a channel, and fallbacks.
#include <algorithm>
#include <array>
#include <utility>

#include "roster/draft.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

using engine::AssignTo;
using engine::Distribution;
using engine::ReopenPolicy;
using engine::RuleNo;
using engine::SkillFallback;
using engine::TieBreak;

constexpr std::array<std::pair<std::string_view, AssignTo>, 5> targets = {
    {{"users_and_teams", AssignTo::users_and_teams},
     {"team_only", AssignTo::team_only},
     {"contact_owner", AssignTo::contact_owner},
     {"customer_agent", AssignTo::customer_agent},
     {"none", AssignTo::none}}};
constexpr std::array<std::pair<std::string_view, Distribution>, 3> distributions = {
    {{"load_balanced", Distribution::load_balanced},
     {"round_robin", Distribution::round_robin},
     {"random", Distribution::random}}};
constexpr std::array<std::pair<std::string_view, TieBreak>, 2> tie_breaks = {
    {{"least_recent", TieBreak::least_recent}, {"most_recent", TieBreak::most_recent}}};
constexpr std::array<std::pair<std::string_view, SkillFallback>, 2> skill_fallbacks = {
    {{"none", SkillFallback::none}, {"anyone", SkillFallback::anyone}}};
constexpr std::array<std::pair<std::string_view, ReopenPolicy>, 2> reopen_policies = {
    {{"keep", ReopenPolicy::keep}, {"reroute_if_away", ReopenPolicy::reroute_if_away}}};

std::string_view word_of(AssignTo target) {
    for (const auto& [word, meaning] : targets) {
        if (meaning == target) return word;
    }
    return {};
}

/// A key of a rule, the targets under which it means something, and what to do elsewhere.
struct Meaning {
    std::string_view key;
    std::uint32_t targets;  ///< bit by AssignTo
    bool refused;           ///< elsewhere: an error, not a warning
    std::string_view hint;
};

constexpr std::uint32_t bit(AssignTo target) {
    return 1U << static_cast<unsigned>(target);
}
constexpr std::uint32_t pooled = bit(AssignTo::users_and_teams);

constexpr std::array<Meaning, 9> meanings = {{
    {"users", pooled, true, "take it out, or write assign_to = \"users_and_teams\""},
    {"teams", pooled | bit(AssignTo::team_only), true,
     "take it out, or write assign_to = \"users_and_teams\""},
    {"distribution", pooled, false, "take it out"},
    {"tie_break", pooled, false, "take it out"},
    {"only_available", pooled | bit(AssignTo::contact_owner), false, "take it out"},
    {"skill_fallback", pooled, false, "take it out"},
    {"reopen",
     pooled | bit(AssignTo::team_only) | bit(AssignTo::contact_owner) |
         bit(AssignTo::customer_agent),
     false, "take it out"},
    {"queue", pooled, false, "take it out"},
    {"fallback", bit(AssignTo::customer_agent), true,
     "take it out, or write assign_to = \"customer_agent\""},
}};

void check_meanings(Draft& draft, Fields& fields, const engine::RuleDefinition& rule) {
    const std::string under = "assign_to = \"" + std::string{word_of(rule.assign_to)} + "\"";
    for (const auto& meaning : meanings) {
        const auto* entry = fields.find(meaning.key);
        if (entry == nullptr || (meaning.targets & bit(rule.assign_to)) != 0) continue;
        const std::string key{meaning.key};
        if (meaning.key == "queue" && rule.queue) {
            draft.problems.error(entry->place, fields.subject() + " cannot queue under " + under,
                                 "queue = true goes with assign_to = \"users_and_teams\" only");
        } else if (meaning.refused) {
            draft.problems.error(entry->place,
                                 fields.subject() + " cannot have " + key + " under " + under,
                                 std::string{meaning.hint});
        } else {
            draft.problems.warning(
                entry->place, key + " of " + fields.subject() + " means nothing under " + under,
                std::string{meaning.hint});
        }
    }
    const auto* tie_break = fields.find("tie_break");
    if (rule.assign_to == AssignTo::users_and_teams && tie_break != nullptr &&
        !fields.is_faulty("distribution") && rule.distribution != Distribution::load_balanced) {
        draft.problems.warning(
            tie_break->place,
            "tie_break of " + fields.subject() + " means nothing: only load_balanced has ties",
            "take it out");
    }
}

void check_source(Draft& draft, Fields& fields, AssignTo target, Place place) {
    const auto is_empty = [&](std::string_view key) {
        const auto* entry = fields.find(key);
        return entry == nullptr || (entry->value.list() != nullptr && entry->value.list()->empty());
    };
    if (target == AssignTo::team_only && is_empty("teams")) {
        draft.problems.error(place, fields.subject() + " is team_only and names no team",
                             "write teams = [\"…\"]");
    }
    if (target == AssignTo::users_and_teams && is_empty("users") && is_empty("teams")) {
        draft.problems.warning(place,
                               fields.subject() +
                                   " names neither users nor teams: nobody ever "
                                   "gets its work",
                               "write users = [\"…\"] or teams = [\"…\"]");
    }
}

void read_options(Fields& fields, engine::RuleDefinition& rule) {
    fields.choice<Distribution>("distribution", distributions, rule.distribution);
    TieBreak tie_break{};
    if (fields.choice<TieBreak>("tie_break", tie_breaks, tie_break)) rule.tie_break = tie_break;
    rule.only_available = fields.boolean("only_available").value_or(true);
    fields.choice<SkillFallback>("skill_fallback", skill_fallbacks, rule.skill_fallback);
    fields.choice<ReopenPolicy>("reopen", reopen_policies, rule.reopen);
    rule.queue = fields.boolean("queue").value_or(false);
}

// False, with a problem, for a target that only a rule may have.
bool may_be_fallback(Fields& fields, AssignTo target) {
    if (target == AssignTo::none || target == AssignTo::users_and_teams) return true;
    fields.fault(*fields.find("assign_to"),
                 fields.subject() + " cannot have assign_to = " + quote(word_of(target)),
                 "a fallback can have none or users_and_teams");
    return false;
}

RuleNo new_rule(Draft& draft) {
    draft.account.rules.emplace_back();
    draft.rule_marks.emplace_back();
    return RuleNo{static_cast<std::uint32_t>(draft.account.rules.size() - 1)};
}

// Reads the rule into the place that it was given. Its fallback comes right behind it, or at the
// end if the rule was there before.
void read_rule(Draft& draft, Fields fields, RuleRole role, std::string name, RuleNo number) {
    engine::RuleDefinition rule;
    RuleMarks marks;
    rule.name = std::move(name);
    marks.role = role;
    marks.subject = fields.subject();
    marks.place = role == RuleRole::shared ? draft.rules.place(number) : fields.place();
    const bool known = fields.choice<AssignTo>("assign_to", targets, rule.assign_to, true);
    const auto* target = fields.find("assign_to");
    marks.target = target == nullptr ? marks.place : target->value.place;
    marks.users = read_names(draft, fields, "users", draft.agents, "agent");
    marks.teams = read_names(draft, fields, "teams", draft.teams, "team");
    rule.users = numbers_of(marks.users);
    rule.teams = numbers_of(marks.teams);
    read_options(fields, rule);

    const bool nested = role == RuleRole::fallback;
    const auto* fallback = fields.find("fallback") == nullptr ? nullptr : fields.table("fallback");
    marks.target_unknown = !known || (nested && !may_be_fallback(fields, rule.assign_to));
    if (!marks.target_unknown) {
        check_meanings(draft, fields, rule);
        check_source(draft, fields, rule.assign_to, marks.place);
    }
    if (fallback != nullptr && !nested) {
        rule.fallback = new_rule(draft);
        read_rule(draft,
                  Fields(*fallback, "the fallback of " + fields.subject(), draft.problems,
                         draft.comparisons_left),
                  RuleRole::fallback, rule.name + ":fallback", rule.fallback);
    }
    fields.finish();
    draft.account.rules[number.value] = std::move(rule);
    draft.rule_marks[number.value] = std::move(marks);
}

}  // namespace

void read_rules(Draft& draft, const Sections& sections) {
    for (std::size_t i = 0; i < sections.rules.size(); ++i) new_rule(draft);
    for (std::uint32_t i = 0; i < sections.rules.size(); ++i) {
        const auto key = draft.rules.key({i});
        read_rule(draft, fields_of(draft, *sections.rules[i], "rule", key), RuleRole::shared,
                  std::string{key}, {i});
    }
}

RuleNo read_channel_rule(Draft& draft, const Value& table, std::string_view channel) {
    const auto number = new_rule(draft);
    read_rule(draft,
              Fields(table, "the rule of " + subject_of("channel", channel), draft.problems,
                     draft.comparisons_left),
              RuleRole::of_channel, "channel:" + std::string{channel}, number);
    return number;
}

}  // namespace usher::roster
