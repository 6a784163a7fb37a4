// Everything the twin remembers, and the simple questions that can be asked of it. Whatever can be
// counted is counted anew at every question from the list of tickets; nothing is kept beside it.
// A copy of a World is a world of its own: that is how `explain` looks ahead.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/twin/roster.h"

namespace usher::twin {

/// What a release has not yet is switched off.
struct Features {
    bool queues = true;  ///< rule 38; off: nothing waits, nothing drains
};

struct Owner {
    std::string kind = "none";  ///< none | agent | team | bot
    std::string key;

    bool operator==(const Owner&) const = default;
};

/// When an assignment was made; of two at the same instant the later `count` is the later one.
struct Stamp {
    Ms at = 0;
    std::uint64_t count = 0;

    auto operator<=>(const Stamp&) const = default;
};

struct Ticket {
    std::string key;
    std::uint64_t arrival = 0;  ///< the world's count of tickets when it came
    std::string channel;
    std::string inbox;
    std::string pipeline;
    std::string status;
    std::string type;  ///< calling | messaging | email
    Ms created_at = 0;
    std::int64_t priority = 0;
    Properties properties;
    Keys named_skills;  ///< those that requests named
    Keys skills;        ///< those and the ones that skill rules added: what the work needs
    std::string contact_owner;
    bool contact_tracked = true;

    Owner owner;
    Ms assigned_at = 0;            ///< to the present owner
    std::optional<Ms> close_date;  ///< rule 30
    Ms closed_at = 0;              ///< its latest closing, for rule 40
    bool was_reopened = false;     ///< rule 32
    bool handed_off = false;       ///< the fallback is in force (rule 16)
    bool waiting = false;          ///< rule 38
    Ms waits_since = 0;            ///< not what the order goes by: for a planted bug
};

/// What requests have set for an agent since the file (rule 41), and what came of work.
struct AgentState {
    std::string key;
    std::optional<std::string> manual;  ///< available | away, while in force (rule 9)
    std::vector<Absence> absences;
    Capacity capacity;
    std::optional<Stamp> last;  ///< latest assignment of any kind (rule 22)
};

struct ChannelState {
    std::string key;
    bool enabled = true;
};

/// What a rule remembers from one ticket to the next.
struct RuleState {
    std::string name;
    Keys had_turn;          ///< rule 23
    std::string last_team;  ///< rule 14
};

/// The first answer to a request with a key (rule 37).
struct KeptAnswer {
    std::string key;
    boost::json::object request;  ///< without `at`
    boost::json::object answer;
    Ms at = 0;
};

struct TimeEvent {
    Ms at = 0;
    std::string event;
    std::string ticket;
    std::string agent;
    std::string message = {};  ///< of a voicemail
};

struct Availability {
    bool available = false;
    std::string why;  ///< manual | absence | standing | schedule
};

/// A request refused (rule 39): nothing has changed when this is thrown.
struct Refusal {
    std::string name;
    std::optional<Owner> owner = std::nullopt;
};

struct World {
    Roster roster;
    Features features;
    std::string plant;  ///< name of a planted bug; empty: none
    std::optional<Ms> now;
    std::vector<Ticket> tickets;  ///< in order of arrival
    std::vector<AgentState> agents;
    std::vector<ChannelState> channels;
    std::vector<RuleState> rules;
    std::vector<KeptAnswer> kept;
    std::uint64_t arrivals = 0;
    std::uint64_t draws = 0;
    std::uint64_t assignments = 0;
    std::vector<TimeEvent> events;  ///< what time alone brought since the previous line

    Ms at() const { return *now; }

    const Agent* find_agent(std::string_view key) const;
    const Channel* find_channel(std::string_view key) const;
    const Inbox* find_inbox(std::string_view key) const;
    const Pipeline* find_pipeline(std::string_view key) const;
    const Rule* find_rule(std::string_view name) const;
    Ticket* find_ticket(std::string_view key);
    Ticket& arrive(Ticket ticket);  ///< behind all others
    AgentState& state_of(std::string_view agent);
    const AgentState& state_of(std::string_view agent) const;
    RuleState& rule_state(std::string_view name);

    const Agent& agent(std::string_view key) const;      ///< refuses: unknown_agent
    const Channel& channel(std::string_view key) const;  ///< refuses: unknown_channel
    const Inbox& inbox(std::string_view key) const;      ///< refuses: unknown_inbox
    void team(std::string_view key) const;               ///< refuses: unknown_team
    Ticket& ticket(std::string_view key);                ///< refuses: unknown_ticket

    bool enabled(std::string_view channel) const;
    bool is_open(const Ticket& ticket) const;
    const std::string& workspace(const Ticket& ticket) const;

    /// Rule 2.
    std::int64_t load(std::string_view agent, std::string_view type,
                      std::string_view workspace) const;
    /// Rule 10: loads of both workspaces together.
    bool at_capacity(std::string_view agent, std::string_view type) const;

    /// Rule 9: with and without the manual setting.
    Availability availability(const Agent& agent, Ms at) const;
    Availability underlying(const Agent& agent, Ms at) const;

    /// Rules 5 and 7.
    bool has_seat(const Agent& agent, const Inbox& inbox) const;
    bool has_access(const Agent& agent, const Inbox& inbox) const;
    bool inbox_open_to(const Agent& agent, const Inbox& inbox) const;

    std::vector<const Agent*> agents_in_order() const;
};

/// The built-in pipeline of channels without one (rule 29).
const Pipeline& built_in_pipeline();
const Status* find_status(const Pipeline& pipeline, std::string_view key);
const Status& first_status(const Pipeline& pipeline, bool open);

}  // namespace usher::twin
