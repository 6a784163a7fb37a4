// The difference of two definitions. Every reference of the old one is rewritten into the new
// one's numbers; what remains is a comparison of plain values, in which a field that is added
// later takes part by itself.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "roster/order.h"
#include "roster/roster.h"
#include "roster/translation.h"

namespace usher::roster {
namespace {

using namespace engine;

template <class No>
void sort_set(std::vector<No>& numbers) {
    std::sort(numbers.begin(), numbers.end());
}

// Lists that are sets in meaning are brought into one order before they are compared.
void normalise(AgentDefinition& agent) {
    sort_set(agent.extra_teams);
    sort_set(agent.skills);
    std::sort(agent.labels.begin(), agent.labels.end());
    agent.order = 0;
    agent.position = 0;
}
void normalise(InboxDefinition& inbox) {
    sort_set(inbox.teams);
}
void normalise(RuleDefinition& rule) {
    sort_set(rule.users);
    // Teams of team_only take turns in the rule's order.
    if (rule.assign_to != AssignTo::team_only) sort_set(rule.teams);
}
void normalise(ChannelDefinition& channel) {
    for (auto& rule : channel.skill_rules) sort_set(rule.require);
}
template <class Thing>
void normalise(Thing&) {}

std::vector<std::uint32_t> in_roster_order(const std::vector<AgentDefinition>& agents) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < agents.size(); ++i) {
        if (!agents[i].removed) out.push_back(i);
    }
    std::stable_sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
        return agents[a].order < agents[b].order;
    });
    return out;
}

class Comparison {
  public:
    Comparison(const AccountDefinition& before, const AccountDefinition& after)
        : before_(before),
          after_(after),
          zones_(before.zones, after.zones),
          skills_(before.skills, after.skills),
          teams_(before.teams, after.teams),
          agents_(before.agents, after.agents),
          pipelines_(before.pipelines, after.pipelines),
          inboxes_(before.inboxes, after.inboxes),
          rules_(before.rules, after.rules),
          channels_(before.channels, after.channels) {
        static const std::vector<StatusDefinition> no_statuses;
        for (std::uint32_t i = 0; i < before.pipelines.size(); ++i) {
            const auto now = pipelines_.to(i);
            statuses_.emplace_back(before.pipelines[i].statuses,
                                   now == gone ? no_statuses : after.pipelines[now].statuses);
        }
        for (std::uint32_t i = 0; i < before.zones.size(); ++i) {
            const auto now = zones_.to(i);
            zone_kept_.push_back(now != gone && before.zones[i] == after.zones[now]);
        }
        find_moved_agents();
    }

    Diff run(bool account_is_new) {
        if (account_is_new) {
            line(diff_.added, "added", "account", after_.key);
        } else {
            compare_settings();
        }
        compare("skill", before_.skills, after_.skills, skills_);
        compare("team", before_.teams, after_.teams, teams_);
        compare("agent", before_.agents, after_.agents, agents_);
        compare("pipeline", before_.pipelines, after_.pipelines, pipelines_);
        compare("inbox", before_.inboxes, after_.inboxes, inboxes_);
        compare_rules();
        compare("channel", before_.channels, after_.channels, channels_);
        if (lines_ > diff_lines_max) {
            diff_.lines.push_back("and " + std::to_string(lines_ - diff_lines_max) +
                                  " more changes");
        }
        return std::move(diff_);
    }

  private:
    void line(std::uint32_t& count, std::string_view verb, std::string_view noun,
              std::string_view key) {
        ++count;
        if (++lines_ > diff_lines_max) return;
        std::string text{verb};
        text += ' ';
        text += noun;
        text += ' ';
        text += key;
        diff_.lines.push_back(std::move(text));
    }

