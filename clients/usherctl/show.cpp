#include "clients/usherctl/show.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "clients/scenario/instant_text.h"
#include "clients/usherctl/table.h"

namespace usher::ctl {
namespace {

using namespace protocol;

std::string when(std::optional<std::int64_t> at_ms) {
    return at_ms ? scenario::instant_text(Instant{*at_ms}) : "–";
}

std::string number(std::optional<std::uint32_t> value) {
    return value ? std::to_string(*value) : "–";
}

using Facts = std::vector<std::pair<std::string, std::string>>;

void append_facts(std::string& out, const Facts& facts, bool colour) {
    std::size_t width = 0;
    for (const auto& [name, value] : facts) width = std::max(width, name.size());
    for (const auto& [name, value] : facts) {
        out += bold(name, colour) + std::string(width - name.size() + 2, ' ') + value + "\n";
    }
}

void append_ticket(std::string& out, std::string_view key, const Answer& answer, bool colour) {
    const auto& ticket = *answer.ticket;
    std::string skills;
    for (const auto skill : ticket.skills)
        skills += (skills.empty() ? "" : ", ") + std::string(skill);
    append_facts(out,
                 {{"ticket", std::string(key)},
                  {"owner", scenario::owner_text(ticket.owner)},
                  {"status", std::string(answer.status) + (ticket.open ? " (open)" : " (closed)")},
                  {"type", std::string(ticket_type_name(ticket.type))},
                  {"channel", std::string(ticket.channel)},
                  {"inbox", std::string(ticket.inbox)},
                  {"assigned at", when(ticket.assigned_at_ms)},
                  {"close date", when(answer.close_date_ms)},
                  {"skills", skills.empty() ? "–" : skills},
                  {"waiting", ticket.waiting ? "yes" : "no"}},
                 colour);
}

void append_agent(std::string& out, std::string_view key, const AgentView& agent, bool colour) {
    append_facts(out,
                 {{"agent", std::string(key)},
                  {"available", std::string(agent.available ? "yes" : "no") + " (" +
                                    std::string(availability_why_name(agent.why)) + ")"},
                  {"last assigned", when(agent.last_assigned_at_ms)}},
                 colour);
    out += "\n";
    Table table({{"type"},
                 {"help desk", Align::right},
                 {"conversations", Align::right},
                 {"limit", Align::right}});
    std::uint32_t helpdesk = 0;
    std::uint32_t conversations = 0;
    for (const auto type : {TicketType::calling, TicketType::messaging, TicketType::email}) {
        const auto i = static_cast<std::size_t>(type);
        helpdesk += agent.helpdesk[i];
        conversations += agent.conversations[i];
        table.add({std::string(ticket_type_name(type)), std::to_string(agent.helpdesk[i]),
                   std::to_string(agent.conversations[i]), number(agent.capacity[i])});
    }
    table.add({"total", std::to_string(helpdesk), std::to_string(conversations),
               number(agent.capacity_total)});
    table.append_to(out, colour);
}

void append_keys(std::string& out, const std::vector<std::string_view>& keys, const ListEnd& list) {
    for (const auto key : keys) out += std::string(key) + "\n";
    out += std::to_string(keys.size()) + " of " + std::to_string(list.total);
    if (!list.next.empty()) out += "; the rest: --after " + list.next;
    out += "\n";
}

void append_candidates(std::string& out, const Answer& answer, bool colour) {
    Table table({{"agent"}, {"verdict"}, {"load", Align::right}, {"rank", Align::right}});
    for (const auto& candidate : *answer.candidates) {
        table.add({std::string(candidate.agent), std::string(verdict_name(candidate.verdict)),
                   number(candidate.load), number(candidate.rank)});
    }
    table.append_to(out, colour);
    if (!answer.list.next.empty()) out += "the rest: --after " + answer.list.next + "\n";
}

void append_events(std::string& out, const Answer& answer, bool colour) {
    Table table({{"seq", Align::right}, {"at"}, {"event"}, {"ticket"}, {"agent"}});
    for (const auto& event : *answer.events) {
        table.add({std::to_string(event.seq), when(event.at_ms),
                   std::string(event_name(event.kind)), std::string(event.ticket),
                   std::string(event.agent)});
    }
    if (table.empty()) {
        out += "nothing\n";
    } else {
        table.append_to(out, colour);
    }
    if (!answer.list.next.empty()) out += "the rest: --after " + answer.list.next + "\n";
}

void append_roster(std::string& out, const RosterChanges& roster, bool colour) {
    for (const auto& line : roster.lines) out += line + "\n";
    append_problems(out, roster.errors, colour);
    out += std::to_string(roster.added) + " added, " + std::to_string(roster.changed) +
           " changed, " + std::to_string(roster.removed) + " removed\n";
}

void append_hello(std::string& out, const HelloView& hello, bool colour) {
    append_facts(
        out,
        {{"server", hello.server},
         {"protocol", std::to_string(hello.version)},
         {"durability", hello.durability},
         {"clock", hello.clock},
         {"shards", std::to_string(hello.shards)},
         {"frame bytes, at most", std::to_string(hello.frame_bytes_max)},
         {"requests in flight, at most", std::to_string(hello.in_flight_max)},
         {"requests in a frame, at most", std::to_string(std::max(1U, hello.batch_requests_max))}},
        colour);
    if (!hello.endpoint.empty())
        append_facts(out, {{"endpoint of the account", hello.endpoint}}, colour);
}

}  // namespace

void append_answer(std::string& out, const scenario::Heading& heading, const Answer& answer,
                   bool colour) {
    if (answer.ticket) return append_ticket(out, heading.ticket, answer, colour);
    if (answer.agent) return append_agent(out, heading.agent, *answer.agent, colour);
    if (answer.tickets) return append_keys(out, *answer.tickets, answer.list);
    if (answer.events) return append_events(out, answer, colour);
    if (answer.roster) return append_roster(out, *answer.roster, colour);
    if (answer.hello) return append_hello(out, *answer.hello, colour);
    if (answer.entries) {
        Table table({{"scope"}, {"name"}, {"value"}});
        for (const auto& entry : *answer.entries) table.add({entry.scope, entry.name, entry.value});
        return table.append_to(out, colour);
    }
    if (answer.candidates) {
        out += scenario::placement_text(answer.placement) + "\n";
        if (answer.nearest) out += scenario::nearest_text(*answer.nearest) + "\n";
        return append_candidates(out, answer, colour);
    }
    scenario::append_text(out, heading, answer);
    out += "\n";
}

void append_problems(std::string& out, const std::vector<RosterError>& problems, bool colour) {
    for (const auto& problem : problems) {
        const auto where = problem.file + ":" + std::to_string(problem.line) + ":" +
                           std::to_string(problem.column) + ":";
        out += bold(where, colour) + " " +
               (problem.warning ? std::string("warning") : red("error", colour)) + ": " +
               problem.message + "\n";
        if (!problem.hint.empty()) out += "    " + problem.hint + "\n";
    }
}

Exit show(const scenario::Heading& heading, const Answer& answer, bool json) {
    const bool was_refused = answer.reject != Reject::none;
    auto output = Output::standard();
    if (json) {
        scenario::append_json(output.buffer(), heading, answer);
        output.write("\n");
    } else if (!was_refused) {
        append_answer(output.buffer(), heading, answer, wants_colour(STDOUT_FILENO));
    } else if (answer.roster) {
        std::string text;
        append_problems(text, answer.roster->errors, wants_colour(STDERR_FILENO));
        std::fputs(text.c_str(), stderr);
    }
    if (const auto written = output.finish(); !written) return fail(written.error());
    return was_refused ? refused(answer) : Exit::done;
}

}  // namespace usher::ctl
