// What must hold of the waiting line between any two requests, checked the slow way.
#pragma once

#include <string>

#include "engine/account.h"

namespace usher::testing {

/// The keys of all that waits in the order of rule 38, found by sorting all tickets.
std::string waiting_order(const engine::Account& account);

/// Checks the index against the tickets, and that nothing waits that somebody could take.
/// Empty: all is well; else what is wrong.
std::string line_fault(const engine::Account& account);

}  // namespace usher::testing
