// An account as its roster defines it: everything but the work. The roster room makes one from
// TOML (in the file's own numbering); the engine merges it into what stands, giving every agent,
// team, channel … a number that is never used for anything else.
//
// Things name each other by number: the index of the thing in its vector here. Time zones come
// along as tables of transitions, so that nothing that runs later asks a zone database.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "protocol/request.h"

namespace usher::engine {

using protocol::ticket_type_count;
using protocol::TicketType;

/// A number of one kind of thing; the tag keeps an agent's number from being taken for a team's.
template <class Tag>
struct Number {
    static constexpr std::uint32_t nothing = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t value = nothing;

    constexpr bool exists() const { return value != nothing; }
    friend constexpr auto operator<=>(Number, Number) = default;
};
using AgentNo = Number<struct AgentTag>;
using TeamNo = Number<struct TeamTag>;
using SkillNo = Number<struct SkillTag>;
using InboxNo = Number<struct InboxTag>;
using PipelineNo = Number<struct PipelineTag>;
using StatusNo = Number<struct StatusTag>;  ///< within its pipeline
using ChannelNo = Number<struct ChannelTag>;
using RuleNo = Number<struct RuleTag>;
using ZoneNo = Number<struct ZoneTag>;

enum class Seat : std::uint8_t { none, sales, service };
enum class Workspace : std::uint8_t { helpdesk, conversations };
inline constexpr std::size_t workspace_count = 2;
enum class ChannelKind : std::uint8_t { email, form, chat, messenger, whatsapp, calling, custom };
enum class AssignTo : std::uint8_t {
    none,
    users_and_teams,
    team_only,
    contact_owner,
    customer_agent
};
enum class Distribution : std::uint8_t { load_balanced, round_robin, random };
enum class TieBreak : std::uint8_t { least_recent, most_recent };
enum class SkillFallback : std::uint8_t { none, anyone };
enum class ReopenPolicy : std::uint8_t { keep, reroute_if_away };
enum class Standing : std::uint8_t { available, away, hours };

/// From `at` on, local time is UTC + `offset_s`. A zone's first transition is at the beginning of
/// time.
struct Transition {
    std::int64_t at_s = std::numeric_limits<std::int64_t>::min();
    std::int32_t offset_s = 0;

    bool operator==(const Transition&) const = default;
};
struct Zone {
    std::string name;
    std::vector<Transition> transitions;  ///< by time; never empty; up to the year 2100

    bool operator==(const Zone&) const = default;
};

/// One line of a schedule, in local minutes of the day. An end at or before its start is on the
/// next day. `24:00` is the end 1440.
struct DailySpan {
    std::uint8_t weekdays = 0;       ///< bit 0 is Monday: the days on which it starts
    std::uint16_t from_minute = 0;   ///< 0 … 1439
    std::uint16_t until_minute = 0;  ///< 0 … 1440

    bool operator==(const DailySpan&) const = default;
};
struct Schedule {
    ZoneNo zone;
    std::vector<DailySpan> spans;  ///< empty: never covers anything

    bool operator==(const Schedule&) const = default;
};

/// A span of absence in UTC, the end excluded.
struct AbsenceSpan {
    Instant from;
    Instant until;

    bool operator==(const AbsenceSpan&) const = default;
};

/// Spans of absence as they stand in facts, one behind the other: two instants of 8 bytes each.
struct PackedAbsences {
    static constexpr std::size_t span_bytes = 16;
    std::string_view bytes;
};

/// Empty: no limit.
struct CapacityLimits {
    std::optional<std::uint32_t> total;
    std::array<std::optional<std::uint32_t>, ticket_type_count> per_type;

    bool operator==(const CapacityLimits&) const = default;
};

struct SkillDefinition {
    std::string key;
    bool removed = false;  ///< set only in the engine's merged definition

    bool operator==(const SkillDefinition&) const = default;
};

struct TeamDefinition {
    std::string key;
    bool removed = false;

    bool operator==(const TeamDefinition&) const = default;
};

struct AgentDefinition {
    std::string key;
    std::string name;
    std::string email;
    std::vector<std::pair<std::string, std::string>> labels;
    std::int64_t order = 0;      ///< the position in the file, unless it says another
    std::uint32_t position = 0;  ///< in the file, from 1; settles equal orders
    Seat seat = Seat::none;
    bool ticket_access = true;
    TeamNo main_team;  ///< may be nothing
    std::vector<TeamNo> extra_teams;
    std::vector<SkillNo> skills;
    Standing availability = Standing::hours;
    Schedule hours;
    std::vector<AbsenceSpan> absences;
    CapacityLimits capacity;
    std::optional<bool> notify_unassigned;
    std::optional<bool> notify_assigned;
    bool removed = false;

