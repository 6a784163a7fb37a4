// The fields of each verb, made into its body. A field that is not what it should be has been
// noted by the FieldReader when these return; what they return then is never looked at.
#include <algorithm>
#include <array>

#include "base/expect.h"
#include "clients/scenario/request_line.h"
#include "protocol/limits.h"

namespace usher::scenario {
namespace {

using namespace protocol;

std::optional<TicketType> optional_type(FieldReader& fields) {
    const auto word = fields.optional_word("type");
    if (!word) return std::nullopt;
    return static_cast<TicketType>(*word);
}

std::optional<std::uint8_t> optional_priority(FieldReader& fields) {
    const auto priority = fields.whole("priority", 0, priority_max);
    if (!priority) return std::nullopt;
    return static_cast<std::uint8_t>(*priority);
}

Route route(FieldReader& fields) {
    Route route;
    route.ticket = fields.key("ticket");
    route.channel = fields.key("channel");
    route.pipeline = fields.optional_key("pipeline");
    route.type = optional_type(fields);
    route.contact_owner = fields.optional_key("contact_owner");
    route.contact_tracked = fields.flag("contact_tracked", true);
    route.properties = fields.properties("properties").value_or(Properties{});
    route.skills = fields.keys("skills").value_or(Keys{});
    route.status = fields.optional_key("status");
    route.priority = optional_priority(fields).value_or(std::uint8_t{0});
    route.linked_ticket = fields.optional_key("linked_ticket");
    return route;
}

Body read_route(FieldReader& fields) {
    return route(fields);
}

Body read_explain(FieldReader& fields) {
    Explain explain;
    explain.route = route(fields);
    explain.page = fields.page();
    return explain;
}

Body read_assign(FieldReader& fields) {
    Assign assign;
    assign.ticket = fields.key("ticket");
    assign.to = fields.owner("to");
    assign.expect_owner = fields.optional_owner("expect_owner");
    return assign;
}

Body read_assign_conversation(FieldReader& fields) {
    AssignConversation assign;
    assign.ticket = fields.key("ticket");
    assign.agent = fields.key("agent");
    assign.inbox = fields.optional_key("inbox");
    return assign;
}

Body read_reply(FieldReader& fields) {
    ReplySent reply;
    reply.ticket = fields.key("ticket");
    reply.agent = fields.key("agent");
    return reply;
}

Body read_email_sent(FieldReader& fields) {
    EmailSent sent;
    sent.ticket = fields.key("ticket");
    sent.from = static_cast<SentFrom>(fields.word("from"));
    return sent;
}

Body read_contact_reply(FieldReader& fields) {
    ContactReply reply;
    reply.ticket = fields.key("ticket");
    reply.kind = static_cast<ContactReplyKind>(fields.word("kind"));
    return reply;
}

Body read_set_status(FieldReader& fields) {
    SetStatus set;
    set.ticket = fields.key("ticket");
    set.status = fields.key("status");
    return set;
}

/// Requests that say nothing but the ticket they are about.
template <class T>
Body read_ticket(FieldReader& fields) {
    return T{fields.key("ticket")};
}

Body read_update(FieldReader& fields) {
    Update update;
    update.ticket = fields.key("ticket");
    update.priority = optional_priority(fields);
    update.properties = fields.properties("properties");
    update.skills = fields.keys("skills");
    return update;
}

Body read_import(FieldReader& fields) {
    Import import;
    import.ticket = fields.key("ticket");
    import.channel = fields.key("channel");
    import.created_at_ms = fields.instant_ms("created_at");
    import.owner = fields.owner("owner");
    import.assigned_at_ms = fields.optional_instant_ms("assigned_at");
    import.type = optional_type(fields);
    import.status = fields.optional_key("status");
    import.priority = optional_priority(fields).value_or(std::uint8_t{0});
    import.properties = fields.properties("properties").value_or(Properties{});
    import.skills = fields.keys("skills").value_or(Keys{});
    return import;
}

Body read_transfer(FieldReader& fields) {
    Transfer transfer;
    transfer.ticket = fields.key("ticket");
    transfer.channel = fields.key("channel");
    return transfer;
}

Body read_availability(FieldReader& fields) {
    Availability availability;
    availability.agent = fields.key("agent");
    availability.set = static_cast<AvailabilitySetting>(fields.word("set"));
    availability.page = fields.page();
    return availability;
}

Body read_absence(FieldReader& fields) {
    Absence absence;
    absence.agent = fields.key("agent");
    absence.from_ms = fields.instant_ms("from");
    absence.until_ms = fields.instant_ms("until");
    absence.cancel = fields.flag("cancel", false);
    return absence;
}

Body read_capacity(FieldReader& fields) {
    Capacity capacity;
    capacity.agent = fields.key("agent");
    capacity.total = fields.capacity("total");
    capacity.per_type = {fields.capacity("calling"), fields.capacity("messaging"),
                         fields.capacity("email")};
    capacity.page = fields.page();
    return capacity;
}

Body read_channel(FieldReader& fields) {
    ChannelSwitch channel;
    channel.channel = fields.key("channel");
    channel.enabled = fields.required_flag("enabled");
    return channel;
}

Body read_get_agent(FieldReader& fields) {
    return GetAgent{fields.key("agent")};
}

Body read_backlog(FieldReader& fields) {
    Backlog backlog;
    backlog.inbox = fields.key("inbox");
    backlog.page = fields.page();
    return backlog;
}

Body read_tickets(FieldReader& fields) {
    Tickets tickets;
    const int named =
        int{fields.has("agent")} + int{fields.has("team")} + int{fields.has("channel")};
    if (named != 1) fields.refuse("of", "exactly one of agent, team, channel must be there");
    if (fields.has("agent")) tickets.of = {OwnerKind::agent, fields.key("agent")};
    if (fields.has("team")) tickets.of = {OwnerKind::team, fields.key("team")};
    if (fields.has("channel")) tickets.channel = fields.key("channel");
    tickets.open = fields.flag("open", true);
    tickets.page = fields.page();
    return tickets;
}

Body read_tick(FieldReader& fields) {
    return Tick{fields.page()};
}

struct BodyReader {
    std::string_view verb;
    Body (*read)(FieldReader&);
};

constexpr std::array body_readers{
    BodyReader{"route", read_route},
    BodyReader{"explain", read_explain},
    BodyReader{"assign", read_assign},
    BodyReader{"assign_conversation", read_assign_conversation},
    BodyReader{"reply", read_reply},
    BodyReader{"email_sent", read_email_sent},
    BodyReader{"contact_reply", read_contact_reply},
    BodyReader{"set_status", read_set_status},
    BodyReader{"close", read_ticket<Close>},
    BodyReader{"reopen", read_ticket<Reopen>},
    BodyReader{"update", read_update},
    BodyReader{"import", read_import},
    BodyReader{"transfer", read_transfer},
    BodyReader{"handoff", read_ticket<Handoff>},
    BodyReader{"missed", read_ticket<Missed>},
    BodyReader{"availability", read_availability},
    BodyReader{"absence", read_absence},
    BodyReader{"capacity", read_capacity},
    BodyReader{"channel", read_channel},
    BodyReader{"get_ticket", read_ticket<GetTicket>},
    BodyReader{"get_agent", read_get_agent},
    BodyReader{"backlog", read_backlog},
    BodyReader{"tickets", read_tickets},
    BodyReader{"tick", read_tick},
};

}  // namespace

void read_body(const Verb& verb, FieldReader& fields, Line& line) {
    if (verb.name == "apply") {
        line.apply = ApplyLine{fields.files("roster"), fields.flag("dry_run", false),
                               fields.flag("unassign", false)};
        line.request.body = ApplyCommit{line.apply->dry_run, line.apply->unassign};
        return;
    }
    const auto* reader = std::ranges::find(body_readers, verb.name, &BodyReader::verb);
    EXPECT(reader != body_readers.end());  // every verb of the table has one
    line.request.body = reader->read(fields);
}

}  // namespace usher::scenario
