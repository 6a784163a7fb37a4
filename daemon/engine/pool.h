// The pool: the agents eligible for one ticket at one instant (rules 5 to 11). Derived for every
// decision by one pass over the sets that apply() keeps, 64 agents at a time.
#pragma once

#include <string>
#include <string_view>

#include "engine/account.h"

namespace usher::engine {

/// Memory that decisions use and leave for the next one; nothing in it outlives a request.
struct Scratch {
    std::string told;  ///< numbers of agents, while a fact is completed
    AgentSet pool;
    AgentSet spare;
    std::string properties;
    std::string asked_skills;
    std::string skills;
    std::string numbers;
    std::string text;
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

/// Whether rules 5 and 7 let the agent have work in the inbox, also by hand.
bool may_hold(const Account& account, AgentNo agent, InboxNo inbox);

}  // namespace usher::engine
