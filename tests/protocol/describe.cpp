#include "tests/protocol/describe.h"

#include <sstream>
#include <vector>

#include "protocol/names.h"

namespace usher::testing {
namespace {

using namespace protocol;

/// Writes "name=value " for every field; nested values stand in braces.
class Describer {
  public:
    std::string text() const { return out_.str(); }

    template <class T>
    Describer& operator()(const char* name, const T& value) {
        out_ << name << '=';
        put(value);
        out_ << ' ';
        return *this;
    }

  private:
    void put(bool value) { out_ << (value ? "true" : "false"); }
    template <class T>
    requires std::is_arithmetic_v<T>
    void put(T value) { out_ << +value; }
    template <class T>
    requires std::is_enum_v<T>
    void put(T value) { out_ << static_cast<unsigned>(value); }
    void put(std::string_view value) { out_ << '"' << value << '"'; }
    void put(const std::string& value) { put(std::string_view{value}); }
    void put(const Owner& value) { out_ << owner_kind_name(value.kind) << '/' << value.key; }
    void put(const Property& value) { out_ << value.key << ':' << value.value; }
    void put(const Page& value) { out_ << value.limit << '@' << value.after; }
    void put(const CapacityChange& value) {
        out_ << (value.named ? "named " : "-");
        put(value.limit);
    }
    template <class T>
    void put(const std::optional<T>& value) {
        if (value)
            put(*value);
        else
            out_ << "absent";
    }
    template <class T>
    void put_all(const T& values) {
        out_ << '[';
        for (const auto& value : values) {
            put(value);
            out_ << ',';
        }
        out_ << ']';
    }
    void put(const Properties& values) { put_all(values); }
    void put(const Keys& values) { put_all(values); }
    template <class T>
    void put(const std::vector<T>& values) {
        put_all(values);
    }
    template <class T, std::size_t n>
    void put(const std::array<T, n>& values) {
        put_all(values);
    }
    template <class T>
    requires std::is_class_v<T>
    void put(const T& value) {
        Describer inner;
        inner.fields(value);
        out_ << '{' << inner.text() << '}';
    }

  public:
    void fields(const Hello& r) { (*this)("version", r.version)("client", r.client); }
    void fields(const Route& r) {
        (*this)("ticket", r.ticket)("channel", r.channel)("pipeline", r.pipeline)("type", r.type);
        (*this)("contact_owner", r.contact_owner)("contact_tracked", r.contact_tracked);
        (*this)("properties", r.properties)("skills", r.skills)("status", r.status);
        (*this)("priority", r.priority)("linked_ticket", r.linked_ticket);
    }
    void fields(const Explain& r) { (*this)("route", r.route)("page", r.page); }
    void fields(const Assign& r) {
        (*this)("ticket", r.ticket)("to", r.to)("expect_owner", r.expect_owner);
    }
    void fields(const AssignConversation& r) {
        (*this)("ticket", r.ticket)("agent", r.agent)("inbox", r.inbox);
    }
    void fields(const ReplySent& r) { (*this)("ticket", r.ticket)("agent", r.agent); }
    void fields(const EmailSent& r) { (*this)("ticket", r.ticket)("from", r.from); }
    void fields(const ContactReply& r) { (*this)("ticket", r.ticket)("kind", r.kind); }
    void fields(const SetStatus& r) { (*this)("ticket", r.ticket)("status", r.status); }
    void fields(const Update& r) {
        (*this)("ticket", r.ticket)("priority", r.priority)("properties", r.properties)("skills",
                                                                                        r.skills);
    }
    void fields(const Import& r) {
        (*this)("ticket", r.ticket)("channel", r.channel)("created_at", r.created_at_ms);
        (*this)("owner", r.owner)("assigned_at", r.assigned_at_ms)("type", r.type)("status",
                                                                                   r.status);
        (*this)("priority", r.priority)("properties", r.properties)("skills", r.skills);
    }
    void fields(const Transfer& r) { (*this)("ticket", r.ticket)("channel", r.channel); }
    void fields(const Availability& r) { (*this)("agent", r.agent)("set", r.set)("page", r.page); }
    void fields(const Absence& r) {
        (*this)("agent", r.agent)("from", r.from_ms)("until", r.until_ms)("cancel", r.cancel);
    }
    void fields(const Capacity& r) {
        (*this)("agent", r.agent)("total", r.total)("per_type", r.per_type)("page", r.page);
    }
    void fields(const ChannelSwitch& r) { (*this)("channel", r.channel)("enabled", r.enabled); }
    void fields(const ApplyPart& r) { (*this)("file", r.file)("text", r.text); }
    void fields(const ApplyCommit& r) { (*this)("dry_run", r.dry_run)("unassign", r.unassign); }
    void fields(const Backlog& r) { (*this)("inbox", r.inbox)("page", r.page); }
    void fields(const Tickets& r) {
        (*this)("of", r.of)("channel", r.channel)("open", r.open)("page", r.page);
    }
    void fields(const Tick& r) { (*this)("page", r.page); }
    void fields(const Follow& r) {
        (*this)("from", r.from)("limit", r.limit)("wait_ms", r.wait_ms);
    }
    void fields(const GetAgent& r) { (*this)("agent", r.agent); }
    void fields(const Ping&) {}
    void fields(const Status&) {}
    void fields(const ApplyBegin&) {}
    /// Close, Reopen, Handoff, Missed, GetTicket.
    template <class R>
    requires(sizeof(R) == sizeof(std::string_view) &&
             requires(const R& r) { r.ticket; }) void fields(const R& r) {
        (*this)("ticket", r.ticket);
    }

