// Facts: what became of a request, or what time brought. Facts alone change state (apply.h), live
// and in recovery alike; the journal keeps them. A fact says everything that apply() needs, so no
// decision is ever taken twice; and everything that an event tells of it (event.h), so that those
// who follow an account can be given its history without the state of that time. What is in a fact
// for that alone is filled in by complete() (completion.h).
//
// Text in a fact is a view: into the request or the state when it was decided, into the record
// when it was read back. A fact is good for the call that it is handed to.
// Encoding: fact_codec.h. Kinds and their numbers are in journals: for ever.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include "engine/definition.h"
#include "engine/ticket.h"
#include "protocol/answer.h"

namespace usher::engine {

using AccountNo = Number<struct AccountTag>;

/// What a fact came from: the request's verb as its place in protocol::Body, or time.
enum class Cause : std::uint8_t { time = 255 };

/// How the winner was found.
enum class DecidedBy : std::uint8_t {
    nobody = 0,
    only_one = 1,
    load = 2,
    tie = 3,
    order = 4,
    turn = 5,
    draw = 6,
    contact_owner = 7,
    rule = 8,
    request = 9
};

/// Why a decision came out as it did; enough to answer "why" from history.
struct Grounds {
    RuleNo rule;                 ///< nothing: no rule was asked
    std::uint32_t eligible = 0;  ///< how many were in the pool
    std::uint32_t load = 0;      ///< the winner's, before
    DecidedBy by = DecidedBy::nobody;
    protocol::Reason emptied = protocol::Reason::none;  ///< the filter that emptied the pool
};

/// Where a decision puts a ticket.
struct Award {
    Holder owner;
    protocol::Outcome outcome = protocol::Outcome::unassigned;
    RuleNo turn_of;               ///< the rule in which the owner's turn is used up
    std::uint16_t draws = 0;      ///< used from the account's generator
    bool under_fallback = false;  ///< decided by a bot's fallback
    Grounds grounds;
    std::string_view message{};  ///< of a voicemail; in a fact only then
    // For events alone.
    bool owner_is_told = false;  ///< rule 36
    std::string_view told{};     ///< of `unassigned`: who asked for it, 4 bytes each
};

/// A roster in pieces, before the RosterCommitted that puts them together; no effect by itself.
struct RosterPart {
    std::string_view account;  ///< its key: the first part brings a new account
    std::string_view bytes;
};
struct RosterCommitted {
    std::uint64_t roster_bytes = 0;  ///< of all parts together
    std::uint32_t added = 0;         ///< for events alone
    std::uint32_t changed = 0;
    std::uint32_t removed = 0;
};
struct Opened {
    Slot slot = no_slot;
    std::string_view key;
    ChannelNo channel;
    PipelineNo pipeline;
    StatusNo status;
    TicketType type = TicketType::email;
    std::uint8_t priority = 0;
    bool contact_tracked = true;
    std::string_view contact_owner;
    std::string_view linked;
    std::string_view properties;    ///< canonical bytes
    std::string_view asked_skills;  ///< canonical bytes
    std::string_view skills;
    Award award;
};
/// A change of owner, or a decision that left the ticket where it is.
struct Placed {
    Slot slot = no_slot;
    Award award;
    std::string_view key{};  ///< the ticket's; here and below for events alone
};
/// The ticket lost its owner and moved; a Placed follows.
struct Transferred {
    Slot slot = no_slot;
    ChannelNo channel;
    std::string_view skills;
    std::string_view key{};
};
/// A workflow moved the conversation to an inbox; a Placed follows.
struct Moved {
    Slot slot = no_slot;
    InboxNo inbox;
    std::string_view key{};
};
struct StatusSet {
    Slot slot = no_slot;
    StatusNo status;
    bool release_owner = false;  ///< reopened while its owner is away: routed again
    std::string_view key{};
    std::string_view status_key{};  ///< numbers of statuses do not stay
    bool open = false;
};
struct Updated {
    Slot slot = no_slot;
    std::uint8_t priority = 0;
    std::string_view properties;
    std::string_view asked_skills;
    std::string_view skills;
    std::string_view key{};
};
struct Imported {
    Opened opened;
    Instant created;
    Instant assigned;
};
struct Forgotten {
    Slot slot = no_slot;
    std::string_view key{};
};
/// A setting by hand; `manual` empty: lifted.
struct AvailabilitySet {
    AgentNo agent;
    std::optional<bool> manual;
    bool available = false;  ///< what comes of it; for events alone
};
/// The availability under the manual setting turned, which lifts that setting.
struct Turned {
    AgentNo agent;
    bool available = false;
    bool was_available = false;  ///< for events alone
};
/// The agent's absences from now on.
struct AbsencesSet {
    AgentNo agent;
    PackedAbsences absences;
    AbsenceSpan asked{};  ///< by the request; for events alone
    bool cancel = false;
};
struct CapacitySet {
    AgentNo agent;
    CapacityLimits limits;
};
struct ChannelSwitched {
    ChannelNo channel;
    bool enabled = true;
};
/// A round-robin cycle began again for these.
struct TurnsTakenBack {
    RuleNo rule;
    std::string_view agents;  ///< their numbers, 4 bytes each
};
/// The answer to a request with a key is kept.
struct AnswerKept {
    std::string_view key;
    std::uint64_t request_high = 0;  ///< 128-bit hash of the request
    std::uint64_t request_low = 0;
    std::string_view reply;  ///< the encoded answer
};
struct AnswerForgotten {
    std::string_view key;
};
/// The status that a ticket has come into asks for this (rule 34). Changes nothing here.
struct ActionDue {
    Slot slot = no_slot;
    std::string_view action;  ///< its `do`
    std::string_view fields;  ///< the rest of it, see completion.h
    std::string_view key{};
    std::string_view status_key{};
};
/// The contact's owner is to be told of a ticket that nobody got (rule 15). Changes nothing here.
struct OwnerToTell {
    Slot slot = no_slot;
    AgentNo agent;
    std::string_view key{};
};

using FactBody = std::variant<RosterPart, RosterCommitted, Opened, Placed, Transferred, Moved,
                              StatusSet, Updated, Imported, Forgotten, AvailabilitySet, Turned,
                              AbsencesSet, CapacitySet, ChannelSwitched, TurnsTakenBack, AnswerKept,
                              AnswerForgotten, ActionDue, OwnerToTell>;

// Facts are copied as bytes, never moved field by field.
static_assert(std::is_trivially_copyable_v<FactBody>);

struct Fact {
    AccountNo account;
    std::uint64_t seq = 0;  ///< the account's own: 1, 2, 3 …
    Instant at;
    Cause cause = Cause::time;
    FactBody body;
};

/// Who is told of each fact before it is applied: the journal, a test, nobody (`simulate`).
class FactLog {
  public:
    virtual ~FactLog() = default;
    virtual void append(const Fact& fact) = 0;
};

class NoLog final : public FactLog {
  public:
    void append(const Fact&) override {}
};

}  // namespace usher::engine
