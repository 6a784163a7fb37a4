// apply(): the only way in which an account's state changes, live and in recovery alike. It takes
// a fact as it was journaled and asks no rule again. A fact that does not fit the state is a bug or
// a journal of another history: EXPECT stops the shard before it goes on wrongly.
#pragma once

#include "engine/account.h"
#include "engine/fact.h"

namespace usher::engine {

void apply(Account& account, const Fact& fact);

/// The definition that the staged parts hold takes effect (rule 41). Of apply() only.
void commit_roster(Account& account, Instant at);

/// What follows from definition, agents and tickets, anew; after a roster or an image.
void rebuild_derived(Account& account);

}  // namespace usher::engine
