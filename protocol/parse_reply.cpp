#include <replies_generated.h>

#include <optional>

#include "protocol/parse.h"
#include "protocol/verified.h"

namespace usher::protocol {
namespace {

// Lists of candidates, events and roster errors are tables; the longest has 10,000 (limits.h).
constexpr std::uint32_t tables_max = 65'536;

template <class T>
std::optional<T> optional_of(flatbuffers::Optional<T> from) {
    return from ? std::optional<T>{*from} : std::nullopt;
}

/// Copies an answer out of its verified payload; keeps the first field that cannot be.
class Reader {
  public:
    explicit Reader(std::size_t payload_bytes) : budget_(payload_bytes) {}

    void read(const wire::Reply& from, Answer& to);

    bool over_budget() const { return budget_.exceeded(); }
    std::string_view bad_field() const { return bad_field_; }

  private:
    using Text = const flatbuffers::String*;
    using Texts = const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>*;

    std::string_view text(Text from) { return budget_.text(from); }
    std::string copy(Text from) { return std::string{budget_.text(from)}; }

    /// An enum on which a reader's structure depends, so that an unknown number is refused.
    template <class Ours, class Wire>
    Ours word(std::string_view field, Wire from, Wire last) {
        if (from <= last) return static_cast<Ours>(from);
        if (bad_field_.empty()) bad_field_ = field;
        return Ours{};
    }

    Owner owner(const wire::Owner* from) {
        if (from == nullptr) return {};
        return {word<OwnerKind>("owner", from->kind(), wire::OwnerKind::MAX), text(from->key())};
    }

    /// Of a Placement, or of the Reply in which one lies flat.
    template <class Table>
    Placement placement(const Table& from) {
        Placement to;
        to.outcome = static_cast<Outcome>(from.outcome());
        to.owner = {word<OwnerKind>("owner", from.owner_kind(), wire::OwnerKind::MAX),
                    text(from.owner_key())};
        to.reason = static_cast<Reason>(from.reason());
        to.voicemail_message = text(from.voicemail_message());
        to.notify_owner = text(from.notify_owner());
        to.position = optional_of(from.position());
        to.reopened = from.reopened();
        return to;
    }

    /// A list whose entries `make` copies one by one; nothing is reserved by a claimed count that
    /// the budget does not cover.
    template <class To, class From, class Make>
    std::vector<To> list(const flatbuffers::Vector<From>* from, Make make) {
        std::vector<To> to;
        const auto count = budget_.entries(from);
        to.reserve(count);
        for (std::uint32_t i = 0; i < count && !budget_.exceeded(); ++i)
            to.push_back(make(from->Get(i)));
        return to;
    }

    std::vector<std::string_view> texts(Texts from) {
        return list<std::string_view>(from, [this](Text entry) { return text(entry); });
    }

    TicketView ticket(const wire::TicketView& from) {
        TicketView to;
        to.owner = owner(from.owner());
        to.open = from.open();
        to.type = word<TicketType>("type", from.type(), wire::TicketType::MAX);
        to.channel = text(from.channel());
        to.inbox = text(from.inbox());
        to.assigned_at_ms = optional_of(from.assigned_at());
        to.skills = texts(from.skills());
        to.waiting = from.waiting();
        return to;
    }

    AgentView agent(const wire::AgentView& from) {
        AgentView to;
        to.available = from.available();
        to.why = word<AvailabilityWhy>("why", from.why(), wire::AvailabilityWhy::MAX);
        to.helpdesk = load(*from.helpdesk());
        to.conversations = load(*from.conversations());
        to.last_assigned_at_ms = optional_of(from.last_assigned_at());
        to.capacity_total = optional_of(from.capacity_total());
        to.capacity = {optional_of(from.capacity_calling()), optional_of(from.capacity_messaging()),
                       optional_of(from.capacity_email())};
        return to;
    }

    static std::array<std::uint32_t, ticket_type_count> load(const wire::Load& from) {
        return {from.calling(), from.messaging(), from.email()};
    }

    Candidate candidate(const wire::Candidate& from) {
        return {text(from.agent()), static_cast<Verdict>(from.verdict()), optional_of(from.load()),
                optional_of(from.rank())};
    }

    Nearest nearest(const wire::Nearest& from) {
        return {text(from.agent()), static_cast<Change>(from.change()), texts(from.skills())};
    }

