// [[agent]].
#include <array>
#include <limits>

#include "protocol/limits.h"
#include "roster/calendar.h"
#include "roster/draft.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

using engine::Seat;
using engine::Standing;

constexpr std::array<std::pair<std::string_view, Seat>, 3> seats = {
    {{"none", Seat::none}, {"sales", Seat::sales}, {"service", Seat::service}}};
constexpr std::array<std::pair<std::string_view, Standing>, 3> standings = {
    {{"available", Standing::available}, {"away", Standing::away}, {"hours", Standing::hours}}};
constexpr std::array<std::pair<std::string_view, engine::TicketType>, 3> types = {
    {{"calling", engine::TicketType::calling},
     {"messaging", engine::TicketType::messaging},
     {"email", engine::TicketType::email}}};

void read_capacity(Draft& draft, Fields& agent, engine::CapacityLimits& out) {
    const auto* table = agent.table("capacity");
    if (table == nullptr) return;
    Fields fields(*table, "the capacity of " + agent.subject(), draft.problems,
                  draft.comparisons_left);
    const auto limit = [&](std::string_view key) -> std::optional<std::uint32_t> {
        const auto value = fields.integer(key, 0, protocol::capacity_max);
        if (!value) return std::nullopt;
        return static_cast<std::uint32_t>(*value);
    };
    out.total = limit("total");
    for (const auto& [name, type] : types)
        out.per_type[static_cast<std::size_t>(type)] = limit(name);
    fields.finish();
}

// One end of an absence: the local time in milliseconds.
std::optional<std::int64_t> read_local_time(Fields& fields, std::string_view key) {
    const auto* entry = fields.require(
        key, "write " + std::string{key} + " = \"2026-07-01T00:00\", in the agent's own time");
    if (entry == nullptr) return std::nullopt;
    const auto* moment = std::get_if<Moment>(&entry->value.content);
    const auto* text = moment != nullptr ? &moment->text : fields.text_of(entry->value, key);
    if (text == nullptr) return std::nullopt;
    const auto local = parse_local_time(*text);
    if (!local) {
        fields.fault(*entry,
                     std::string{key} + " of " + fields.subject() +
                         " is no local date and time: " + quote(*text),
                     "write it like \"2026-07-01T00:00\", without a zone: it is the agent's own "
                     "time");
    }
    return local;
}

void read_absence(Draft& draft, Fields& agent, const Value& value, engine::AgentDefinition& out) {
    if (value.table() == nullptr) {
        draft.problems.error(value.place,
                             "an absence of " + agent.subject() + " must be a table, not " +
                                 std::string{kind_of(value)},
                             "write { from = \"2026-07-01T00:00\", until = \"2026-07-15T00:00\" }");
        return;
    }
    Fields fields(value, "an absence of " + agent.subject(), draft.problems,
                  draft.comparisons_left);
    const auto from = read_local_time(fields, "from");
    const auto until = read_local_time(fields, "until");
    fields.finish();
    if (!from || !until) return;
    if (*from >= *until) {
        draft.problems.error(value.place,
                             "an absence of " + agent.subject() + " does not end after it begins",
                             "make until later than from; until is the first moment back");
        return;
    }
    const auto& zone = draft.zones[out.hours.zone];
    const engine::AbsenceSpan span{{occurrences(zone, *from).first_ms},
                                   {occurrences(zone, *until).last_ms}};
    if (span.from < span.until) {
        out.absences.push_back(span);
    } else {
        draft.problems.warning(
            value.place,
            "an absence of " + agent.subject() + " is empty: the clocks are moved forward over it",
            "take it out, or make it longer");
    }
}

