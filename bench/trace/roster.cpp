#include "bench/trace/roster.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "bench/trace/shape.h"

namespace usher::bench {

namespace {

struct Shift {
    std::uint32_t percent;
    std::string_view hours;
};
constexpr std::array<Shift, 6> shifts = {{{45, "mon-fri 08:00-17:00"},
                                          {25, "mon-fri 07:00-15:30"},
                                          {18, "mon-fri 10:00-19:00"},
                                          {6, "mon-sun 14:00-22:30"},
                                          {4, "mon-sun 22:00-07:00"},
                                          {2, "mon-sun 00:00-24:00"}}};

/// Shifts by their shares over any stretch of agents, not only over all of them: 61 and 100 have no
/// common factor, so that a hundred agents in a row meet each percent once.
std::string_view shift_of(std::uint32_t agent) {
    auto percent = static_cast<std::uint32_t>(std::uint64_t{agent} * 61 % 100);
    for (const auto& shift : shifts) {
        if (percent < shift.percent) return shift.hours;
        percent -= shift.percent;
    }
    return shifts.back().hours;
}

struct Member {
    std::uint32_t main_team = 0;
    std::vector<std::uint32_t> extra_teams;
};

/// How many extra teams an agent has: none for every second one, six at most.
std::uint32_t draw_extra_teams(Random& random) {
    const auto place = random.below(100);
    if (place < 50) return 0;
    if (place < 72) return 1;
    if (place < 87) return 2;
    return static_cast<std::uint32_t>(3 + random.below(4));
}

void add_extra(Member& member, std::uint32_t team) {
    const auto& extra = member.extra_teams;
    if (team == member.main_team || std::ranges::find(extra, team) != extra.end()) return;
    member.extra_teams.push_back(team);
}

std::vector<Member> draw_members(const TracePlan& plan) {
    const auto teams = team_count(plan);
    const Skewed skewed(teams);
    Random random(plan.seed);
    std::vector<Member> members(plan.agents);
    std::vector<bool> seen(teams, false);
    for (auto& member : members) {
        member.main_team = skewed.draw(random);
        seen[member.main_team] = true;
        for (auto left = draw_extra_teams(random); left > 0; --left) {
            const auto team = skewed.draw(random);
            add_extra(member, team);
            seen[team] = true;
        }
    }
    for (std::uint32_t team = 0; team < teams; ++team)
        if (!seen[team]) add_extra(members[random.below(members.size())], team);
    return members;
}

void write_agent(std::uint32_t agent, const Member& member, Sink& out) {
    out.append("\n[[agent]]\nkey = \"" + agent_key(agent) +
               "\"\nseat = \"service\"\nmain_team = \"" + team_key(member.main_team) + "\"\n");
    if (!member.extra_teams.empty()) {
        out.append("extra_teams = [");
        std::string_view comma;
        for (const auto team : member.extra_teams) {
            out.append(comma);
            out.append("\"" + team_key(team) + "\"");
            comma = ", ";
        }
        out.append("]\n");
    }
    out.append("hours = [\"");
    out.append(shift_of(agent));
    out.append("\"]\n");
}

void write_channel(std::string_view key, std::string_view rule, Sink& out) {
    out.append("\n[[channel]]\nkey = \"");
    out.append(key);
    out.append(
        "\"\nkind = \"email\"\ninbox = \"desk\"\npipeline = \"incidents\"\n  [channel.rule]\n");
    out.append(rule);
}

}  // namespace

void write_roster(const TracePlan& plan, Sink& out) {
    out.append("# A generated help desk: usher-bench trace --agents " +
               std::to_string(plan.agents) + " --teams " + std::to_string(team_count(plan)) +
               " --seed " + std::to_string(plan.seed) + "\n");
    out.append("[account]\nkey = \"helpdesk\"\ntime_zone = \"UTC\"\nextra_members_routed = true\n");
    // TOML integers end at 2^63 - 1.
    out.append("seed = " + std::to_string(plan.seed & 0x7FFF'FFFF'FFFF'FFFFU) + "\n");

    const auto teams = team_count(plan);
    for (std::uint32_t team = 0; team < teams; ++team)
        out.append("\n[[team]]\nkey = \"" + team_key(team) + "\"\n");

    const auto members = draw_members(plan);
    for (std::uint32_t agent = 0; agent < plan.agents; ++agent)
        write_agent(agent, members[agent], out);

    out.append(
        "\n[[pipeline]]\nkey = \"incidents\"\nstatuses = [ { key = \"new\", open = true }, "
        "{ key = \"closed\", open = false } ]\n"
        "\n[[inbox]]\nkey = \"desk\"\nworkspace = \"helpdesk\"\n");
    for (std::uint32_t team = 0; team < teams; ++team)
        write_channel(team_key(team),
                      "  assign_to = \"users_and_teams\"\n  teams = [\"" + team_key(team) + "\"]\n",
                      out);
    write_channel(nobody_channel, "  assign_to = \"none\"\n", out);
}

}  // namespace usher::bench
