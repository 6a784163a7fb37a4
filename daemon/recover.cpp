#include "recover.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "announce.h"
#include "net/log.h"
#include "shard/progress.h"

namespace usher {
namespace {

namespace log = net::log;

Instant wall_clock() {
    const auto reading = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(reading).count()};
}

shard::ShardOptions options_of(const Config& config, const journal::DataDirectory& directory,
                               std::uint32_t number) {
    const auto identity = directory.identity(number);
    shard::ShardOptions options;
    options.number = number;
    options.directory_fd = directory.shard_fd(number);
    options.directory_name = directory.shard_name(number);
    options.durability = config.durability;
    options.clock = config.clock;
    options.instance_high = identity.instance_high;
    options.instance_low = identity.instance_low;
    options.journal.still_ours = [&directory] { return directory.still_ours(); };
    options.snapshots.journal_bytes = std::uint64_t{config.snapshot_journal_mib} << 20U;
    options.snapshots.interval_ms =
        config.clock == shard::ClockMode::wall ? config.snapshot_minutes * std::int64_t{60'000} : 0;
    // Four answers are some 80 us of a core; fifty at once were felt by who routes beside them.
    options.follow_pace = {.answers_per_turn = 4, .pause = std::chrono::milliseconds(10)};
    // A thread of its own for the disk pays only where a core is to spare; without one it made
    // the slowest answers ten times slower than syncing inline.
    options.flusher =
        config.durability == shard::Durability::synced && config.cores > directory.meta().shards;
    return options;
}

struct Recovery {
    std::optional<Result<std::unique_ptr<shard::Shard>>> shard;
    std::vector<std::string> notes;
    std::int64_t ms = 0;
};

void recover_one(const shard::ShardOptions& options, Recovery& recovery) {
    const auto began = std::chrono::steady_clock::now();
    recovery.shard.emplace(shard::Shard::open(options, recovery.notes));
    const auto took = std::chrono::steady_clock::now() - began;
    recovery.ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
}

/// Joins the threads; who waits longer than a second is told each second how far they are.
class Waiting {
  public:
    /// To be called by each thread at its end.
    void one_is_done() {
        const std::scoped_lock lock(mutex_);
        ++done_;
        changed_.notify_all();
    }

    void wait_for(std::size_t threads) {
        const auto began = std::chrono::steady_clock::now();
        std::unique_lock lock(mutex_);
        for (std::uint64_t seconds = 1;; ++seconds) {
            const auto next = began + std::chrono::seconds(seconds);
            if (changed_.wait_until(lock, next, [&] { return done_ == threads; })) return;
            const auto facts = shard::facts_read_back.load(std::memory_order_relaxed);
            log::info("recovering", {{"seconds", seconds}, {"facts", facts}});
            announce_recovering(facts);
        }
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t done_ = 0;
};

}  // namespace

Result<std::unique_ptr<journal::DataDirectory>> open_data_directory(const Config& config) {
    journal::DirectoryOptions options;
    options.path = config.data_dir;
    options.shards = config.shards;
    options.clock =
        config.clock == shard::ClockMode::trace ? journal::Clock::trace : journal::Clock::wall;
    options.now = wall_clock();
    auto directory = journal::DataDirectory::open(options);
    if (!directory) return directory;
    for (const auto& warning : (*directory)->warnings())
        log::warning("data_directory", {{"note", warning}});
    const auto shards = (*directory)->meta().shards;
    if (config.shards_given && config.shards != shards)
        log::warning("shards_are_fixed", {{"asked", config.shards}, {"the_directory_has", shards}});
    return directory;
}

Result<Shards> recover_shards(const Config& config, const journal::DataDirectory& directory) {
    const auto count = directory.meta().shards;
    const auto at_once = std::min(config.cores, count);
    std::vector<Recovery> recoveries(count);
    std::vector<std::thread> threads;
    Waiting waiting;
    for (std::uint32_t first = 0; first < at_once; ++first)
        threads.emplace_back([&, first] {
            for (auto number = first; number < count; number += at_once)
                recover_one(options_of(config, directory, number), recoveries[number]);
            waiting.one_is_done();
        });
    waiting.wait_for(at_once);
    for (auto& thread : threads) thread.join();

    Shards shards;
    for (std::uint32_t number = 0; number < count; ++number) {
        auto& [shard, notes, ms] = recoveries[number];
        for (const auto& note : notes)
            log::warning("recovery", {{"shard", number}, {"note", note}});
        if (!*shard) return shard->error();
        log::info("recovered", {{"shard", number}, {"ms", ms}, {"seq", (**shard)->last_seq()}});
        shards.push_back(std::move(**shard));
    }
    return shards;
}

}  // namespace usher
