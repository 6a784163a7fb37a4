// What `usherctl journal` needs to bring a shard's state back in its own process: a snapshot, the
// facts behind it, and the same engine that the daemon has. Reads only.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "journal/directory_view.h"
#include "journal/snapshot.h"

namespace usher::ctl {

/// A shard's state at one sequence.
struct ReplayedShard {
    std::uint32_t shard = 0;
    std::uint64_t seq = 0;           ///< how far it came
    std::uint64_t snapshot_seq = 0;  ///< where it began; 0: at the beginning
    std::uint64_t facts = 0;         ///< read from the journal
    std::uint64_t snapshots_compared = 0;
    std::string digest;
    std::size_t accounts = 0;
    std::size_t open_tickets = 0;
    std::size_t remembered_tickets = 0;
};

struct ReplayPlan {
    std::uint64_t until_seq = std::numeric_limits<std::uint64_t>::max();
    /// Begins at the oldest snapshot and holds the state against each later one on the way: the
    /// proof that snapshots and journal tell the same story.
    bool compare = false;
};

/// The snapshots of a shard that can be read, oldest first.
Result<std::vector<journal::SnapshotReader>> snapshots_of(journal::Disk& disk, int shard_fd,
                                                          const std::string& shard_name,
                                                          const journal::Identity& identity);
/// Into an empty engine, whose digest is then the one that the snapshot claims.
Result<void> load(journal::SnapshotReader& snapshot, engine::Engine& engine);

/// Faults: `data` (damage, or a snapshot with another digest), `io`.
Result<ReplayedShard> replay_shard(journal::Disk& disk, const journal::DirectoryView& view,
                                   std::uint32_t shard, const ReplayPlan& plan);

}  // namespace usher::ctl
