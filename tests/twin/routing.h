// Where a ticket goes: the channel's rule (rules 12 to 20), who is eligible (5 to 11), who of them
// gets it (21 to 24). Deciding takes turns and draws from the world; placing gives the ticket.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "tests/twin/world.h"

namespace usher::twin {

struct Decision {
    std::string outcome;
    std::string agent;
    std::string team;
    std::string reason;
    std::string message;
    std::string notify_owner;
    bool may_wait = false;  ///< rule 38: the rule queues, and the pool was empty
    std::int64_t position = 0;
};

/// Of `explain`.
struct Candidate {
    const Agent* agent = nullptr;
    std::string verdict;  ///< empty: nothing has ruled it out so far
    std::int64_t load = 0;
    std::int64_t rank = 0;  ///< 0: not eligible
};

/// The rule that the ticket's work goes by: nullptr is none at all.
const Rule* rule_in_force(const World& world, const Ticket& ticket);

/// Decides; `candidates` takes every agent of the rule's source, if it is given.
Decision decide(World& world, const Ticket& ticket, std::vector<Candidate>* candidates = nullptr);

/// Gives the ticket to whom it was decided to (or puts it into the queue).
void place(World& world, Ticket& ticket, Decision& decision);

/// Any change of owner: counts as an assignment (rules 22 and 25), and ends waiting.
void give(World& world, Ticket& ticket, const Owner& owner);

/// Skills of a ticket: those that were named and those that its channel's skill rules add (rule
/// 11).
Keys needed_skills(const Channel& channel, const Properties& properties, const Keys& named);

/// The fields of a routing answer.
boost::json::object shown(const Decision& decision);

/// Whether a calling channel is inside its opening hours (rule 20).
bool inside_hours(const Channel& channel, Ms at);

}  // namespace usher::twin
