// Who holds what, and what follows from it: loads (rule 2), the window (rule 3), capacity bits
// (rule 10), the backlog (rule 28). Used by apply() alone; none of it touches the digest.
#pragma once

#include "engine/account.h"

namespace usher::engine {

/// Gives the ticket to `owner` at `at`; a fresh assignment if that is an agent. `assignment` is the
/// number that the account counts assignments by (0: take the next one).
void give(Account& account, Slot slot, Holder owner, Instant at);

/// The ticket's owner is nobody from now on.
void release(Account& account, Slot slot);

/// Sets the status with all that follows: open or closed, close date, load, backlog.
void put_status(Account& account, Slot slot, StatusNo status, Instant at);

/// Moves the ticket to another inbox; its load counts in that one's workspace.
void put_inbox(Account& account, Slot slot, InboxNo inbox);

/// Takes out of the loads whose window has ended at or before `until`. That none has is seen at a
/// glance; else expire_window_now() goes through them.
void expire_window_now(Account& account, Instant until);
inline void expire_window(Account& account, Instant until) {
    if (!account.window.empty() &&
        account.window.front().assigned + account.window_length() <= until)
        expire_window_now(account, until);
}

/// It waits no more, if it does.
inline void leave_line(Account& account, Slot slot) {
    if (account.tickets[slot].waiting) leave_line_now(account, slot);
}

/// Files an open ticket that nobody holds in its inbox's backlog, or takes it out.
void file_in_backlog(Account& account, Slot slot);
void take_out_of_backlog(Account& account, Slot slot);

/// The skills that the ticket needs, from what was asked and what its channel's skill rules add
/// now, into `out`.
void write_needed_skills(const Account& account, const Ticket& ticket, std::string& out);
/// Gives the ticket those skills; it must not be in the waiting line, or the line be built anew.
void set_skills(Account& account, Ticket& ticket, std::string_view skills);

/// Whether the agent is below every limit that would apply, by type; after a change of either.
void refresh_capacity(Account& account, AgentNo agent);

/// The agent is available or not; after a change of AgentState.
void refresh_availability(Account& account, AgentNo agent);

/// Everything in this file anew, from the tickets and agents; after a roster or an image.
void recount(Account& account);

}  // namespace usher::engine
