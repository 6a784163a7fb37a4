// Settings of agents and channels, and what can be asked.
#include <algorithm>
#include <boost/json/array.hpp>
#include <functional>
#include <sstream>

#include "tests/twin/passing.h"
#include "tests/twin/requests.h"

namespace usher::twin {
namespace {

namespace json = boost::json;

using Age = std::pair<Ms, std::uint64_t>;

Age age_of(const Ticket& ticket) {
    return {ticket.created_at, ticket.arrival};
}

/// Our own cursor of a list of tickets is the age of the last that was shown: it stays right
/// whatever comes and goes meanwhile.
Age read_age(const std::string& cursor) {
    Age age;
    char between = 0;
    std::istringstream(cursor) >> age.first >> between >> age.second;
    return age;
}

/// The tickets that `fits`, oldest first: by creation, then by arrival.
void add_oldest_first(Object& answer, const Line& line, const World& world,
                      const std::function<bool(const Ticket&)>& fits) {
    std::vector<const Ticket*> found;
    for (const auto& ticket : world.tickets)
        if (fits(ticket)) found.push_back(&ticket);
    std::sort(found.begin(), found.end(),
              [](const Ticket* a, const Ticket* b) { return age_of(*a) < age_of(*b); });
    answer["total"] = static_cast<std::int64_t>(found.size());
    if (const auto after = text_of(line, "after"); !after.empty())
        std::erase_if(found, [last = read_age(after)](const Ticket* ticket) {
            return age_of(*ticket) <= last;
        });
    const auto limit = static_cast<std::size_t>(number_of(line, "limit", 1000));
    if (found.size() > limit) {
        found.resize(limit);
        const auto [created_at, arrival] = age_of(*found.back());
        answer["next"] = std::to_string(created_at) + "/" + std::to_string(arrival);
    }
    json::array keys;
    for (const auto* ticket : found) keys.emplace_back(ticket->key);
    answer["tickets"] = keys;
}

/// What is left of absences when a span is taken out of them.
std::vector<Absence> without(const std::vector<Absence>& absences, const Absence& cut) {
    std::vector<Absence> result;
    for (const auto& one : absences) {
        const Absence head{one.from, std::min(one.until, cut.from)};
        const Absence tail{std::max(one.from, cut.until), one.until};
        if (head.from < head.until) result.push_back(head);
        if (tail.from < tail.until) result.push_back(tail);
    }
    return result;
}

Object done() {
    return {{"outcome", "done"}};
}

}  // namespace

void add_list(Object& answer, const Line& line, const char* name, const json::array& all) {
    // Our own cursor is the number of entries that were shown before.
    const auto after = text_of(line, "after");
    const std::size_t begin =
        after.empty() ? 0 : std::min<std::size_t>(std::stoul(after), all.size());
    const auto limit = static_cast<std::size_t>(number_of(line, "limit", 1000));
    const auto end = std::min(begin + limit, all.size());
    answer[name] = json::array(all.begin() + static_cast<std::ptrdiff_t>(begin),
                               all.begin() + static_cast<std::ptrdiff_t>(end));
    answer["total"] = static_cast<std::int64_t>(all.size());
    if (end < all.size()) answer["next"] = std::to_string(end);
}

void add_drained(Object& answer, const Line& line, const Keys& drained) {
    add_list(answer, line, "drained", json::array(drained.begin(), drained.end()));
}

Object availability(World& world, const Line& line) {  // rule 9
    const auto key = world.agent(text_of(line, "agent")).key;
    const auto set = text_of(line, "set");
    auto& manual = world.state_of(key).manual;
    if (set == "hours") {
        manual.reset();
    } else {
        manual = set;
    }
    return done();
}

Object absence(World& world, const Line& line) {  // rule 9
    const Agent& agent = world.agent(text_of(line, "agent"));
    const Absence one{instant_of(line, "from"), instant_of(line, "until")};
    const bool cancel = flag_of(line, "cancel", false);
    changing_what_lies_under(world, [&] {
        auto& absences = world.state_of(agent.key).absences;
        if (cancel) {
            absences = without(absences, one);
        } else {
            absences.push_back(one);  // overlaps count once: any of them covering is enough
        }
    });
    return done();
}

Object capacity(World& world, const Line& line) {  // rule 10
    auto& capacity = world.state_of(world.agent(text_of(line, "agent")).key).capacity;
    const auto set = [&line](const char* field, std::optional<std::int64_t>& limit) {
        const auto* value = line.if_contains(field);
        if (value == nullptr) return;
        limit = value->is_null() ? std::nullopt : std::optional(value->get_int64());
    };
    set("total", capacity.total);
    set("calling", capacity.calling);
    set("messaging", capacity.messaging);
    set("email", capacity.email);
    return done();
}

Object channel(World& world, const Line& line) {  // rule 19
    const auto& key = world.channel(text_of(line, "channel")).key;
    for (auto& state : world.channels)
        if (state.key == key) state.enabled = flag_of(line, "enabled", true);
    return done();
}

Object get_ticket(World& world, const Line& line) {
    const Ticket& ticket = world.ticket(text_of(line, "ticket"));
    Object answer = done();
    if (ticket.owner.kind == "bot") {
        answer["bot"] = true;
    } else if (ticket.owner.kind != "none") {
        answer[ticket.owner.kind] = ticket.owner.key;
    }
    answer["status"] = ticket.status;
    answer["open"] = world.is_open(ticket);
    answer["type"] = ticket.type;
    answer["channel"] = ticket.channel;
    answer["inbox"] = ticket.inbox;
    if (ticket.owner.kind != "none") answer["assigned_at"] = write_instant(ticket.assigned_at);
    if (ticket.close_date) answer["close_date"] = write_instant(*ticket.close_date);
    answer["skills"] = json::array(ticket.skills.begin(), ticket.skills.end());
    if (ticket.waiting) answer["waiting"] = true;
    return answer;
}

Object get_agent(World& world, const Line& line) {
    const Agent& agent = world.agent(text_of(line, "agent"));
    const auto now = world.availability(agent, world.at());
    const auto& state = world.state_of(agent.key);
    Object answer = done();
    answer["available"] = now.available;
    answer["why"] = now.why;
    Object load;
    for (const char* workspace : {"helpdesk", "conversations"}) {
        Object counts;
        for (const char* type : {"calling", "messaging", "email"})
            counts[type] = world.load(agent.key, type, workspace);
        load[workspace] = counts;
    }
    answer["load"] = load;
    if (state.last) answer["last_assigned_at"] = write_instant(state.last->at);
    Object limits;
    if (state.capacity.total) limits["total"] = *state.capacity.total;
    if (state.capacity.calling) limits["calling"] = *state.capacity.calling;
    if (state.capacity.messaging) limits["messaging"] = *state.capacity.messaging;
    if (state.capacity.email) limits["email"] = *state.capacity.email;
    answer["capacity"] = limits;
    return answer;
}

Object backlog(World& world, const Line& line) {  // rule 28
    const auto& inbox = world.inbox(text_of(line, "inbox")).key;
    Object answer = done();
    add_oldest_first(answer, line, world, [&](const Ticket& ticket) {
        return ticket.inbox == inbox && ticket.owner.kind == "none" && world.is_open(ticket);
    });
    return answer;
}

Object tickets(World& world, const Line& line) {
    const bool open = flag_of(line, "open", true);
    const Owner owner = owner_of(line);
    const auto of_channel = text_of(line, "channel");
    if (owner.kind == "agent") world.agent(owner.key);
    if (owner.kind == "team") world.team(owner.key);
    if (!of_channel.empty()) world.channel(of_channel);
    Object answer = done();
    add_oldest_first(answer, line, world, [&](const Ticket& ticket) {
        const bool fits = of_channel.empty() ? ticket.owner == owner : ticket.channel == of_channel;
        return fits && world.is_open(ticket) == open;
    });
    return answer;
}

Object tick(World& world, const Line& line) {
    json::array list;
    for (const auto& event : world.events) {
        Object one{{"at", write_instant(event.at)}, {"event", event.event}, {"cause", "time"}};
        if (!event.ticket.empty()) one["ticket"] = event.ticket;
        if (!event.agent.empty()) one["agent"] = event.agent;
        if (!event.message.empty()) one["message"] = event.message;
        list.push_back(one);
    }
    Object answer = done();
    add_list(answer, line, "events", list);
    return answer;
}

}  // namespace usher::twin