    EventView event(const wire::Event& from) {
        EventView to;
        to.seq = from.seq();
        to.at_ms = from.at();
        to.kind = static_cast<EventKind>(from.event());
        to.ticket = text(from.ticket());
        to.agent = text(from.agent());
        to.cause = text(from.cause());
        to.team = text(from.team());
        to.bot = from.bot();
        to.reason = static_cast<Reason>(from.reason());
        to.channel = text(from.channel());
        to.inbox = text(from.inbox());
        to.status = text(from.status());
        to.open = optional_of(from.open());
        to.message = text(from.message());
        to.position = optional_of(from.position());
        to.notify = texts(from.notify());
        to.priority = optional_of(from.priority());
        to.enabled = optional_of(from.enabled());
        to.from_ms = optional_of(from.from());
        to.until_ms = optional_of(from.until());
        to.cancel = from.cancel();
        if (const auto* limits = from.limits())
            to.limits = {optional_of(limits->total()),
                         {optional_of(limits->calling()), optional_of(limits->messaging()),
                          optional_of(limits->email())}};
        to.action = text(from.action());
        to.fields = list<Property>(from.fields(), [this](auto* field) {
            return Property{text(field->key()), text(field->value())};
        });
        if (from.added() || from.changed() || from.removed())
            to.changes = {from.added().value_or(0), from.changed().value_or(0),
                          from.removed().value_or(0)};
        return to;
    }

    RosterError roster_error(const wire::RosterError& from) {
        return {copy(from.file()),    from.line(),       from.column(),
                copy(from.message()), copy(from.hint()), from.warning()};
    }

    RosterChanges roster(const wire::RosterChanges& from) {
        RosterChanges to;
        to.added = from.added();
        to.changed = from.changed();
        to.removed = from.removed();
        to.lines = list<std::string>(from.lines(), [this](Text line) { return copy(line); });
        to.errors = list<RosterError>(from.errors(), [this](auto* e) { return roster_error(*e); });
        return to;
    }

    StatusEntry entry(const wire::StatusEntry& from) {
        return {copy(from.scope()), copy(from.name()), copy(from.value())};
    }

    HelloView hello(const wire::HelloReply& from) {
        HelloView to;
        to.version = from.version();
        to.server = copy(from.server());
        to.durability = copy(from.durability());
        to.clock = copy(from.clock());
        to.frame_bytes_max = from.frame_bytes_max();
        to.in_flight_max = from.in_flight_max();
        to.shards = from.shards();
        to.batch_requests_max = from.batch_requests_max();
        to.endpoint = copy(from.endpoint());
        return to;
    }

    Budget budget_;
    std::string_view bad_field_;
};

void Reader::read(const wire::Reply& from, Answer& to) {
    to.clear();
    to.at_ms = from.at();
    to.seq = from.seq();
    to.reject = static_cast<Reject>(from.reject());
    to.message = copy(from.message());
    if (from.owner() != nullptr) to.owner = owner(from.owner());
    to.retry_after_ms = optional_of(from.retry_after_ms());
    to.placement = placement(from);
    to.status = text(from.status());
    to.close_date_ms = optional_of(from.close_date());
    if (from.routed() != nullptr) to.routed = placement(*from.routed());
    if (from.ticket() != nullptr) to.ticket = ticket(*from.ticket());
    if (from.agent() != nullptr) to.agent = agent(*from.agent());
    if (from.candidates() != nullptr)
        to.candidates =
            list<Candidate>(from.candidates(), [this](auto* c) { return candidate(*c); });
    if (from.nearest() != nullptr) to.nearest = nearest(*from.nearest());
    if (from.tickets() != nullptr) to.tickets = texts(from.tickets());
    if (from.drained() != nullptr) to.drained = texts(from.drained());
    if (from.events() != nullptr)
        to.events = list<EventView>(from.events(), [this](auto* e) { return event(*e); });
    to.list = {from.total(), copy(from.next())};
    if (from.roster() != nullptr) to.roster = roster(*from.roster());
    if (from.entries() != nullptr)
        to.entries = list<StatusEntry>(from.entries(), [this](auto* e) { return entry(*e); });
    if (from.hello() != nullptr) to.hello = hello(*from.hello());
    to.through = optional_of(from.through());
}

ParsedReply refused(std::string message) {
    return {nullptr, std::move(message)};
}

}  // namespace

ParsedReply ReplyParser::parse(std::span<const std::byte> payload) {
    if (payload.size() > reply_bytes_max)
        return refused("reply: is longer than " + std::to_string(reply_bytes_max) + " bytes");
    const auto aligned = aligned_.of(payload);
    const auto* root = verified_root<wire::Reply>(aligned, tables_max);
    if (root == nullptr) return refused("reply: is broken, too deep, or without a needed field");
    Reader reader{aligned.size()};
    reader.read(*root, answer_);
    if (reader.over_budget()) return refused("reply: says more than it has bytes");
    if (!reader.bad_field().empty())
        return refused("reply: " + std::string{reader.bad_field()} +
                       " is a number that means nothing");
    return {&answer_, {}};
}

}  // namespace usher::protocol
