#include "protocol/encode_event.h"

namespace usher::protocol {
namespace {

/// FrameBuilder::list does not nest, and these stand within a list.
template <class T, class Make>
WireList<T> inner_list(FrameBuilder& b, std::size_t count, Make make) {
    if (count == 0) return {};
    std::vector<flatbuffers::Offset<T>> made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) made.push_back(make(i));
    return b.flat().CreateVector(made);
}

flatbuffers::Offset<wire::Limits> limits(FrameBuilder& b, const EventLimits& from) {
    const auto& [calling, messaging, email] = from.per_type;
    return wire::CreateLimits(b, wire_optional(from.total), wire_optional(calling),
                              wire_optional(messaging), wire_optional(email));
}

struct Parts {
    WireText cause, ticket, agent, team, channel, inbox, status, message, action;
    WireList<flatbuffers::String> notify;
    WireList<wire::Property> fields;
    flatbuffers::Offset<wire::Limits> limits;
};

Parts parts_of(FrameBuilder& b, const EventView& e) {
    Parts parts;
    parts.cause = b.text_unless_empty(e.cause);
    parts.ticket = b.text_unless_empty(e.ticket);
    parts.agent = b.text_unless_empty(e.agent);
    parts.team = b.text_unless_empty(e.team);
    parts.channel = b.text_unless_empty(e.channel);
    parts.inbox = b.text_unless_empty(e.inbox);
    parts.status = b.text_unless_empty(e.status);
    parts.message = b.text_unless_empty(e.message);
    parts.action = b.text_unless_empty(e.action);
    parts.notify = inner_list<flatbuffers::String>(
        b, e.notify.size(), [&](std::size_t i) { return b.text(e.notify[i]); });
    parts.fields = inner_list<wire::Property>(b, e.fields.size(), [&](std::size_t i) {
        const auto key = b.text(e.fields[i].key);
        const auto value = b.text(e.fields[i].value);
        return wire::CreateProperty(b, key, value);
    });
    if (e.limits) parts.limits = limits(b, *e.limits);
    return parts;
}

/// What only some kinds of events have.
void add_rest(wire::EventBuilder& event, const EventView& e) {
    if (e.position) event.add_position(*e.position);
    if (e.bot) event.add_bot(true);
    if (e.open) event.add_open(*e.open);
    if (e.priority) event.add_priority(*e.priority);
    if (e.enabled) event.add_enabled(*e.enabled);
    if (e.from_ms) event.add_from(*e.from_ms);
    if (e.until_ms) event.add_until(*e.until_ms);
    if (e.cancel) event.add_cancel(true);
    if (!e.changes) return;
    event.add_added(e.changes->added);
    event.add_changed(e.changes->changed);
    event.add_removed(e.changes->removed);
}

flatbuffers::Offset<wire::Event> event_of(FrameBuilder& b, const EventView& e) {
    const auto parts = parts_of(b, e);
    wire::EventBuilder event{b};
    event.add_seq(e.seq);
    event.add_at(e.at_ms);
    event.add_event(static_cast<wire::EventKind>(e.kind));
    event.add_ticket(parts.ticket);
    event.add_agent(parts.agent);
    event.add_cause(parts.cause);
    event.add_team(parts.team);
    event.add_channel(parts.channel);
    event.add_inbox(parts.inbox);
    event.add_status(parts.status);
    event.add_message(parts.message);
    event.add_notify(parts.notify);
    event.add_limits(parts.limits);
    event.add_action(parts.action);
    event.add_fields(parts.fields);
    add_rest(event, e);
    event.add_reason(static_cast<wire::Reason>(e.reason));
    return event.Finish();
}

}  // namespace

WireList<wire::Event> encode_events(FrameBuilder& builder, const std::vector<EventView>& events) {
    return builder.list<wire::Event>(events.size(),
                                     [&](std::size_t i) { return event_of(builder, events[i]); });
}

}  // namespace usher::protocol
