// How a shard comes back: the newest snapshot, then the facts that the journal has after it; and
// how it leaves a snapshot behind.
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "base/planted.h"
#include "engine/fact_codec.h"
#include "engine/image.h"
#include "journal/snapshot.h"
#include "shard/progress.h"
#include "shard/shard.h"

namespace usher::shard {

namespace {

/// Facts from the journal into the engine.
class Replay final : public journal::RecordSink {
  public:
    explicit Replay(engine::Engine& engine) : engine_(engine) {}

    Result<void> record(std::uint64_t seq, Instant, std::span<const std::byte> bytes) override {
        if (!engine::decode_fact(bytes, fact_))
            return fault(ExitCode::data, "record " + std::to_string(seq) +
                                             " of the journal is no fact that this version knows");
        if (++facts_ % told_every == 0)
            facts_read_back.fetch_add(told_every, std::memory_order_relaxed);
        bytes_ += bytes.size();
        latest_ = std::max(latest_, fact_.at);
        if (auto result = engine_.replay(fact_); !result)
            return fault(ExitCode::data, "record " + std::to_string(seq) +
                                             " of the journal: " + result.error().message);
        return {};
    }

    std::uint64_t facts() const { return facts_; }
    std::uint64_t bytes() const { return bytes_; }
    Instant latest() const { return latest_; }

  private:
    static constexpr std::uint64_t told_every = 1024;

    engine::Engine& engine_;
    engine::Fact fact_;
    std::uint64_t facts_ = 0;
    std::uint64_t bytes_ = 0;
    Instant latest_{0};
};

Result<std::uint64_t> random_seed() {
    std::uint64_t seed = 0;
    if (::getrandom(&seed, sizeof seed, 0) != static_cast<ssize_t>(sizeof seed))
        return system_fault(ExitCode::io, "no random seed from the system", errno);
    return seed;
}

Result<void> load_snapshot(journal::SnapshotReader& reader, engine::Engine& engine) {
    const auto image = journal::read_image(reader);
    if (!image) return image.error();
    if (auto result = engine::load_image(*image, engine); !result)
        return fault(result.error().code, reader.name() + ": " + result.error().message);
    const auto digest = engine.digest();
    if (reader.digest() != journal::Digest{digest.high, digest.low})
        return fault(ExitCode::data, reader.name() +
                                         ": its state has another digest than its "
                                         "footer says: it was made by another version");
    return {};
}

}  // namespace

Result<std::unique_ptr<Shard>> Shard::open(const ShardOptions& options,
                                           std::vector<std::string>& notes) {
    const auto seed = random_seed();
    if (!seed) return seed.error();
    std::unique_ptr<Shard> shard(new Shard(options, *seed));
    if (auto result = shard->recover(notes); !result) return result.error();
    return shard;
}

journal::Identity Shard::identity() const {
    return {options_.instance_high, options_.instance_low,
            static_cast<std::uint16_t>(options_.number)};
}

Result<void> Shard::recover(std::vector<std::string>& notes) {
    if (options_.directory_fd < 0) return {};  // nothing was kept, and nothing will be
    auto& disk = *options_.disk;
    auto latest = journal::read_latest_snapshot(disk, options_.directory_fd,
                                                options_.directory_name, identity());
    if (!latest) return latest.error();
    notes.insert(notes.end(), latest->warnings.begin(), latest->warnings.end());
    std::uint64_t begin_after = 0;
    if (latest->reader) {
        if (auto result = load_snapshot(*latest->reader, engine_); !result) return result;
        begin_after = latest->reader->seq();
        if (PLANTED(replay_begins_too_late)) ++begin_after;
        now_ = std::max(now_, latest->reader->state_time());
    }
    Replay replay(engine_);
    const auto recovered = journal::recover(disk, options_.directory_fd, options_.directory_name,
                                            identity(), begin_after, replay);
    if (!recovered) return recovered.error();
    notes.insert(notes.end(), recovered->warnings.begin(), recovered->warnings.end());
    if (recovered->torn_bytes > 0)
        notes.push_back(options_.directory_name +
                        ": torn_tail bytes=" + std::to_string(recovered->torn_bytes) +
                        ": batches that were never confirmed are dropped");
    replayed_facts_ = replay.facts();
    snapshots_.start_after(latest->reader ? latest->reader->seq() : 0, replay.bytes());
    now_ = std::max({now_, recovered->last_state_time, replay.latest()});
    log_.start_after(recovered->last_seq);
    if (options_.durability == Durability::memory) return {};
    return open_journal(*recovered);
}

Result<void> Shard::open_journal(const journal::Recovered& recovered) {
    auto options = options_.journal;
    options.helper = options_.threads;
    options.mode =
        options_.durability == Durability::written ? journal::Mode::written : journal::Mode::synced;
    options.wake = &Shard::wake_owner;
    options.wake_argument = this;
    auto writer = journal::Writer::open(*options_.disk, options_.directory_fd,
                                        options_.directory_name, identity(), options, recovered);
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
    log_.write_to(writer_.get());
    followers_.read_from(std::make_unique<HistoryThread>(
        HistoryThread::Journal{options_.disk, options_.directory_fd, options_.directory_name,
                               identity(), options_.threads},
        &Shard::wake_owner, this));
    return {};
}

}  // namespace usher::shard