    template <class Thing, class No>
    void compare(std::string_view noun, const std::vector<Thing>& before,
                 const std::vector<Thing>& after, const Translation<No>& numbers) {
        for (std::uint32_t i = 0; i < after.size(); ++i) {
            if (!is_listed(after[i])) continue;
            const auto old = numbers.from(i);
            if (old == gone) {
                line(diff_.added, "added", noun, key_of(after[i]));
            } else if (!is_same(before[old], old, after[i], i)) {
                line(diff_.changed, "changed", noun, key_of(after[i]));
            }
        }
        for (std::uint32_t i = 0; i < before.size(); ++i) {
            if (is_listed(before[i]) && numbers.to(i) == gone) {
                line(diff_.removed, "removed", noun, key_of(before[i]));
            }
        }
    }

    template <class Thing>
    static bool is_listed(const Thing& thing) {
        if constexpr (std::is_same_v<Thing, PipelineDefinition>) {
            return !thing.removed && !thing.key.empty();
        } else {
            return !thing.removed;
        }
    }

    template <class Thing>
    bool is_same(const Thing& before, std::uint32_t old_number, const Thing& after,
                 std::uint32_t number) const {
        if constexpr (std::is_same_v<Thing, AgentDefinition>) {
            if (moved_[number] || !is_kept(before.hours.zone)) return false;
        }
        if constexpr (std::is_same_v<Thing, ChannelDefinition>) {
            if (before.opening && !is_kept(before.opening->hours.zone)) return false;
            if (!is_same_own_rule(before, after)) return false;
        }
        auto old = before;
        auto now = after;
        translate(old, old_number);
        normalise(old);
        normalise(now);
        return old == now;
    }

    void translate(SkillDefinition&, std::uint32_t) const {}
    void translate(TeamDefinition&, std::uint32_t) const {}
    void translate(AgentDefinition& agent, std::uint32_t) const {
        teams_.rewrite(agent.main_team);
        teams_.rewrite(agent.extra_teams);
        skills_.rewrite(agent.skills);
        zones_.rewrite(agent.hours.zone);
    }
    void translate(PipelineDefinition& pipeline, std::uint32_t old_number) const {
        const auto& statuses = statuses_[old_number];
        statuses.rewrite(pipeline.on_email_sent);
        statuses.rewrite(pipeline.on_customer_reply);
    }
    void translate(InboxDefinition& inbox, std::uint32_t) const { teams_.rewrite(inbox.teams); }
    void translate(RuleDefinition& rule, std::uint32_t) const {
        agents_.rewrite(rule.users);
        teams_.rewrite(rule.teams);
        rules_.rewrite(rule.fallback);
    }
    void translate(ChannelDefinition& channel, std::uint32_t) const {
        inboxes_.rewrite(channel.inbox);
        if (channel.pipeline.exists()) {
            statuses_[channel.pipeline.value].rewrite(channel.status);
        }
        pipelines_.rewrite(channel.pipeline);
        rules_.rewrite(channel.rule);
        for (auto& rule : channel.skill_rules) skills_.rewrite(rule.require);
        if (channel.opening) zones_.rewrite(channel.opening->hours.zone);
    }

    // The same name with other transitions is a change too: a new time-zone database has come.
    bool is_kept(ZoneNo old) const { return !old.exists() || zone_kept_[old.value]; }

    static bool is_own_rule(const AccountDefinition& account, const ChannelDefinition& channel) {
        if (!channel.rule.exists()) return false;
        const std::string_view name = account.rules[channel.rule.value].name;
        constexpr std::string_view prefix = "channel:";
        return name.starts_with(prefix) && name.substr(prefix.size()) == channel.key;
    }

    // A rule that is written in its channel is a part of it.
    bool is_same_own_rule(const ChannelDefinition& before, const ChannelDefinition& after) const {
        const bool own = is_own_rule(before_, before);
        if (own != is_own_rule(after_, after)) return false;
        return !own || is_same_rule(before.rule, after.rule);
    }

