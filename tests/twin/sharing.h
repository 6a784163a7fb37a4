// Who of a rule's agents is eligible for one ticket now (rules 5 to 11, 13), and who of those
// gets it (rules 21 to 24).
#pragma once

#include <string>
#include <vector>

#include "tests/twin/routing.h"

namespace usher::twin {

/// Named users and all members of named teams, each once, in roster order. Extra members are
/// among them with the verdict that rules them out (rule 6).
std::vector<Candidate> source_of(const World& world, const Rule& rule);

/// Gives every candidate that is ruled out its verdict; says which filter emptied the pool, in
/// the words of `reason`. Empty: somebody is left.
std::string filter(const World& world, const Ticket& ticket, const Rule& rule,
                   std::vector<Candidate>& source);

/// Chooses among those without a verdict, and gives all of them one.
const Agent& choose(World& world, const Ticket& ticket, const Channel& channel, const Rule& rule,
                    std::vector<Candidate>& source);

std::string why_not_eligible(const World& world, const Agent& agent, const Inbox& inbox);
std::string why_away(const World& world, const Agent& agent);

}  // namespace usher::twin
