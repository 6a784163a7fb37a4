// Making the account equal to a roster (rule 41).
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "tests/twin/fields.h"
#include "tests/twin/world.h"

namespace usher::twin {

/// The world of an account as its first roster makes it.
World begin(const Roster& roster);

boost::json::object apply(World& world, const Line& line, const Roster& roster);

}  // namespace usher::twin
