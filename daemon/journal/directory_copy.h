// Copies of a data directory that can stand alone: a backup of one that may be in use, and what is
// left of a damaged one. The source is only read. The target must not exist; it becomes a data
// directory with its last step, when everything in it is durable and was verified.
#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "journal/disk.h"

#include <cstdint>
#include <string>
#include <vector>

namespace usher::journal {

/// How far a shard's copy goes.
struct CopiedShard {
    std::uint32_t shard = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t lost = 0;  ///< confirmed records that a repair gave up
    std::vector<std::uint64_t> snapshots;
};

/// Each shard up to a batch at or behind everything that was confirmed when the copy began, so
/// each shard at one sequence of its own. Faults: cannot_create, data (the source is damaged), io.
Result<std::vector<CopiedShard>> back_up(Disk& disk, const std::string& from,
                                         const std::string& to);

struct RepairPlan {
    std::string from;
    std::string to;
    std::uint32_t shard = 0;         ///< the damaged one; the others are copied whole
    std::uint64_t keep_through = 0;  ///< must be the last sequence of a batch
    std::uint64_t accept_loss = 0;   ///< must be exactly what is lost
    Instant now;
    std::uint32_t user = 0;
};

/// The shard up to `keep_through`, signed off. Faults besides: usage (another sequence, another
/// loss; the message says which).
Result<std::vector<CopiedShard>> repair(Disk& disk, const RepairPlan& plan);

}  // namespace usher::journal
