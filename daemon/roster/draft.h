// An account while it is being read: the definition so far, the names that are known, and beside
// each thing what only the checks need (where it stands, what could not be read). One parse() owns
// one Draft; the readers (account.cpp, agent.cpp, …) fill it, checks.cpp looks at the whole.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/definition.h"
#include "roster/document.h"
#include "roster/fields.h"
#include "roster/names.h"
#include "roster/problems.h"
#include "roster/zones.h"

namespace usher::roster {

/// What is known of an agent beside its definition. What could not be read is not checked: one
/// mistake is one problem.
struct AgentMarks {
    bool seat_unknown = false;
    bool main_team_unknown = false;
    bool teams_unknown = false;
};

struct InboxMarks {
    bool workspace_unknown = false;
};

/// A name in a list and where it stands there.
template <class No>
struct Named {
    No number;
    Place place;
};

enum class RuleRole : std::uint8_t { shared, of_channel, fallback };

struct RuleMarks {
    RuleRole role = RuleRole::shared;
    std::string subject;          ///< how messages call it
    Place place;                  ///< of its table (or of its key, of a [[rule]])
    Place target;                 ///< of its assign_to
    bool target_unknown = false;  ///< or one that this rule cannot have
    bool used = false;
    std::vector<Named<engine::AgentNo>> users;
    std::vector<Named<engine::TeamNo>> teams;
};

struct ChannelMarks {
    bool kind_unknown = false;
    Place rule;  ///< of its rule
};

/// The tables of each kind, in the order of the files.
struct Sections {
    std::vector<const Entry*> account;
    std::vector<const Value*> skills, teams, agents, pipelines, inboxes, rules, channels;
};

/// So many names may be compared to find what was meant, in one parse.
inline constexpr std::uint64_t comparisons_max = 1'000'000;

struct Draft {
    Draft(Problems& found, std::span<const SourceFile> sources) : problems(found), files(sources) {}

    Problems& problems;
    std::span<const SourceFile> files;
    engine::AccountDefinition account;
    ZoneTables zones;
    std::uint64_t comparisons_left = comparisons_max;

    Names<engine::SkillNo> skills;
    Names<engine::TeamNo> teams;
    Names<engine::AgentNo> agents;
    Names<engine::PipelineNo> pipelines;
    Names<engine::InboxNo> inboxes;
    Names<engine::RuleNo> rules;  ///< those of [[rule]]
    Names<engine::ChannelNo> channels;
    std::vector<Names<engine::StatusNo>> statuses;  ///< by pipeline
    std::vector<AgentMarks> agent_marks;
    std::vector<InboxMarks> inbox_marks;
    std::vector<RuleMarks> rule_marks;  ///< by rule, as account.rules
    std::vector<ChannelMarks> channel_marks;
};

// The readers, in the order in which they run. Each reports what it finds wrong and goes on.
/// Gives every skill, team, agent … its number, so that they can name each other in any order.
void declare_all(Draft& draft, const Sections& sections);
void read_account(Draft& draft, const Sections& sections, Place start);
void read_skills_and_teams(Draft& draft, const Sections& sections);
void read_agents(Draft& draft, const Sections& sections);
void read_pipelines(Draft& draft, const Sections& sections);
void read_inboxes(Draft& draft, const Sections& sections);
void read_rules(Draft& draft, const Sections& sections);
void read_channels(Draft& draft, const Sections& sections);
/// What only the whole can tell: rules 5, 7, 14 and 18, agents without work, rules without use.
void check_all(Draft& draft);

/// Reads a rule that is written in a channel. Its number.
engine::RuleNo read_channel_rule(Draft& draft, const Value& table, std::string_view channel);

// What several readers need.
/// `agent "anna"`, or `[[agent]]` for one without a key.
std::string subject_of(std::string_view noun, std::string_view key);
/// The fields of a thing that declare_all() has seen; its key counts as read.
Fields fields_of(Draft& draft, const Value& table, std::string_view noun, std::string_view key);
/// Says that a key is no key (empty, too long, …).
void check_key(Fields& fields, const Entry& entry, std::string_view key);
/// The zone of that name; nothing, with a problem, if there is none.
engine::ZoneNo read_zone(Draft& draft, Fields& fields, std::string_view key);
/// The lines of `hours`.
std::vector<engine::DailySpan> read_hours(Fields& fields);

/// The number that `value` names; nothing, with a problem, if it names none.
template <class No>
No read_name(Draft& draft, Fields& fields, const Value& value, std::string_view key,
             const Names<No>& names, std::string_view noun);
/// A list of names, none of them twice.
template <class No>
std::vector<Named<No>> read_names(Draft& draft, Fields& fields, std::string_view key,
                                  const Names<No>& names, std::string_view noun);

template <class No>
std::vector<No> numbers_of(const std::vector<Named<No>>& named) {
    std::vector<No> out;
    out.reserve(named.size());
    for (const auto& one : named) out.push_back(one.number);
    return out;
}

}  // namespace usher::roster
