// What waits (rule 38): its order, its leaving when a calling channel closes (rule 20), and its
// being given out. Nothing is kept but each ticket's own mark that it waits.
#pragma once

#include "tests/twin/routing.h"

namespace usher::twin {

/// What waits, in the order in which it is tried: priority, age, arrival.
std::vector<Ticket*> waiting_in_order(World& world);

/// Of a waiting ticket, in its inbox; 1 is the first.
std::int64_t position_of(World& world, const Ticket& ticket);

struct Settled {
    Keys left;   ///< for voicemail, since their channel is closed
    Keys given;  ///< in the order in which they were given out
};

/// After all that changed at one instant: calls of closed channels leave, then everything that
/// waits is tried in order, each by its own rule.
Settled settle(World& world);

}  // namespace usher::twin
