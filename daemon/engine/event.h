// Events: what a fact tells the outside. One fact is one event or none, with the fact's own number
// in its account, so whoever has seen event 41 and asks on from 42 misses nothing and gets nothing
// twice. docs/events.md has a line for each kind.
#pragma once

#include "engine/account.h"
#include "engine/fact.h"
#include "protocol/answer.h"

namespace usher::engine {

/// False: nobody outside is concerned. A pure function of the fact: `names` is asked for nothing
/// but the keys behind numbers, which stay for ever, so it may be the account of a later time.
/// Views are into both.
bool event_of(const Account& names, const Fact& fact, protocol::EventView& out);

}  // namespace usher::engine
