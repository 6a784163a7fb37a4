// The snapshots of a shard: when one is begun, and how far it is. While work goes on, a picture of
// the state is taken slice by slice at the end of turns (engine/picture.h) and written by a thread
// of low priority (journal/background_snapshot.h); at a clean end, all at once.
//
// A snapshot only makes the next start faster and lets old segments go: one that fails is given up
// and said in `status`, and the next comes after as much journal again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/instant.h"
#include "base/result.h"
#include "engine/picture.h"
#include "journal/background_snapshot.h"

namespace usher::shard {

struct SnapshotPlan {
    std::uint64_t journal_bytes = 256ull << 20;  ///< a snapshot after so much journal
    std::int64_t interval_ms = 3'600'000;        ///< or so long after the last; 0: never by time
    std::size_t things_per_turn = 64;            ///< tickets and the like; about 10 us of work
};

/// How it stands with them, for `status` and tests.
struct SnapshotsSeen {
    std::uint64_t newest_seq = 0;  ///< 0: none
    std::uint64_t taken = 0;       ///< while work went on
    bool being_taken = false;
    std::string fault;  ///< of the last one; empty: none
};

class Snapshots {
  public:
    Snapshots(journal::SnapshotPlace place, const SnapshotPlan& plan)
        : place_(std::move(place)), plan_(plan) {}

    /// What recovery has begun with (0: no snapshot), and what it had to read behind it: that
    /// counts as journal since.
    void start_after(std::uint64_t snapshot_seq, std::uint64_t replayed_bytes) {
        newest_seq_ = snapshot_seq;
        replayed_bytes_ = replayed_bytes;
    }

    /// How far the shard and its journal are.
    struct Progress {
        std::uint64_t seq = 0;          ///< of the state; all of it has been written
        std::uint64_t durable_seq = 0;  ///< survives a power cut
        std::uint64_t journal_bytes = 0;
        Instant now;
        bool may_begin = true;
    };
    /// At the end of a turn: begins a snapshot when it is time, or goes on with it.
    void turn(const engine::Engine& engine, const Progress& progress);

    /// Whether turn() has something to do right now.
    bool has_more() const;

    /// A whole one, now. One that was being taken is given up first.
    Result<void> take(const engine::Engine& engine, std::uint64_t seq, Instant now);

    bool is_taking() const { return writing_ != nullptr; }
    SnapshotsSeen seen() const { return {newest_seq_, taken_, is_taking(), last_fault_}; }

  private:
    bool is_time(const Progress& progress);
    void begin(const engine::Engine& engine, const Progress& progress);
    void go_on(std::uint64_t durable_seq);
    void collect_outcome();

    journal::SnapshotPlace place_;
    SnapshotPlan plan_;
    std::unique_ptr<engine::Picture> picture_;  ///< none: nothing is taken, or it is complete
    engine::Digest digest_;                     ///< of the picture
    std::unique_ptr<journal::BackgroundSnapshot> writing_;
    bool finishing_ = false;
    std::uint64_t newest_seq_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t journal_bytes_then_ = 0;  ///< when the last one was begun
    std::uint64_t replayed_bytes_ = 0;      ///< until the first one is begun
    Instant then_{0};
    std::string last_fault_;
};

}  // namespace usher::shard
