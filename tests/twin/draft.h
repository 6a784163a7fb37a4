// A roster being invented: the parts that random histories vary, as they will stand in the file.
// Whatever was put together, `make_valid` takes out what a roster may not say, so that every file
// that is written is one that usher accepts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/random.h"

namespace usher::twin {

using testing::Random;
using Texts = std::vector<std::string>;

struct DraftAgent {
    std::string key;
    std::optional<std::int64_t> order;
    std::string seat = "service";
    bool ticket_access = true;
    std::string main_team;
    Texts extra_teams;
    Texts skills;
    std::string availability;
    std::string zone;
    Texts hours;
    Texts absences;  ///< inline tables
    Texts limits;    ///< "total = 3", …
};

struct DraftRule {
    std::string assign_to = "none";
    Texts users;
    Texts teams;
    std::string distribution;
    std::string tie_break;
    bool only_available = true;
    bool anyone = false;
    bool reroute = false;
    bool queue = false;
    std::vector<DraftRule> fallback;
};

struct DraftChannel {
    std::string key;
    std::string kind;
    std::string inbox;
    std::string pipeline;
    std::string status;
    bool enabled = true;
    bool creates_tickets = true;
    Texts properties;   ///< "topic = \"refund\""
    Texts skill_rules;  ///< inline tables
    Texts required;     ///< the skills that they name, one for each
    std::string shared_rule;
    std::optional<DraftRule> rule;
    Texts opening;  ///< lines of the table; empty: none
};

struct DraftInbox {
    std::string key;
    std::string workspace;
    Texts teams;
};

struct DraftPipeline {
    std::string key;
    Texts open_statuses;
    Texts closed_statuses;
    bool set_close_date = true;
    std::string on_email_sent;
    std::string on_customer_reply;
};

struct SharedRule {
    std::string key;
    DraftRule rule;
};

struct Draft {
    std::string zone;
    std::int64_t window_days = 30;
    std::int64_t forget_days = 30;
    std::int64_t seed = 1;
    bool extra_members = false;
    bool busy = false;              ///< few agents with low limits: work has to wait for them
    bool plain = false;             ///< seats, inboxes and switches seldom stand in the way
    std::size_t queue_percent = 0;  ///< of rules that may queue
    Texts skills;
    Texts teams;
    std::vector<DraftAgent> agents;
    std::vector<DraftPipeline> pipelines;
    std::vector<DraftInbox> inboxes;
    std::vector<SharedRule> rules;
    std::vector<DraftChannel> channels;
};

Draft invent_draft(Random& random);

/// Changes a few things, as somebody who edits the file would.
void edit_draft(Draft& draft, Random& random);

void make_valid(Draft& draft);
std::string to_toml(const Draft& draft);

}  // namespace usher::twin
