// An answer as plain values: what the engine says, what a reply frame carries, what a line of
// JSON shows. Text fields are views into the engine's state (valid until it changes next) or into
// the reply frame that was read. The answers of routing hold no
// memory of their own: lists and messages are the only parts that allocate, and no hot request has
// any.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request.h"

namespace usher::protocol {

/// Why a request was refused. The numbers are on the wire: for ever.
enum class Reject : std::uint8_t {
    none = 0,
    // malformed
    bad_frame = 1,
    bad_field = 2,
    frame_too_large = 3,
    unsupported_version = 4,
    // unknown ids and statuses
    unknown_account = 10,
    unknown_channel = 11,
    unknown_agent = 12,
    unknown_team = 13,
    unknown_inbox = 14,
    unknown_pipeline = 15,
    unknown_ticket = 16,
    unknown_status = 17,
    unknown_skill = 18,
    // what the state refuses, in the order in which they are looked at
    key_reused = 30,
    ticket_exists = 31,
    already_closed = 32,
    already_open = 33,
    not_with_bot = 34,
    not_a_call = 35,
    not_a_conversation = 36,
    ticket_closed = 37,
    channel_off = 38,
    owner_changed = 39,
    not_eligible = 40,
    keys_full = 41,
    // of the daemon
    clock_backwards = 50,
    overloaded = 51,
    disk_full = 52,
    not_allowed = 53,
    shutting_down = 54,
    // of a roster
    bad_roster = 60,
    in_use = 61,
    // of following
    sequence_gone = 70,
    sequence_ahead = 71,
};
std::string_view reject_name(Reject reject);

enum class Outcome : std::uint8_t {
    none = 0,
    assigned = 1,
    team = 2,
    bot = 3,
    voicemail = 4,
    unassigned = 5,
    queued = 6,
    not_a_ticket = 7,
    status = 8,
    unchanged = 9,
    done = 10,
};
std::string_view outcome_name(Outcome outcome);

/// Why a ticket stayed unassigned.
enum class Reason : std::uint8_t {
    none = 0,
    no_rule = 1,
    rule_none = 2,
    no_eligible = 3,
    no_skill = 4,
    none_available = 5,
    at_capacity = 6,
    no_contact_owner = 7,
    owner_unavailable = 8,
};
std::string_view reason_name(Reason reason);

/// The first thing that ruled a candidate out, or `eligible`.
enum class Verdict : std::uint8_t {
    eligible = 0,
    no_seat = 1,
    no_ticket_access = 2,
    not_main_member = 3,
    not_in_inbox = 4,
    skill_missing = 5,
    away = 6,
    absent = 7,
    out_of_hours = 8,
    at_capacity = 9,
    had_turn = 10,
    lost_on_load = 11,
    lost_on_tie = 12,
};
std::string_view verdict_name(Verdict verdict);

/// Why an agent is available or away: the first of these that says something.
enum class AvailabilityWhy : std::uint8_t { manual = 0, absence = 1, standing = 2, schedule = 3 };
std::string_view availability_why_name(AvailabilityWhy why);
std::string_view ticket_type_name(TicketType type);

/// Where routing (or a change of owner) left a ticket.
struct Placement {
    Outcome outcome = Outcome::none;
    Owner owner;
    Reason reason = Reason::none;
    std::string_view voicemail_message;     ///< `message` of a voicemail; empty: none set
    std::string_view notify_owner;          ///< agent; empty: nobody
    std::optional<std::uint32_t> position;  ///< of `queued`: 1 is first in its inbox
    bool reopened = false;                  ///< of assign_conversation
};

struct Candidate {
    std::string_view agent;
    Verdict verdict = Verdict::eligible;
    std::optional<std::uint32_t> load;
    std::optional<std::uint32_t> rank;  ///< among the eligible; 1 would get it
};

/// What would have to change about an agent, the smallest first, in the words of the roster.
enum class Change : std::uint8_t {
    available = 0,
    capacity = 1,
    skills = 2,
    extra_teams = 3,
    main_team = 4,
    ticket_access = 5,
    seat = 6,
};
std::string_view change_name(Change change);

/// The nearest miss of an explained routing that finds nobody.
struct Nearest {
    std::string_view agent;
    Change change = Change::available;
    std::vector<std::string_view> skills;  ///< of `skills`: those that are missing
};

struct TicketView {
    Owner owner;
    bool open = true;
    TicketType type = TicketType::email;
    std::string_view channel;
    std::string_view inbox;
    std::optional<std::int64_t> assigned_at_ms;
    std::vector<std::string_view> skills;
    bool waiting = false;
};

struct AgentView {
    bool available = false;
    AvailabilityWhy why = AvailabilityWhy::schedule;
    std::array<std::uint32_t, ticket_type_count> helpdesk{};  ///< load by TicketType
    std::array<std::uint32_t, ticket_type_count> conversations{};
    std::optional<std::int64_t> last_assigned_at_ms;
    std::optional<std::uint32_t> capacity_total;
    std::array<std::optional<std::uint32_t>, ticket_type_count> capacity;
};

struct RosterError {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string message;
    std::string hint;  ///< empty: none
    bool warning = false;
};

struct RosterChanges {
    std::uint32_t added = 0;
    std::uint32_t changed = 0;
    std::uint32_t removed = 0;
    std::vector<std::string> lines;   ///< "added agent anna", …, in the roster's order
    std::vector<RosterError> errors;  ///< of `bad_roster`; warnings also of `done`
};

/// A line of `status`: which part of the daemon, what, how much.
struct StatusEntry {
    std::string scope;  ///< "daemon", "shard 0", …
    std::string name;
    std::string value;
};

struct HelloView {
    std::uint32_t version = 0;
    std::string server;      ///< "usherd 0.1.0"
    std::string durability;  ///< memory, written, synced
    std::string clock;       ///< wall, trace
    std::uint32_t frame_bytes_max = 0;
    std::uint32_t in_flight_max = 0;
    std::uint32_t shards = 0;
    std::uint32_t batch_requests_max = 0;  ///< 0: batches are not taken
    std::string endpoint{};  ///< of the core that owns the account asked for; empty: none is told
};

/// What an event tells. The numbers are on the wire: for ever.
enum class EventKind : std::uint8_t {
    assigned = 1,
    team = 2,
    bot = 3,
    unassigned = 4,
    queued = 5,
    voicemail = 6,
    transferred = 7,
    status = 8,
    updated = 9,
    imported = 10,
    forgotten = 11,
    available = 12,
    away = 13,
    absence = 14,
    capacity = 15,
    channel = 16,
    applied = 17,
    action = 18,
    notify = 19,
};
std::string_view event_name(EventKind kind);

/// The limits that a `capacity` event leaves in force; empty: none.
struct EventLimits {
    std::optional<std::uint32_t> total;
    std::array<std::optional<std::uint32_t>, ticket_type_count> per_type;
};

/// What an applied roster changed.
struct EventChanges {
    std::uint32_t added = 0;
    std::uint32_t changed = 0;
    std::uint32_t removed = 0;
};

/// What happened (docs/events.md). A field that the kind of event has no use for is empty.
struct EventView {
    std::uint64_t seq = 0;  ///< the account's own sequence
    std::int64_t at_ms = 0;
    EventKind kind = EventKind::available;
    std::string_view ticket{};
    std::string_view agent{};
    std::string_view cause{};  ///< the request's name; empty: time
    std::string_view team{};
    bool bot = false;
    Reason reason = Reason::none;
    std::string_view channel{};
    std::string_view inbox{};
    std::string_view status{};
    std::optional<bool> open{};
    std::string_view message{};
    std::optional<std::uint32_t> position{};
    std::vector<std::string_view> notify{};  ///< agents to be told (rule 36)
    std::optional<std::uint8_t> priority{};
    std::optional<bool> enabled{};
    std::optional<std::int64_t> from_ms{};
    std::optional<std::int64_t> until_ms{};
    bool cancel = false;
    std::optional<EventLimits> limits{};
    std::string_view action{};       ///< the `do` of a status's action
    std::vector<Property> fields{};  ///< and what else the roster says of it
    std::optional<EventChanges> changes{};
};

/// A part of a list.
struct ListEnd {
    std::uint64_t total = 0;
    std::string next;  ///< empty: that was all
};

struct Answer {
    std::int64_t at_ms = 0;  ///< the instant at which it was decided
    std::uint64_t seq = 0;   ///< the shard's sequence that it depends on
    Reject reject = Reject::none;
    std::string message;                          ///< of a reject: what is wrong, for people
    std::optional<Owner> owner;                   ///< of ticket_exists and owner_changed
    std::optional<std::uint32_t> retry_after_ms;  ///< of overloaded

