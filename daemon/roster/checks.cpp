// What only the whole roster can tell.
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <array>
#include <string>

#include "roster/draft.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

using engine::AssignTo;
using engine::ChannelKind;
using engine::RuleNo;
using engine::Seat;
using engine::Workspace;

/// Rule 18: the targets that a kind of channel may have, per workspace, and how it is called.
struct KindRow {
    std::string_view name;
    std::uint32_t helpdesk;  ///< bit by AssignTo
    std::uint32_t conversations;
};

constexpr std::uint32_t bit(AssignTo target) {
    return 1U << static_cast<unsigned>(target);
}
constexpr std::uint32_t always = bit(AssignTo::users_and_teams) | bit(AssignTo::none);
constexpr std::uint32_t team = bit(AssignTo::team_only);
constexpr std::uint32_t owner = bit(AssignTo::contact_owner);
constexpr std::uint32_t bot = bit(AssignTo::customer_agent);

/// By ChannelKind.
constexpr std::array<KindRow, 7> kind_rows = {{
    {"email", always | team | owner | bot, always | owner | bot},
    {"form", always | team | owner, always | owner},
    {"chat", always | bot, always | bot},
    {"messenger", always | owner, always | owner},
    {"whatsapp", always | team | owner | bot, always | team | owner | bot},
    {"calling", always, always},
    {"custom", always | team | owner | bot, always | team | owner | bot},
}};

constexpr std::array<std::pair<AssignTo, std::string_view>, 5> target_words = {{
    {AssignTo::users_and_teams, "users_and_teams"},
    {AssignTo::team_only, "team_only"},
    {AssignTo::contact_owner, "contact_owner"},
    {AssignTo::customer_agent, "customer_agent"},
    {AssignTo::none, "none"},
}};

std::string_view place_name(Workspace workspace) {
    return workspace == Workspace::helpdesk ? "the help desk" : "conversations";
}

std::string_view why_not(AssignTo target) {
    switch (target) {
        case AssignTo::team_only:
            return "its work needs a person, not a team alone";
        case AssignTo::contact_owner:
            return "its work cannot wait for one person";
        default:
            return "no bot answers it";
    }
}

class Checks {
  public:
    explicit Checks(Draft& draft) : draft_(draft), account_(draft.account) {}

    void run() {
        check_rule_names();
        check_team_only();
        for (std::uint32_t i = 0; i < account_.channels.size(); ++i) check_channel(i);
        warn_of_unused_rules();
    }

  private:
    const std::string& rule_subject(RuleNo number) const {
        return draft_.rule_marks[number.value].subject;
    }

    // A channel may be called "a:fallback" and so have the rule name of channel a's fallback.
    void check_rule_names() {
        boost::unordered_flat_set<std::string_view> seen;
        for (std::size_t i = 0; i < account_.rules.size(); ++i) {
            const auto& name = account_.rules[i].name;
            const auto& marks = draft_.rule_marks[i];
            // The same key twice has been reported where the keys stand.
            const bool of_its_own = marks.role == RuleRole::shared;
            if (name.empty() || seen.insert(name).second || of_its_own) continue;
            if (is_channel_twice(marks, name)) continue;
            draft_.problems.error(marks.place, "there are two rules with the name " + quote(name),
                                  "the rule of a channel is called \"channel:KEY\" and a fallback "
                                  "\"NAME:fallback\": give the channel or the rule another key");
        }
    }

    bool is_channel_twice(const RuleMarks& marks, std::string_view name) const {
        if (marks.role == RuleRole::fallback) name = name.substr(0, name.rfind(':'));
        const auto colon = name.find(':');
        const auto key = colon == std::string_view::npos ? name : name.substr(colon + 1);
        return draft_.channels.is_twice(key) || draft_.rules.is_twice(name);
    }

    // Rule 14.
    void check_team_only() {
        std::vector<bool> seated(account_.teams.size());
        for (std::size_t i = 0; i < account_.agents.size(); ++i) {
            const auto& agent = account_.agents[i];
            const auto& marks = draft_.agent_marks[i];
            // This one may be the member that a team seems to lack.
            if (marks.main_team_unknown) return;
            if (!agent.main_team.exists()) continue;
            if (agent.seat != Seat::none || marks.seat_unknown)
                seated[agent.main_team.value] = true;
        }
        for (std::uint32_t i = 0; i < account_.rules.size(); ++i) {
            const auto& marks = draft_.rule_marks[i];
            if (marks.target_unknown || account_.rules[i].assign_to != AssignTo::team_only)
                continue;
            for (const auto& named : marks.teams) {
                if (seated[named.number.value]) continue;
                draft_.problems.error(named.place,
                                      rule_subject({i}) + " gives work to the team " +
                                          quote(draft_.teams.key(named.number)) +
                                          ", of which no main member has a seat",
                                      "make it the main_team of an agent with a seat, or name "
                                      "another team");
            }
        }
    }

    void check_channel(std::uint32_t number) {
        const auto& channel = account_.channels[number];
        if (!channel.rule.exists() || !channel.inbox.exists()) return;
        if (draft_.inbox_marks[channel.inbox.value].workspace_unknown) return;
        check_target(number);
        check_users(channel.rule, channel);
        const auto fallback = account_.rules[channel.rule.value].fallback;
        if (fallback.exists()) check_users(fallback, channel);
    }

