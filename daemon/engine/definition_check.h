// Whether a definition that was read from bytes can be used as it is: everything that it names is
// there, and what the engine takes for granted about it holds. A definition that the roster room
// made always does; one from a file that was made to look right may not.
#pragma once

#include <optional>
#include <string>

#include "engine/definition.h"

namespace usher::engine {

/// What is wrong first, and where: "channel 3: its inbox 17 is none of 2".
std::optional<std::string> flaw_of(const AccountDefinition& definition);

}  // namespace usher::engine
