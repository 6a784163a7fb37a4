// The passing of time: from the instant of one line to that of the next, through every instant
// at which something changes by itself (rules 3, 9, 20, 37, 38, 40).
#pragma once

#include <functional>

#include "tests/twin/world.h"

namespace usher::twin {

/// Moves the world's instant forward to `at`.
void pass_time(World& world, Ms at);

/// Does `change`, and lifts the manual settings of those agents under whom it turned the
/// availability (rule 9). Not for changes of the manual settings themselves.
void changing_what_lies_under(World& world, const std::function<void()>& change);

}  // namespace usher::twin
