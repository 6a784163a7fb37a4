#include <requests_generated.h>

#include <algorithm>
#include <optional>

#include "protocol/parse.h"
#include "protocol/read_directly.h"
#include "protocol/validate.h"
#include "protocol/verified.h"

namespace usher::protocol {
namespace {

constexpr std::uint32_t tables_max = 256;

/// Copies the fields of one request out of its verified payload, in the order in which validate()
/// looks at them; keeps the first complaint that plain values could not express any more.
class Reader {
  public:
    Reader(std::size_t payload_bytes, std::span<Property> properties,
           std::span<std::string_view> skills)
        : budget_(payload_bytes), properties_(properties), skills_(skills) {}

    void read(const wire::Request& from, Request& to);

    bool over_budget() const { return budget_.exceeded(); }
    const Complaint* complaint() const { return complaint_ ? &*complaint_ : nullptr; }

  private:
    using Text = const flatbuffers::String*;

    std::string_view text(Text from) { return budget_.text(from); }

    std::optional<std::string_view> optional_text(Text from) {
        if (from == nullptr) return std::nullopt;
        return text(from);
    }

    void complain(std::string_view field, std::string message) {
        if (!complaint_) complaint_ = Complaint{field, std::move(message)};
    }

    /// A wire enum as ours; they have the same numbers (a test compares them).
    template <class Ours, class Wire>
    Ours word(std::string_view field, Wire from, Wire last) {
        if (from <= last) return static_cast<Ours>(from);
        complain(field, "is the number " + std::to_string(static_cast<unsigned>(from)) +
                            ", which means nothing");
        return Ours{};
    }

    template <class Ours, class Wire>
    std::optional<Ours> optional_word(std::string_view field, flatbuffers::Optional<Wire> from,
                                      Wire last) {
        if (!from) return std::nullopt;
        return word<Ours>(field, *from, last);
    }

    template <class Ours, class Wire>
    Ours needed_word(std::string_view field, flatbuffers::Optional<Wire> from, Wire last) {
        if (from) return word<Ours>(field, *from, last);
        complain(field, "is missing");
        return Ours{};
    }

    std::int64_t needed_instant(std::string_view field, flatbuffers::Optional<std::int64_t> from) {
        if (!from) complain(field, "is missing");
        return from ? *from : 0;
    }

    static std::optional<std::int64_t> optional_instant(flatbuffers::Optional<std::int64_t> from) {
        if (!from) return std::nullopt;
        return *from;
    }

    /// The raw byte is looked at, because an accessor calls everything but 0 true.
    template <class Table>
    bool flag(std::string_view field, const Table& table, flatbuffers::voffset_t at,
              bool otherwise) {
        const auto raw = reinterpret_cast<const flatbuffers::Table&>(table).GetField<std::uint8_t>(
            at, otherwise ? 1 : 0);
        if (raw > 1) complain(field, "is the number " + std::to_string(raw) + ", must be 0 or 1");
        return raw == 1;
    }

    std::optional<TicketType> type(flatbuffers::Optional<wire::TicketType> from) {
        return optional_word<TicketType>("type", from, wire::TicketType::MAX);
    }

    Owner owner(std::string_view field, const wire::Owner* from) {
        if (from == nullptr) return {};
        return {word<OwnerKind>(field, from->kind(), wire::OwnerKind::MAX), text(from->key())};
    }

    Properties properties(const flatbuffers::Vector<flatbuffers::Offset<wire::Property>>* from) {
        const auto count = std::min<std::size_t>(budget_.entries(from), properties_.size());
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto* property = from->Get(i);
            properties_[i] = {text(property->key()), text(property->value())};
        }
        return properties_.first(count);
    }

    Keys skills(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* from) {
        const auto count = std::min<std::size_t>(budget_.entries(from), skills_.size());
        for (std::uint32_t i = 0; i < count; ++i) skills_[i] = text(from->Get(i));
        return skills_.first(count);
    }

