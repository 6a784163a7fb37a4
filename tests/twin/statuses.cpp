// Requests about a ticket's status: rules 30 to 33.
#include "tests/twin/requests.h"
#include "tests/twin/routing.h"

namespace usher::twin {
namespace {

const Pipeline& pipeline_of(const World& world, const Ticket& ticket) {
    return *world.find_pipeline(ticket.pipeline);
}

/// Rule 33: reopened, and its owner is away (or it has none and the rule queues): routed again.
bool to_be_routed_again(const World& world, const Ticket& ticket) {
    const Rule* rule = rule_in_force(world, ticket);
    if (rule == nullptr) return false;
    if (ticket.owner.kind == "agent")
        return rule->reopen == "reroute_if_away" &&
               !world.availability(*world.find_agent(ticket.owner.key), world.at()).available;
    if (world.plant == "reopened_waits_no_more") return false;
    return ticket.owner.kind == "none" && rule->queue && world.features.queues;
}

Object reach_if_set(World& world, Ticket& ticket, const std::string& key) {
    if (key.empty() || key == ticket.status) return {{"outcome", "unchanged"}};
    return reach_status(world, ticket, *find_status(pipeline_of(world, ticket), key));
}

}  // namespace

Object reach_status(World& world, Ticket& ticket, const Status& status) {
    const bool was_open = world.is_open(ticket);
    ticket.status = status.key;
    Object answer{{"outcome", "status"}, {"status", status.key}};
    if (was_open && !status.open) {
        ticket.closed_at = world.at();
        if (world.plant != "closed_wait_on") ticket.waiting = false;                    // rule 38
        if (pipeline_of(world, ticket).set_close_date) ticket.close_date = world.at();  // rule 30
    }
    if (!was_open && status.open) {
        ticket.was_reopened = true;
        if (world.plant == "reopening_restarts_window") ticket.assigned_at = world.at();
        if (to_be_routed_again(world, ticket)) {
            ticket.owner = {};
            ticket.skills = needed_skills(*world.find_channel(ticket.channel), ticket.properties,
                                          ticket.named_skills);
            auto decision = decide(world, ticket);
            place(world, ticket, decision);
            answer["routed"] = shown(decision);
        }
    }
    if (ticket.close_date) answer["close_date"] = write_instant(*ticket.close_date);
    return answer;
}

Object email_sent(World& world, const Line& line) {  // rule 31
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    if (text_of(line, "from") == "contact") return {{"outcome", "unchanged"}};
    return reach_if_set(world, ticket, pipeline_of(world, ticket).on_email_sent);
}

Object contact_reply(World& world, const Line& line) {  // rule 32
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    const auto kind = text_of(line, "kind");
    if (kind != "thread" && kind != "other_thread") return {{"outcome", "unchanged"}};
    if (!world.is_open(ticket))
        return reach_status(world, ticket, first_status(pipeline_of(world, ticket), true));
    if (kind == "other_thread" && !ticket.was_reopened) return {{"outcome", "unchanged"}};
    return reach_if_set(world, ticket, pipeline_of(world, ticket).on_customer_reply);
}

Object set_status(World& world, const Line& line) {  // rule 30
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    const Status* status = find_status(pipeline_of(world, ticket), text_of(line, "status"));
    if (status == nullptr) throw Refusal{"unknown_status"};
    return reach_if_set(world, ticket, status->key);
}

Object close(World& world, const Line& line) {  // rule 4
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    if (!world.is_open(ticket)) throw Refusal{"already_closed"};
    return reach_status(world, ticket, first_status(pipeline_of(world, ticket), false));
}

Object reopen(World& world, const Line& line) {
    Ticket& ticket = world.ticket(text_of(line, "ticket"));
    if (world.is_open(ticket)) throw Refusal{"already_open"};
    return reach_status(world, ticket, first_status(pipeline_of(world, ticket), true));
}

}  // namespace usher::twin
