// What it costs to give out of a waiting line (rule 38), by the number of tickets that wait. They
// stand in 500 demand classes, all of which fit the one agent who turns available: the worst case.
// Times are of the whole engine: a request is decided, its facts are applied, its answer is made.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/expect.h"
#include "engine/engine.h"
#include "roster/submission.h"

namespace usher::bench {
namespace {

constexpr std::uint64_t classes = 500;

/// `busy` has room for one ticket and all skills; the others have skills, too, and never come.
std::string line_roster() {
    std::string text = R"(
[account]
key = "line"
seed = 1
time_zone = "UTC"
forget_closed_days = 1
[[team]]
key = "t"
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
  queue = true
)";
    std::string all;
    for (std::uint64_t i = 0; i < classes; ++i) {
        const auto key = "\"skill-" + std::to_string(i) + "\"";
        text += "[[skill]]\nkey = " + key + "\n";
        all += (i == 0 ? "" : ", ") + key;
    }
    for (int i = 0; i < 100; ++i)
        text += "[[agent]]\nkey = \"" + (i == 0 ? std::string("busy") : "a" + std::to_string(i)) +
                "\"\nseat = \"service\"\nmain_team = \"t\"\navailability = \"away\"\nskills = [" +
                all + "]\ncapacity = { total = 1 }\n";
    return text;
}

class Line {
  public:
    explicit Line(std::uint64_t waiting) {
        const auto roster = line_roster();
        const std::array<usher::roster::SourceFile, 1> files = {{{"line.toml", roster}}};
        usher::roster::submit(engine_, "line", files, {}, now_, log_, answer_);
        EXPECT(answer_.reject == protocol::Reject::none);
        while (routed_ < waiting) arrive();
    }

    /// One ticket more, in the next class.
    void arrive() {
        const auto key = std::to_string(routed_);
        const auto skill = "skill-" + std::to_string(routed_++ % classes);
        const std::array<std::string_view, 1> skills{skill};
        protocol::Route route;
        route.ticket = key;
        route.channel = "mail";
        route.skills = skills;
        send(route);
        EXPECT(answer_.outcome() == protocol::Outcome::queued);
    }

    void turn_available() {
        send(protocol::Availability{"busy", protocol::AvailabilitySetting::available, {}});
    }

    void turn_away() {
        EXPECT(answer_.drained && answer_.drained->size() == 1);
        given_ = answer_.drained->front();
        send(protocol::Availability{"busy", protocol::AvailabilitySetting::away, {}});
    }

    /// What the agent was given: the line stays as long as it was, with the next arrival.
    void close() {
        send(protocol::Close{given_});
        EXPECT(answer_.outcome() == protocol::Outcome::status);
    }

  private:
    void send(const protocol::Body& body) {
        now_ = now_ + Span{1};
        engine_.handle({"line", {}, {}, body}, now_, log_, answer_);
    }

    engine::Engine engine_;
    engine::NoLog log_;
    protocol::Answer answer_;
    Instant now_{1'700'000'000'000};
    std::uint64_t routed_ = 0;
    std::string given_;
};

/// A thousand times: the agent turns available and is given one ticket; with `whole`, it goes away
/// again and closes it within the time, too. Arrivals are not timed.
void turn(benchmark::State& state, bool whole) {
    Line line(static_cast<std::uint64_t>(state.range(0)));
    const auto now = [] { return std::chrono::steady_clock::now(); };
    for (auto _ : state) {
        const auto begin = now();
        line.turn_available();
        const auto available = now();
        line.turn_away();
        line.close();
        const auto end = whole ? now() : available;
        state.SetIterationTime(std::chrono::duration<double>(end - begin).count());
        line.arrive();
    }
}

void by_waiting(benchmark::internal::Benchmark* bench) {
    bench->ArgName("waiting")->Arg(1'000)->Arg(10'000)->Arg(100'000);
    bench->Iterations(1'000)->UseManualTime();
}
BENCHMARK_CAPTURE(turn, available, false)->Apply(by_waiting);
BENCHMARK_CAPTURE(turn, whole, true)->Apply(by_waiting);

}  // namespace
}  // namespace usher::bench
