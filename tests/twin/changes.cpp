// Requests about one ticket: its coming, its owner, its channel.
#include <algorithm>

#include "tests/twin/requests.h"
#include "tests/twin/waiting.h"

namespace usher::twin {
namespace {

/// Rule 39: unknown ids in the order in which format.md lists the fields.
Ticket new_ticket(World& world, const Line& line) {
    Ticket ticket;
    ticket.key = text_of(line, "ticket");
    const Channel& channel = world.channel(text_of(line, "channel"));
    ticket.channel = channel.key;
    ticket.inbox = channel.inbox;

    ticket.pipeline = line.contains("pipeline") ? text_of(line, "pipeline") : channel.pipeline;
    const Pipeline* pipeline = world.find_pipeline(ticket.pipeline);
    if (pipeline == nullptr) throw Refusal{"unknown_pipeline"};

    ticket.type = channel.kind == "calling"                           ? "calling"
                  : channel.kind == "email" || channel.kind == "form" ? "email"
                                                                      : "messaging";
    if (line.contains("type")) ticket.type = text_of(line, "type");  // rule 1
    ticket.contact_owner = text_of(line, "contact_owner");
    ticket.contact_tracked = flag_of(line, "contact_tracked", true);

    // The channel's default properties, where the request says nothing.
    ticket.properties = properties_of(line, "properties");
    for (const auto& given : channel.properties) {
        const bool said = std::any_of(ticket.properties.begin(), ticket.properties.end(),
                                      [&](const auto& own) { return own.first == given.first; });
        if (!said) ticket.properties.push_back(given);
    }
    ticket.named_skills = keys_of(line, "skills");
    ticket.skills = needed_skills(channel, ticket.properties, ticket.named_skills);
    ticket.priority = number_of(line, "priority", 0);
    ticket.created_at = world.at();
    return ticket;
}

void refuse_unknown_skills(const World& world, const Line& line) {
    for (const auto& skill : keys_of(line, "skills"))
        if (!contains(world.roster.skills, skill)) throw Refusal{"unknown_skill"};
}

/// Rule 29.
const Status& status_of_new(const World& world, const Ticket& ticket, const Line& line) {
    const Pipeline& pipeline = *world.find_pipeline(ticket.pipeline);
    if (line.contains("status")) {
        const Status* named = find_status(pipeline, text_of(line, "status"));
        if (named == nullptr) throw Refusal{"unknown_status"};
        return *named;
    }
    const Channel& channel = *world.find_channel(ticket.channel);
    if (!channel.status.empty() && channel.pipeline == ticket.pipeline)
        return *find_status(pipeline, channel.status);
    return first_status(pipeline, true);
}

void refuse_existing(World& world, const Ticket& ticket) {
    if (const auto* known = world.find_ticket(ticket.key))
        throw Refusal{"ticket_exists", known->owner};
}

void refuse_ineligible(const World& world, const Ticket& ticket, const std::string& agent_key) {
    const Agent& agent = *world.find_agent(agent_key);
    const Inbox& inbox = *world.find_inbox(ticket.inbox);
    if (!world.has_seat(agent, inbox) || !world.has_access(agent, inbox) ||
        !world.inbox_open_to(agent, inbox))
        throw Refusal{"not_eligible"};
}

void refuse_unknown_owner(const World& world, const Owner& owner) {
    if (owner.kind == "agent") world.agent(owner.key);
    if (owner.kind == "team") world.team(owner.key);
}

/// A ticket that comes by `route`, checked but not yet routed.
Ticket routed_ticket(World& world, const Line& line) {
    Ticket ticket = new_ticket(world, line);
    refuse_unknown_skills(world, line);
    const Status& status = status_of_new(world, ticket, line);
    if (!status.open) throw Refusal{"bad_field"};  // rule 29
    ticket.status = status.key;
    refuse_existing(world, ticket);
    if (!world.enabled(ticket.channel)) throw Refusal{"channel_off"};  // rule 19
    return ticket;
}

/// Rule 19.
bool makes_no_ticket(const World& world, const Ticket& ticket) {
    return !world.find_channel(ticket.channel)->creates_tickets &&
           world.workspace(ticket) == "helpdesk";
}

Object owner_outcome(const Owner& owner) {
    Object answer;
    if (owner.kind == "agent") answer = {{"outcome", "assigned"}, {"agent", owner.key}};
    if (owner.kind == "team") answer = {{"outcome", "team"}, {"team", owner.key}};
    if (owner.kind == "bot") answer = {{"outcome", "bot"}, {"bot", true}};
    if (owner.kind == "none") answer = {{"outcome", "unassigned"}};
    return answer;
}

}  // namespace

Object route(World& world, const Line& line) {
    const Ticket ticket = routed_ticket(world, line);
    if (makes_no_ticket(world, ticket)) return {{"outcome", "not_a_ticket"}};
    auto decision = decide(world, ticket);
    place(world, world.arrive(ticket), decision);
    return shown(decision);
}

Object explain(const World& real, const Line& line) {
    World world = real;  // nothing that is done to a copy changes anything
    const auto key = text_of(line, "ticket");
    if (world.find_ticket(key) == nullptr) {
        const Ticket ticket = routed_ticket(world, line);
        if (makes_no_ticket(world, ticket)) {
            Object answer{{"outcome", "not_a_ticket"}};
            add_list(answer, line, "candidates", {});
            return answer;
        }
        world.arrive(ticket);
    }
    Ticket& ticket = world.ticket(key);
    std::vector<Candidate> candidates;
    auto decision = decide(world, ticket, &candidates);
    place(world, ticket, decision);
    Object answer = shown(decision);
    boost::json::array list;
    for (const auto& one : candidates) {
        Object entry{{"agent", one.agent->key}, {"verdict", one.verdict}};
        if (one.rank != 0) {  // the load of those whom a filter took out played no part
            entry["load"] = one.load;
            entry["rank"] = one.rank;
        }
        list.push_back(entry);
    }
    add_list(answer, line, "candidates", list);
    return answer;
}

Object assign(World& world, const Line& line) {
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    const Owner owner = owner_of(line);
    refuse_unknown_owner(world, owner);
    if (const auto* expected = line.if_contains("expect_owner")) {
        const Owner believed = owner_of(expected->get_object());
        refuse_unknown_owner(world, believed);
        if (believed != ticket.owner) throw Refusal{"owner_changed", ticket.owner};
    }
    if (owner.kind == "agent") refuse_ineligible(world, ticket, owner.key);  // rule 25
    give(world, ticket, owner);
    return owner_outcome(owner);
}

Object assign_conversation(World& world, const Line& line) {  // rule 27
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    const auto agent = world.agent(text_of(line, "agent")).key;
    const auto inbox =
        line.contains("inbox") ? world.inbox(text_of(line, "inbox")).key : ticket.inbox;
    if (world.workspace(ticket) == "helpdesk" || world.find_inbox(inbox)->workspace == "helpdesk")
        throw Refusal{"not_a_conversation"};
    const bool reopened = !world.is_open(ticket);
    ticket.inbox = inbox;
    give(world, ticket, {"agent", agent});
    Object answer{{"outcome", "assigned"}, {"agent", agent}};
    if (reopened) {
        ticket.status = first_status(*world.find_pipeline(ticket.pipeline), true).key;
        ticket.was_reopened = true;
        answer["reopened"] = true;
    }
    return answer;
}

Object reply(World& world, const Line& line) {  // rule 26
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    const auto agent = world.agent(text_of(line, "agent")).key;
    if (ticket.owner.kind == "agent" || ticket.owner.kind == "bot")
        return {{"outcome", "unchanged"}};
    refuse_ineligible(world, ticket, agent);
    give(world, ticket, {"agent", agent});
    return owner_outcome(ticket.owner);
}

Object update(World& world, const Line& line) {  // rule 42
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    refuse_unknown_skills(world, line);
    ticket.priority = number_of(line, "priority", ticket.priority);
    if (line.contains("properties")) ticket.properties = properties_of(line, "properties");
    if (line.contains("skills")) ticket.named_skills = keys_of(line, "skills");
    if (line.contains("skills") || line.contains("properties"))
        ticket.skills = needed_skills(*world.find_channel(ticket.channel), ticket.properties,
                                      ticket.named_skills);
    return {{"outcome", "done"}};
}

Object import(World& world, const Line& line) {  // rule 42
    const Ms created_at = instant_of(line, "created_at");
    const Ms assigned_at =
        line.contains("assigned_at") ? instant_of(line, "assigned_at") : created_at;
    // What exists already was not made in the future, nor assigned before it was made.
    if (created_at > assigned_at || assigned_at > world.at()) throw Refusal{"bad_field"};
    Ticket ticket = new_ticket(world, line);
    const Owner owner = owner_of(line);
    refuse_unknown_owner(world, owner);
    const Status& status = status_of_new(world, ticket, line);
    refuse_unknown_skills(world, line);
    refuse_existing(world, ticket);

    ticket.created_at = created_at;
    ticket.status = status.key;
    ticket.owner = owner;
    ticket.assigned_at = assigned_at;
    if (!status.open) {
        ticket.closed_at = world.at();
        if (world.find_pipeline(ticket.pipeline)->set_close_date) ticket.close_date = world.at();
    }
    if (owner.kind == "agent") {
        auto& last = world.state_of(owner.key).last;
        const Stamp stamp{ticket.assigned_at, ++world.assignments};
        if (!last || *last < stamp) last = stamp;
    }
    world.arrive(ticket);
    return {{"outcome", "done"}};
}

Object transfer(World& world, const Line& line) {  // rule 28
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    const Channel& channel = world.channel(text_of(line, "channel"));
    if (!world.is_open(ticket)) throw Refusal{"ticket_closed"};
    if (!world.enabled(channel.key)) throw Refusal{"channel_off"};
    ticket.owner = {};
    ticket.waiting = false;
    ticket.handed_off = false;
    ticket.channel = channel.key;
    ticket.inbox = channel.inbox;
    ticket.skills = needed_skills(channel, ticket.properties, ticket.named_skills);
    if (world.plant == "drains_before_routing") settle(world);
    auto decision = decide(world, ticket);
    place(world, ticket, decision);
    return shown(decision);
}

Object handoff(World& world, const Line& line) {  // rule 16
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    if (ticket.owner.kind != "bot") throw Refusal{"not_with_bot"};
    if (!world.is_open(ticket)) throw Refusal{"ticket_closed"};
    ticket.owner = {};
    ticket.handed_off = true;
    ticket.skills =
        needed_skills(*world.find_channel(ticket.channel), ticket.properties, ticket.named_skills);
    auto decision = decide(world, ticket);
    place(world, ticket, decision);
    return shown(decision);
}

Object missed(World& world, const Line& line) {  // rule 20
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    if (ticket.type != "calling") throw Refusal{"not_a_call"};
    if (!world.is_open(ticket)) throw Refusal{"ticket_closed"};
    ticket.owner = {};
    if (world.plant != "missed_waits_on") ticket.waiting = false;
    Object answer{{"outcome", "voicemail"}};
    const Channel& channel = *world.find_channel(ticket.channel);
    if (channel.opening && !channel.opening->in_hours_message.empty())
        answer["message"] = channel.opening->in_hours_message;
    return answer;
}

}  // namespace usher::twin