    template <class Table>
    Page page(const Table& from) {
        return {from.limit(), text(from.after())};
    }

    CapacityChange limit(std::string_view field, flatbuffers::Optional<std::int32_t> from) {
        if (!from) return {};
        if (*from >= 0) return {true, static_cast<std::uint32_t>(*from)};
        if (*from < -1)
            complain(field, "is " + std::to_string(*from) + ", must be a limit, or -1 to lift it");
        return {true, std::nullopt};
    }

    void body(const wire::Hello& from, Hello& to) { to = {from.version(), text(from.client())}; }
    void body(const wire::Ping&, Ping&) {}
    void body(const wire::Status&, Status&) {}
    void body(const wire::Route& from, Route& to) {
        to.ticket = text(from.ticket());
        to.channel = text(from.channel());
        to.pipeline = optional_text(from.pipeline());
        to.type = type(from.type());
        to.contact_owner = optional_text(from.contact_owner());
        to.contact_tracked = flag("contact_tracked", from, wire::Route::VT_CONTACT_TRACKED, true);
        to.properties = properties(from.properties());
        to.skills = skills(from.skills());
        to.status = optional_text(from.status());
        to.priority = from.priority();
        to.linked_ticket = optional_text(from.linked_ticket());
    }
    void body(const wire::Explain& from, Explain& to) {
        body(*from.route(), to.route);
        to.page = page(from);
    }
    void body(const wire::Assign& from, Assign& to) {
        to.ticket = text(from.ticket());
        to.to = owner("to", from.to());
        if (from.expect_owner() != nullptr)
            to.expect_owner = owner("expect_owner", from.expect_owner());
    }
    void body(const wire::AssignConversation& from, AssignConversation& to) {
        to = {text(from.ticket()), text(from.agent()), optional_text(from.inbox())};
    }
    void body(const wire::ReplySent& from, ReplySent& to) {
        to = {text(from.ticket()), text(from.agent())};
    }
    void body(const wire::EmailSent& from, EmailSent& to) {
        to = {text(from.ticket()), needed_word<SentFrom>("from", from.from(), wire::SentFrom::MAX)};
    }
    void body(const wire::ContactReply& from, ContactReply& to) {
        to = {text(from.ticket()),
              needed_word<ContactReplyKind>("kind", from.kind(), wire::ContactReplyKind::MAX)};
    }
    void body(const wire::SetStatus& from, SetStatus& to) {
        to = {text(from.ticket()), text(from.status())};
    }
    void body(const wire::Update& from, Update& to) {
        to.ticket = text(from.ticket());
        if (const auto priority = from.priority()) to.priority = *priority;
        if (from.properties() != nullptr) to.properties = properties(from.properties());
        if (from.skills() != nullptr) to.skills = skills(from.skills());
    }
    void body(const wire::Import& from, Import& to) {
        to.ticket = text(from.ticket());
        to.channel = text(from.channel());
        to.created_at_ms = needed_instant("created_at", from.created_at());
        to.owner = owner("owner", from.owner());
        to.assigned_at_ms = optional_instant(from.assigned_at());
        to.type = type(from.type());
        to.status = optional_text(from.status());
        to.priority = from.priority();
        to.properties = properties(from.properties());
        to.skills = skills(from.skills());
    }
    void body(const wire::Transfer& from, Transfer& to) {
        to = {text(from.ticket()), text(from.channel())};
    }
    void body(const wire::Availability& from, Availability& to) {
        to.agent = text(from.agent());
        to.set =
            needed_word<AvailabilitySetting>("set", from.set(), wire::AvailabilitySetting::MAX);
        to.page = page(from);
    }
    void body(const wire::Absence& from, Absence& to) {
        to.agent = text(from.agent());
        to.from_ms = needed_instant("from", from.from());
        to.until_ms = needed_instant("until", from.until());
        to.cancel = flag("cancel", from, wire::Absence::VT_CANCEL, false);
    }
    void body(const wire::Capacity& from, Capacity& to) {
        to.agent = text(from.agent());
        to.total = limit("total", from.total());
        to.per_type = {limit("calling", from.calling()), limit("messaging", from.messaging()),
                       limit("email", from.email())};
        to.page = page(from);
    }
    void body(const wire::ChannelSwitch& from, ChannelSwitch& to) {
        to.channel = text(from.channel());
        if (!from.enabled()) complain("enabled", "is missing");
        to.enabled = flag("enabled", from, wire::ChannelSwitch::VT_ENABLED, true);
    }
    void body(const wire::ApplyBegin&, ApplyBegin&) {}
    void body(const wire::ApplyPart& from, ApplyPart& to) {
        to.file = text(from.file());
        const auto size = budget_.entries(from.text());
        to.text = {reinterpret_cast<const char*>(from.text()->data()), size};
    }
    void body(const wire::ApplyCommit& from, ApplyCommit& to) {
        to.dry_run = flag("dry_run", from, wire::ApplyCommit::VT_DRY_RUN, false);
        to.unassign = flag("unassign", from, wire::ApplyCommit::VT_UNASSIGN, false);
    }
    void body(const wire::Backlog& from, Backlog& to) { to = {text(from.inbox()), page(from)}; }
    void body(const wire::Tickets& from, Tickets& to) {
        to.of = owner("of", from.of());
        to.channel = text(from.channel());
        to.open = flag("open", from, wire::Tickets::VT_OPEN, true);
        to.page = page(from);
    }
    void body(const wire::Tick& from, Tick& to) { to.page = page(from); }
    void body(const wire::Follow& from, Follow& to) {
        if (from.from()) to.from = *from.from();
        to.limit = from.limit();
        to.wait_ms = from.wait_ms();
    }
    void body(const wire::GetAgent& from, GetAgent& to) { to.agent = text(from.agent()); }