    // Rule 18.
    void check_target(std::uint32_t number) {
        const auto& channel = account_.channels[number];
        const auto& marks = draft_.rule_marks[channel.rule.value];
        if (draft_.channel_marks[number].kind_unknown || marks.target_unknown) return;
        const auto workspace = account_.inboxes[channel.inbox.value].workspace;
        const auto& row = kind_rows[static_cast<std::size_t>(channel.kind)];
        const auto allowed = workspace == Workspace::helpdesk ? row.helpdesk : row.conversations;
        const auto target = account_.rules[channel.rule.value].assign_to;
        if ((allowed & bit(target)) != 0) return;
        std::string_view refused;
        std::vector<std::string_view> possible;
        for (const auto& [meaning, word] : target_words) {
            if (meaning == target) refused = word;
            if ((allowed & bit(meaning)) != 0) possible.push_back(word);
        }
        const bool shared = marks.role == RuleRole::shared;
        draft_.problems.error(
            shared ? draft_.channel_marks[number].rule : marks.target,
            "channel " + quote(channel.key) + " cannot have assign_to = " + quote(refused) +
                (shared ? " (of " + rule_subject(channel.rule) + ")" : "") + ": " +
                std::string{why_not(target)},
            "a channel of kind " + std::string{row.name} + " in " +
                std::string{place_name(workspace)} + " can have " + either(possible));
    }

    // Rules 5 and 7. A rule that several channels share is looked at once for each inbox.
    void check_users(RuleNo rule, const engine::ChannelDefinition& channel) {
        const auto& users = draft_.rule_marks[rule.value].users;
        const auto key = std::uint64_t{rule.value} << 32U | channel.inbox.value;
        if (users.empty() || !checked_.insert(key).second) return;
        const auto workspace = account_.inboxes[channel.inbox.value].workspace;
        const auto seat_key = std::uint64_t{rule.value} << 32U | static_cast<unsigned>(workspace);
        const bool seats_too = checked_seats_.insert(seat_key).second;
        const auto& inbox_teams = members_of(channel.inbox);
        for (const auto& named : users) {
            const bool seated = !seats_too || check_seat(rule, named, channel, workspace);
            if (seated && !inbox_teams.empty()) check_member(rule, named, channel, inbox_teams);
        }
    }

    bool check_seat(RuleNo rule, const Named<engine::AgentNo>& named,
                    const engine::ChannelDefinition& channel, Workspace workspace) {
        const auto& agent = account_.agents[named.number.value];
        if (draft_.agent_marks[named.number.value].seat_unknown) return true;
        std::string missing;
        std::string hint;
        if (workspace == Workspace::helpdesk && agent.seat != Seat::service) {
            missing = "service seat";
            hint = "give the agent seat = \"service\", or take the name out of the rule";
        } else if (workspace == Workspace::helpdesk && !agent.ticket_access) {
            missing = "ticket access";
            hint = "give the agent ticket_access = true, or take the name out of the rule";
        } else if (agent.seat == Seat::none) {
            missing = "seat";
            hint =
                "give the agent seat = \"sales\" or \"service\", or take the name out of the rule";
        } else {
            return true;
        }
        draft_.problems.error(named.place,
                              rule_subject(rule) + " names the agent " + quote(agent.key) +
                                  ", who has no " + missing + ": channel " + quote(channel.key) +
                                  " in " + std::string{place_name(workspace)} + " demands it",
                              std::move(hint));
        return false;
    }

    void check_member(RuleNo rule, const Named<engine::AgentNo>& named,
                      const engine::ChannelDefinition& channel,
                      const std::vector<bool>& inbox_teams) {
        const auto& agent = account_.agents[named.number.value];
        if (draft_.agent_marks[named.number.value].teams_unknown) return;
        const auto admits = [&](engine::TeamNo one) {
            return one.exists() && inbox_teams[one.value];
        };
        if (admits(agent.main_team)) return;
        if (std::any_of(agent.extra_teams.begin(), agent.extra_teams.end(), admits)) return;
        draft_.problems.warning(
            named.place,
            rule_subject(rule) + " names the agent " + quote(agent.key) +
                ", who is in none of the teams of the inbox " +
                quote(draft_.inboxes.key(channel.inbox)) + " (channel " + quote(channel.key) +
                ") and never gets its work",
            "put the agent into one of the inbox's teams, or take the name out of the rule");
    }

    // The teams of an inbox as bits; empty if it is open to all.
    const std::vector<bool>& members_of(engine::InboxNo inbox) {
        const auto [found, is_new] = inbox_teams_.try_emplace(inbox.value);
        const auto& teams = account_.inboxes[inbox.value].teams;
        if (is_new && !teams.empty()) {
            found->second.resize(account_.teams.size());
            for (const auto one : teams) found->second[one.value] = true;
        }
        return found->second;
    }

    void warn_of_unused_rules() {
        for (std::uint32_t i = 0; i < draft_.rule_marks.size(); ++i) {
            const auto& marks = draft_.rule_marks[i];
            if (marks.role != RuleRole::shared || marks.used) continue;
            if (draft_.rules.is_twice(account_.rules[i].name)) continue;
            draft_.problems.warning(marks.place, marks.subject + " is used by no channel",
                                    "write rule = " + quote(account_.rules[i].name) +
                                        " in a channel, or take the rule out");
        }
    }

    Draft& draft_;
    engine::AccountDefinition& account_;
    boost::unordered_flat_set<std::uint64_t> checked_;        ///< rule and inbox
    boost::unordered_flat_set<std::uint64_t> checked_seats_;  ///< rule and workspace
    boost::unordered_flat_map<std::uint32_t, std::vector<bool>> inbox_teams_;
};

}  // namespace

void check_all(Draft& draft) {
    Checks(draft).run();
}

}  // namespace usher::roster
