// The pool: the agents eligible for one ticket at one instant (rules 5 to 11). Derived for every
// decision by one pass over the sets that apply() keeps, 64 agents at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/account.h"

namespace usher::engine {

/// Memory that decisions use and leave for the next one; nothing in it outlives a request.
struct Scratch {
    Fact fact;         ///< the latest: large, and hardly any of it is used by most kinds
    std::string told;  ///< numbers of agents, while a fact is completed
    AgentSet pool;
    AgentSet spare;
    std::string properties;
    std::string asked_skills;
    std::string skills;
    std::string numbers;
    std::string text;
    std::vector<Trial> trials;         ///< of a draining, drain.h
    std::vector<std::uint32_t> freed;  ///< likewise
};

/// What is asked of the pool.
struct Demand {
    RuleNo rule;
    InboxNo inbox;
    TicketType type = TicketType::email;
    std::string_view skills;  ///< canonical bytes, see properties.h
};

struct Pool {
    std::uint32_t eligible = 0;                         ///< how many are in Scratch::pool
    protocol::Reason emptied = protocol::Reason::none;  ///< the filter that left nobody
};

/// Fills scratch.pool.
Pool fill_pool(const Account& account, const Demand& demand, Scratch& scratch);

/// Rule 11: whether the rule leaves out skills, because nobody of rules 5 to 7 has them. The roster
/// alone settles it.
bool skills_do_not_matter(const Account& account, const Demand& demand);

/// Whether the agent is in the pool of that demand now.
bool is_in_pool(const Account& account, const Demand& demand, bool skills_matter,
                std::uint32_t position);

/// Whether rules 5 and 7 let the agent have work in the inbox, also by hand.
bool may_hold(const Account& account, AgentNo agent, InboxNo inbox);

}  // namespace usher::engine
