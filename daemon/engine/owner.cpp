// Changes of owner by people and workflows (rules 25 to 27).
#include "engine/handlers.h"

namespace usher::engine {

using protocol::Outcome;
using protocol::Reject;

namespace {

Outcome outcome_of(const Holder& owner) {
    switch (owner.kind) {
        case OwnerKind::agent:
            return Outcome::assigned;
        case OwnerKind::team:
            return Outcome::team;
        case OwnerKind::bot:
            return Outcome::bot;
        case OwnerKind::none:
            break;
    }
    return Outcome::unassigned;
}

Decision by_request(Holder owner) {
    Decision decision;
    decision.award.owner = owner;
    decision.award.outcome = outcome_of(owner);
    decision.award.grounds.by = DecidedBy::request;
    return decision;
}

void give_by_request(Step& step, Slot slot, Holder owner) {
    const auto decision = by_request(owner);
    place(step, slot, decision);
    step.answer.placement = placement_of(step.account, decision);
}

bool refuse_if_not_eligible(Step& step, AgentNo agent, InboxNo inbox) {
    if (may_hold(step.account, agent, inbox)) return false;
    const auto& account = step.account;
    const bool seated =
        account.seated[static_cast<std::size_t>(account.inbox(inbox).workspace)].test(
            account.agent(agent).position);
    step.refuse(Reject::not_eligible,
                "agent " + account.definition.agents[agent.value].key +
                    (seated ? " is in none of the teams of inbox "
                            : " has not the seat (and ticket access) that work needs in inbox ") +
                    account.inbox(inbox).key);
    return true;
}

}  // namespace

void carry_out(Step& step, const protocol::Assign& request) {
    auto& account = step.account;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    Holder to, expected;
    if (!find_owner(step, request.to, to)) return;
    if (request.expect_owner && !find_owner(step, *request.expect_owner, expected)) return;
    const auto& ticket = account.tickets[slot];
    if (request.expect_owner && ticket.owner != expected) {
        step.refuse(Reject::owner_changed,
                    "somebody else holds ticket " + std::string(request.ticket) + " by now");
        step.answer.owner = owner_of(account, ticket.owner);
        return;
    }
    if (to.is_agent() && refuse_if_not_eligible(step, to.as_agent(), ticket.inbox)) return;
    if (!step.may_change()) return;
    give_by_request(step, slot, to);
}

void carry_out(Step& step, const protocol::ReplySent& request) {
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto agent = find_agent(step, request.agent);
    if (!agent.exists()) return;
    const auto& ticket = step.account.tickets[slot];
    if (ticket.owner.is_agent() || ticket.owner.kind == OwnerKind::bot) {
        step.outcome(Outcome::unchanged);
        return;
    }
    if (refuse_if_not_eligible(step, agent, ticket.inbox) || !step.may_change()) return;
    give_by_request(step, slot, Holder::agent(agent));
}

void carry_out(Step& step, const protocol::AssignConversation& request) {
    auto& account = step.account;
    const auto slot = find_ticket(step, request.ticket);
    if (slot == no_slot) return;
    const auto agent = find_agent(step, request.agent);
    if (!agent.exists()) return;
    const auto& ticket = account.tickets[slot];
    auto inbox = ticket.inbox;
    if (request.inbox) {
        inbox = find_inbox(step, *request.inbox);
        if (!inbox.exists()) return;
    }
    for (const auto side : {ticket.inbox, inbox})
        if (account.inbox(side).workspace != Workspace::conversations) {
            step.refuse(Reject::not_a_conversation,
                        "inbox " + account.inbox(side).key + " is of the help desk");
            return;
        }
    if (!step.may_change()) return;
    const bool reopened = !ticket.open;
    if (reopened) step.emit(StatusSet{slot, {account.first_open[ticket.pipeline.value]}});
    if (inbox != ticket.inbox) step.emit(Moved{slot, inbox});
    give_by_request(step, slot, Holder::agent(agent));
    step.answer.placement.reopened = reopened;
}

}  // namespace usher::engine
