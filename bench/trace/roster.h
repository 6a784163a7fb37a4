// The roster of a generated help desk: teams with a channel each, and the channel "nobody" without
// takers. Agents stand in one main team (sizes skewed: a few large, many small) and some extra
// teams; no team is without a member. Shifts cover the clock from about twenty agents on.
#pragma once

#include "bench/trace/plan.h"
#include "bench/trace/sink.h"

namespace usher::bench {

void write_roster(const TracePlan& plan, Sink& out);

}  // namespace usher::bench
