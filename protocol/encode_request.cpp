#include <requests_generated.h>

#include <algorithm>
#include <limits>

#include "protocol/encode.h"

namespace usher::protocol {
namespace {

using Builder = FrameBuilder;
using WireBody = flatbuffers::Offset<void>;
using WireTexts = WireList<flatbuffers::String>;
using WireProperties = WireList<wire::Property>;

WireText text(Builder& b, std::string_view from) {
    return b.text(from);
}
WireText text(Builder& b, const std::optional<std::string_view>& from) {
    return b.optional_text(from);
}

template <class Wire, class Ours>
flatbuffers::Optional<Wire> word(const std::optional<Ours>& from) {
    if (!from) return flatbuffers::nullopt;
    return static_cast<Wire>(*from);
}

flatbuffers::Offset<wire::Owner> owner(Builder& b, const Owner& from) {
    const auto key = b.text_unless_empty(from.key);
    return wire::CreateOwner(b, static_cast<wire::OwnerKind>(from.kind), key);
}

WireProperties properties(Builder& b, const Properties& from) {
    return b.list<wire::Property>(from.size(), [&](std::size_t i) {
        const auto key = text(b, from[i].key);
        const auto value = text(b, from[i].value);
        return wire::CreateProperty(b, key, value);
    });
}

WireTexts skills(Builder& b, const Keys& from) {
    return b.list<flatbuffers::String>(from.size(),
                                       [&](std::size_t i) { return text(b, from[i]); });
}

flatbuffers::Offset<wire::Route> route(Builder& b, const Route& r) {
    const auto ticket = text(b, r.ticket);
    const auto channel = text(b, r.channel);
    const auto pipeline = text(b, r.pipeline);
    const auto contact_owner = text(b, r.contact_owner);
    const auto given = r.properties.empty() ? WireProperties{} : properties(b, r.properties);
    const auto asked = r.skills.empty() ? WireTexts{} : skills(b, r.skills);
    const auto status = text(b, r.status);
    const auto linked_ticket = text(b, r.linked_ticket);
    return wire::CreateRoute(b, ticket, channel, pipeline, word<wire::TicketType>(r.type),
                             contact_owner, r.contact_tracked, given, asked, status, r.priority,
                             linked_ticket);
}

WireBody body(Builder& b, const Hello& r) {
    const auto client = b.text_unless_empty(r.client);
    return wire::CreateHello(b, r.version, client).Union();
}
WireBody body(Builder& b, const Ping&) {
    return wire::CreatePing(b).Union();
}
WireBody body(Builder& b, const Status&) {
    return wire::CreateStatus(b).Union();
}
WireBody body(Builder& b, const Route& r) {
    return route(b, r).Union();
}
WireBody body(Builder& b, const Explain& r) {
    const auto asked = route(b, r.route);
    const auto after = b.text_unless_empty(r.page.after);
    return wire::CreateExplain(b, asked, r.page.limit, after).Union();
}
WireBody body(Builder& b, const Assign& r) {
    const auto ticket = text(b, r.ticket);
    const auto to = owner(b, r.to);
    const auto expected =
        r.expect_owner ? owner(b, *r.expect_owner) : flatbuffers::Offset<wire::Owner>{};
    return wire::CreateAssign(b, ticket, to, expected).Union();
}
WireBody body(Builder& b, const AssignConversation& r) {
    const auto ticket = text(b, r.ticket);
    const auto agent = text(b, r.agent);
    const auto inbox = text(b, r.inbox);
    return wire::CreateAssignConversation(b, ticket, agent, inbox).Union();
}
WireBody body(Builder& b, const ReplySent& r) {
    const auto ticket = text(b, r.ticket);
    const auto agent = text(b, r.agent);
    return wire::CreateReplySent(b, ticket, agent).Union();
}
WireBody body(Builder& b, const EmailSent& r) {
    const auto ticket = text(b, r.ticket);
    return wire::CreateEmailSent(b, ticket, static_cast<wire::SentFrom>(r.from)).Union();
}
WireBody body(Builder& b, const ContactReply& r) {
    const auto ticket = text(b, r.ticket);
    return wire::CreateContactReply(b, ticket, static_cast<wire::ContactReplyKind>(r.kind)).Union();
}
WireBody body(Builder& b, const SetStatus& r) {
    const auto ticket = text(b, r.ticket);
    const auto status = text(b, r.status);
    return wire::CreateSetStatus(b, ticket, status).Union();
}
WireBody body(Builder& b, const Close& r) {
    return wire::CreateClose(b, text(b, r.ticket)).Union();
}
WireBody body(Builder& b, const Reopen& r) {
    return wire::CreateReopen(b, text(b, r.ticket)).Union();
}
WireBody body(Builder& b, const Update& r) {
    const auto ticket = text(b, r.ticket);
    const auto given = r.properties ? properties(b, *r.properties) : WireProperties{};
    const auto asked = r.skills ? skills(b, *r.skills) : WireTexts{};
    return wire::CreateUpdate(b, ticket, wire_optional(r.priority), given, asked).Union();
}
WireBody body(Builder& b, const Import& r) {
    const auto ticket = text(b, r.ticket);
    const auto channel = text(b, r.channel);
    const auto holder = owner(b, r.owner);
    const auto status = text(b, r.status);
    const auto given = r.properties.empty() ? WireProperties{} : properties(b, r.properties);
    const auto asked = r.skills.empty() ? WireTexts{} : skills(b, r.skills);
    return wire::CreateImport(b, ticket, channel, r.created_at_ms, holder,
                              wire_optional(r.assigned_at_ms), word<wire::TicketType>(r.type),
                              status, r.priority, given, asked)
        .Union();
}
WireBody body(Builder& b, const Transfer& r) {
    const auto ticket = text(b, r.ticket);
    const auto channel = text(b, r.channel);
    return wire::CreateTransfer(b, ticket, channel).Union();
}
WireBody body(Builder& b, const Handoff& r) {
    return wire::CreateHandoff(b, text(b, r.ticket)).Union();
}
WireBody body(Builder& b, const Missed& r) {
    return wire::CreateMissed(b, text(b, r.ticket)).Union();
}
WireBody body(Builder& b, const Availability& r) {
    const auto agent = text(b, r.agent);
    const auto after = b.text_unless_empty(r.page.after);
    const auto set = static_cast<wire::AvailabilitySetting>(r.set);
    return wire::CreateAvailability(b, agent, set, r.page.limit, after).Union();
}
WireBody body(Builder& b, const Absence& r) {
    const auto agent = text(b, r.agent);
    return wire::CreateAbsence(b, agent, r.from_ms, r.until_ms, r.cancel).Union();
}

flatbuffers::Optional<std::int32_t> limit(const CapacityChange& change) {
    if (!change.named) return flatbuffers::nullopt;
    if (!change.limit) return -1;
    constexpr std::uint32_t highest = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::min(*change.limit, highest));
}

WireBody body(Builder& b, const Capacity& r) {
    const auto agent = text(b, r.agent);
    const auto after = b.text_unless_empty(r.page.after);
    const auto& [calling, messaging, email] = r.per_type;
    return wire::CreateCapacity(b, agent, limit(r.total), limit(calling), limit(messaging),
                                limit(email), r.page.limit, after)
        .Union();
}
WireBody body(Builder& b, const ChannelSwitch& r) {
    const auto channel = text(b, r.channel);
    return wire::CreateChannelSwitch(b, channel, r.enabled).Union();
}
WireBody body(Builder& b, const ApplyBegin&) {
    return wire::CreateApplyBegin(b).Union();
}
WireBody body(Builder& b, const ApplyPart& r) {
    const auto file = text(b, r.file);
    const auto bytes =
        b.flat().CreateVector(reinterpret_cast<const std::uint8_t*>(r.text.data()), r.text.size());
    return wire::CreateApplyPart(b, file, bytes).Union();
}
WireBody body(Builder& b, const ApplyCommit& r) {
    return wire::CreateApplyCommit(b, r.dry_run, r.unassign).Union();
}
WireBody body(Builder& b, const GetTicket& r) {
    return wire::CreateGetTicket(b, text(b, r.ticket)).Union();
}
WireBody body(Builder& b, const GetAgent& r) {
    return wire::CreateGetAgent(b, text(b, r.agent)).Union();
}
WireBody body(Builder& b, const Backlog& r) {
    const auto inbox = text(b, r.inbox);
    const auto after = b.text_unless_empty(r.page.after);
    return wire::CreateBacklog(b, inbox, r.page.limit, after).Union();
}
WireBody body(Builder& b, const Tickets& r) {
    const auto of = r.of.kind == OwnerKind::none && r.of.key.empty()
                        ? flatbuffers::Offset<wire::Owner>{}
                        : owner(b, r.of);
    const auto channel = b.text_unless_empty(r.channel);
    const auto after = b.text_unless_empty(r.page.after);
    return wire::CreateTickets(b, of, channel, r.open, r.page.limit, after).Union();
}
WireBody body(Builder& b, const Tick& r) {
    const auto after = b.text_unless_empty(r.page.after);
    return wire::CreateTick(b, r.page.limit, after).Union();
}
WireBody body(Builder& b, const Follow& r) {
    return wire::CreateFollow(b, wire_optional(r.from), r.limit, r.wait_ms).Union();
}

}  // namespace

std::span<const std::byte> RequestWriter::frame(std::uint64_t correlation, const Request& request) {
    builder_.begin();
    const auto account = builder_.text_unless_empty(request.account);
    const auto key = builder_.optional_text(request.key);
    const auto verb = static_cast<wire::Body>(request.body.index() + 1);
    const auto asked = std::visit([&](const auto& r) { return body(builder_, r); }, request.body);
    builder_.flat().Finish(
        wire::CreateRequest(builder_, account, key, wire_optional(request.at_ms), verb, asked));
    return builder_.seal_as(FrameKind::request, correlation);
}

}  // namespace usher::protocol