    void fields(const Placement& p) {
        (*this)("outcome", p.outcome)("owner", p.owner)("reason", p.reason);
        (*this)("voicemail_message", p.voicemail_message)("notify_owner", p.notify_owner);
        (*this)("position", p.position)("reopened", p.reopened);
    }
    void fields(const TicketView& t) {
        (*this)("owner", t.owner)("open", t.open)("type", t.type)("channel", t.channel)("inbox",
                                                                                        t.inbox);
        (*this)("assigned_at", t.assigned_at_ms)("skills", t.skills)("waiting", t.waiting);
    }
    void fields(const AgentView& a) {
        (*this)("available", a.available)("why", a.why)("helpdesk", a.helpdesk);
        (*this)("conversations", a.conversations)("last_assigned_at", a.last_assigned_at_ms);
        (*this)("capacity_total", a.capacity_total)("capacity", a.capacity);
    }
    void fields(const Candidate& c) {
        (*this)("agent", c.agent)("verdict", c.verdict)("load", c.load)("rank", c.rank);
    }
    void fields(const Nearest& n) {
        (*this)("agent", n.agent)("change", n.change)("skills", n.skills);
    }
    void fields(const EventView& e) {
        (*this)("seq", e.seq)("at", e.at_ms)("kind", e.kind)("ticket", e.ticket)("agent", e.agent);
        (*this)("cause", e.cause)("team", e.team)("bot", e.bot)("reason", e.reason);
        (*this)("channel", e.channel)("inbox", e.inbox)("status", e.status)("open", e.open);
        (*this)("message", e.message)("position", e.position)("notify", e.notify);
        (*this)("priority", e.priority)("enabled", e.enabled)("from", e.from_ms);
        (*this)("until", e.until_ms)("cancel", e.cancel)("limits", e.limits);
        (*this)("action", e.action)("fields", e.fields)("changes", e.changes);
    }
    void fields(const EventLimits& e) { (*this)("total", e.total)("per_type", e.per_type); }
    void fields(const EventChanges& e) {
        (*this)("added", e.added)("changed", e.changed)("removed", e.removed);
    }
    void fields(const RosterError& e) {
        (*this)("file", e.file)("line", e.line)("column", e.column)("message", e.message);
        (*this)("hint", e.hint)("warning", e.warning);
    }
    void fields(const RosterChanges& r) {
        (*this)("added", r.added)("changed", r.changed)("removed", r.removed);
        (*this)("lines", r.lines)("errors", r.errors);
    }
    void fields(const StatusEntry& e) {
        (*this)("scope", e.scope)("name", e.name)("value", e.value);
    }
    void fields(const HelloView& h) {
        (*this)("version", h.version)("server", h.server)("durability", h.durability)("clock",
                                                                                      h.clock);
        (*this)("frame_bytes_max", h.frame_bytes_max)("in_flight_max", h.in_flight_max);
        (*this)("shards", h.shards)("batch_requests_max", h.batch_requests_max)("endpoint",
                                                                                h.endpoint);
    }
    void fields(const Answer& a) {
        (*this)("at", a.at_ms)("seq", a.seq)("reject", a.reject)("message", a.message)("owner",
                                                                                       a.owner);
        (*this)("retry_after_ms", a.retry_after_ms)("placement", a.placement)("status", a.status);
        (*this)("close_date", a.close_date_ms)("routed", a.routed)("ticket", a.ticket)("agent",
                                                                                       a.agent);
        (*this)("candidates", a.candidates)("tickets", a.tickets)("drained", a.drained);
        (*this)("events", a.events)("total", a.list.total)("next", a.list.next)("roster", a.roster);
        (*this)("through", a.through);
        (*this)("entries", a.entries)("hello", a.hello)("nearest", a.nearest);
    }

  private:
    std::ostringstream out_;
};

}  // namespace

std::string describe(const Request& request) {
    Describer describer;
    describer("account", request.account)("key", request.key)("at", request.at_ms);
    std::visit([&](const auto& body) { describer.fields(body); }, request.body);
    return std::string{verb_name(request.body)} + " " + describer.text();
}

std::string describe(const Answer& answer) {
    Describer describer;
    describer.fields(answer);
    return describer.text();
}

}  // namespace usher::testing
