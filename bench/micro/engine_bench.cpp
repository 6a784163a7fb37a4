// What the engine costs without wire, disk and socket, by the number of agents.
#include <benchmark/benchmark.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/expect.h"
#include "bench/micro/roster_engine.h"
#include "bench/trace/random.h"
#include "engine/decide.h"
#include "engine/distribution/distribution.h"
#include "engine/fact_codec.h"
#include "engine/properties.h"

namespace usher::bench {
namespace {

constexpr std::int64_t skills_asked = 3;
constexpr std::uint32_t skills_in_roster = 40;

/// Sets of three different skills, as the load client asks for them.
std::vector<std::array<std::uint32_t, skills_asked>> draw_skills() {
    Random random(1);
    std::vector<std::array<std::uint32_t, skills_asked>> sets(1024);
    for (auto& set : sets) do {
            for (auto& skill : set)
                skill = static_cast<std::uint32_t>(random.below(skills_in_roster));
        } while (set[0] == set[1] || set[0] == set[2] || set[1] == set[2]);
    return sets;
}

std::string skill_key(std::uint32_t skill) {
    return (skill < 10 ? "skill-00" : "skill-0") + std::to_string(skill);
}

/// "T" and a number of nine digits.
class TicketKey {
  public:
    std::string_view of(std::uint64_t number) {
        for (std::size_t place = text_.size() - 1; place > 0; --place) {
            text_[place] = static_cast<char>('0' + number % 10);
            number /= 10;
        }
        return text_;
    }

  private:
    std::string text_ = "T000000000";
};

/// Route and close, with sixteen tickets open in between.
class Rounds {
  public:
    Rounds(RosteredEngine& rostered, engine::FactLog& log) : rostered_(rostered), log_(log) {
        for (const auto& set : draw_skills()) {
            auto& keys = keys_.emplace_back();
            for (const auto skill : set) keys.push_back(skill_key(skill));
        }
        route_.account = engine_account;
        close_.account = engine_account;
    }

    void round(bool with_skills) {
        rostered_.now = rostered_.now + seconds(1);
        protocol::Route body;
        body.ticket = key_.of(next_);
        body.channel = "mail";
        std::array<std::string_view, skills_asked> skills;
        if (with_skills) {
            const auto& keys = keys_[next_ % keys_.size()];
            for (std::size_t i = 0; i < skills.size(); ++i) skills[i] = keys[i];
            body.skills = skills;
        }
        route_.body = body;
        rostered_.engine->handle(route_, rostered_.now, log_, answer_);
        EXPECT(answer_.outcome() == protocol::Outcome::assigned ||
               answer_.outcome() == protocol::Outcome::unassigned);
        if (next_ >= held) {
            close_.body = protocol::Close{key_.of(next_ - held)};
            rostered_.engine->handle(close_, rostered_.now, log_, answer_);
            EXPECT(answer_.outcome() == protocol::Outcome::status);
        }
        ++next_;
    }

  private:
    static constexpr std::uint64_t held = 16;

