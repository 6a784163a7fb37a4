// usher-sim: a whole shard on a disk that fails, a clock that jumps and clients that ask again,
// held against the twin. docs/simulator.md.
#include <sysexits.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/planted.h"
#include "tests/simulator/plants.h"
#include "tests/simulator/simulation.h"

namespace {

using namespace usher::simulator;
using Clock = std::chrono::steady_clock;

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t seeds = 1;
    std::uint64_t events = 1000;
    std::string plant;
    bool aloud = false;
    bool list = false;
    bool twice = false;
    bool all_points = false;
};

/// What is running, for the line that reproduces it: also out of a signal.
std::array<char, 200> running;

void name_running(const Options& options, std::uint64_t seed, std::uint64_t events) {
    std::snprintf(running.data(), running.size(),
                  "reproduce: usher-sim --seed %llu --events %llu%s%s\n",
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(events),
                  options.plant.empty() ? "" : " --plant ", options.plant.c_str());
}

/// An EXPECT has failed, or worse: that is a find as well.
void found_by_signal(int) {
    const auto length = std::char_traits<char>::length(running.data());
    (void)!::write(STDERR_FILENO, running.data(), length);
    ::_exit(1);
}

Verdict simulate(const Options& options, std::uint64_t seed, std::uint64_t events,
                 Reached& reached) {
    name_running(options, seed, events);
    return Simulation(seed, events, reached, options.aloud).run();
}

/// The fewest events, by halving, with which it still breaks.
std::uint64_t fewest_events(const Options& options, std::uint64_t seed, std::uint64_t events) {
    std::uint64_t works = 0, breaks = events;
    Reached unused;
    auto quiet = options;
    quiet.aloud = false;
    while (works + 1 < breaks) {
        const auto middle = works + (breaks - works) / 2;
        if (simulate(quiet, seed, middle, unused).broken.empty())
            works = middle;
        else
            breaks = middle;
    }
    return breaks;
}

/// The same seed, the same history: else no failure could be had again.
void check_again(const Options& options, std::uint64_t seed, Verdict& verdict) {
    Reached unused;
    const auto again = simulate(options, seed, options.events, unused);
    if (again.trace_hash != verdict.trace_hash && verdict.broken.empty())
        verdict.broken = "the same seed has given two histories";
}

void show_reached(const Reached& reached) {
    std::cout << "reached:\n";
    for (std::size_t i = 0; i < point_count; ++i) {
        const auto point = static_cast<Point>(i);
        std::cout << "  " << reached.times(point) << '\t' << name_of(point) << '\n';
    }
}

int run(const Options& options) {
    const auto begin = Clock::now();
    Reached reached;
    Verdict sum;
    std::uint64_t seed = options.seed;
    bool broken = false;
    for (; seed < options.seed + options.seeds && !broken; ++seed) {
        auto verdict = simulate(options, seed, options.events, reached);
        sum.events += verdict.events;
        sum.requests += verdict.requests;
        sum.compared += verdict.compared;
        sum.restarts += verdict.restarts;
        sum.trace_hash = sum.trace_hash * 31 + verdict.trace_hash;
        if (options.twice) check_again(options, seed, verdict);
        if (verdict.broken.empty()) continue;
        broken = true;
        std::cout << "seed " << seed << ", event " << verdict.events << ": " << verdict.broken
                  << '\n';
        const auto events = fewest_events(options, seed, verdict.events + 1);
        name_running(options, seed, events);
        std::cout << running.data();
    }
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    if (!options.aloud && options.seeds > 1) show_reached(reached);
    std::cout << "seeds " << seed - options.seed << ", events " << sum.events << ", requests "
              << sum.requests << ", compared with the twin " << sum.compared << ", restarts "
              << sum.restarts << ", trace " << std::hex << sum.trace_hash << std::dec
              << ", seconds " << seconds.count() << '\n';
    if (broken) return 1;
    if (!options.all_points) return 0;
    for (const auto point : reached.never())
        std::cout << "never reached: " << name_of(point) << '\n';
    return reached.never().empty() ? 0 : 1;
}

/// Bugs are only in the program beside this one.
[[maybe_unused]] int run_planted(int argc, char** argv) {
    std::vector<char*> arguments(argv, argv + argc);
    arguments.push_back(nullptr);
    const auto beside = std::filesystem::read_symlink("/proc/self/exe").string() + "-planted";
    ::execv(beside.c_str(), arguments.data());
    std::cerr
        << "usher-sim: the program with the planted bugs is missing: build usher-sim-planted\n";
    return EX_UNAVAILABLE;
}

std::vector<std::string> plant_names() {
    std::vector<std::string> names;
    for (const auto& plant : plants()) names.emplace_back(plant.name);
    return names;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"A whole shard on a fake disk, with faults, against the twin."};
    app.add_option("--seed", options.seed, "the first history's; each next has the next");
    app.add_option("--seeds", options.seeds, "how many histories");
    app.add_option("--events", options.events, "of each history")->check(CLI::PositiveNumber);
    app.add_option("--plant", options.plant, "a bug to find: exit 1 when it is found")
        ->check(CLI::IsMember(plant_names()));
    app.add_flag("--verbose", options.aloud, "say everything that happens");
    app.add_flag("--reach-all", options.all_points,
                 "fail if a kind of fault or a rare branch was never reached");
    app.add_flag("--twice", options.twice, "each history two times: it must be the same");
    app.add_flag("--list", options.list, "the bugs that can be planted");
    CLI11_PARSE(app, argc, argv);
    if (options.list) {
        for (const auto& [name, what] : plants()) std::cout << name << '\t' << what << '\n';
        return 0;
    }
#ifdef USHER_PLANTED
    usher::planted_bug = options.plant;
#else
    if (!options.plant.empty()) return run_planted(argc, argv);
#endif
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, found_by_signal);
    return run(options);
}
