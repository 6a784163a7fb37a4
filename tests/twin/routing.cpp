#include "tests/twin/routing.h"

#include <algorithm>

#include "tests/twin/sharing.h"
#include "tests/twin/waiting.h"

namespace usher::twin {
namespace {

Decision unassigned(std::string reason) {
    Decision decision;
    decision.outcome = "unassigned";
    decision.reason = std::move(reason);
    return decision;
}

Decision voicemail(std::string message) {
    Decision decision;
    decision.outcome = "voicemail";
    decision.message = std::move(message);
    return decision;
}

Decision assigned(const std::string& agent) {
    Decision decision;
    decision.outcome = "assigned";
    decision.agent = agent;
    return decision;
}

/// Rule 14: in turn, in the rule's order.
Decision next_team(World& world, const Rule& rule) {
    auto& state = world.rule_state(rule.name);
    std::size_t next = 0;
    for (std::size_t i = 0; i < rule.teams.size(); ++i)
        if (rule.teams[i] == state.last_team && world.plant != "team_turns_stand_still")
            next = (i + 1) % rule.teams.size();
    state.last_team = rule.teams[next];
    Decision decision;
    decision.outcome = "team";
    decision.team = state.last_team;
    return decision;
}

/// Rule 15.
Decision to_contact_owner(const World& world, const Ticket& ticket, const Channel& channel,
                          const Rule& rule, std::vector<Candidate>* candidates) {
    const Agent* owner = world.find_agent(ticket.contact_owner);
    if (owner == nullptr || !ticket.contact_tracked) return unassigned("no_contact_owner");
    const Inbox& inbox = *world.find_inbox(ticket.inbox);
    Candidate candidate{owner, {}, world.load(owner->key, ticket.type, inbox.workspace), 0};
    Decision decision;
    if (!world.has_seat(*owner, inbox) || !world.has_access(*owner, inbox) ||
        !world.inbox_open_to(*owner, inbox)) {
        candidate.verdict = why_not_eligible(world, *owner, inbox);
        decision = unassigned("no_eligible");
    } else if (rule.only_available && !world.availability(*owner, world.at()).available) {
        candidate.verdict = why_away(world, *owner);
        decision = unassigned("owner_unavailable");
        if (channel.kind == "email" || channel.kind == "form" || channel.kind == "messenger")
            decision.notify_owner = owner->key;
    } else {
        candidate.verdict = "eligible";
        candidate.rank = 1;
        decision = assigned(owner->key);
    }
    if (candidates != nullptr) candidates->push_back(candidate);
    return decision;
}

/// Rules 13, 11 and 21 to 24.
Decision to_users_and_teams(World& world, const Ticket& ticket, const Channel& channel,
                            const Rule& rule, std::vector<Candidate>* candidates) {
    auto source = source_of(world, rule);
    const auto reason = filter(world, ticket, rule, source);
    Decision decision;
    if (reason.empty()) {
        decision = assigned(choose(world, ticket, channel, rule, source).key);
    } else if (channel.kind == "calling") {  // rule 20: nobody
        decision = voicemail(channel.opening ? channel.opening->in_hours_message : "");
        decision.reason = "";
    } else {
        decision = unassigned(reason);
    }
    decision.may_wait = !reason.empty() && rule.queue && world.features.queues;
    if (candidates != nullptr) *candidates = source;
    return decision;
}

}  // namespace

bool inside_hours(const Channel& channel, Ms at) {
    return !channel.opening || covers(channel.opening->hours, at);
}

const Rule* rule_in_force(const World& world, const Ticket& ticket) {
    static const Rule none{};
    const Channel& channel = *world.find_channel(ticket.channel);
    const Rule* rule = channel.own_rule ? &*channel.own_rule : world.find_rule(channel.rule);
    if (!ticket.handed_off) return rule;
    // Rule 16: after a handoff the fallback; there being none means `none`.
    if (world.plant == "handoff_has_no_fallback") return &none;
    return rule == nullptr || rule->fallback.empty() ? &none : &rule->fallback.front();
}

Decision decide(World& world, const Ticket& ticket, std::vector<Candidate>* candidates) {
    const Channel& channel = *world.find_channel(ticket.channel);
    if (channel.kind == "calling" && !inside_hours(channel, world.at()))  // rule 20
        return voicemail(channel.opening->after_hours_message);
    const Rule* rule = rule_in_force(world, ticket);
    if (rule == nullptr) return unassigned("no_rule");  // rule 12
    if (rule->assign_to == "none") return unassigned("rule_none");
    if (rule->assign_to == "team_only") return next_team(world, *rule);
    if (rule->assign_to == "contact_owner")
        return to_contact_owner(world, ticket, channel, *rule, candidates);
    if (rule->assign_to == "customer_agent") {  // rule 16
        Decision decision;
        decision.outcome = "bot";
        return decision;
    }
    return to_users_and_teams(world, ticket, channel, *rule, candidates);
}

void give(World& world, Ticket& ticket, const Owner& owner) {
    ticket.owner = owner;
    if (owner.kind != "none" || world.plant != "nobody_waits_on") ticket.waiting = false;
    ticket.assigned_at = world.at();
    if (owner.kind == "agent")
        world.state_of(owner.key).last = Stamp{world.at(), ++world.assignments};
}

void place(World& world, Ticket& ticket, Decision& decision) {
    if (decision.outcome == "assigned") {
        give(world, ticket, {"agent", decision.agent});
    } else if (decision.outcome == "team") {
        give(world, ticket, {"team", decision.team});
    } else if (decision.outcome == "bot") {
        give(world, ticket, {"bot", ""});
    } else {
        ticket.owner = {};
        ticket.waiting = decision.may_wait;
        ticket.waits_since = world.at();
        if (decision.may_wait) {
            decision = Decision{};
            decision.outcome = "queued";
            decision.position = position_of(world, ticket);
        }
    }
}

Keys needed_skills(const Channel& channel, const Properties& properties, const Keys& named) {
    Keys result;
    const auto add = [&result](const Keys& keys) {
        for (const auto& key : keys)
            if (!contains(result, key)) result.push_back(key);
    };
    for (const auto& rule : channel.skill_rules) {
        const bool all_equal =
            std::all_of(rule.when.begin(), rule.when.end(), [&](const auto& wanted) {
                return std::find(properties.begin(), properties.end(), wanted) != properties.end();
            });
        if (all_equal) add(rule.require);
    }
    add(named);
    return result;
}

boost::json::object shown(const Decision& decision) {
    boost::json::object result;
    result["outcome"] = decision.outcome;
    const auto text = [&result](const char* name, const std::string& value) {
        if (!value.empty()) result[name] = value;
    };
    text("agent", decision.agent);
    text("team", decision.team);
    if (decision.outcome == "bot") result["bot"] = true;
    text("reason", decision.reason);
    text("message", decision.message);
    text("notify_owner", decision.notify_owner);
    if (decision.position != 0) result["position"] = decision.position;
    return result;
}

}  // namespace usher::twin