void read_teams(Draft& draft, Fields& fields, engine::AgentDefinition& out, AgentMarks& marks) {
    if (const auto* main_team = fields.find("main_team")) {
        out.main_team =
            read_name(draft, fields, main_team->value, "main_team", draft.teams, "team");
        marks.main_team_unknown = !out.main_team.exists();
        marks.teams_unknown = marks.main_team_unknown;
    }
    const auto* extra = fields.find("extra_teams");
    for (const auto& team : read_names(draft, fields, "extra_teams", draft.teams, "team")) {
        if (team.number == out.main_team) {
            draft.problems.warning(team.place,
                                   "extra_teams of " + fields.subject() + " names the main team " +
                                       quote(draft.teams.key(team.number)),
                                   "take it out: a main member is a member");
            continue;
        }
        out.extra_teams.push_back(team.number);
    }
    const auto* named = extra == nullptr ? nullptr : extra->value.list();
    if (extra != nullptr && (named == nullptr || named->size() > out.extra_teams.size())) {
        marks.teams_unknown = true;
    }
}

// The zone first: absences are read in it.
void read_times(Draft& draft, Fields& fields, engine::AgentDefinition& out) {
    out.hours.zone = read_zone(draft, fields, "time_zone");
    if (!out.hours.zone.exists()) out.hours.zone = draft.account.zone;
    const bool standing = fields.choice<Standing>("availability", standings, out.availability);
    out.hours.spans = read_hours(fields);
    const auto* hours = fields.find("hours");
    if (hours != nullptr && standing && out.availability != Standing::hours) {
        draft.problems.warning(
            hours->place,
            "hours of " + fields.subject() + " mean nothing: its availability does not go by them",
            "write availability = \"hours\", or take the hours out");
    }
    if (const auto* absences = fields.list("absences")) {
        for (const auto& absence : *absences) read_absence(draft, fields, absence, out);
    }
}

void warn_if_idle(Draft& draft, Fields& fields, const engine::AgentDefinition& agent,
                  const AgentMarks& marks, Place place) {
    if (agent.seat == Seat::none && !marks.seat_unknown) {
        draft.problems.warning(place, fields.subject() + " has no seat and never gets work",
                               "write seat = \"service\" or seat = \"sales\"");
        return;
    }
    const auto* hours = fields.find("hours");
    const bool no_lines =
        hours == nullptr || (hours->value.list() != nullptr && hours->value.list()->empty());
    if (agent.availability == Standing::hours && !fields.is_faulty("availability") && no_lines) {
        draft.problems.warning(place,
                               fields.subject() +
                                   " goes by hours but has none, so it is always "
                                   "away and never gets work",
                               "write hours = [\"mon-fri 09:00-17:00\"], or availability = "
                               "\"available\"");
    }
}

void read_agent(Draft& draft, const Value& table, std::uint32_t position) {
    engine::AgentDefinition agent;
    AgentMarks marks;
    agent.key = draft.agents.key({position});
    auto fields = fields_of(draft, table, "agent", agent.key);
    agent.name = fields.text("name").value_or("");
    agent.email = fields.text("email").value_or("");
    agent.labels = fields.texts("labels");
    agent.order = fields
                      .integer("order", std::numeric_limits<std::int64_t>::min(),
                               std::numeric_limits<std::int64_t>::max())
                      .value_or(std::int64_t{position} + 1);
    fields.choice<Seat>("seat", seats, agent.seat);
    agent.ticket_access = fields.boolean("ticket_access").value_or(true);
    marks.seat_unknown = fields.is_faulty("seat") || fields.is_faulty("ticket_access");
    read_teams(draft, fields, agent, marks);
    agent.skills = numbers_of(read_names(draft, fields, "skills", draft.skills, "skill"));
    read_times(draft, fields, agent);
    read_capacity(draft, fields, agent.capacity);
    agent.notify_unassigned = fields.boolean("notify_unassigned");
    agent.notify_assigned = fields.boolean("notify_assigned");
    warn_if_idle(draft, fields, agent, marks, draft.agents.place({position}));
    fields.finish();
    draft.account.agents.push_back(std::move(agent));
    draft.agent_marks.push_back(marks);
}

}  // namespace

void read_agents(Draft& draft, const Sections& sections) {
    draft.account.agents.reserve(sections.agents.size());
    draft.agent_marks.reserve(sections.agents.size());
    for (std::uint32_t i = 0; i < sections.agents.size(); ++i) {
        read_agent(draft, *sections.agents[i], i);
    }
}

}  // namespace usher::roster
