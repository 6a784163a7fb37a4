// usher-crash-follow: followers of accounts are killed with SIGKILL at any instant, a hundred times
// each, while a client keeps the daemon at work and the daemon itself is killed now and then. At
// the end each must have its account's events whole and once: numbers one apart, every event whose
// fact was acknowledged to the client, line by line what one who was never disturbed reads.
//
// Exit codes: 0 they have, 1 one has not, 2 used wrongly, 3 it could not be tried.
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "tests/crash/daemon.h"
#include "tests/crash/judgement.h"
#include "tests/crash/lives.h"
#include "tests/crash/load.h"

namespace usher::crash {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

struct Options {
    DaemonOptions daemon{.program = {},
                         .directory = {},
                         .durability = {},
                         .shards = 1,
                         .snapshot_journal_mib = 100'000};  // none: all of the history stays
    std::string usherctl;
    std::string folder;
    unsigned daemon_kills = 6;
    unsigned followed = 2;      ///< accounts, each with a follower of its own
    unsigned events_min = 30;   ///< for each kill of a follower, on average
    unsigned page = 256;        ///< events in an answer to a follower, at most
    unsigned patience_s = 180;  ///< for a daemon's life, and for the last events
    std::uint64_t seed = testing::fresh_seed();
    LivesLimits lives;
    LoadLimits load{.pause_max_us = 4000};
};

/// One trial of it all. What went wrong is printed where it is found, and counted.
class Trial {
  public:
    explicit Trial(const Options& options)
        : options_(options), random_(options.seed), load_(random_.next(), options.load) {
        load_.keep_stories();
        for (unsigned n = 0; n < options_.followed; ++n)
            lives_.push_back(
                std::make_unique<Lives>(seen_by(n, "kept"), options_.lives, random_.next()));
    }

    int run();

  private:
    FollowerOptions seen_by(unsigned account, const std::string& whom) const {
        const auto& key = load_.accounts()[account];
        return {options_.usherctl, options_.daemon.directory, key,
                options_.folder + "/" + key + "." + whom, options_.page};
    }
    Result<void> daemons_life(unsigned number);
    void kill_when_due(const Daemon& daemon, unsigned number, milliseconds then) const;
    bool all(auto condition) const { return std::ranges::all_of(lives_, condition); }
    void wrong(const std::string& text);
    Result<void> last_judgement();
    Result<bool> catches_up(Follower& follower, const std::string& last) const;
    int conclude(bool finished) const;