    RosteredEngine& rostered_;
    engine::FactLog& log_;
    std::vector<std::vector<std::string>> keys_;
    TicketKey key_;
    std::uint64_t next_ = 0;
    protocol::Request route_;
    protocol::Request close_;
    protocol::Answer answer_;
};

void route_and_close(benchmark::State& state) {
    engine::NoLog log;
    auto rostered = make_engine(static_cast<std::uint32_t>(state.range(0)), log);
    Rounds rounds(rostered, log);
    for (auto _ : state) rounds.round(state.range(1) != 0);
}
BENCHMARK(route_and_close)
    ->ArgNames({"agents", "skills"})
    ->ArgsProduct({{10, 100, 1'000, 10'000, 100'000}, {0, 3}});

/// Of a pool of all: each distribution has the most to look at then.
void choose(benchmark::State& state, engine::Distribution distribution) {
    engine::NoLog log;
    auto rostered = make_engine(static_cast<std::uint32_t>(state.range(0)), log);
    Rounds rounds(rostered, log);
    for (int i = 0; i < 2'000; ++i) rounds.round(false);

    const auto* account = rostered.engine->account(engine_account);
    engine::Scratch scratch;
    const engine::Demand demand{engine::RuleNo{0}, engine::InboxNo{0}, engine::TicketType::email,
                                ""};
    const auto pool = engine::fill_pool(*account, demand, scratch);
    const engine::Contest contest{*account, scratch.pool, pool.eligible, scratch.spare,
                                  demand.rule};
    for (auto _ : state) benchmark::DoNotOptimize(engine::choose(distribution, contest));
}
BENCHMARK_CAPTURE(choose, load_balanced, engine::Distribution::load_balanced)
    ->ArgName("agents")
    ->RangeMultiplier(10)
    ->Range(10, 100'000);
BENCHMARK_CAPTURE(choose, round_robin, engine::Distribution::round_robin)
    ->ArgName("agents")
    ->RangeMultiplier(10)
    ->Range(10, 100'000);
BENCHMARK_CAPTURE(choose, random, engine::Distribution::random)
    ->ArgName("agents")
    ->RangeMultiplier(10)
    ->Range(10, 100'000);

void decide(benchmark::State& state) {
    engine::NoLog log;
    auto rostered = make_engine(static_cast<std::uint32_t>(state.range(0)), log);
    Rounds rounds(rostered, log);
    for (int i = 0; i < 2'000; ++i) rounds.round(true);

    const auto* account = rostered.engine->account(engine_account);
    std::vector<std::string> skills;
    for (const auto& set : draw_skills()) {
        auto& bytes = skills.emplace_back();
        for (const auto skill : set) engine::append_number(engine::SkillNo{skill}, bytes);
        engine::make_set(bytes);
    }
    engine::Situation situation;
    situation.channel = engine::ChannelNo{0};
    situation.inbox = engine::InboxNo{0};
    engine::Scratch scratch;
    std::size_t next = 0;
    for (auto _ : state) {
        situation.skills = state.range(1) != 0 ? skills[next++ % skills.size()] : "";
        benchmark::DoNotOptimize(engine::decide(*account, situation, scratch));
    }
}
BENCHMARK(decide)
    ->ArgNames({"agents", "skills"})
    ->ArgsProduct({{10, 100, 1'000, 10'000, 100'000}, {0, 3}});

/// Keeps facts as the journal has them.
class Tape final : public engine::FactLog {
  public:
    void append(const engine::Fact& fact) override {
        starts.push_back(bytes.size());
        engine::encode_fact(fact, bytes);
    }
    std::vector<std::byte> bytes;
    std::vector<std::size_t> starts;
};

/// What recovery does with every fact after its checksum was found right.
void replay(benchmark::State& state) {
    Tape tape;
    auto rostered = make_engine(static_cast<std::uint32_t>(state.range(0)), tape);
    const auto roster_facts = tape.starts.size();
    Rounds rounds(rostered, tape);
    for (int i = 0; i < 20'000; ++i) rounds.round(true);
    tape.starts.push_back(tape.bytes.size());

    const auto run = [&](engine::Engine& engine, std::size_t from, std::size_t until) {
        for (auto i = from; i < until; ++i) {
            engine::Fact fact;
            EXPECT(engine::decode_fact(
                std::span(tape.bytes).subspan(tape.starts[i], tape.starts[i + 1] - tape.starts[i]),
                fact));
            EXPECT(engine.replay(fact).has_value());
        }
    };
    const auto facts = tape.starts.size() - 1 - roster_facts;
    for (auto _ : state) {
        state.PauseTiming();
        engine::Engine fresh;
        run(fresh, 0, roster_facts);
        state.ResumeTiming();
        run(fresh, roster_facts, tape.starts.size() - 1);
        state.PauseTiming();
        EXPECT(fresh.digest() == rostered.engine->digest());
        state.ResumeTiming();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(facts) * state.iterations());
}
BENCHMARK(replay)->ArgName("agents")->Arg(1'000);

}  // namespace
}  // namespace usher::bench