    /// Close, Reopen, Handoff, Missed, GetTicket: a ticket and nothing else.
    template <class Wire, class Ours>
    void body(const Wire& from, Ours& to) {
        to.ticket = text(from.ticket());
    }

    template <class Ours, class Wire>
    void verb(const wire::Request& from, Request& to) {
        body(*static_cast<const Wire*>(from.body()), to.body.emplace<Ours>());
    }

    void any_verb(const wire::Request& from, Request& to);
    void unknown_verb(const wire::Request& from, Request& to);

    Budget budget_;
    std::span<Property> properties_;
    std::span<std::string_view> skills_;
    std::optional<Complaint> complaint_;
};

void Reader::read(const wire::Request& from, Request& to) {
    to.account = text(from.account());
    to.at_ms = optional_instant(from.at());
    any_verb(from, to);
    to.key = optional_text(from.key());
}

void Reader::any_verb(const wire::Request& from, Request& to) {
    switch (from.body_type()) {
        case wire::Body::hello:
            return verb<Hello, wire::Hello>(from, to);
        case wire::Body::ping:
            return verb<Ping, wire::Ping>(from, to);
        case wire::Body::status:
            return verb<Status, wire::Status>(from, to);
        case wire::Body::route:
            return verb<Route, wire::Route>(from, to);
        case wire::Body::explain:
            return verb<Explain, wire::Explain>(from, to);
        case wire::Body::assign:
            return verb<Assign, wire::Assign>(from, to);
        case wire::Body::assign_conversation:
            return verb<AssignConversation, wire::AssignConversation>(from, to);
        case wire::Body::reply:
            return verb<ReplySent, wire::ReplySent>(from, to);
        case wire::Body::email_sent:
            return verb<EmailSent, wire::EmailSent>(from, to);
        case wire::Body::contact_reply:
            return verb<ContactReply, wire::ContactReply>(from, to);
        case wire::Body::set_status:
            return verb<SetStatus, wire::SetStatus>(from, to);
        case wire::Body::close:
            return verb<Close, wire::Close>(from, to);
        case wire::Body::reopen:
            return verb<Reopen, wire::Reopen>(from, to);
        case wire::Body::update:
            return verb<Update, wire::Update>(from, to);
        case wire::Body::import_:
            return verb<Import, wire::Import>(from, to);
        case wire::Body::transfer:
            return verb<Transfer, wire::Transfer>(from, to);
        case wire::Body::handoff:
            return verb<Handoff, wire::Handoff>(from, to);
        case wire::Body::missed:
            return verb<Missed, wire::Missed>(from, to);
        case wire::Body::availability:
            return verb<Availability, wire::Availability>(from, to);
        case wire::Body::absence:
            return verb<Absence, wire::Absence>(from, to);
        case wire::Body::capacity:
            return verb<Capacity, wire::Capacity>(from, to);
        case wire::Body::channel:
            return verb<ChannelSwitch, wire::ChannelSwitch>(from, to);
        case wire::Body::apply_begin:
            return verb<ApplyBegin, wire::ApplyBegin>(from, to);
        case wire::Body::apply_part:
            return verb<ApplyPart, wire::ApplyPart>(from, to);
        case wire::Body::apply_commit:
            return verb<ApplyCommit, wire::ApplyCommit>(from, to);
        case wire::Body::get_ticket:
            return verb<GetTicket, wire::GetTicket>(from, to);
        case wire::Body::get_agent:
            return verb<GetAgent, wire::GetAgent>(from, to);
        case wire::Body::backlog:
            return verb<Backlog, wire::Backlog>(from, to);
        case wire::Body::tickets:
            return verb<Tickets, wire::Tickets>(from, to);
        case wire::Body::tick:
            return verb<Tick, wire::Tick>(from, to);
        case wire::Body::follow:
            return verb<Follow, wire::Follow>(from, to);
        case wire::Body::NONE:
            break;
    }
    unknown_verb(from, to);
}

/// The verifier lets tags through that it does not know: a newer client's request.
void Reader::unknown_verb(const wire::Request& from, Request& to) {
    to.body.emplace<Ping>();
    complain("do", "is the number " + std::to_string(static_cast<unsigned>(from.body_type())) +
                       ", which is no request that is known here");
}

ParsedRequest refused(Reject reject, std::string message) {
    return {nullptr, reject, std::move(message)};
}

}  // namespace

