// Draining the waiting line (rule 38): what waits is tried in its order, each ticket by its own
// rule, once all that changes at one instant has been applied. Whoever became eligible costs the
// demand classes that fit, not the tickets that wait: tickets of one class have one pool, so the
// first that finds nobody speaks for those behind it in its class, and for no other class.
#pragma once

#include <cstdint>

#include "engine/step.h"

namespace usher::engine {

/// For those who let nobody wait meanwhile.
inline constexpr std::uint32_t no_slice = 0xffff'ffff;

/// Gives out what somebody can take since the line was stirred, at step.now and for step.cause.
/// Tickets given to agents are added to the answer's `drained` if it has one. At most `slice_max`
/// tickets leave the line; false: there may be more, and the next call goes on.
bool drain(Step& step, std::uint32_t slice_max);

}  // namespace usher::engine
