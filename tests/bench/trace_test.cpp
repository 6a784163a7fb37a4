// The generator's promises: the same bytes for the same seed, a stream that could have happened.
#include <gtest/gtest.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "bench/trace/roster.h"
#include "bench/trace/scenario.h"

namespace usher::bench {
namespace {

class Trace : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "usher-trace-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::string path(const std::string& name) const { return directory_ + "/" + name; }

    std::string roster(const TracePlan& plan) {
        auto sink = Sink::open(path("roster.toml"), false);
        EXPECT_TRUE(sink.has_value());
        write_roster(plan, *sink);
        EXPECT_TRUE(sink->close().has_value());
        return text_of("roster.toml");
    }
    std::string scenario(const TracePlan& plan) {
        auto sink = Sink::open(path("scenario.jsonl"), false);
        EXPECT_TRUE(sink.has_value());
        summary_ = write_scenario(plan, *sink, [](std::uint32_t, const TraceSummary&) {});
        EXPECT_TRUE(sink->close().has_value());
        return text_of("scenario.jsonl");
    }
    std::string text_of(const std::string& name) const {
        std::ifstream file(path(name), std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    std::string directory_;
    TraceSummary summary_;
};

std::uint64_t hash_of(const std::string& text) {
    return XXH3_64bits(text.data(), text.size());
}

/// The value of a text field in one of our own lines; empty if there is none.
std::string field(const std::string& line, const std::string& name) {
    const auto mark = "\"" + name + "\":\"";
    const auto at = line.find(mark);
    if (at == std::string::npos) return {};
    const auto begin = at + mark.size();
    return line.substr(begin, line.find('"', begin) - begin);
}

TEST_F(Trace, HasTheSameBytesForTheSameSeedOnEveryMachine) {
    TracePlan plan;
    plan.agents = 60;
    plan.days = 28;
    plan.tickets_per_day = 100;
    plan.seed = 42;
    // Golden: made once, by g++ and by clang. A change of these is a change of every trace that
    // anybody has measured with; say so in the changelog.
    EXPECT_EQ(hash_of(roster(plan)), 1'589'370'602'254'341'961U);
    EXPECT_EQ(hash_of(scenario(plan)), 1'709'023'526'058'297'025U);
    EXPECT_EQ(summary_.tickets, 2'786U);
}

TEST_F(Trace, HasOtherBytesForAnotherSeed) {
    TracePlan plan;
    plan.days = 2;
    const auto first = scenario(plan);
    plan.seed = 2;
    EXPECT_NE(first, scenario(plan));
}

TEST_F(Trace, CouldHaveHappened) {
    TracePlan plan;
    plan.days = 40;
    plan.tickets_per_day = 120;
    std::istringstream lines(scenario(plan));
    enum class State { open, closed };
    std::map<std::string, State> tickets;
    std::map<std::string, std::string> channels;
    std::set<std::string> teams = {nobody_channel};
    for (std::uint32_t team = 0; team < team_count(plan); ++team) teams.insert(team_key(team));
    std::string last_at;
    std::uint64_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto at = field(line, "at");
        const auto verb = field(line, "do");
        const auto ticket = field(line, "ticket");
        ASSERT_GE(at, last_at) << line;
        last_at = at;
        if (verb == "route") {
            ASSERT_TRUE(tickets.emplace(ticket, State::open).second) << line;
        } else {
            ASSERT_TRUE(tickets.contains(ticket)) << line;
            ASSERT_EQ(tickets[ticket], verb == "reopen" ? State::closed : State::open) << line;
            if (verb != "transfer") tickets[ticket] = verb == "close" ? State::closed : State::open;
        }
        if (verb == "route" || verb == "transfer") {
            const auto channel = field(line, "channel");
            ASSERT_TRUE(teams.contains(channel)) << line;
            ASSERT_NE(channels[ticket], channel) << "moved to where it is: " << line;
            channels[ticket] = channel;
        }
    }
    EXPECT_EQ(count, summary_.lines());
    EXPECT_EQ(tickets.size(), summary_.tickets);
    EXPECT_LT(last_at, "2026-02-14");  // 40 days from 5 January
    std::uint64_t open = 0;
    for (const auto& [ticket, state] : tickets) open += state == State::open ? 1U : 0U;
    EXPECT_EQ(open, summary_.left_open);
    EXPECT_LE(open, summary_.peak_open);
}

TEST_F(Trace, ReopensAboutOneTicketInSeventyFive) {
    TracePlan plan;
    plan.days = 60;
    plan.tickets_per_day = 500;
    scenario(plan);
    const auto share = static_cast<double>(summary_.reopens) / static_cast<double>(summary_.closes);
    EXPECT_NEAR(share, 0.0133, 0.0025);
}

TEST_F(Trace, ExistsForTheSmallestHelpDesk) {
    TracePlan plan;
    plan.agents = 3;
    plan.days = 1;
    plan.tickets_per_day = 1;
    plan.teams = 1;
    roster(plan);
    const auto text = scenario(plan);
    EXPECT_EQ(text.find("transfer"), std::string::npos);
    EXPECT_EQ(summary_.transfers, 0U);
}

TEST_F(Trace, GivesEveryTeamAChannelAndAMember) {
    TracePlan plan;
    plan.agents = 90;
    plan.teams = 40;
    const auto text = roster(plan);
    for (std::uint32_t team = 0; team < plan.teams; ++team) {
        const auto quoted = "\"" + team_key(team) + "\"";
        EXPECT_NE(text.find("[[channel]]\nkey = " + quoted), std::string::npos) << quoted;
        EXPECT_TRUE(text.find("main_team = " + quoted) != std::string::npos ||
                    text.find("extra_teams = [" + quoted) != std::string::npos ||
                    text.find(", " + quoted) != std::string::npos)
            << quoted << " has no member";
    }
    EXPECT_NE(text.find("[[channel]]\nkey = \"nobody\""), std::string::npos);
}

TEST_F(Trace, IsTheSameBehindGzip) {
    TracePlan plan;
    plan.days = 3;
    const auto plain = scenario(plan);
    auto sink = Sink::open(path("s.gz"), true);
    ASSERT_TRUE(sink.has_value());
    write_scenario(plan, *sink, [](std::uint32_t, const TraceSummary&) {});
    ASSERT_TRUE(sink->close().has_value());
    auto* file = gzopen(path("s.gz").c_str(), "rb");
    ASSERT_NE(file, nullptr);
    std::string unpacked(plain.size() + 1, '\0');
    const auto read = gzread(file, unpacked.data(), static_cast<unsigned>(unpacked.size()));
    gzclose(file);
    ASSERT_EQ(static_cast<std::size_t>(read), plain.size());
    unpacked.resize(plain.size());
    EXPECT_EQ(unpacked, plain);
}

TEST_F(Trace, SaysSoWhenTheDiskIsFull) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    TracePlan plan;
    plan.days = 30;
    auto sink = Sink::open("/dev/full", false);
    ASSERT_TRUE(sink.has_value());
    write_scenario(plan, *sink, [](std::uint32_t, const TraceSummary&) {});
    const auto closed = sink->close();
    ASSERT_FALSE(closed.has_value());
    EXPECT_EQ(closed.error().code, ExitCode::io);
    EXPECT_NE(closed.error().message.find("No space left"), std::string::npos);
}

TEST_F(Trace, SaysSoWhenTheFileCannotBeMade) {
    const auto sink = Sink::open(path("no/such/directory"), false);
    ASSERT_FALSE(sink.has_value());
    EXPECT_NE(sink.error().message.find("no/such/directory"), std::string::npos);
}

}  // namespace
}  // namespace usher::bench
