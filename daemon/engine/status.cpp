// The life of a ticket: statuses, closing, reopening, automation (rules 29 to 33).
#include "engine/handlers.h"

namespace usher::engine {

using protocol::Outcome;
using protocol::Reject;

namespace {

/// Sets the status if there is one and the ticket has it not already; else `unchanged`.
void set_or_leave(Step& step, Slot slot, StatusNo status) {
    const auto& ticket = step.account.tickets[slot];
    if (status.exists() && status != ticket.status) {
        change_status(step, slot, status);
        return;
    }
    step.outcome(Outcome::unchanged);
}

/// What the contact's reply sets (rule 32); nothing: nothing.
StatusNo status_after_reply(const Account& account, const Ticket& ticket,
                            protocol::ContactReplyKind kind) {
    using Kind = protocol::ContactReplyKind;
    if (kind != Kind::thread && kind != Kind::other_thread) return {};
    if (!ticket.open) return {account.first_open[ticket.pipeline.value]};
    if (kind == Kind::other_thread && !ticket.reopened) return {};
    return account.pipeline(ticket.pipeline).on_customer_reply;
}

}  // namespace

void carry_out(Step& step, const protocol::EmailSent& request) {
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto& pipeline = step.account.pipeline(step.account.tickets[slot].pipeline);
    set_or_leave(step, slot,
                 request.from == protocol::SentFrom::record ? pipeline.on_email_sent : StatusNo{});
}

void carry_out(Step& step, const protocol::ContactReply& request) {
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    set_or_leave(step, slot,
                 status_after_reply(step.account, step.account.tickets[slot], request.kind));
}

void carry_out(Step& step, const protocol::SetStatus& request) {
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto status = find_status(step, step.account.tickets[slot].pipeline, request.status);
    if (status.exists()) set_or_leave(step, slot, status);
}

void carry_out(Step& step, const protocol::Close& request) {
    auto& account = step.account;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto& ticket = account.tickets[slot];
    if (!ticket.open) {
        step.refuse(Reject::already_closed,
                    "ticket " + std::string(request.ticket) + " is closed already");
        return;
    }
    change_status(step, slot, {account.first_closed[ticket.pipeline.value]});
}

void carry_out(Step& step, const protocol::Reopen& request) {
    auto& account = step.account;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto& ticket = account.tickets[slot];
    if (ticket.open) {
        step.refuse(Reject::already_open,
                    "ticket " + std::string(request.ticket) + " is open already");
        return;
    }
    change_status(step, slot, {account.first_open[ticket.pipeline.value]});
}

}  // namespace usher::engine
