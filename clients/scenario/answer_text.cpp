#include <array>

#include "clients/scenario/answer_line.h"
#include "clients/scenario/event_line.h"
#include "clients/scenario/instant_text.h"

namespace usher::scenario {
namespace {

using namespace protocol;

constexpr std::array<TicketType, ticket_type_count> types{TicketType::calling,
                                                          TicketType::messaging, TicketType::email};

void append(std::string& out, std::initializer_list<std::string_view> parts) {
    for (const auto part : parts) out += part;
}

template <class Texts>
void append_list(std::string& out, std::string_view name, const Texts& texts, const ListEnd& list) {
    append(out, {name, " (", std::to_string(list.total), ")"});
    for (std::size_t i = 0; i < texts.size(); ++i) append(out, {i == 0 ? ": " : " ", texts[i]});
    if (!list.next.empty()) append(out, {" … more behind ", list.next});
}

void append_ticket(std::string& out, const TicketView& ticket, const Answer& answer) {
    append(out, {owner_text(ticket.owner), ", status ", answer.status,
                 ticket.open ? " (open), " : " (closed), ", ticket_type_name(ticket.type),
                 ", channel ", ticket.channel, ", inbox ", ticket.inbox});
    if (ticket.assigned_at_ms) {
        append(out, {", assigned ", instant_text(Instant{*ticket.assigned_at_ms})});
    }
    if (answer.close_date_ms) {
        append(out, {", close date ", instant_text(Instant{*answer.close_date_ms})});
    }
    for (std::size_t i = 0; i < ticket.skills.size(); ++i) {
        append(out, {i == 0 ? ", skills " : " ", ticket.skills[i]});
    }
    if (ticket.waiting) out += ", waiting";
}

void append_agent(std::string& out, const AgentView& agent) {
    append(out,
           {agent.available ? "available" : "away", " (", availability_why_name(agent.why), ")"});
    const auto load = [&out](std::string_view workspace, const auto& counts) {
        append(out, {", ", workspace});
        for (const auto type : types) {
            append(out, {" ", std::to_string(counts[static_cast<std::size_t>(type)]), " ",
                         ticket_type_name(type)});
        }
    };
    load("help desk", agent.helpdesk);
    load("conversations", agent.conversations);
    auto limit = [&out, first = true](std::string_view name, auto value) mutable {
        if (!value) return;
        append(out, {first ? ", at most " : " ", std::to_string(*value), " ", name});
        first = false;
    };
    limit("in total", agent.capacity_total);
    for (const auto type : types) {
        limit(ticket_type_name(type), agent.capacity[static_cast<std::size_t>(type)]);
    }
}

void append_candidates(std::string& out, const Answer& answer) {
    append(out, {"; ", std::to_string(answer.list.total), " looked at"});
    const auto& candidates = *answer.candidates;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto& candidate = candidates[i];
        append(out, {i == 0 ? ": " : ", ", candidate.agent, " ", verdict_name(candidate.verdict)});
        if (candidate.load) append(out, {" load ", std::to_string(*candidate.load)});
        if (candidate.rank) append(out, {" rank ", std::to_string(*candidate.rank)});
    }
}

void append_events(std::string& out, const Answer& answer) {
    append(out, {"; events (", std::to_string(answer.list.total), ")"});
    for (const auto& event : *answer.events) append(out, {"; ", event_text(event)});
}

void append_roster(std::string& out, const RosterChanges& roster) {
    append(out, {"; ", std::to_string(roster.added), " added, ", std::to_string(roster.changed),
                 " changed, ", std::to_string(roster.removed), " removed"});
    for (const auto& line : roster.lines) append(out, {"; ", line});
}

void append_outcome(std::string& out, const Answer& answer) {
    if (answer.ticket) return append_ticket(out, *answer.ticket, answer);
    if (answer.agent) return append_agent(out, *answer.agent);
    if (answer.tickets) return append_list(out, "tickets", *answer.tickets, answer.list);
    if (answer.outcome() == Outcome::status) {
        append(out, {"status ", answer.status});
    } else {
        out += placement_text(answer.placement);
        if (!answer.status.empty()) append(out, {", status ", answer.status});
    }
    if (answer.close_date_ms) {
        append(out, {", close date ", instant_text(Instant{*answer.close_date_ms})});
    }
    if (answer.routed) append(out, {"; routed again: ", placement_text(*answer.routed)});
    if (answer.nearest) append(out, {"; ", nearest_text(*answer.nearest)});
    if (answer.candidates) append_candidates(out, answer);
    if (answer.drained && !answer.drained->empty()) {
        append_list(out, "; drained", *answer.drained, answer.list);
    }
    if (answer.events) append_events(out, answer);
    if (answer.roster) append_roster(out, *answer.roster);
    if (answer.hello) {
        append(out,
               {"; ", answer.hello->server, ", durability ", answer.hello->durability, ", clock ",
                answer.hello->clock, ", protocol ", std::to_string(answer.hello->version)});
    }
    if (answer.entries) {
        for (const auto& entry : *answer.entries) {
            append(out, {"; ", entry.scope, " ", entry.name, " ", entry.value});
        }
    }
}

void append_reject(std::string& out, const Answer& answer) {
    append(out, {"refused: ", reject_name(answer.reject), ": ", answer.message});
    if (answer.owner) append(out, {" (held by ", owner_text(*answer.owner), ")"});
    if (!answer.roster) return;
    for (const auto& error : answer.roster->errors) {
        append(out, {"; ", error.file, ":", std::to_string(error.line), ":",
                     std::to_string(error.column), ": ", error.warning ? "warning: " : "",
                     error.message});
        if (!error.hint.empty()) append(out, {" (", error.hint, ")"});
    }
}

}  // namespace

