// The load client against a server that is known to the last request.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "bench/load/clock.h"
#include "bench/load/contestant.h"
#include "bench/load/talk.h"
#include "bench/load/turns.h"
#include "tests/bench/fake_server.h"

namespace usher::bench {
namespace {

constexpr std::uint64_t ms = 1'000'000;

class Load : public testing::Test {
  protected:
    Work make_work(std::uint32_t held = 4) {
        WorkOptions options;
        options.agents = 10;
        options.held = held;
        return *Work::plan(options);
    }
    static std::unique_ptr<Contestant> connect(const FakeServer& server,
                                               const ContestantOptions& options) {
        auto contestant = Contestant::connect(*parse_endpoint(server.endpoint()), options);
        EXPECT_TRUE(contestant.has_value());
        return std::move(*contestant);
    }
    static ContestantOptions small() {
        ContestantOptions options;
        options.connections = 4;
        options.in_flight_max = 8;
        return options;
    }
};

TEST_F(Load, SendsExactlyAsManyRequestsAsAskedForAndCountsEveryReply) {
    FakeServer server;
    auto work = make_work();
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.requests = 10'001;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->tally.replies, 10'001U);
    EXPECT_EQ(window->tally.latency.count(), 10'001U);
    EXPECT_EQ(window->tally.errors, 0U);
    EXPECT_GT(window->seconds, 0);
    server.stop();
    EXPECT_EQ(server.requests(), 10'001U);
}

TEST_F(Load, GathersRequestsIntoBatchesInTheClosedLoop) {
    FakeServer server;
    auto work = make_work();
    auto options = small();
    options.batch = 3;  // of the eight that may be under way: 3, 3 and 2 at first
    auto contestant = connect(server, options);
    const auto before = server.frames();
    WindowPlan plan;
    plan.requests = 10'001;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->tally.replies, 10'001U);
    EXPECT_EQ(window->tally.errors, 0U);
    EXPECT_GE(window->tally.request_frames, (10'001U + 2) / 3);
    EXPECT_LT(window->tally.request_frames, 10'001U);
    ASSERT_TRUE(contestant->finish(work).has_value());
    server.stop();
    EXPECT_GE(server.requests(), 10'001U);
    EXPECT_GE(server.frames() - before, window->tally.request_frames);
    EXPECT_EQ(server.open_tickets(), 0U);
}

TEST_F(Load, GathersWhatIsDueAtTheSameTimeInTheOpenLoop) {
    Misbehaviour stall;  // what falls due on a full connection meanwhile goes out together
    stall.stall_at = 100;
    stall.stall_ms = 200;
    FakeServer server(stall);
    auto work = make_work();
    auto options = small();
    options.batch = 64;
    auto contestant = connect(server, options);
    WindowPlan plan;
    plan.rate = 2'000;
    plan.length_ns = 500 * ms;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->tally.replies, 1'000U);
    EXPECT_EQ(window->tally.errors, 0U);
    EXPECT_LT(window->tally.request_frames, 1'000U);
    EXPECT_GE(window->tally.latency.max(), 190 * ms);  // batches change nothing about its start
}

TEST_F(Load, ClosesEveryTicketThatItOpened) {
    FakeServer server;
    auto work = make_work(7);
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.requests = 1'003;
    ASSERT_TRUE(contestant->run(work, plan).has_value());
    ASSERT_TRUE(contestant->run(work, plan).has_value());
    const auto rest = contestant->finish(work);
    ASSERT_TRUE(rest.has_value());
    EXPECT_EQ(rest->tally.errors, 0U);
    EXPECT_GT(rest->tally.replies, 0U);
    server.stop();
    EXPECT_EQ(server.open_tickets(), 0U);
}

TEST_F(Load, KeepsTheDepthOfEveryConnection) {
    Misbehaviour stall;  // while the server sleeps, everything that may be under way arrives
    stall.stall_at = 100;
    stall.stall_ms = 100;
    FakeServer server(stall);
    auto work = make_work();
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.requests = 2'000;
    ASSERT_TRUE(contestant->run(work, plan).has_value());
    server.stop();
    EXPECT_EQ(server.frames_at_once_max(), 8U);
}

TEST_F(Load, StopsAClosedLoopWhenItsTimeIsOver) {
    FakeServer server;
    auto work = make_work();
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.length_ns = 200 * ms;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_GT(window->seconds, 0.15);
    EXPECT_LT(window->seconds, 2.0);
    EXPECT_GT(window->tally.replies, 0U);
}

TEST_F(Load, CountsAStallFromTheScheduledSendInTheOpenLoop) {
    Misbehaviour stall;
    stall.stall_at = 200;
    stall.stall_ms = 500;
    FakeServer server(stall);
    auto work = make_work();
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.rate = 1'000;
    plan.length_ns = 1'000 * ms;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    const auto& latency = window->tally.latency;
    EXPECT_EQ(window->tally.replies, 1'000U);
    // Half of the second's requests were due while nobody answered: they waited 0 to 500 ms. A
    // client that counts from the real send would show 32 slow ones (what may be under way).
    EXPECT_GE(latency.max(), 490 * ms);
    EXPECT_GE(latency.percentile(75'000), 150 * ms);
    EXPECT_GE(latency.percentile(90'000), 350 * ms);
}

TEST_F(Load, SendsAtTheRateOfTheOpenLoop) {
    FakeServer server;
    auto work = make_work();
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.rate = 2'000;
    plan.length_ns = 500 * ms;
    const auto begin = now_ns();
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->tally.replies, 1'000U);
    EXPECT_GE(now_ns() - begin, 499 * ms);
}

TEST_F(Load, CountsAWrongOutcomeAsAnError) {
    Misbehaviour wrong;
    wrong.unassigned_at = 501;
    FakeServer server(wrong);
    auto work = make_work();
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.requests = 1'000;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->tally.errors, 1U);
    ASSERT_EQ(window->tally.first_errors.size(), 1U);
    EXPECT_NE(window->tally.first_errors[0].find("unassigned (none_available)"), std::string::npos);
}

TEST_F(Load, CountsASecondReplyAsAnError) {
    Misbehaviour twice;
    twice.twice_at = 500;
    FakeServer server(twice);
    auto work = make_work();
    auto contestant = connect(server, small());
    WindowPlan plan;
    plan.requests = 1'000;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->tally.replies, 1'000U);
    EXPECT_EQ(window->tally.errors, 1U);
}

TEST_F(Load, LooksAtNothingButFramesOfAFloor) {
    Misbehaviour wrong;
    wrong.unassigned_at = 5;
    FakeServer server(wrong);
    auto work = make_work();
    auto options = small();
    options.floor = true;
    auto contestant = connect(server, options);
    WindowPlan plan;
    plan.requests = 100;
    const auto window = contestant->run(work, plan);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->tally.replies, 100U);
    EXPECT_EQ(window->tally.errors, 0U);
}

TEST_F(Load, GivesUpAServerThatIsSilent) {
    Misbehaviour silent;
    silent.silent_from = 300;
    FakeServer server(silent);
    auto work = make_work();
    auto options = small();
    options.patience_ns = 200 * ms;
    auto contestant = connect(server, options);
    WindowPlan plan;
    plan.requests = 1'000;
    const auto window = contestant->run(work, plan);
    ASSERT_FALSE(window.has_value());
    EXPECT_EQ(window.error().code, ExitCode::unavailable);
    EXPECT_NE(window.error().message.find("without an answer"), std::string::npos);
}

TEST_F(Load, SaysSoWhenTheServerHangsUpOrSendsNoise) {
    for (const bool noise : {false, true}) {
        Misbehaviour rude;
        (noise ? rude.noise_at : rude.hang_up_at) = 300;
        FakeServer server(rude);
        auto work = make_work();
        auto contestant = connect(server, small());
        WindowPlan plan;
        plan.requests = 1'000;
        const auto window = contestant->run(work, plan);
        ASSERT_FALSE(window.has_value());
        EXPECT_NE(window.error().message.find(server.endpoint()), std::string::npos);
    }
}

TEST_F(Load, TakesServersInTurnAndFinishesThemAll) {
    FakeServer first;
    FakeServer second;
    auto work = make_work();
    std::vector<std::unique_ptr<Contestant>> contestants;
    contestants.push_back(connect(first, small()));
    auto options = small();
    options.first_connection = 4;
    contestants.push_back(connect(second, options));
    WindowPlan warm_up;
    warm_up.requests = 100;
    WindowPlan plan;
    plan.requests = 1'000;
    std::string order;
    TurnListener listener;
    listener.warmed_up = [&]() -> Result<void> {
        order += 'w';
        return {};
    };
    listener.measured = [&](std::size_t, const Contestant& one, const Window&) {
        order += one.endpoint().name == first.endpoint() ? 'A' : 'B';
    };
    const auto comparison = take_turns(contestants, work, warm_up, plan, 3, listener);
    ASSERT_TRUE(comparison.has_value());
    EXPECT_EQ(order, "wABABAB");
    ASSERT_EQ(comparison->servers.size(), 2U);
    for (const auto& server : comparison->servers) {
        EXPECT_EQ(server.latency.count(), 3'000U);
        EXPECT_EQ(server.errors, 0U);
        EXPECT_GT(server.rate_ratio.median, 0);
    }
    EXPECT_DOUBLE_EQ(comparison->servers[0].rate_ratio.median, 1.0);
    first.stop();
    second.stop();
    EXPECT_EQ(first.open_tickets() + second.open_tickets(), 0U);
}

TEST_F(Load, BringsItsRosterInPartsAndReadsFigures) {
    FakeServer server;
    auto talk = Talk::begin(*parse_endpoint(server.endpoint()));
    ASSERT_TRUE(talk.has_value());
    EXPECT_EQ(talk->in_flight_max(), 1024U);
    WorkOptions options;
    const auto work = *Work::plan(options);
    ASSERT_GT(work.roster().size(), 131'072U) << "one part only: too small a test";
    ASSERT_TRUE(talk->apply("bench", work.roster()).has_value());
    const auto figures = talk->figures();
    ASSERT_TRUE(figures.has_value());
    EXPECT_EQ(figures->count("shard 0 sequence"), 1U);
    EXPECT_EQ(figures->count("daemon version"), 0U) << "0.1.0 is no whole number";
    server.stop();
    EXPECT_EQ(server.roster(), work.roster());
}

TEST_F(Load, TellsWhyARosterWasRefused) {
    Misbehaviour strict;
    strict.refuse_roster = true;
    FakeServer server(strict);
    auto talk = Talk::begin(*parse_endpoint(server.endpoint()));
    ASSERT_TRUE(talk.has_value());
    const auto applied = talk->apply("bench", "[account]\n");
    ASSERT_FALSE(applied.has_value());
    EXPECT_NE(applied.error().message.find("bad_roster: the roster has errors"), std::string::npos);
}

}  // namespace
}  // namespace usher::bench
