#include "clients/usherctl/replay_summary.h"

#include <gtest/gtest.h>

namespace usher::ctl {
namespace {

using namespace protocol;

Answer assigned(std::string_view agent) {
    Answer answer;
    answer.placement.outcome = Outcome::assigned;
    answer.placement.owner = {OwnerKind::agent, agent};
    return answer;
}

Answer refused(Reject why) {
    Answer answer;
    answer.refuse(why, "so");
    return answer;
}

Answer unassigned(Reason reason) {
    Answer answer;
    answer.placement.outcome = Outcome::unassigned;
    answer.placement.reason = reason;
    return answer;
}

TEST(Tally, counts_answers_by_kind_the_most_frequent_first) {
    Tally tally;
    tally.add(assigned("a"));
    tally.add(unassigned(Reason::none_available));
    tally.add(refused(Reject::unknown_ticket));
    tally.add(unassigned(Reason::none_available));
    tally.add(unassigned(Reason::at_capacity));
    EXPECT_EQ(tally.answers(), 5U);
    const std::vector<std::pair<std::string, std::uint64_t>> expected{
        {"unassigned none_available", 2},
        {"assigned", 1},
        {"refused unknown_ticket", 1},
        {"unassigned at_capacity", 1}};
    EXPECT_EQ(tally.kinds(), expected);
}

TEST(Tally, counts_an_agents_work_from_routing_and_from_routing_again) {
    Tally tally;
    tally.add(assigned("a"));
    tally.add(assigned("b"));
    Answer reopened;
    reopened.placement.outcome = Outcome::status;
    reopened.routed = assigned("b").placement;
    tally.add(reopened);
    Answer team;
    team.placement.outcome = Outcome::team;
    team.placement.owner = {OwnerKind::team, "t"};
    tally.add(team);
    const std::vector<std::pair<std::string, std::uint64_t>> expected{{"b", 2}, {"a", 1}};
    EXPECT_EQ(tally.agents(), expected);
}

TEST(ReplaySummary, shows_the_busiest_and_the_least_busy_agents) {
    Tally tally;
    for (int agent = 0; agent < 12; ++agent) {
        for (int i = 0; i <= agent; ++i) tally.add(assigned("agent-" + std::to_string(agent)));
    }
    Histogram latency;
    latency.record(1500);
    const auto text = summary_text({78, 2.0, latency, tally}, false);
    EXPECT_NE(text.find("78 lines in 2.00 s: 39 lines/s\n"), std::string::npos) << text;
    EXPECT_NE(text.find("p99.9 1.5, max 1.5\n"), std::string::npos) << text;
    EXPECT_NE(text.find("agent-11           12\n"), std::string::npos) << text;
    EXPECT_NE(text.find("agent-7             8\n… 2 others …\nagent-4             5\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("agent-6 "), std::string::npos);
    EXPECT_NE(text.find("agent-0             1\n"), std::string::npos) << text;
}

TEST(ReplaySummary, as_json_is_one_line) {
    Tally tally;
    tally.add(assigned("a"));
    Histogram latency;
    latency.record(40);
    EXPECT_EQ(
        summary_json({1, 0.25, latency, tally}),
        R"({"lines":1,"milliseconds":250,"lines_per_second":4,"latency_ns":{"p50":40,"p90":40,)"
        R"("p99":40,"p99.9":40,"max":40},"outcomes":{"assigned":1},"agents":{"a":1}})"
        "\n");
}

}  // namespace
}  // namespace usher::ctl
