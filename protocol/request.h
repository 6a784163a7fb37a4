// A request as plain values: what a frame says once it was verified, what a scenario line says
// once its JSON was read. Text fields are views into whatever was read (a frame, a line); a
// Request is good for as long as that stands and its parser is not used again.
// Names and meanings: docs/protocol.md. The numbers of enums are on the wire: for ever.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace usher::protocol {

enum class TicketType : std::uint8_t { calling = 0, messaging = 1, email = 2 };
inline constexpr std::size_t ticket_type_count = 3;

enum class OwnerKind : std::uint8_t { none = 0, agent = 1, team = 2, bot = 3 };

/// Who holds a ticket. `key` is the agent's or team's; empty for a bot and for nobody.
struct Owner {
    OwnerKind kind = OwnerKind::none;
    std::string_view key;

    friend bool operator==(const Owner&, const Owner&) = default;
};

struct Property {
    std::string_view key;
    std::string_view value;

    friend bool operator==(const Property&, const Property&) = default;
};

using Properties = std::span<const Property>;
using Keys = std::span<const std::string_view>;

/// A part of a list: at most `limit`, from behind `after` (the `next` of the part before).
struct Page {
    std::uint32_t limit = 1000;
    std::string_view after;
};

// Of the connection, no account needed.
struct Hello {
    std::uint32_t version = 1;  ///< the newest protocol version that the client speaks
    std::string_view client;    ///< its name, for the log
};
struct Ping {};
struct Status {};

// Of an account. What each field means: docs/protocol.md, in the words of docs/rules.md.
struct Route {
    std::string_view ticket;
    std::string_view channel;
    std::optional<std::string_view> pipeline;
    std::optional<TicketType> type;
    std::optional<std::string_view> contact_owner;
    bool contact_tracked = true;
    Properties properties;
    Keys skills;
    std::optional<std::string_view> status;
    std::uint8_t priority = 0;
    std::optional<std::string_view> linked_ticket;
};
struct Explain {
    Route route;
    Page page;
};
struct Assign {
    std::string_view ticket;
    Owner to;
    std::optional<Owner> expect_owner;
};
struct AssignConversation {
    std::string_view ticket;
    std::string_view agent;
    std::optional<std::string_view> inbox;
};
struct ReplySent {
    std::string_view ticket;
    std::string_view agent;
};
enum class SentFrom : std::uint8_t { record = 0, contact = 1 };
struct EmailSent {
    std::string_view ticket;
    SentFrom from = SentFrom::record;
};
enum class ContactReplyKind : std::uint8_t {
    thread = 0,
    other_thread = 1,
    forwarded = 2,
    forwarded_reply = 3,
    other = 4,
    personal = 5
};
struct ContactReply {
    std::string_view ticket;
    ContactReplyKind kind = ContactReplyKind::thread;
};
struct SetStatus {
    std::string_view ticket;
    std::string_view status;
};
struct Close {
    std::string_view ticket;
};
struct Reopen {
    std::string_view ticket;
};
struct Update {
    std::string_view ticket;
    std::optional<std::uint8_t> priority;
    std::optional<Properties> properties;
    std::optional<Keys> skills;
};
struct Import {
    std::string_view ticket;
    std::string_view channel;
    std::int64_t created_at_ms = 0;
    Owner owner;
    std::optional<std::int64_t> assigned_at_ms;
    std::optional<TicketType> type;
    std::optional<std::string_view> status;
    std::uint8_t priority = 0;
    Properties properties;
    Keys skills;
};
struct Transfer {
    std::string_view ticket;
    std::string_view channel;
};
struct Handoff {
    std::string_view ticket;
};
struct Missed {
    std::string_view ticket;
};
enum class AvailabilitySetting : std::uint8_t { available = 0, away = 1, hours = 2 };
struct Availability {
    std::string_view agent;
    AvailabilitySetting set = AvailabilitySetting::available;
    Page page;  ///< of `drained`
};
struct Absence {
    std::string_view agent;
    std::int64_t from_ms = 0;
    std::int64_t until_ms = 0;  ///< excluded
    bool cancel = false;
};
/// A limit that is named is set, or lifted when its value is empty; one that is not named stays.
struct CapacityChange {
    bool named = false;
    std::optional<std::uint32_t> limit;
};
struct Capacity {
    std::string_view agent;
    CapacityChange total;
    std::array<CapacityChange, ticket_type_count> per_type;  ///< by TicketType
    Page page;                                               ///< of `drained`
};
struct ChannelSwitch {
    std::string_view channel;
    bool enabled = true;
};
// A roster travels as text in parts: begin, any number of parts, commit. They belong to the
// connection until the commit; a connection that closes takes its parts with it.
struct ApplyBegin {};
struct ApplyPart {
    std::string_view file;  ///< the name for error messages; parts of one file follow each other
    std::string_view text;
};
struct ApplyCommit {
    bool dry_run = false;
    bool unassign = false;  ///< agents that are removed give their work back
};
struct GetTicket {
    std::string_view ticket;
};
struct GetAgent {
    std::string_view agent;
};
struct Backlog {
    std::string_view inbox;
    Page page;
};
struct Tickets {
    Owner of;  ///< agent or team; or, with kind none, of `channel`
    std::string_view channel;
    bool open = true;
    Page page;
};
struct Tick {
    Page page;  ///< of `events`
};
/// An account's events from `from` on, waited for if there are none yet (docs/events.md).
struct Follow {
    std::optional<std::uint64_t> from;  ///< empty: only asks where the account is; 0: the oldest
    std::uint32_t limit = 256;          ///< events in the answer, at most
    std::uint32_t wait_ms = 0;          ///< how long to wait for the first of them
};

/// The alternatives in the order of Verb's numbers.
using Body =
    std::variant<Hello, Ping, Status, Route, Explain, Assign, AssignConversation, ReplySent,
                 EmailSent, ContactReply, SetStatus, Close, Reopen, Update, Import, Transfer,
                 Handoff, Missed, Availability, Absence, Capacity, ChannelSwitch, ApplyBegin,
                 ApplyPart, ApplyCommit, GetTicket, GetAgent, Backlog, Tickets, Tick, Follow>;

struct Request {
    std::string_view account;             ///< none for ping and status; hello may have one
    std::optional<std::string_view> key;  ///< the same key twice gets the same answer
    std::optional<std::int64_t> at_ms;    ///< looked at under `--clock trace` only
    Body body;
};

/// The name of the request in scenarios, logs and the command line ("route", "get_ticket", …).
std::string_view verb_name(const Body& body);

/// The ticket (or else the agent) that the request is about; empty if it is about neither.
struct Subject {
    std::string_view ticket;
    std::string_view agent;
};
Subject subject_of(const Body& body);

}  // namespace usher::protocol
