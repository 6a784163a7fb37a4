#include "clients/usherctl/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "clients/scenario/answer_line.h"

namespace usher::scenario {
namespace {

constexpr std::string_view roster_text = R"(
[account]
key = "acme"
time_zone = "UTC"
seed = 7

[[inbox]]
key = "desk"
workspace = "helpdesk"

[[team]]
key = "t"

[[agent]]
key = "a"
seat = "service"
main_team = "t"
availability = "available"

[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
)";

class SimulationTest : public testing::Test {
  protected:
    SimulationTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "usher-sim-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        write("roster.toml", std::string(roster_text));
    }
    ~SimulationTest() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }

    std::unique_ptr<Simulation> simulation() const {
        auto roster = read_roster({(folder_ / "roster.toml").string()});
        EXPECT_TRUE(roster.has_value() && roster->definition.has_value());
        return std::make_unique<Simulation>(std::move(*roster->definition), folder_);
    }

    static std::string json(Simulation& simulation, std::string_view line) {
        const auto exchange = simulation.take(line, 1);
        std::string out;
        append_json(out, exchange.heading, exchange.answer);
        return out;
    }

    std::filesystem::path folder_;
};

constexpr std::string_view route_one =
    R"({"at": "2026-03-02T09:00:00Z", "do": "route", "ticket": "1", "channel": "mail"})";

TEST_F(SimulationTest, carries_out_a_line_in_its_own_time) {
    const auto sim = simulation();
    EXPECT_EQ(
        json(*sim, route_one),
        R"({"at":"2026-03-02T09:00:00Z","do":"route","ticket":"1","outcome":"assigned","agent":"a"})");
    EXPECT_EQ(
        json(*sim, R"({"at": "2026-03-02T08:59:59Z", "do": "close", "ticket": "1"})").substr(0, 77),
        R"({"at":"2026-03-02T08:59:59Z","do":"close","ticket":"1","reject":"clock_backwa)");
}

TEST_F(SimulationTest, a_line_without_an_instant_is_refused_and_moves_nothing) {
    const auto sim = simulation();
    EXPECT_EQ(json(*sim, R"({"do": "tick"})"),
              R"({"do":"tick","reject":"bad_field","message":"line 1: at: is missing"})");
    EXPECT_EQ(
        json(*sim, R"({"at": "1999-01-01T00:00:00Z", "do": "tick"})"),
        R"({"at":"1999-01-01T00:00:00Z","do":"tick","outcome":"done","events":[],"total":0})");
}

TEST_F(SimulationTest, says_when_a_line_is_no_json_at_all) {
    const auto sim = simulation();
    EXPECT_TRUE(sim->take("{", 1).broken);
    EXPECT_FALSE(sim->take("{}", 1).broken);
    EXPECT_FALSE(sim->take(route_one, 1).broken);
}

TEST_F(SimulationTest, applies_rosters_that_stand_beside_the_scenario) {
    const auto sim = simulation();
    write("next.toml", std::string(roster_text) + "\n[[skill]]\nkey = \"fr\"\n");
    EXPECT_EQ(
        json(*sim, R"({"at": "2026-03-02T09:00:00Z", "do": "apply", "roster": "next.toml"})"),
        R"({"at":"2026-03-02T09:00:00Z","do":"apply","outcome":"done","added":1,"changed":0,"removed":0,"changes":["added skill fr"]})");
    EXPECT_EQ(
        json(*sim, R"({"at": "2026-03-02T09:00:00Z", "do": "apply", "roster": "gone.toml"})"),
        R"({"at":"2026-03-02T09:00:00Z","do":"apply","reject":"bad_field","message":"roster: cannot open )" +
            (folder_ / "gone.toml").string() + R"(: No such file or directory"})");
}

TEST_F(SimulationTest, a_refused_roster_names_file_line_and_column) {
    const auto sim = simulation();
    write("bad.toml", std::string(roster_text) + "\n[[skill]]\nkye = \"fr\"\n");
    const auto answer =
        json(*sim, R"({"at": "2026-03-02T09:00:00Z", "do": "apply", "roster": "bad.toml"})");
    EXPECT_NE(answer.find(R"("reject":"bad_roster")"), std::string::npos) << answer;
    EXPECT_NE(answer.find(R"({"file":"bad.toml","line":28,"column":1,)"), std::string::npos)
        << answer;
}

TEST_F(SimulationTest, the_same_lines_give_the_same_digest_and_others_another) {
    const auto one = simulation();
    const auto two = simulation();
    const auto none = simulation();
    json(*one, route_one);
    json(*two, "# what is refused changes nothing");
    json(*two, route_one);
    json(*two, route_one);
    EXPECT_EQ(one->digest().size(), 32U);
    EXPECT_EQ(one->digest(), two->digest());
    EXPECT_NE(one->digest(), none->digest());
}

TEST_F(SimulationTest, a_name_that_is_there_twice_is_refused_and_changes_nothing) {
    const auto one = simulation();
    const auto two = simulation();
    json(*one, route_one);
    json(*two, route_one);
    EXPECT_EQ(
        json(*two,
             R"({"at": "2026-03-02T09:00:00Z", "do": "close", "ticket": "1", "ticket": "1"})"),
        R"({"at":"2026-03-02T09:00:00Z","do":"close","reject":"bad_field","message":"line 1: ticket: is there twice"})");
    EXPECT_EQ(
        json(
            *two,
            R"({"at": "2026-03-02T09:00:00Z", "do": "update", "ticket": "1", "properties": {"a": "b", "a": "c"}})"),
        R"({"at":"2026-03-02T09:00:00Z","do":"update","ticket":"1","reject":"bad_field","message":"line 1: properties: \"a\" is there twice"})");
    EXPECT_EQ(one->digest(), two->digest());
}

TEST_F(SimulationTest, rosters_that_cannot_be_read_or_are_wrong_are_told_apart) {
    const auto missing = read_roster({(folder_ / "missing.toml").string()});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ExitCode::io);
    write("bad.toml", "[account]\n");
    const auto wrong = read_roster({(folder_ / "bad.toml").string()});
    ASSERT_TRUE(wrong.has_value());
    EXPECT_FALSE(wrong->definition.has_value());
    EXPECT_FALSE(wrong->problems.empty());
}

}  // namespace
}  // namespace usher::scenario