    bool operator==(const AgentDefinition&) const = default;  ///< `position` counts, too
};

struct StatusAction {
    std::string action;  ///< `do`: notify, email, any name
    std::vector<std::pair<std::string, std::string>> fields;

    bool operator==(const StatusAction&) const = default;
};
struct StatusDefinition {
    std::string key;
    bool open = true;
    std::vector<StatusAction> actions;

    bool operator==(const StatusDefinition&) const = default;
};
/// Pipeline 0 of every account is the built-in one of channels without a pipeline: `open`,
/// `closed`, with an empty key.
struct PipelineDefinition {
    std::string key;
    std::vector<StatusDefinition> statuses;  ///< in order; tickets are renumbered by key
    bool set_close_date = true;
    StatusNo on_email_sent;  ///< nothing: no automation
    StatusNo on_customer_reply;
    bool actions_for_chat = false;
    bool removed = false;

    bool operator==(const PipelineDefinition&) const = default;
};

struct InboxDefinition {
    std::string key;
    Workspace workspace = Workspace::helpdesk;
    std::vector<TeamNo> teams;  ///< empty: open to all
    bool removed = false;

    bool operator==(const InboxDefinition&) const = default;
};

/// Whom a channel's work goes to. Rules stand in one vector: those of `[[rule]]` by their key, a
/// channel's own as "channel:KEY", a fallback as its rule's name + ":fallback".
struct RuleDefinition {
    std::string name;
    AssignTo assign_to = AssignTo::none;
    std::vector<AgentNo> users;
    std::vector<TeamNo> teams;
    Distribution distribution = Distribution::load_balanced;
    std::optional<TieBreak> tie_break;  ///< empty: by channel kind and workspace, rule 22
    bool only_available = true;
    SkillFallback skill_fallback = SkillFallback::none;
    ReopenPolicy reopen = ReopenPolicy::keep;
    bool queue = false;
    RuleNo fallback;  ///< of customer_agent; nothing: none
    bool removed = false;

    bool operator==(const RuleDefinition&) const = default;
};

struct SkillRule {
    std::vector<std::pair<std::string, std::string>> when;  ///< all of them equal; sorted by key
    std::vector<SkillNo> require;

    bool operator==(const SkillRule&) const = default;
};

struct OpeningHours {
    Schedule hours;
    std::vector<std::int32_t> closed_days;  ///< local days since 1970-01-01, sorted
    std::string in_hours_message;
    std::string after_hours_message;

    bool operator==(const OpeningHours&) const = default;
};

struct ChannelDefinition {
    std::string key;
    ChannelKind kind = ChannelKind::email;
    InboxNo inbox;
    PipelineNo pipeline;  ///< 0: the built-in one
    bool enabled = true;
    bool creates_tickets = true;
    StatusNo status;  ///< default of new tickets; nothing: first open
    std::vector<std::pair<std::string, std::string>> properties;  ///< likewise; sorted by key
    std::vector<SkillRule> skill_rules;
    RuleNo rule;                          ///< nothing: no rule
    std::optional<OpeningHours> opening;  ///< calling only; empty: always open
    bool removed = false;

    bool operator==(const ChannelDefinition&) const = default;
};

struct AccountDefinition {
    std::string key;
    ZoneNo zone;
    std::uint32_t count_window_days = 30;  ///< 0: no window
    bool extra_members_routed = false;
    std::uint64_t seed = 0;
    std::uint32_t forget_closed_days = 30;  ///< 0: never
    bool notify_unassigned = false;
    bool notify_assigned = true;

    std::vector<Zone> zones;
    std::vector<SkillDefinition> skills;
    std::vector<TeamDefinition> teams;
    std::vector<AgentDefinition> agents;
    std::vector<PipelineDefinition> pipelines;  ///< [0]: the built-in one
    std::vector<InboxDefinition> inboxes;
    std::vector<RuleDefinition> rules;
    std::vector<ChannelDefinition> channels;

    bool operator==(const AccountDefinition&) const = default;
};

}  // namespace usher::engine
