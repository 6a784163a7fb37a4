// Placing work: route, transfer, handoff, missed (rules 12 to 20, 28).
#include "engine/handlers.h"
#include "engine/intake.h"
#include "engine/properties.h"

namespace usher::engine {

using protocol::Outcome;
using protocol::Reject;

TicketType type_of(ChannelKind kind) {
    switch (kind) {
        case ChannelKind::calling:
            return TicketType::calling;
        case ChannelKind::chat:
        case ChannelKind::custom:
        case ChannelKind::whatsapp:
        case ChannelKind::messenger:
            return TicketType::messaging;
        case ChannelKind::email:
        case ChannelKind::form:
            break;
    }
    return TicketType::email;
}

bool take_in(Step& step, const protocol::Route& request, Intake& out) {
    auto& account = step.account;
    auto& scratch = step.scratch;
    out.channel = find_channel(step, request.channel);
    if (!out.channel.exists()) return false;
    const auto& channel = account.channel(out.channel);
    out.pipeline = channel.pipeline;
    if (request.pipeline) {
        out.pipeline = find_pipeline(step, *request.pipeline);
        if (!out.pipeline.exists()) return false;
    }
    out.type = request.type.value_or(type_of(channel.kind));
    if (!find_skills(step, request.skills, scratch.asked_skills)) return false;
    if (request.status) {
        out.status = find_status(step, out.pipeline, *request.status);
        if (!out.status.exists()) return false;
        if (!account.pipeline(out.pipeline).statuses[out.status.value].open) {
            step.refuse(Reject::bad_field, "status: " + std::string(*request.status) +
                                               " is closed; a new ticket starts with an open one");
            return false;
        }
    } else if (channel.status.exists() && out.pipeline == channel.pipeline) {
        out.status = channel.status;
    } else {
        out.status = {account.first_open[out.pipeline.value]};
    }
    write_properties(request.properties, channel, scratch.properties);
    write_skills(scratch.asked_skills, scratch.properties, channel, scratch.skills);
    return true;
}

void fill_opened(Step& step, const protocol::Route& request, const Intake& intake, Opened& fact) {
    auto& account = step.account;
    fact.slot = account.tickets.next_slot();
    fact.key = request.ticket;
    fact.channel = intake.channel;
    fact.pipeline = intake.pipeline;
    fact.status = intake.status;
    fact.type = intake.type;
    fact.priority = request.priority;
    fact.contact_tracked = request.contact_tracked;
    fact.contact_owner = request.contact_owner.value_or(std::string_view{});
    // In a conversations inbox, `creates_tickets = false` leaves out the linked ticket alone.
    if (account.channel(intake.channel).creates_tickets)
        fact.linked = request.linked_ticket.value_or(std::string_view{});
    fact.properties = step.scratch.properties;
    fact.asked_skills = step.scratch.asked_skills;
    fact.skills = step.scratch.skills;
}

namespace {

bool refuse_if_remembered(Step& step, std::string_view key) {
    const auto slot = step.account.tickets.find(key);
    if (slot == no_slot) return false;
    const auto& ticket = step.account.tickets[slot];
    step.refuse(Reject::ticket_exists, "ticket " + std::string(key) + " is remembered already, " +
                                           (ticket.open ? "open" : "closed"));
    step.answer.owner = owner_of(step.account, ticket.owner);
    return true;
}

bool refuse_if_off(Step& step, ChannelNo channel) {
    if (step.account.channel_enabled[channel.value]) return false;
    step.refuse(Reject::channel_off,
                "channel " + step.account.channel(channel).key + " is switched off");
    return true;
}

bool refuse_if_closed(Step& step, const Ticket& ticket, std::string_view key) {
    if (ticket.open) return false;
    step.refuse(Reject::ticket_closed, "ticket " + std::string(key) + " is closed");
    return true;
}

}  // namespace

void carry_out(Step& step, const protocol::Route& request) {
    auto& account = step.account;
    Intake intake;
    if (!take_in(step, request, intake)) return;
    if (refuse_if_remembered(step, request.ticket)) return;
    if (refuse_if_off(step, intake.channel)) return;

    const auto& channel = account.channel(intake.channel);
    const auto workspace = account.inbox(channel.inbox).workspace;
    if (!channel.creates_tickets && workspace == Workspace::helpdesk) {
        step.outcome(Outcome::not_a_ticket);
        return;
    }
    const Situation situation{intake.channel,
                              channel.inbox,
                              intake.type,
                              step.scratch.skills,
                              request.contact_owner.value_or(std::string_view{}),
                              request.contact_tracked,
                              false};
    if (!step.may_change()) return;
    const auto decision = decide(account, situation, step.scratch);
    take_turns_back(step, decision);
    const auto slot = account.tickets.next_slot();
    step.emit_made<Opened>([&](Opened& opened) {
        fill_opened(step, request, intake, opened);
        opened.award = decision.award;
        opened.award.message = decision.message;
    });
    tell_contact_owner(step, slot, decision);
    step.answer.placement = placement_of(account, slot, decision);
}

void carry_out(Step& step, const protocol::Transfer& request) {
    auto& account = step.account;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto channel = find_channel(step, request.channel);
    if (!channel.exists()) return;
    const auto& ticket = account.tickets[slot];
    if (refuse_if_closed(step, ticket, request.ticket) || refuse_if_off(step, channel) ||
        !step.may_change())
        return;

    write_skills(account.texts.get(ticket.asked_skills), account.texts.get(ticket.properties),
                 account.channel(channel), step.scratch.skills);
    step.emit(Transferred{slot, channel, step.scratch.skills});
    const auto decision = decide(account, situation_of(account, ticket), step.scratch);
    place(step, slot, decision);
    step.answer.placement = placement_of(account, slot, decision);
}

void carry_out(Step& step, const protocol::Handoff& request) {
    auto& account = step.account;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto& ticket = account.tickets[slot];
    if (ticket.owner.kind != OwnerKind::bot) {
        step.refuse(Reject::not_with_bot, "no bot holds ticket " + std::string(request.ticket) +
                                              ", so none can hand it off");
        return;
    }
    if (refuse_if_closed(step, ticket, request.ticket) || !step.may_change()) return;

    auto situation = situation_anew(step, ticket);
    situation.under_fallback = true;
    auto decision = decide(account, situation, step.scratch);
    decision.award.under_fallback = true;
    place(step, slot, decision);
    step.answer.placement = placement_of(account, slot, decision);
}

void carry_out(Step& step, const protocol::Missed& request) {
    auto& account = step.account;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto& ticket = account.tickets[slot];
    if (ticket.type != TicketType::calling) {
        step.refuse(Reject::not_a_call, "ticket " + std::string(request.ticket) + " is not a call");
        return;
    }
    if (refuse_if_closed(step, ticket, request.ticket) || !step.may_change()) return;

    Decision decision;
    decision.award.outcome = Outcome::voicemail;
    decision.award.grounds.by = DecidedBy::request;
    if (const auto& opening = account.channel(ticket.channel).opening)
        decision.message = opening->in_hours_message;
    place(step, slot, decision);
    step.answer.placement = placement_of(account, slot, decision);
}

}  // namespace usher::engine
