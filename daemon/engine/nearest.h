// The nearest miss of a routing that finds nobody: the smallest single change to one agent with
// which the ticket would be given out. Part of explain.
#pragma once

#include <optional>

#include "engine/decide.h"
#include "protocol/answer.h"

namespace usher::engine {

/// Empty: no single change to one agent would do, or the rule looks at no agents. To be asked only
/// when nobody was found. The answer's views are into the account's definition.
std::optional<protocol::Nearest> nearest_miss(const Account& account, const Situation& situation);

}  // namespace usher::engine
