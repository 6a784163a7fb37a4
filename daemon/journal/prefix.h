// The part of a shard's journal that can stand alone: from a segment that a snapshot (or the
// beginning) leads up to, batch by batch, to the end of one batch. What a backup and a repair copy.
// Reads only, beside a running writer too; a batch counts only if it is whole.
#pragma once

#include "base/result.h"
#include "journal/disk.h"
#include "journal/recovery.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace usher::journal {

struct ShardPlace {
    Disk& disk;
    int fd;            ///< of shard-NN
    std::string name;  ///< its path, for messages
    Identity identity;
};

struct SegmentPart {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;  ///< up to the end of its last batch that counts
};

struct Prefix {
    std::vector<SegmentPart> segments;
    std::vector<std::uint64_t> snapshots;  ///< valid ones that it leads on from, newest first
    std::uint64_t first_seq = 1;
    std::uint64_t last_seq = 0;
    std::uint64_t epoch = 0;  ///< of the segment with the last batch
    /// The ends of batches next to what was asked for, should that be none itself.
    std::uint64_t end_before = 0;
    std::optional<std::uint64_t> end_behind;
    /// What is wrong with the segment that should have come next; empty: nothing, or there is none.
    std::string ended_by;
};

/// Up to `keep_through`, or as far as valid batches follow each other. `last_seq` says how far that
/// came. Faults: io, and data for files that are none of this shard's.
Result<Prefix> find_prefix(const ShardPlace& shard, std::optional<std::uint64_t> keep_through);

/// The highest sequence that anything here says was confirmed: the watermark, a batch wherever it
/// stands, a snapshot, a segment that has a successor.
Result<std::uint64_t> confirmed_seq(const ShardPlace& shard);

/// Writes the prefix into a shard's directory that has its empty folders, and a watermark for it,
/// all of it durable.
Result<void> copy_prefix(const ShardPlace& from, const Prefix& prefix, const ShardPlace& to);

}  // namespace usher::journal
