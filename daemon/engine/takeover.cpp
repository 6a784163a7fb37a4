// Work that exists already (rule 42): import and update.
#include "engine/handlers.h"
#include "engine/intake.h"
#include "engine/properties.h"

namespace usher::engine {

using protocol::Outcome;
using protocol::Reject;

namespace {

bool refuse_bad_instants(Step& step, const protocol::Import& request) {
    const auto bad = [&](const char* what) {
        step.refuse(Reject::bad_field, what);
        return true;
    };
    if (request.created_at_ms > step.now.ms) return bad("created_at: is in the future");
    if (!request.assigned_at_ms) return false;
    if (*request.assigned_at_ms > step.now.ms) return bad("assigned_at: is in the future");
    if (*request.assigned_at_ms < request.created_at_ms)
        return bad("assigned_at: is before created_at");
    return false;
}

}  // namespace

void carry_out(Step& step, const protocol::Import& request) {
    auto& account = step.account;
    auto& scratch = step.scratch;
    if (refuse_bad_instants(step, request)) return;
    const auto channel_no = find_channel(step, request.channel);
    if (!channel_no.exists()) return;
    Holder owner;
    if (!find_owner(step, request.owner, owner)) return;
    const auto& channel = account.channel(channel_no);
    StatusNo status{account.first_open[channel.pipeline.value]};
    if (request.status) {
        status = find_status(step, channel.pipeline, *request.status);
        if (!status.exists()) return;
    } else if (channel.status.exists()) {
        status = channel.status;
    }
    if (!find_skills(step, request.skills, scratch.asked_skills)) return;
    if (const auto slot = account.tickets.find(request.ticket); slot != no_slot) {
        step.refuse(Reject::ticket_exists,
                    "ticket " + std::string(request.ticket) + " is remembered already");
        step.answer.owner = owner_of(account, account.tickets[slot].owner);
        return;
    }

    if (!step.may_change()) return;
    write_properties(request.properties, channel, scratch.properties);
    write_skills(scratch.asked_skills, scratch.properties, channel, scratch.skills);
    Imported fact;
    fact.created = {request.created_at_ms};
    fact.assigned = {request.assigned_at_ms.value_or(request.created_at_ms)};
    auto& opened = fact.opened;
    opened.slot = account.tickets.next_slot();
    opened.key = request.ticket;
    opened.channel = channel_no;
    opened.pipeline = channel.pipeline;
    opened.status = status;
    opened.type = request.type.value_or(type_of(channel.kind));
    opened.priority = request.priority;
    opened.properties = scratch.properties;
    opened.asked_skills = scratch.asked_skills;
    opened.skills = scratch.skills;
    opened.award.owner = owner;
    opened.award.grounds.by = DecidedBy::request;
    step.emit(fact);
    step.outcome(Outcome::done);
}

void carry_out(Step& step, const protocol::Update& request) {
    auto& account = step.account;
    auto& scratch = step.scratch;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto& ticket = account.tickets[slot];
    if (request.skills) {
        if (!find_skills(step, *request.skills, scratch.asked_skills)) return;
    } else {
        scratch.asked_skills = account.texts.get(ticket.asked_skills);
    }
    if (request.properties)
        write_properties(*request.properties, scratch.properties);
    else
        scratch.properties = account.texts.get(ticket.properties);
    if (request.skills || request.properties)
        write_skills(scratch.asked_skills, scratch.properties, account.channel(ticket.channel),
                     scratch.skills);
    else
        scratch.skills = account.texts.get(ticket.skills);
    if (!step.may_change()) return;
    step.emit(Updated{slot, request.priority.value_or(ticket.priority), scratch.properties,
                      scratch.asked_skills, scratch.skills});
    step.outcome(Outcome::done);
}

}  // namespace usher::engine