    bool is_same_rule(RuleNo before, RuleNo after) const {
        if (before.exists() != after.exists()) return false;
        if (!before.exists()) return true;
        const auto& old_rule = before_.rules[before.value];
        const auto& new_rule = after_.rules[after.value];
        return is_same(old_rule, before.value, new_rule, after.value) &&
               is_same_rule(old_rule.fallback, new_rule.fallback);
    }

    // Which rules stand for themselves: neither written in a channel nor a fallback.
    static std::vector<bool> stand_alone(const AccountDefinition& account) {
        std::vector<bool> out(account.rules.size(), true);
        for (const auto& rule : account.rules) {
            if (rule.fallback.exists()) out[rule.fallback.value] = false;
        }
        for (const auto& channel : account.channels) {
            if (is_own_rule(account, channel)) out[channel.rule.value] = false;
        }
        return out;
    }

    void compare_rules() {
        const auto was_alone = stand_alone(before_);
        const auto is_alone = stand_alone(after_);
        for (std::uint32_t i = 0; i < after_.rules.size(); ++i) {
            if (!is_alone[i] || after_.rules[i].removed) continue;
            const auto old = rules_.from(i);
            if (old == gone || !was_alone[old]) {
                line(diff_.added, "added", "rule", after_.rules[i].name);
            } else if (!is_same_rule({old}, {i})) {
                line(diff_.changed, "changed", "rule", after_.rules[i].name);
            }
        }
        for (std::uint32_t i = 0; i < before_.rules.size(); ++i) {
            if (!was_alone[i] || before_.rules[i].removed) continue;
            const auto now = rules_.to(i);
            if (now == gone || !is_alone[now]) {
                line(diff_.removed, "removed", "rule", before_.rules[i].name);
            }
        }
    }

    void compare_settings() {
        const auto settings = [](const AccountDefinition& a) {
            return std::tie(a.key, a.count_window_days, a.extra_members_routed, a.seed,
                            a.forget_closed_days, a.notify_unassigned, a.notify_assigned);
        };
        auto zone = before_.zone;
        zones_.rewrite(zone);
        if (settings(before_) != settings(after_) || zone != after_.zone ||
            !is_kept(before_.zone)) {
            line(diff_.changed, "changed", "account", after_.key);
        }
    }

    void find_moved_agents() {
        std::vector<std::uint32_t> old_rank(before_.agents.size());
        std::uint32_t rank = 0;
        for (const auto agent : in_roster_order(before_.agents)) old_rank[agent] = rank++;
        std::vector<std::uint32_t> both;
        std::vector<std::uint32_t> old_ranks;
        for (const auto agent : in_roster_order(after_.agents)) {
            const auto old = agents_.from(agent);
            if (old == gone) continue;
            both.push_back(agent);
            old_ranks.push_back(old_rank[old]);
        }
        moved_.resize(after_.agents.size());
        const auto is_moved = moved(old_ranks);
        for (std::size_t i = 0; i < both.size(); ++i) moved_[both[i]] = is_moved[i];
    }

    const AccountDefinition& before_;
    const AccountDefinition& after_;
    Translation<ZoneNo> zones_;
    Translation<SkillNo> skills_;
    Translation<TeamNo> teams_;
    Translation<AgentNo> agents_;
    Translation<PipelineNo> pipelines_;
    Translation<InboxNo> inboxes_;
    Translation<RuleNo> rules_;
    Translation<ChannelNo> channels_;
    std::vector<Translation<StatusNo>> statuses_;  ///< by old pipeline
    std::vector<bool> zone_kept_;                  ///< by old zone
    std::vector<bool> moved_;                      ///< by new agent
    std::size_t lines_ = 0;
    Diff diff_;
};

}  // namespace

Diff diff(const engine::AccountDefinition* before, const engine::AccountDefinition& after) {
    static const engine::AccountDefinition nothing;
    const bool account_is_new = before == nullptr;
    return Comparison(account_is_new ? nothing : *before, after).run(account_is_new);
}

}  // namespace usher::roster
