// The twin's picture of a roster (format.md): what the file says, by key, nothing resolved and
// nothing merged. The reader assumes a valid roster; what makes one invalid is not its matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/twin/calendar.h"

namespace usher::twin {

using Keys = std::vector<std::string>;
using Properties = std::vector<std::pair<std::string, std::string>>;  ///< sorted by key

/// [from, until) in UTC.
struct Absence {
    Ms from = 0;
    Ms until = 0;

    bool operator==(const Absence&) const = default;
};

/// What is not set is no limit (rule 10).
struct Capacity {
    std::optional<std::int64_t> total;
    std::optional<std::int64_t> calling;
    std::optional<std::int64_t> messaging;
    std::optional<std::int64_t> email;

    bool operator==(const Capacity&) const = default;
};

struct Agent {
    std::string key;
    std::string name;
    std::string email;
    Properties labels;
    std::int64_t order = 0;  ///< default: the position in the file
    std::int64_t position = 0;
    std::string seat = "none";
    bool ticket_access = true;
    std::string main_team;  ///< empty: none
    Keys extra_teams;
    Keys skills;
    std::string availability = "hours";
    Schedule hours;
    std::vector<Absence> absences;
    Capacity capacity;
    std::optional<bool> notify_unassigned;
    std::optional<bool> notify_assigned;

    bool operator==(const Agent&) const = default;
};

struct Status {
    std::string key;
    bool open = true;
    std::vector<Properties> actions;

    bool operator==(const Status&) const = default;
};

struct Pipeline {
    std::string key;  ///< empty: the built-in one, `open` and `closed` (rule 29)
    std::vector<Status> statuses;
    bool set_close_date = true;
    std::string on_email_sent;  ///< empty: no automation
    std::string on_customer_reply;
    bool actions_for_chat = false;

    bool operator==(const Pipeline&) const = default;
};

struct Inbox {
    std::string key;
    std::string workspace;
    Keys teams;  ///< empty: open to all

    bool operator==(const Inbox&) const = default;
};

struct Rule {
    std::string name;  ///< "KEY" of [[rule]], "channel:KEY", and ":fallback" behind either
    std::string assign_to = "none";
    Keys users;
    Keys teams;
    std::string distribution = "load_balanced";
    std::string tie_break;  ///< empty: by channel and workspace (rule 22)
    bool only_available = true;
    std::string skill_fallback = "none";
    std::string reopen = "keep";
    bool queue = false;
    std::vector<Rule> fallback;  ///< at most one

    bool operator==(const Rule&) const = default;
};

struct SkillRule {
    Properties when;
    Keys require;

    bool operator==(const SkillRule&) const = default;
};

struct Opening {
    Schedule hours;
    std::string in_hours_message;
    std::string after_hours_message;

    bool operator==(const Opening&) const = default;
};

struct Channel {
    std::string key;
    std::string kind;
    std::string inbox;
    std::string pipeline;  ///< empty: the built-in one
    bool enabled = true;
    bool creates_tickets = true;
    std::string status;  ///< empty: the first open one
    Properties properties;
    std::vector<SkillRule> skill_rules;
    std::string rule;  ///< key of a [[rule]]; empty: its own or none
    std::optional<Rule> own_rule;
    std::optional<Opening> opening;

    bool operator==(const Channel&) const = default;
};

struct Roster {
    struct Account {
        std::string key;
        std::string time_zone = "UTC";
        std::int64_t count_window_days = 30;
        bool extra_members_routed = false;
        std::uint64_t seed = 0;
        std::int64_t forget_closed_days = 30;
        bool notify_unassigned = false;
        bool notify_assigned = true;

        bool operator==(const Account&) const = default;
    } account;
    Keys skills;
    Keys teams;
    std::vector<Agent> agents;  ///< in the order of the file
    std::vector<Pipeline> pipelines;
    std::vector<Inbox> inboxes;
    std::vector<Rule> rules;
    std::vector<Channel> channels;
};

Roster read_roster(std::string_view toml_text);

bool contains(const Keys& keys, std::string_view key);

}  // namespace usher::twin