Heading heading_of(const Request& request) {
    const auto subject = subject_of(request.body);
    return {verb_name(request.body), subject.ticket, subject.agent};
}

std::string nearest_text(const Nearest& nearest) {
    std::string text = "nearest: " + std::string(nearest.agent) + ", but for ";
    text += change_name(nearest.change);
    for (const auto skill : nearest.skills) append(text, {" ", skill});
    return text;
}

std::string owner_text(const Owner& owner) {
    switch (owner.kind) {
        case OwnerKind::agent:
            return std::string(owner.key);
        case OwnerKind::team:
            return "team " + std::string(owner.key);
        case OwnerKind::bot:
            return "the bot";
        case OwnerKind::none:
            break;
    }
    return "nobody";
}

std::string placement_text(const Placement& placement) {
    std::string text;
    switch (placement.outcome) {
        case Outcome::assigned:
            text = "assigned to " + owner_text(placement.owner);
            break;
        case Outcome::team:
            text = "given to " + owner_text(placement.owner);
            break;
        case Outcome::bot:
            text = "with the bot";
            break;
        case Outcome::not_a_ticket:
            text = "not a ticket";
            break;
        default:
            text = outcome_name(placement.outcome);
            break;
    }
    if (placement.reason != Reason::none) append(text, {" (", reason_name(placement.reason), ")"});
    if (!placement.voicemail_message.empty()) {
        append(text, {", message ", placement.voicemail_message});
    }
    if (!placement.notify_owner.empty()) append(text, {", notify ", placement.notify_owner});
    if (placement.position) append(text, {" at position ", std::to_string(*placement.position)});
    if (placement.reopened) text += ", reopened";
    return text;
}

void append_text(std::string& out, const Heading& heading, const Answer& answer) {
    if (!heading.undated) append(out, {instant_text(Instant{answer.at_ms}), " "});
    append(out, {heading.verb.empty() ? "?" : heading.verb});
    const auto subject = heading.ticket.empty() ? heading.agent : heading.ticket;
    if (!subject.empty()) append(out, {" ", subject});
    out += ": ";
    if (answer.reject != Reject::none) {
        append_reject(out, answer);
    } else {
        append_outcome(out, answer);
    }
}

}  // namespace usher::scenario
