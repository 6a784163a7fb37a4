#include "clients/usherctl/journal_replay.h"

#include <algorithm>
#include <vector>

#include "engine/fact_codec.h"
#include "engine/image.h"
#include "journal/recovery.h"
#include "journal/snapshot.h"
#include "journal/snapshot_file.h"

namespace usher::ctl {
namespace {

journal::Digest digest_of(const engine::Engine& engine) {
    const auto digest = engine.digest();
    return {digest.high, digest.low};
}

Fault other_digest(const std::string& name, std::uint64_t seq) {
    return {ExitCode::data, name +
                                ": its digest is not that of the state that the journal has at " +
                                std::to_string(seq)};
}

/// Applies facts up to the plan's sequence and looks at every snapshot that it passes.
class Replay final : public journal::RecordSink {
  public:
    Replay(engine::Engine& engine, ReplayedShard& state, std::uint64_t until_seq,
           std::vector<journal::SnapshotReader> to_compare)
        : engine_(engine),
          state_(state),
          until_seq_(until_seq),
          to_compare_(std::move(to_compare)) {}

    Result<void> record(std::uint64_t seq, Instant, std::span<const std::byte> bytes) override {
        if (seq > until_seq_) return {};
        engine::Fact fact;
        if (!engine::decode_fact(bytes, fact))
            return fault(ExitCode::data,
                         "record " + std::to_string(seq) + " is no fact that this version knows");
        if (auto applied = engine_.replay(fact); !applied)
            return fault(ExitCode::data,
                         "record " + std::to_string(seq) + ": " + applied.error().message);
        state_.seq = seq;
        ++state_.facts;
        for (const auto& snapshot : to_compare_) {
            if (snapshot.seq() != seq) continue;
            if (digest_of(engine_) != snapshot.digest()) return other_digest(snapshot.name(), seq);
            ++state_.snapshots_compared;
        }
        return {};
    }

  private:
    engine::Engine& engine_;
    ReplayedShard& state_;
    std::uint64_t until_seq_;
    std::vector<journal::SnapshotReader> to_compare_;
};

}  // namespace

Result<std::vector<journal::SnapshotReader>> snapshots_of(journal::Disk& disk, int shard_fd,
                                                          const std::string& shard_name,
                                                          const journal::Identity& identity) {
    std::vector<journal::SnapshotReader> all;
    auto below = std::numeric_limits<std::uint64_t>::max();
    for (;;) {
        auto latest = journal::read_latest_snapshot(disk, shard_fd, shard_name, identity, below);
        if (!latest) return latest.error();
        if (!latest->reader) break;
        below = latest->reader->seq() - 1;
        all.push_back(std::move(*latest->reader));
        if (below == 0) break;
    }
    std::reverse(all.begin(), all.end());
    return all;
}

Result<void> load(journal::SnapshotReader& reader, engine::Engine& engine) {
    const auto image = journal::read_image(reader);
    if (!image) return image.error();
    if (auto loaded = engine::load_image(*image, engine); !loaded)
        return fault(loaded.error().code, reader.name() + ": " + loaded.error().message);
    if (digest_of(engine) != reader.digest()) return other_digest(reader.name(), reader.seq());
    return {};
}

Result<ReplayedShard> replay_shard(journal::Disk& disk, const journal::DirectoryView& view,
                                   std::uint32_t shard, const ReplayPlan& plan) {
    const auto fd = view.open_shard(shard);
    if (!fd) return fd.error();
    const auto name = view.shard_name(shard);
    auto snapshots = snapshots_of(disk, fd->get(), name, view.identity(shard));
    if (!snapshots) return snapshots.error();
    std::erase_if(*snapshots,
                  [&](const auto& snapshot) { return snapshot.seq() > plan.until_seq; });

    ReplayedShard state;
    state.shard = shard;
    engine::Engine engine;
    if (!snapshots->empty()) {
        auto& first = plan.compare ? snapshots->front() : snapshots->back();
        if (auto loaded = load(first, engine); !loaded) return loaded.error();
        state.snapshot_seq = state.seq = first.seq();
        ++state.snapshots_compared;  // its own digest
    }
    Replay replay(engine, state, plan.until_seq, std::move(*snapshots));
    const auto recovered =
        journal::recover(disk, fd->get(), name, view.identity(shard), state.snapshot_seq, replay);
    if (!recovered) return recovered.error();
    state.digest = engine.digest().text();
    state.accounts = engine.account_count();
    state.open_tickets = engine.open_ticket_count();
    state.remembered_tickets = engine.remembered_ticket_count();
    return state;
}

}  // namespace usher::ctl
