// The digest of an account while its state changes. An object that changes loses its word from the
// sum and is stale from then on; however often it changes, it gets its new word when the digest is
// asked for, or when more objects are stale than it is good to keep a list of. A ticket that comes
// and is closed in between costs one word instead of three.
#pragma once

#include "engine/account.h"

namespace usher::engine {

// Before a change of what the words of an object say (digest.h).
void ticket_changes(Account& account, Slot slot);
void ticket_texts_change(Account& account, Slot slot);
void last_changes(Account& account, AgentNo agent);

/// A ticket has come into the slot, or goes.
void ticket_comes(Account& account, Slot slot);
void ticket_goes(Account& account, Slot slot);

/// Gives what is stale its words: account.digest is that of the whole state then.
void settle_digest(Account& account);

/// The digest from nothing, after state was changed past the functions above.
void begin_digest(Account& account);

}  // namespace usher::engine
