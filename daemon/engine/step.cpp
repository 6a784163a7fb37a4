#include "engine/step.h"

#include "engine/clock.h"
#include "engine/event.h"
#include "engine/holdings.h"
#include "engine/properties.h"

namespace usher::engine {

using protocol::Outcome;
using protocol::Reject;

namespace {

/// What `tick` tells of all that time brings: who has work now, and who is there.
bool is_of_tick(const protocol::EventView& event) {
    using Kind = protocol::EventKind;
    return event.kind == Kind::available || event.kind == Kind::away ||
           event.kind == Kind::assigned || event.kind == Kind::voicemail;
}

}  // namespace

void list_what_came(Step& step, const Fact& fact) {
    protocol::EventView event;
    if (event_of(step.account, fact, event) && is_of_tick(event))
        step.brought->push_back(std::move(event));
}

AgentNo find_agent(Step& step, std::string_view key) {
    return find_or_refuse<AgentNo>(step, step.account.by_key.agents, key, Reject::unknown_agent,
                                   "agent");
}

TeamNo find_team(Step& step, std::string_view key) {
    return find_or_refuse<TeamNo>(step, step.account.by_key.teams, key, Reject::unknown_team,
                                  "team");
}

ChannelNo find_channel(Step& step, std::string_view key) {
    return find_or_refuse<ChannelNo>(step, step.account.by_key.channels, key,
                                     Reject::unknown_channel, "channel");
}

InboxNo find_inbox(Step& step, std::string_view key) {
    return find_or_refuse<InboxNo>(step, step.account.by_key.inboxes, key, Reject::unknown_inbox,
                                   "inbox");
}

PipelineNo find_pipeline(Step& step, std::string_view key) {
    return find_or_refuse<PipelineNo>(step, step.account.by_key.pipelines, key,
                                      Reject::unknown_pipeline, "pipeline");
}

Slot find_ticket(Step& step, std::string_view key) {
    const auto slot = step.account.tickets.find(key);
    if (slot == no_slot)
        step.refuse(Reject::unknown_ticket, "no ticket " + std::string(key) +
                                                " is remembered in account " + step.account.key);
    return slot;
}

StatusNo find_status(Step& step, PipelineNo number, std::string_view key) {
    const auto& pipeline = step.account.pipeline(number);
    for (std::uint32_t i = 0; i < pipeline.statuses.size(); ++i)
        if (pipeline.statuses[i].key == key) return {i};
    std::string known;
    for (const auto& status : pipeline.statuses) known += (known.empty() ? "" : ", ") + status.key;
    step.refuse(Reject::unknown_status,
                "there is no status " + std::string(key) + "; the pipeline has: " + known);
    return {};
}

bool find_skills(Step& step, protocol::Keys keys, std::string& out) {
    out.clear();
    for (const auto key : keys) {
        const auto skill = find_or_refuse<SkillNo>(step, step.account.by_key.skills, key,
                                                   Reject::unknown_skill, "skill");
        if (!skill.exists()) return false;
        append_number(skill, out);
    }
    make_set(out);
    return true;
}

bool find_owner(Step& step, const protocol::Owner& owner, Holder& out) {
    switch (owner.kind) {
        case OwnerKind::agent: {
            const auto agent = find_agent(step, owner.key);
            out = Holder::agent(agent);
            return agent.exists();
        }
        case OwnerKind::team: {
            const auto team = find_team(step, owner.key);
            out = Holder::team(team);
            return team.exists();
        }
        case OwnerKind::bot:
            out = Holder::bot();
            return true;
        case OwnerKind::none:
            break;
    }
    out = Holder::nobody();
    return true;
}

void take_turns_back(Step& step, const Decision& decision) {
    if (decision.turns_taken_back.empty()) return;
    // Only those who have a mark lose one: the fact names exactly them.
    const auto& had_turn = step.account.rules[decision.award.turn_of.value].had_turn;
    step.scratch.text.clear();
    for_each_number<AgentNo>(decision.turns_taken_back, [&](AgentNo agent) {
        if (had_turn.test(step.account.agent(agent).position))
            append_number(agent, step.scratch.text);
    });
    step.emit(TurnsTakenBack{decision.award.turn_of, step.scratch.text});
}

void place(Step& step, Slot slot, const Decision& decision) {
    take_turns_back(step, decision);
    auto award = decision.award;
    award.message = decision.message;
    step.emit(Placed{slot, award});
    tell_contact_owner(step, slot, decision);
}

void tell_contact_owner(Step& step, Slot slot, const Decision& decision) {
    if (decision.notify_owner.empty()) return;
    step.emit(OwnerToTell{slot, {step.account.by_key.agents.at(decision.notify_owner)}});
}

protocol::Placement placement_of(const Account& account, Slot slot, const Decision& decision) {
    auto placement = placement_of(account, decision);
    if (decision.award.outcome == Outcome::queued) {
        const auto& ticket = account.tickets[slot];
        placement.position = account.line.count_before(ticket.inbox, LinePlace::of(ticket)) + 1;
    }
    return placement;
}

void show_status(Step& step, const Ticket& ticket) {
    step.answer.status = step.account.status_of(ticket).key;
    if (ticket.has_close_date) step.answer.close_date_ms = ticket.close_date.ms;
}

namespace {

/// Rule 33: reopened while its owner is away, or without any owner under a rule that queues.
bool is_routed_again(const Account& account, const Ticket& ticket) {
    const auto number = rule_in_force(account, ticket.channel, ticket.under_fallback).rule;
    if (!number.exists()) return false;
    const auto& rule = account.definition.rules[number.value];
    if (ticket.owner.kind == OwnerKind::none) return rule.queue;
    return rule.reopen == ReopenPolicy::reroute_if_away && ticket.owner.is_agent() &&
           !account.agent(ticket.owner.as_agent()).available();
}

}  // namespace

Situation situation_anew(Step& step, const Ticket& ticket) {
    auto situation = situation_of(step.account, ticket);
    write_needed_skills(step.account, ticket, step.scratch.skills);
    situation.skills = step.scratch.skills;
    return situation;
}

void change_status(Step& step, Slot slot, StatusNo status) {
    auto& account = step.account;
    const auto& ticket = account.tickets[slot];
    const bool opens = account.pipeline(ticket.pipeline).statuses[status.value].open;
    if (!step.may_change()) return;
    const bool again = opens && !ticket.open && is_routed_again(account, ticket);
    step.emit(StatusSet{slot, status, again && ticket.owner.is_agent()});
    if (again) {
        const auto decision = decide(account, situation_anew(step, ticket), step.scratch);
        place(step, slot, decision);
        step.answer.routed = placement_of(account, slot, decision);
    }
    step.outcome(Outcome::status);
    show_status(step, ticket);
}

void turn_if_changed(Step& step, AgentNo agent) {
    const bool under = available_under(step.account, agent, step.now);
    if (under != step.account.agent(agent).under) step.emit(Turned{agent, under});
}

}  // namespace usher::engine