ParsedRequest RequestParser::parse(std::span<const std::byte> payload) {
    if (payload.size() > frame_bytes_ceiling)
        return refused(Reject::frame_too_large, "frame: its payload is longer than " +
                                                    std::to_string(frame_bytes_ceiling) + " bytes");
    const auto aligned = aligned_.of(payload);
    if (read_the_short_way(aligned)) return {&request_, Reject::none, {}};
    return parse_the_long_way(aligned);
}

bool RequestParser::read_the_short_way(std::span<const std::byte> aligned) {
    const auto properties = std::span(properties_).first(property_count_max);
    const auto skills = std::span(skills_).first(skill_count_max);
    if (shapes_ != nullptr && shapes_->read(aligned, properties, skills, request_)) return true;
    if (!read_directly(aligned, properties, skills, request_)) return false;
    if (shapes_ != nullptr) shapes_->met_unknown(aligned);
    return true;
}

ParsedRequest RequestParser::parse_the_long_way(std::span<const std::byte> aligned) {
    const auto* root = verified_root<wire::Request>(aligned, tables_max);
    if (root == nullptr)
        return refused(
            Reject::bad_frame,
            "frame: its payload is not a request (broken, too deep, or without a needed field)");
    Reader reader{aligned.size(), properties_, skills_};
    reader.read(*root, request_);
    if (reader.over_budget())
        return refused(Reject::bad_frame, "frame: its payload says more than it has bytes");
    if (const auto complaint = validate(request_, reader.complaint()))
        return refused(Reject::bad_field, complaint->text());
    return {&request_, Reject::none, {}};
}

}  // namespace usher::protocol
