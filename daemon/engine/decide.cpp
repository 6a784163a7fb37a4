#include "engine/decide.h"

#include <algorithm>

#include "engine/distribution/distribution.h"
#include "engine/properties.h"
#include "engine/schedule.h"

namespace usher::engine {

namespace {

using protocol::Outcome;
using protocol::Reason;

Decision unassigned(RuleNo rule, Reason reason) {
    Decision decision;
    decision.reason = reason;
    decision.award.grounds.rule = rule;
    decision.award.grounds.emptied = reason;
    return decision;
}

Decision give_to(Holder owner, Outcome outcome, RuleNo rule, DecidedBy by) {
    Decision decision;
    decision.award.owner = owner;
    decision.award.outcome = outcome;
    decision.award.grounds.rule = rule;
    decision.award.grounds.by = by;
    return decision;
}

Decision decide_users_and_teams(const Account& account, const Situation& situation, RuleNo rule_no,
                                Scratch& scratch) {
    const Demand demand{rule_no, situation.inbox, situation.type, situation.skills};
    const auto pool = fill_pool(account, demand, scratch);
    if (pool.eligible == 0) return unassigned(rule_no, pool.emptied);

    const auto& rule = account.definition.rules[rule_no.value];
    const Contest contest{account,
                          scratch.pool,
                          pool.eligible,
                          scratch.spare,
                          rule_no,
                          static_cast<std::size_t>(account.inbox(situation.inbox).workspace),
                          static_cast<std::size_t>(situation.type),
                          tie_break_of(account, rule, situation.channel, situation.inbox)};
    const auto choice = choose(rule.distribution, contest);
    const auto chosen = account.agent_at[choice.position];
    __builtin_prefetch(&account.agent(chosen), 1);  // rarely near: agents are many, and large
    auto decision = give_to(Holder::agent(chosen), Outcome::assigned, rule_no, choice.by);
    auto& award = decision.award;
    award.draws = choice.draws;
    award.grounds.eligible = pool.eligible;
    award.grounds.load = account.load[contest.workspace][contest.type][choice.position];
    if (choice.takes_turn) award.turn_of = rule_no;
    if (choice.cycle_begins_again) {
        scratch.numbers.clear();
        scratch.pool.for_each([&](std::uint32_t position) {
            append_number(account.agent_at[position], scratch.numbers);
        });
        decision.turns_taken_back = scratch.numbers;
    }
    return decision;
}

/// Several teams: in turn, in the rule's order; the one after the last that was given work.
Decision decide_team_only(const Account& account, RuleNo rule_no) {
    const auto& teams = account.definition.rules[rule_no.value].teams;
    const auto last = std::find(teams.begin(), teams.end(), account.rules[rule_no.value].last_team);
    const auto team = last == teams.end() || last + 1 == teams.end() ? teams.front() : *(last + 1);
    auto decision = give_to(Holder::team(team), Outcome::team, rule_no, DecidedBy::turn);
    decision.award.turn_of = rule_no;
    return decision;
}

Decision decide_contact_owner(const Account& account, const Situation& situation, RuleNo rule_no) {
    const auto owner = account.by_key.agents.find(situation.contact_owner);
    if (!situation.contact_tracked || owner == account.by_key.agents.end())
        return unassigned(rule_no, Reason::no_contact_owner);
    const AgentNo agent{owner->second};
    if (!may_hold(account, agent, situation.inbox)) return unassigned(rule_no, Reason::no_eligible);
    const auto& rule = account.definition.rules[rule_no.value];
    if (rule.only_available && !account.agent(agent).available()) {
        auto decision = unassigned(rule_no, Reason::owner_unavailable);
        const auto kind = account.channel(situation.channel).kind;
        if (kind == ChannelKind::email || kind == ChannelKind::form ||
            kind == ChannelKind::messenger)
            decision.notify_owner = account.key_of(agent);
        return decision;
    }
    auto decision =
        give_to(Holder::agent(agent), Outcome::assigned, rule_no, DecidedBy::contact_owner);
    decision.award.grounds.eligible = 1;
    return decision;
}

Decision decide_by_rule(const Account& account, const Situation& situation, Scratch& scratch) {
    const auto [rule_no, fallback_is_none] =
        rule_in_force(account, situation.channel, situation.under_fallback);
    if (fallback_is_none) return unassigned(rule_no, Reason::rule_none);
    if (!rule_no.exists()) return unassigned(rule_no, Reason::no_rule);
    switch (account.definition.rules[rule_no.value].assign_to) {
        case AssignTo::none:
            break;
        case AssignTo::users_and_teams:
            return decide_users_and_teams(account, situation, rule_no, scratch);
        case AssignTo::team_only:
            return decide_team_only(account, rule_no);
        case AssignTo::contact_owner:
            return decide_contact_owner(account, situation, rule_no);
        case AssignTo::customer_agent:
            return give_to(Holder::bot(), Outcome::bot, rule_no, DecidedBy::rule);
    }
    return unassigned(rule_no, Reason::rule_none);
}

void make_voicemail(Decision& decision, std::string_view message) {
    decision.award.outcome = Outcome::voicemail;
    decision.reason = Reason::none;
    decision.message = message;
}

/// The reasons of rule 11, for which a ticket waits if its rule says so, and a call else goes to
/// voicemail.
bool found_nobody(Reason reason) {
    return reason == Reason::no_eligible || reason == Reason::no_skill ||
           reason == Reason::none_available || reason == Reason::at_capacity;
}

}  // namespace

Decision decide(const Account& account, const Situation& situation, Scratch& scratch) {
    const auto& channel = account.channel(situation.channel);
    const bool open = is_open_now(account, channel);
    auto decision =
        open ? decide_by_rule(account, situation, scratch) : unassigned({}, Reason::none);
    if (!open) {
        make_voicemail(decision, channel.opening->after_hours_message);
    } else if (found_nobody(decision.reason)) {
        if (account.definition.rules[decision.award.grounds.rule.value].queue) {
            decision.award.outcome = Outcome::queued;
            decision.reason = Reason::none;  // the grounds keep it
        } else if (channel.kind == ChannelKind::calling) {
            make_voicemail(decision, channel.opening
                                         ? std::string_view{channel.opening->in_hours_message}
                                         : std::string_view{});
        }
    }
    return decision;
}

protocol::Owner owner_of(const Account& account, const Holder& holder) {
    switch (holder.kind) {
        case OwnerKind::agent:
            return {OwnerKind::agent, account.key_of(holder.as_agent())};
        case OwnerKind::team:
            return {OwnerKind::team, account.definition.teams[holder.number].key};
        case OwnerKind::bot:
            return {OwnerKind::bot, {}};
        case OwnerKind::none:
            break;
    }
    return {};
}

protocol::Placement placement_of(const Account& account, const Decision& decision) {
    protocol::Placement placement;
    placement.outcome = decision.award.outcome;
    placement.owner = owner_of(account, decision.award.owner);
    placement.reason = decision.reason;
    placement.voicemail_message = decision.message;
    placement.notify_owner = decision.notify_owner;
    return placement;
}

RuleInForce rule_in_force(const Account& account, ChannelNo channel, bool under_fallback) {
    const auto rule = account.channel(channel).rule;
    if (!under_fallback) return {rule, false};
    const auto fallback = rule.exists() ? account.definition.rules[rule.value].fallback : RuleNo{};
    return {fallback, !fallback.exists()};
}

Situation situation_of(const Account& account, const Ticket& ticket) {
    return {ticket.channel,
            ticket.inbox,
            ticket.type,
            account.texts.get(ticket.skills),
            account.texts.get(ticket.contact_owner),
            ticket.contact_tracked,
            ticket.under_fallback};
}

TieBreak tie_break_of(const Account& account, const RuleDefinition& rule, ChannelNo channel,
                      InboxNo inbox) {
    if (rule.tie_break) return *rule.tie_break;
    const bool conversations_chat = account.channel(channel).kind == ChannelKind::chat &&
                                    account.inbox(inbox).workspace == Workspace::conversations;
    return conversations_chat ? TieBreak::most_recent : TieBreak::least_recent;
}

bool is_open_now(const Account& account, const ChannelDefinition& channel) {
    if (channel.kind != ChannelKind::calling || !channel.opening) return true;
    const auto& opening = *channel.opening;
    return is_open(account.definition.zones[opening.hours.zone.value], opening, account.now);
}

}  // namespace usher::engine
