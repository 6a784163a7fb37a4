// Deciding where a ticket goes (rules 12 to 24). Looks at the state, changes nothing: a dry run is
// a decision that nobody carries out.
#pragma once

#include "engine/account.h"
#include "engine/pool.h"

namespace usher::engine {

/// The ticket as routing sees it, whether it exists already or not.
struct Situation {
    ChannelNo channel;
    InboxNo inbox;
    TicketType type = TicketType::email;
    std::string_view skills;         ///< canonical bytes
    std::string_view contact_owner;  ///< a key, known or not; empty: none named
    bool contact_tracked = true;
    bool under_fallback = false;
};

struct Decision {
    Award award;
    protocol::Reason reason = protocol::Reason::none;
    std::string_view message;  ///< of a voicemail
    std::string_view notify_owner;
    std::string_view turns_taken_back;  ///< agents whose marks go first; in Scratch::numbers
};

Decision decide(const Account& account, const Situation& situation, Scratch& scratch);

/// The decision in words of an answer.
protocol::Placement placement_of(const Account& account, const Decision& decision);

/// The rule that is in force for a ticket: its channel's, or that one's fallback.
struct RuleInForce {
    RuleNo rule;                    ///< nothing: there is none
    bool fallback_is_none = false;  ///< a handoff with no fallback: as `assign_to = none`
};
RuleInForce rule_in_force(const Account& account, ChannelNo channel, bool under_fallback);

/// The key of a ticket's owner as answers show it.
protocol::Owner owner_of(const Account& account, const Holder& holder);

Situation situation_of(const Account& account, const Ticket& ticket);

/// The tie-break of a contest in that channel and inbox (rule 22).
TieBreak tie_break_of(const Account& account, const RuleDefinition& rule, ChannelNo channel,
                      InboxNo inbox);

/// Whether a calling channel takes calls now (rule 20); other channels always do.
bool is_open_now(const Account& account, const ChannelDefinition& channel);

}  // namespace usher::engine
