// explain: the decision that a request would come to, with its working: every agent of the rule's
// source, and the first thing that rules each out. Changes nothing.
#include <algorithm>

#include "engine/clock.h"
#include "engine/handlers.h"
#include "engine/intake.h"
#include "engine/nearest.h"
#include "engine/properties.h"

namespace usher::engine {

using protocol::Candidate;
using protocol::Outcome;
using protocol::Verdict;

namespace {

/// An agent of the source with the verdict as far as it is known.
struct Row {
    AgentNo agent;
    bool named = false;  ///< as a user
    bool main_member = false;
    Verdict verdict = Verdict::eligible;
    std::uint32_t rank = 0;
};

std::vector<Row> source_of(const Account& account, const RuleDefinition& rule,
                           const Situation& situation) {
    std::vector<Row> rows;
    if (rule.assign_to == AssignTo::contact_owner) {
        const auto owner = account.by_key.agents.find(situation.contact_owner);
        if (situation.contact_tracked && owner != account.by_key.agents.end())
            rows.push_back({.agent = {owner->second}, .named = true});
    }
    if (rule.assign_to != AssignTo::users_and_teams) return rows;
    for (const auto agent : account.agent_at) {
        const auto& definition = account.definition.agents[agent.value];
        Row row{agent};
        row.named = std::find(rule.users.begin(), rule.users.end(), agent) != rule.users.end();
        bool extra_member = false;
        for (const auto team : rule.teams) {
            row.main_member |= definition.main_team == team;
            extra_member |= std::find(definition.extra_teams.begin(), definition.extra_teams.end(),
                                      team) != definition.extra_teams.end();
        }
        row.main_member |= extra_member && account.definition.extra_members_routed;
        if (row.named || row.main_member || extra_member) rows.push_back(row);
    }
    return rows;
}

bool has_skills(const Account& account, std::uint32_t position, std::string_view skills) {
    bool all = true;
    for_each_number<SkillNo>(
        skills, [&](SkillNo skill) { all &= account.skill_holders[skill.value].test(position); });
    return all;
}

Verdict verdict_without_contest(const Account& account, const Row& row, const Situation& situation,
                                const RuleDefinition& rule, std::string_view skills) {
    const auto position = account.agent(row.agent).position;
    const auto& definition = account.definition.agents[row.agent.value];
    const auto& inbox = account.inbox(situation.inbox);
    const bool desk = inbox.workspace == Workspace::helpdesk;
    if (definition.seat == Seat::none || (desk && definition.seat != Seat::service))
        return Verdict::no_seat;
    if (desk && !definition.ticket_access) return Verdict::no_ticket_access;
    if (!row.named && !row.main_member) return Verdict::not_main_member;
    if (!may_hold(account, row.agent, situation.inbox)) return Verdict::not_in_inbox;
    const bool owner =
        rule.assign_to == AssignTo::contact_owner;  // neither skills nor capacity bar one
    if (!owner && !has_skills(account, position, skills)) return Verdict::skill_missing;
    if (rule.only_available && !account.agent(row.agent).available())
        switch (why_available(account, row.agent, account.now)) {
            case protocol::AvailabilityWhy::absence:
                return Verdict::absent;
            case protocol::AvailabilityWhy::schedule:
                return Verdict::out_of_hours;
            default:
                return Verdict::away;
        }
    if (!owner && !account.below_capacity[static_cast<std::size_t>(situation.type)].test(position))
        return Verdict::at_capacity;
    return Verdict::eligible;
}

/// Ranks the eligible as the distribution would take them, and says what the others lost on.
void rank(const Account& account, const RuleDefinition& rule, RuleNo rule_no,
          const Situation& situation, Holder winner, std::vector<Row*>& eligible) {
    const auto workspace = static_cast<std::size_t>(account.inbox(situation.inbox).workspace);
    const auto& load = account.load[workspace][static_cast<std::size_t>(situation.type)];
    const auto position = [&](const Row* row) { return account.agent(row->agent).position; };
    if (rule.distribution == Distribution::round_robin) {
        const auto& had_turn = account.rules[rule_no.value].had_turn;
        const auto waits = [&](const Row* row) { return !had_turn.test(position(row)); };
        const auto first_done = std::stable_partition(eligible.begin(), eligible.end(), waits);
        if (first_done != eligible.begin())
            for (auto row = first_done; row != eligible.end(); ++row)
                (*row)->verdict = Verdict::had_turn;
    } else if (rule.distribution == Distribution::random) {
        // The draw is not used up; whoever it falls on comes first, the others have no order.
        const auto drawn = std::find_if(eligible.begin(), eligible.end(), [&](const Row* row) {
            return winner == Holder::agent(row->agent);
        });
        if (drawn != eligible.end()) std::rotate(eligible.begin(), drawn, drawn + 1);
    } else if (rule.distribution == Distribution::load_balanced && !eligible.empty()) {
        const bool most_recent = tie_break_of(account, rule, situation.channel, situation.inbox) ==
                                 TieBreak::most_recent;
        const auto before = [&](const Row* a, const Row* b) {
            const auto x = position(a), y = position(b);
            if (load[x] != load[y]) return load[x] < load[y];
            if (account.last[x] != account.last[y])
                return most_recent ? account.last[x] > account.last[y]
                                   : account.last[x] < account.last[y];
            return x < y;
        };
        std::sort(eligible.begin(), eligible.end(), before);
        for (auto* row : eligible)
            if (row != eligible.front())
                row->verdict = load[position(row)] > load[position(eligible.front())]
                                   ? Verdict::lost_on_load
                                   : Verdict::lost_on_tie;
    }
    for (std::uint32_t i = 0; i < eligible.size(); ++i) eligible[i]->rank = i + 1;
}

void show_candidates(Step& step, const Situation& situation, Holder winner,
                     const protocol::Page& page) {
    const auto& account = step.account;
    auto& candidates = step.answer.candidates.emplace();
    // Outside its hours a calling channel looks at no agent.
    if (!is_open_now(account, account.channel(situation.channel))) return;
    const auto rule_no = rule_in_force(account, situation.channel, situation.under_fallback).rule;
    if (!rule_no.exists()) return;
    const auto& rule = account.definition.rules[rule_no.value];
    auto rows = source_of(account, rule, situation);
    auto skills = situation.skills;
    const auto judge = [&] {
        for (auto& row : rows)
            row.verdict = verdict_without_contest(account, row, situation, rule, skills);
    };
    judge();
    const auto passed_seat = [](const Row& row) {
        return row.verdict >= Verdict::skill_missing || row.verdict == Verdict::eligible;
    };
    const auto skilled = [&](const Row& row) {
        return passed_seat(row) && row.verdict != Verdict::skill_missing;
    };
    if (rule.skill_fallback == SkillFallback::anyone &&
        std::any_of(rows.begin(), rows.end(), passed_seat) &&
        std::none_of(rows.begin(), rows.end(), skilled)) {
        skills = {};
        judge();
    }
    std::vector<Row*> eligible;
    for (auto& row : rows)
        if (row.verdict == Verdict::eligible) eligible.push_back(&row);
    rank(account, rule, rule_no, situation, winner, eligible);

    const auto workspace = static_cast<std::size_t>(account.inbox(situation.inbox).workspace);
    const auto& load = account.load[workspace][static_cast<std::size_t>(situation.type)];
    bool behind = page.after.empty();
    step.answer.list.total = rows.size();
    for (const auto& row : rows) {
        const std::string_view key = account.definition.agents[row.agent.value].key;
        if (!behind) {
            behind = key == page.after;
            continue;
        }
        if (candidates.size() == page.limit) {
            step.answer.list.next = candidates.back().agent;
            break;
        }
        Candidate candidate{key, row.verdict, {}, {}};
        if (row.rank > 0) {
            candidate.load = load[account.agent(row.agent).position];
            candidate.rank = row.rank;
        }
        candidates.push_back(candidate);
    }
}

}  // namespace

void carry_out(Step& step, const protocol::Explain& request) {
    const auto& account = step.account;
    Situation situation;
    LinePlace place{request.route.priority, account.now, account.arrivals + 1};
    if (const auto slot = account.tickets.find(request.route.ticket); slot != no_slot) {
        situation = situation_of(account, account.tickets[slot]);
        place = LinePlace::of(account.tickets[slot]);
    } else {
        Intake intake;
        if (!take_in(step, request.route, intake)) return;
        const auto& channel = account.channel(intake.channel);
        situation = {intake.channel,
                     channel.inbox,
                     intake.type,
                     step.scratch.skills,
                     request.route.contact_owner.value_or(std::string_view{}),
                     request.route.contact_tracked,
                     false};
        if (!account.channel_enabled[intake.channel.value]) {
            step.refuse(protocol::Reject::channel_off,
                        "channel " + channel.key + " is switched off");
            return;
        }
        if (!channel.creates_tickets &&
            account.inbox(channel.inbox).workspace == Workspace::helpdesk) {
            step.outcome(Outcome::not_a_ticket);
            step.answer.candidates.emplace();
            return;
        }
    }
    const auto decision = decide(account, situation, step.scratch);
    step.answer.placement = placement_of(account, decision);
    if (decision.award.outcome == Outcome::queued)
        step.answer.placement.position = account.line.count_before(situation.inbox, place) + 1;
    if (decision.award.owner.kind == OwnerKind::none)
        step.answer.nearest = nearest_miss(account, situation);
    show_candidates(step, situation, decision.award.owner, request.page);
}

}  // namespace usher::engine
