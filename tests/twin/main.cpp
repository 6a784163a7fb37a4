// usher-twin: random histories through the engine and its twin, until they differ or time is up.
// With --plant, the control: the twin is given a bug, and the comparison has to find it.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "tests/twin/routers.h"

namespace {

using namespace usher::twin;
using Clock = std::chrono::steady_clock;

struct Options {
    std::uint64_t seed = usher::testing::fresh_seed();
    std::size_t steps = 20'000;
    std::size_t history_steps = 250;
    double seconds = 0;
    std::size_t mismatches_max = 1;
    std::string plant;
    bool verbose = false;
    bool list = false;
};

void show(const History& history, const Mismatch& mismatch) {
    std::cout << "seed " << history.seed << ", step " << mismatch.step << "\n  " << mismatch.line
              << "\n  twin:   " << mismatch.expected << "\n  engine: " << mismatch.got << '\n';
}

void show_shortest(const History& history, const MakeRouter& twin, const MakeRouter& engine) {
    const auto shortest = shrink(history, twin, engine);
    std::cout << "shortest history, roster:\n" << shortest.roster << "\nlines:\n";
    for (const auto& line : shortest.lines) {
        std::cout << line << '\n';
        for (const auto& [name, text] : shortest.files)
            if (line.find('"' + name + '"') != std::string::npos)
                std::cout << "# " << name << ":\n" << text << '\n';
    }
    if (const auto mismatch = compare(shortest, twin, engine)) show(shortest, *mismatch);
}

std::vector<std::string> all_plants() {
    std::vector<std::string> all(plants().begin(), plants().end());
    all.insert(all.end(), waiting_plants().begin(), waiting_plants().end());
    return all;
}

int run(const Options& options) {
    const auto twin = twin_router(features_of_this_release(), options.plant);
    // Work waits in no release yet: with it, the twin is held against itself without the bug.
    const auto engine = engine_router();
    const auto begin = Clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(Clock::now() - begin).count();
    };
    std::size_t histories = 0;
    std::size_t steps = 0;
    std::size_t mismatches = 0;
    const auto goes_on = [&] {
        if (mismatches >= options.mismatches_max) return false;
        return options.seconds > 0 ? elapsed() < options.seconds : steps < options.steps;
    };
    for (auto seed = options.seed; goes_on(); ++seed) {
        const auto length = options.seconds > 0
                                ? options.history_steps
                                : std::min(options.history_steps, options.steps - steps);
        const auto history = invent_history(seed, length);
        const auto mismatch = compare(history, twin, engine);
        ++histories;
        steps += mismatch ? mismatch->step + 1 : length;
        if (options.verbose) std::cout << "seed " << seed << ": " << length << " steps\n";
        if (!mismatch) continue;
        ++mismatches;
        show(history, *mismatch);
        show_shortest(history, twin, engine);
        std::cout << "reproduce: usher-twin --seed " << seed << " --steps " << mismatch->step + 1
                  << (options.plant.empty() ? "" : " --plant " + options.plant) << '\n';
    }
    std::cout << "seed " << options.seed << ", histories " << histories << ", steps " << steps
              << ", mismatches " << mismatches << ", seconds " << elapsed() << '\n';
    return mismatches == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Random histories through the engine and its twin, answer by answer."};
    app.add_option("--seed", options.seed, "the first history's; each next has the next");
    app.add_option("--steps", options.steps, "request lines in all");
    app.add_option("--history-steps", options.history_steps, "request lines a history")
        ->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "go on for so long instead of --steps");
    app.add_option("--mismatches", options.mismatches_max, "stop after so many");
    app.add_option("--plant", options.plant, "a bug to give the twin")
        ->check(CLI::IsMember(all_plants()));
    app.add_flag("--verbose", options.verbose, "say each history");
    app.add_flag("--list", options.list, "the bugs that can be planted");
    CLI11_PARSE(app, argc, argv);
    if (options.list) {
        for (const auto& plant : all_plants()) std::cout << plant << '\n';
        return 0;
    }
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "usher-twin: " << error.what() << '\n';
        return 2;
    }
}