    Placement placement;      ///< its outcome is the answer's outcome
    std::string_view status;  ///< of `status`, and of a ticket's view
    std::optional<std::int64_t> close_date_ms;
    std::optional<Placement> routed;  ///< a reopening that routed it again

    std::optional<TicketView> ticket;
    std::optional<AgentView> agent;
    std::optional<std::vector<Candidate>> candidates;
    std::optional<Nearest> nearest;                        ///< of explain
    std::optional<std::vector<std::string_view>> tickets;  ///< of backlog and tickets
    std::optional<std::vector<std::string_view>> drained;
    std::optional<std::vector<EventView>> events;
    ListEnd list;  ///< of whichever list there is
    std::optional<RosterChanges> roster;
    std::optional<std::vector<StatusEntry>> entries;
    std::optional<HelloView> hello;
    std::optional<std::uint64_t> through;  ///< of follow: all up to here was told

    Outcome outcome() const { return placement.outcome; }

    /// What only some answers have: those of routing skip it with one test.
    bool has_rare_parts() const {
        return owner || routed || ticket || agent || candidates || tickets || drained || events ||
               roster || entries || hello || nearest;
    }

    void clear() {
        if (has_rare_parts()) {
            *this = Answer{};
            return;
        }
        at_ms = 0;
        seq = 0;
        reject = Reject::none;
        message.clear();
        retry_after_ms.reset();
        placement = {};
        status = {};
        close_date_ms.reset();
        list.total = 0;
        list.next.clear();
    }

    void refuse(Reject why, std::string what) {
        clear();
        reject = why;
        message = std::move(what);
    }
};

}  // namespace usher::protocol