    const Options& options_;
    testing::Random random_;
    Load load_;
    std::vector<std::unique_ptr<Lives>> lives_;
    unsigned good_ = 0;
    unsigned bad_ = 0;
    unsigned daemon_kills_ = 0;
    std::uint64_t events_ = 0;
};

void Trial::wrong(const std::string& text) {
    ++bad_;
    std::printf("WRONG: %s\n", text.c_str());
}

/// Kills the daemon once the followers have had their share of deaths, and a little later.
void Trial::kill_when_due(const Daemon& daemon, unsigned number, milliseconds then) const {
    const auto due = options_.lives.kills * (number + 1) / options_.daemon_kills;
    const auto deadline = steady_clock::now() + seconds(options_.patience_s);
    while (steady_clock::now() < deadline &&
           !all([&](const auto& lives) { return lives->kills() >= due || lives->over(); }))
        std::this_thread::sleep_for(milliseconds(5));
    std::this_thread::sleep_for(then);
    daemon.kill();
}

/// The daemon comes up, is asked after everything, works, is killed.
Result<void> Trial::daemons_life(unsigned number) {
    auto daemon = Daemon::start(options_.daemon);
    if (!daemon) return daemon.error();
    auto connection = client::Connection::open(daemon->endpoint(), client::within(seconds(20)),
                                               "usher-crash-follow");
    if (!connection) return connection.error();
    if (number == 0) {
        if (const auto applied = load_.apply(**connection); !applied) return applied.error();
        for (auto& lives : lives_) lives->begin();
    } else {
        // For the load's own sake: what was lost is missed again where the events are judged.
        if (const auto verdict = load_.check(**connection); !verdict) return verdict.error();
    }
    if (number == options_.daemon_kills) return last_judgement();

    const milliseconds then{random_.between(1, 150)};
    const std::jthread killer([&] { kill_when_due(*daemon, number, then); });
    if (const auto worked = load_.work(**connection); !worked) return worked.error();
    if (const auto ended = daemon->wait_for_end(); !ended) return ended.error();
    std::printf("daemon killed %u times; followers:", ++daemon_kills_);
    for (const auto& lives : lives_) std::printf(" %u", lives->kills());
    std::printf("; %llu answers\n", static_cast<unsigned long long>(load_.ledger().answers()));
    std::fflush(stdout);
    return {};
}

/// Left alone, the follower must come to the last event of its account's history.
Result<bool> Trial::catches_up(Follower& follower, const std::string& last) const {
    if (const auto started = follower.start(); !started) return started.error();
    const auto deadline = steady_clock::now() + seconds(options_.patience_s);
    while (follower.last_line() != last && steady_clock::now() < deadline)
        std::this_thread::sleep_for(milliseconds(20));
    std::this_thread::sleep_for(milliseconds(200));  // for what should not come
    return follower.kill();
}

Result<void> Trial::last_judgement() {
    for (unsigned n = 0; n < options_.followed; ++n) {
        auto& lives = *lives_[n];
        lives.join();
        if (const auto& fault = lives.fault()) {
            if (fault->code != ExitCode::data) return *fault;
            wrong(fault->message);
            continue;
        }
        const auto own = seen_by(n, "kept");
        const auto whole = seen_by(n, "whole");
        if (const auto read = read_everything(whole); !read) return read.error();
        if (const auto came = catches_up(lives.follower(), last_line_of(whole.file)); !came)
            return came.error();
        std::ifstream kept(own.file, std::ios::binary), fresh(whole.file, std::ios::binary);
        const auto judgement = judge(kept, fresh, load_.story(n));
        for (const auto& text : judgement.wrong)
            std::printf("%s: %s\n", own.account.c_str(), text.c_str());
        ++(judgement.wrong.empty() ? good_ : bad_);
        events_ += judgement.events;
        std::printf(
            "%s: %llu events kept, %llu acknowledged; follower killed %u times, "
            "%u of them with new events, %llu in the middle of a line\n",
            own.account.c_str(), static_cast<unsigned long long>(judgement.events),
            static_cast<unsigned long long>(load_.story(n).acknowledged()), lives.kills(),
            lives.fruitful(), static_cast<unsigned long long>(lives.follower().torn()));
    }
    return {};
}

/// The closing lines, and what they come to.
int Trial::conclude(bool finished) const {
    const auto kills_due = options_.lives.kills;
    const bool enough =
        finished && daemon_kills_ == options_.daemon_kills &&
        events_ >= std::uint64_t{options_.events_min} * kills_due * options_.followed &&
        all([&](const auto& lives) {
            return lives->kills() == kills_due && lives->fruitful() >= kills_due / 2;
        });
    unsigned kills = 0;
    for (const auto& lives : lives_) kills += lives->kills();
    std::printf("%u followers killed %u times, the daemon %u times: %llu events checked\n",
                options_.followed, kills, daemon_kills_, static_cast<unsigned long long>(events_));
    if (!enough && bad_ == 0)
        std::printf(
            "That is too little to mean anything: %u kills of each, half of them with new "
            "events, and %u events for each are wanted\n",
            kills_due, options_.events_min);
    std::printf("%u passed, %u failed\n", good_, bad_ + (enough || bad_ > 0 ? 0 : 1));
    if (bad_ > 0) return 1;
    return enough ? 0 : 3;
}

int Trial::run() {
    std::printf(
        "usher-crash-follow: %s, %u shards, %u followers killed %u times each, the daemon "
        "%u times, USHER_SEED=%llu\n",
        options_.daemon.durability.c_str(), options_.daemon.shards, options_.followed,
        options_.lives.kills, options_.daemon_kills,
        static_cast<unsigned long long>(options_.seed));
    bool finished = true;
    for (unsigned number = 0; finished && number <= options_.daemon_kills; ++number) {
        const auto lived = daemons_life(number);
        if (lived) continue;
        finished = false;
        // An answer or a history that contradicts what was acknowledged is wrong like any other.
        if (lived.error().code == ExitCode::data) {
            wrong(lived.error().message);
        } else {
            std::fprintf(stderr, "usher-crash-follow: %s\n", lived.error().message.c_str());
        }
    }
    return conclude(finished);
}

int parse(int argc, char** argv, Options& options) {
    CLI::App app{"usher-crash-follow: followers and the daemon are killed; no gap, no double"};
    app.add_option("--usherd", options.daemon.program, "the daemon's program")->required();
    app.add_option("--usherctl", options.usherctl, "the follower's program")->required();
    app.add_option("--durability", options.daemon.durability, "written or synced")
        ->default_val("synced");
    app.add_option("--shards", options.daemon.shards)->default_val(1);
    app.add_option("--kills", options.lives.kills, "of each follower")
        ->default_val(options.lives.kills);
    app.add_option("--daemon-kills", options.daemon_kills)->default_val(options.daemon_kills);
    app.add_option("--page", options.page, "events in an answer to a follower, at most")
        ->check(CLI::Range(1, 1000))
        ->default_val(options.page);
    app.add_option("--seed", options.seed);
    app.add_option("--life-min-ms", options.lives.life_min_ms)
        ->default_val(options.lives.life_min_ms);
    app.add_option("--life-max-ms", options.lives.life_max_ms)
        ->default_val(options.lives.life_max_ms);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return -1;
}

}  // namespace
}  // namespace usher::crash

int main(int argc, char** argv) {
    usher::crash::Options options;
    if (const int code = usher::crash::parse(argc, argv, options); code >= 0) return code;
    std::string folder = std::filesystem::temp_directory_path() / "usher-follow-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) {
        std::perror("usher-crash-follow: a temporary directory");
        return 3;
    }
    options.folder = folder;
    options.daemon.directory = folder + "/data";
    const int code = usher::crash::Trial(options).run();
    std::error_code ignored;
    if (code == 0) std::filesystem::remove_all(folder, ignored);
    if (code != 0)
        std::printf("What the daemon wrote and the followers kept is in %s\n", folder.c_str());
    return code;
}
