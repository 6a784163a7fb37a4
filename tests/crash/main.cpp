// usher-crash: kills a real usherd with SIGKILL while it works, starts it again, and looks whether
// everything that it had acknowledged is still so. Again and again.
//
// Exit codes: 0 nothing was lost, 1 something was, 2 used wrongly, 3 it could not be tried (the
// daemon did not start, or too little was acknowledged for the result to mean anything).
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/crash/daemon.h"
#include "tests/crash/load.h"

namespace usher::crash {
namespace {

using std::chrono::milliseconds;

struct Options {
    DaemonOptions daemon;
    unsigned cycles = 25;
    unsigned answers_min = 100;  ///< of a cycle, on average
    milliseconds::rep life_min_ms = 20;
    milliseconds::rep life_max_ms = 250;
    std::uint64_t seed = testing::fresh_seed();
    LoadLimits load;
};

struct Sum {
    unsigned good = 0;
    unsigned bad = 0;
    std::uint64_t checked = 0;
    std::uint64_t lost = 0;
};

/// One life of the daemon: comes up, is asked after everything, works, is killed.
Result<void> live_once(const Options& options, unsigned cycle, testing::Random& random, Load& load,
                       Sum& sum) {
    auto daemon = Daemon::start(options.daemon);
    if (!daemon) return daemon.error();
    auto connection = client::Connection::open(
        daemon->endpoint(), client::within(std::chrono::seconds(20)), "usher-crash");
    if (!connection) return connection.error();

    if (cycle == 0) {
        if (const auto applied = load.apply(**connection); !applied) return applied.error();
    } else {
        const auto verdict = load.check(**connection);
        if (!verdict) return verdict.error();
        sum.checked += verdict->checked;
        sum.lost += verdict->lost;
        ++(verdict->lost == 0 ? sum.good : sum.bad);
        for (const auto& loss : verdict->first_losses)
            std::printf("LOST after kill %u: %s\n", cycle, loss.c_str());
        if (verdict->lost > verdict->first_losses.size())
            std::printf("… and %llu more\n", static_cast<unsigned long long>(
                                                 verdict->lost - verdict->first_losses.size()));
    }
    if (cycle == options.cycles || sum.bad > 0) return {};

    const milliseconds life{random.between(options.life_min_ms, options.life_max_ms)};
    const std::jthread killer([&daemon, life] {
        std::this_thread::sleep_for(life);
        daemon->kill();
    });
    if (const auto worked = load.work(**connection); !worked) return worked.error();
    return daemon->wait_for_end();
}

/// The closing lines, and what they come to.
int conclude(const Options& options, const Load& load, const Sum& sum, bool finished) {
    const auto answers = load.ledger().answers();
    std::printf("%u kills: %llu answers acknowledged, %llu tickets checked, %llu lost\n",
                sum.good + sum.bad, static_cast<unsigned long long>(answers),
                static_cast<unsigned long long>(sum.checked),
                static_cast<unsigned long long>(sum.lost));
    const bool enough = answers >= std::uint64_t{sum.good} * options.answers_min;
    if (!enough)
        std::printf("Too little was acknowledged for that to mean anything: at least %u a life\n",
                    options.answers_min);
    const bool tried = enough && finished;
    std::printf("%u passed, %u failed\n", sum.good, sum.bad + (tried || sum.bad > 0 ? 0 : 1));
    if (sum.bad > 0) return 1;
    return tried ? 0 : 3;
}

int run(const Options& options) {
    std::printf("usher-crash: %s, %u cycles, USHER_SEED=%llu\n", options.daemon.durability.c_str(),
                options.cycles, static_cast<unsigned long long>(options.seed));
    testing::Random random(options.seed);
    Load load(random.next(), options.load);
    Sum sum;
    for (unsigned cycle = 0; cycle <= options.cycles; ++cycle) {
        const auto lived = live_once(options, cycle, random, load, sum);
        if (!lived) {
            std::fprintf(stderr, "usher-crash: after %u kills: %s\n", cycle,
                         lived.error().message.c_str());
            // An answer that contradicts what was acknowledged is a loss like any other.
            if (lived.error().code == ExitCode::data) ++sum.bad;
            return conclude(options, load, sum, false);
        }
        // What follows a loss could only repeat it.
        if (sum.bad > 0) return conclude(options, load, sum, false);
        if (cycle % 10 == 0) {
            std::printf("%u kills, %llu answers, %zu tickets\n", cycle,
                        static_cast<unsigned long long>(load.ledger().answers()),
                        load.ledger().size());
            std::fflush(stdout);
        }
    }
    return conclude(options, load, sum, true);
}

}  // namespace
}  // namespace usher::crash

int main(int argc, char** argv) {
    usher::crash::Options options;
    CLI::App app{"usher-crash: kill -9 under load, and nothing acknowledged may be lost"};
    app.add_option("--usherd", options.daemon.program, "the daemon's program")->required();
    app.add_option("--durability", options.daemon.durability, "written or synced")
        ->default_val("synced");
    app.add_option("--shards", options.daemon.shards)->default_val(2);
    app.add_option("--cycles", options.cycles)->default_val(options.cycles);
    app.add_option("--seed", options.seed);
    app.add_option("--life-min-ms", options.life_min_ms)->default_val(options.life_min_ms);
    app.add_option("--life-max-ms", options.life_max_ms)->default_val(options.life_max_ms);
    app.add_option("--tickets-max", options.load.tickets_max)
        ->default_val(options.load.tickets_max);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    std::string folder = std::filesystem::temp_directory_path() / "usher-crash-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) {
        std::perror("usher-crash: a temporary directory");
        return 3;
    }
    options.daemon.directory = folder + "/data";
    const int code = usher::crash::run(options);
    std::error_code ignored;
    if (code == 0) std::filesystem::remove_all(folder, ignored);
    if (code != 0) std::printf("What the daemon wrote is in %s\n", folder.c_str());
    return code;
}
