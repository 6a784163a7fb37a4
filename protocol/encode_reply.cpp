#include <replies_generated.h>

#include <algorithm>

#include "protocol/encode.h"
#include "protocol/encode_event.h"
#include "protocol/limits.h"

namespace usher::protocol {
namespace {

using Builder = FrameBuilder;

flatbuffers::Offset<wire::Owner> owner(Builder& b, const Owner& from) {
    const auto key = b.text_unless_empty(from.key);
    return wire::CreateOwner(b, static_cast<wire::OwnerKind>(from.kind), key);
}

flatbuffers::Offset<wire::Owner> owner_unless_none(Builder& b, const Owner& from) {
    return from == Owner{} ? flatbuffers::Offset<wire::Owner>{} : owner(b, from);
}

struct PlacementTexts {
    WireText owner_key;
    WireText voicemail_message;
    WireText notify_owner;
};

PlacementTexts placement_texts(Builder& b, const Placement& p) {
    return {b.text_unless_empty(p.owner.key), b.text_unless_empty(p.voicemail_message),
            b.text_unless_empty(p.notify_owner)};
}

/// Into a Placement or, flat, into the Reply. Wide fields first: no padding between them.
template <class Table>
void add_placement(Table& to, const Placement& p, const PlacementTexts& texts) {
    if (!texts.owner_key.IsNull()) to.add_owner_key(texts.owner_key);
    if (!texts.voicemail_message.IsNull()) to.add_voicemail_message(texts.voicemail_message);
    if (!texts.notify_owner.IsNull()) to.add_notify_owner(texts.notify_owner);
    if (p.position) to.add_position(*p.position);
    if (p.owner.kind != OwnerKind::none)
        to.add_owner_kind(static_cast<wire::OwnerKind>(p.owner.kind));
    if (p.outcome != Outcome::none) to.add_outcome(static_cast<wire::Outcome>(p.outcome));
    if (p.reason != Reason::none) to.add_reason(static_cast<wire::Reason>(p.reason));
    if (p.reopened) to.add_reopened(true);
}

flatbuffers::Offset<wire::Placement> placement(Builder& b, const Placement& p) {
    const auto texts = placement_texts(b, p);
    wire::PlacementBuilder table{b};
    add_placement(table, p, texts);
    return table.Finish();
}

WireList<flatbuffers::String> texts(Builder& b, const std::vector<std::string_view>& from) {
    return b.list<flatbuffers::String>(from.size(), [&](std::size_t i) { return b.text(from[i]); });
}

WireList<flatbuffers::String> texts(Builder& b,
                                    const std::optional<std::vector<std::string_view>>& from) {
    return from ? texts(b, *from) : WireList<flatbuffers::String>{};
}

flatbuffers::Offset<wire::TicketView> ticket(Builder& b, const TicketView& t) {
    const auto holder = owner_unless_none(b, t.owner);
    const auto channel = b.text_unless_empty(t.channel);
    const auto inbox = b.text_unless_empty(t.inbox);
    const auto skills = texts(b, t.skills);
    return wire::CreateTicketView(b, holder, t.open, static_cast<wire::TicketType>(t.type), channel,
                                  inbox, wire_optional(t.assigned_at_ms), skills, t.waiting);
}

flatbuffers::Offset<wire::Load> load(Builder& b,
                                     const std::array<std::uint32_t, ticket_type_count>& by_type) {
    const auto& [calling, messaging, email] = by_type;
    return wire::CreateLoad(b, calling, messaging, email);
}

flatbuffers::Offset<wire::AgentView> agent(Builder& b, const AgentView& a) {
    const auto helpdesk = load(b, a.helpdesk);
    const auto conversations = load(b, a.conversations);
    const auto& [calling, messaging, email] = a.capacity;
    return wire::CreateAgentView(b, a.available, static_cast<wire::AvailabilityWhy>(a.why),
                                 helpdesk, conversations, wire_optional(a.last_assigned_at_ms),
                                 wire_optional(a.capacity_total), wire_optional(calling),
                                 wire_optional(messaging), wire_optional(email));
}

WireList<wire::Candidate> candidates(Builder& b, const std::vector<Candidate>& from) {
    return b.list<wire::Candidate>(from.size(), [&](std::size_t i) {
        const auto& c = from[i];
        const auto name = b.text(c.agent);
        return wire::CreateCandidate(b, name, static_cast<wire::Verdict>(c.verdict),
                                     wire_optional(c.load), wire_optional(c.rank));
    });
}

flatbuffers::Offset<wire::Nearest> nearest(Builder& b, const Nearest& n) {
    const auto name = b.text(n.agent);
    const auto skills = n.skills.empty() ? WireList<flatbuffers::String>{} : texts(b, n.skills);
    return wire::CreateNearest(b, name, static_cast<wire::Change>(n.change), skills);
}

/// How many of `count` lines stand as they are, when there is room for roster_lines_max.
std::size_t lines_kept(std::size_t count) {
    return count <= roster_lines_max ? count : roster_lines_max - 1;
}

std::string lines_missing(std::size_t count) {
    return "… and " + std::to_string(count - lines_kept(count)) + " more";
}

WireList<flatbuffers::String> change_lines(Builder& b, const std::vector<std::string>& lines) {
    const auto kept = lines_kept(lines.size());
    return b.list<flatbuffers::String>(
        std::min(lines.size(), roster_lines_max),
        [&](std::size_t i) { return b.text(i < kept ? lines[i] : lines_missing(lines.size())); });
}

WireList<wire::RosterError> roster_errors(Builder& b, const std::vector<RosterError>& errors) {
    const auto kept = lines_kept(errors.size());
    return b.list<wire::RosterError>(std::min(errors.size(), roster_lines_max), [&](std::size_t i) {
        const auto& e = errors[i];
        const auto file = b.text_unless_empty(e.file);
        const auto message = b.text(i < kept ? e.message : lines_missing(errors.size()));
        const auto hint = b.text_unless_empty(e.hint);
        return wire::CreateRosterError(b, file, e.line, e.column, message, hint, e.warning);
    });
}

flatbuffers::Offset<wire::RosterChanges> roster(Builder& b, const RosterChanges& r) {
    const auto lines = change_lines(b, r.lines);
    const auto errors = roster_errors(b, r.errors);
    return wire::CreateRosterChanges(b, r.added, r.changed, r.removed, lines, errors);
}

WireList<wire::StatusEntry> entries(Builder& b, const std::vector<StatusEntry>& from) {
    return b.list<wire::StatusEntry>(from.size(), [&](std::size_t i) {
        const auto scope = b.text(from[i].scope);
        const auto name = b.text(from[i].name);
        const auto value = b.text(from[i].value);
        return wire::CreateStatusEntry(b, scope, name, value);
    });
}

flatbuffers::Offset<wire::HelloReply> hello(Builder& b, const HelloView& h) {
    const auto server = b.text(h.server);
    const auto durability = b.text(h.durability);
    const auto clock = b.text(h.clock);
    const auto endpoint = b.text_unless_empty(h.endpoint);
    return wire::CreateHelloReply(b, h.version, server, durability, clock, h.frame_bytes_max,
                                  h.in_flight_max, h.shards, h.batch_requests_max, endpoint);
}

struct Rare {
    flatbuffers::Offset<wire::Owner> owner;
    flatbuffers::Offset<wire::Placement> routed;
    flatbuffers::Offset<wire::TicketView> ticket;
    flatbuffers::Offset<wire::AgentView> agent;
    WireList<wire::Candidate> candidates;
    WireList<flatbuffers::String> tickets;
    WireList<flatbuffers::String> drained;
    WireList<wire::Event> events;
    flatbuffers::Offset<wire::RosterChanges> roster;
    WireList<wire::StatusEntry> entries;
    flatbuffers::Offset<wire::HelloReply> hello;
    flatbuffers::Offset<wire::Nearest> nearest;
};

Rare rare_parts(Builder& b, const Answer& a) {
    Rare parts;
    if (a.owner) parts.owner = owner(b, *a.owner);
    if (a.routed) parts.routed = placement(b, *a.routed);
    if (a.ticket) parts.ticket = ticket(b, *a.ticket);
    if (a.agent) parts.agent = agent(b, *a.agent);
    if (a.candidates) parts.candidates = candidates(b, *a.candidates);
    parts.tickets = texts(b, a.tickets);
    parts.drained = texts(b, a.drained);
    if (a.events) parts.events = encode_events(b, *a.events);
    if (a.roster) parts.roster = roster(b, *a.roster);
    if (a.entries) parts.entries = entries(b, *a.entries);
    if (a.hello) parts.hello = hello(b, *a.hello);
    if (a.nearest) parts.nearest = nearest(b, *a.nearest);
    return parts;
}

void add_rare_parts(wire::ReplyBuilder& reply, const Rare& parts) {
    reply.add_owner(parts.owner);
    reply.add_routed(parts.routed);
    reply.add_ticket(parts.ticket);
    reply.add_agent(parts.agent);
    reply.add_candidates(parts.candidates);
    reply.add_tickets(parts.tickets);
    reply.add_drained(parts.drained);
    reply.add_events(parts.events);
    reply.add_roster(parts.roster);
    reply.add_entries(parts.entries);
    reply.add_hello(parts.hello);
    reply.add_nearest(parts.nearest);
}

flatbuffers::Offset<wire::Reply> reply(Builder& b, const Answer& a) {
    const auto message = b.text_unless_empty(a.message);
    const auto placed = placement_texts(b, a.placement);
    const auto status = b.text_unless_empty(a.status);
    const auto next = b.text_unless_empty(a.list.next);
    const bool rare = a.has_rare_parts();
    const auto parts = rare ? rare_parts(b, a) : Rare{};

    wire::ReplyBuilder reply{b};
    reply.add_at(a.at_ms);
    reply.add_seq(a.seq);
    if (a.list.total != 0) reply.add_total(a.list.total);
    if (a.close_date_ms) reply.add_close_date(*a.close_date_ms);
    if (a.through) reply.add_through(*a.through);
    if (!message.IsNull()) reply.add_message(message);
    if (!status.IsNull()) reply.add_status(status);
    if (!next.IsNull()) reply.add_next(next);
    if (a.retry_after_ms) reply.add_retry_after_ms(*a.retry_after_ms);
    if (rare) add_rare_parts(reply, parts);
    add_placement(reply, a.placement, placed);
    if (a.reject != Reject::none) reply.add_reject(static_cast<wire::Reject>(a.reject));
    return reply.Finish();
}

}  // namespace

std::span<const std::byte> ReplyWriter::frame(std::uint64_t correlation, const Answer& answer) {
    const auto form = ReplyTemplates::form_of(answer);
    if (form.kind == ReplyTemplates::Form::none) return built(correlation, answer);
    if (const auto frame = templates_.frame(form, correlation, answer); !frame.empty())
        return frame;
    const auto frame = built(correlation, answer);
    templates_.learn(form, frame);
    return frame;
}

std::span<const std::byte> ReplyWriter::built(std::uint64_t correlation, const Answer& answer) {
    builder_.begin();
    builder_.flat().Finish(reply(builder_, answer));
    const auto size = builder_.flat().GetSize();
    if (size <= reply_bytes_max) return builder_.seal_as(FrameKind::reply, correlation);

    Answer too_long;
    too_long.at_ms = answer.at_ms;
    too_long.seq = answer.seq;
    too_long.reject = Reject::frame_too_large;
    too_long.message = "frame: the answer has " + std::to_string(size) + " bytes, at most " +
                       std::to_string(reply_bytes_max) + " are sent; ask for less with limit";
    builder_.begin();
    builder_.flat().Finish(reply(builder_, too_long));
    return builder_.seal_as(FrameKind::reply, correlation);
}

}  // namespace usher::protocol
