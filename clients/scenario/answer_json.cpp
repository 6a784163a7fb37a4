#include <array>

#include "clients/scenario/answer_line.h"
#include "clients/scenario/event_line.h"
#include "clients/scenario/instant_text.h"

namespace usher::scenario {
namespace {

using namespace protocol;

constexpr std::array<TicketType, ticket_type_count> types{TicketType::calling,
                                                          TicketType::messaging, TicketType::email};

std::size_t index(TicketType type) {
    return static_cast<std::size_t>(type);
}

void instant_member(JsonText& json, std::string_view name, std::optional<std::int64_t> at_ms) {
    if (at_ms) json.member(name, instant_text(Instant{*at_ms}));
}

void owner_fields(JsonText& json, const Owner& owner) {
    switch (owner.kind) {
        case OwnerKind::agent:
            json.member("agent", owner.key);
            break;
        case OwnerKind::team:
            json.member("team", owner.key);
            break;
        case OwnerKind::bot:
            json.flag_member("bot", true);
            break;
        case OwnerKind::none:
            break;
    }
}

void placement_fields(JsonText& json, const Placement& placement) {
    json.member("outcome", outcome_name(placement.outcome));
    owner_fields(json, placement.owner);
    if (placement.reason != Reason::none) json.member("reason", reason_name(placement.reason));
    if (!placement.voicemail_message.empty()) json.member("message", placement.voicemail_message);
    if (!placement.notify_owner.empty()) json.member("notify_owner", placement.notify_owner);
    if (placement.position) json.member("position", *placement.position);
    if (placement.reopened) json.flag_member("reopened", true);
}

void ticket_fields(JsonText& json, const TicketView& ticket, const Answer& answer) {
    owner_fields(json, ticket.owner);
    json.member("status", answer.status);
    json.flag_member("open", ticket.open);
    json.member("type", ticket_type_name(ticket.type));
    json.member("channel", ticket.channel);
    json.member("inbox", ticket.inbox);
    instant_member(json, "assigned_at", ticket.assigned_at_ms);
    instant_member(json, "close_date", answer.close_date_ms);
    json.name("skills").begin_list();
    for (const auto skill : ticket.skills) json.text(skill);
    json.end_list();
    if (ticket.waiting) json.flag_member("waiting", true);
}

void agent_fields(JsonText& json, const AgentView& agent) {
    json.flag_member("available", agent.available);
    json.member("why", availability_why_name(agent.why));
    const auto load = [&json](std::string_view workspace, const auto& counts) {
        json.name(workspace).begin_object();
        for (const auto type : types) json.member(ticket_type_name(type), counts[index(type)]);
        json.end_object();
    };
    json.name("load").begin_object();
    load("helpdesk", agent.helpdesk);
    load("conversations", agent.conversations);
    json.end_object();
    instant_member(json, "last_assigned_at", agent.last_assigned_at_ms);
    json.name("capacity").begin_object();
    if (agent.capacity_total) json.member("total", *agent.capacity_total);
    for (const auto type : types) {
        const auto limit = agent.capacity[index(type)];
        if (limit) json.member(ticket_type_name(type), *limit);
    }
    json.end_object();
}

void candidate_list(JsonText& json, const std::vector<Candidate>& candidates) {
    json.name("candidates").begin_list();
    for (const auto& candidate : candidates) {
        json.begin_object().member("agent", candidate.agent);
        json.member("verdict", verdict_name(candidate.verdict));
        if (candidate.load) json.member("load", *candidate.load);
        if (candidate.rank) json.member("rank", *candidate.rank);
        json.end_object();
    }
    json.end_list();
}

template <class Texts>
void text_list(JsonText& json, std::string_view name, const Texts& texts) {
    json.name(name).begin_list();
    for (const auto& text : texts) json.text(text);
    json.end_list();
}

void nearest_fields(JsonText& json, const Nearest& nearest) {
    json.name("nearest").begin_object().member("agent", nearest.agent);
    json.member("change", change_name(nearest.change));
    if (!nearest.skills.empty()) text_list(json, "skills", nearest.skills);
    json.end_object();
}

void event_list(JsonText& json, const std::vector<EventView>& events) {
    json.name("events").begin_list();
    for (const auto& event : events) append_event(json, event);
    json.end_list();
}

void list_fields(JsonText& json, const Answer& answer) {
    if (answer.nearest) nearest_fields(json, *answer.nearest);
    if (answer.candidates) candidate_list(json, *answer.candidates);
    if (answer.tickets) text_list(json, "tickets", *answer.tickets);
    if (answer.drained) text_list(json, "drained", *answer.drained);
    if (answer.events) event_list(json, *answer.events);
    if (answer.candidates || answer.tickets || answer.drained || answer.events) {
        json.member("total", answer.list.total);
        if (!answer.list.next.empty()) json.member("next", answer.list.next);
    }
}

/// Either the errors or the warnings; nothing where there are none.
void roster_errors(JsonText& json, const RosterChanges& roster, bool warnings) {
    bool begun = false;
    for (const auto& error : roster.errors) {
        if (error.warning != warnings) continue;
        if (!begun) json.name(warnings ? "warnings" : "errors").begin_list();
        begun = true;
        json.begin_object().member("file", error.file).member("line", error.line);
        json.member("column", error.column).member("message", error.message);
        if (!error.hint.empty()) json.member("hint", error.hint);
        json.end_object();
    }
    if (begun) json.end_list();
}

void roster_fields(JsonText& json, const RosterChanges& roster) {
    json.member("added", roster.added).member("changed", roster.changed);
    json.member("removed", roster.removed);
    text_list(json, "changes", roster.lines);
    roster_errors(json, roster, true);
}

void daemon_fields(JsonText& json, const Answer& answer) {
    if (answer.entries) {
        json.name("entries").begin_list();
        for (const auto& entry : *answer.entries) {
            json.begin_object().member("scope", entry.scope).member("name", entry.name);
            json.member("value", entry.value).end_object();
        }
        json.end_list();
    }
    if (answer.hello) {
        const auto& hello = *answer.hello;
        json.member("version", hello.version).member("server", hello.server);
        json.member("durability", hello.durability).member("clock", hello.clock);
        json.member("frame_bytes_max", hello.frame_bytes_max);
        json.member("in_flight_max", hello.in_flight_max).member("shards", hello.shards);
        if (hello.batch_requests_max > 0)
            json.member("batch_requests_max", hello.batch_requests_max);
        if (!hello.endpoint.empty()) json.member("endpoint", hello.endpoint);
    }
}

void reject_fields(JsonText& json, const Answer& answer) {
    json.member("reject", reject_name(answer.reject)).member("message", answer.message);
    if (answer.owner) {
        json.name("owner").begin_object();
        owner_fields(json, *answer.owner);
        json.end_object();
    }
    if (answer.retry_after_ms) json.member("retry_after_ms", *answer.retry_after_ms);
    if (answer.roster) {
        roster_errors(json, *answer.roster, false);
        roster_errors(json, *answer.roster, true);
    }
}

void outcome_fields(JsonText& json, const Answer& answer) {
    placement_fields(json, answer.placement);
    if (answer.ticket) {
        ticket_fields(json, *answer.ticket, answer);
    } else {
        if (!answer.status.empty()) json.member("status", answer.status);
        instant_member(json, "close_date", answer.close_date_ms);
    }
    if (answer.routed) {
        json.name("routed").begin_object();
        placement_fields(json, *answer.routed);
        json.end_object();
    }
    if (answer.agent) agent_fields(json, *answer.agent);
    list_fields(json, answer);
    if (answer.roster) roster_fields(json, *answer.roster);
    daemon_fields(json, answer);
}

}  // namespace

void append_json(std::string& out, const Heading& heading, const Answer& answer) {
    JsonText json(out);
    json.begin_object();
    if (!heading.undated) instant_member(json, "at", answer.at_ms);
    if (!heading.verb.empty()) json.member("do", heading.verb);
    if (!heading.ticket.empty()) {
        json.member("ticket", heading.ticket);
    } else if (!heading.agent.empty()) {
        json.member("agent", heading.agent);
    }
    if (answer.reject != Reject::none) {
        reject_fields(json, answer);
    } else {
        outcome_fields(json, answer);
    }
    json.end_object();
}

}  // namespace usher::scenario
