// What makes a snapshot file valid: shared by the reader, by the writer (which reads back what it
// has written) and by verify.
#pragma once

#include "journal/snapshot.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace usher::journal {

/// The snapshots in shard-NN/snapshot, newest first. A foreign name is a fault; `.tmp` is skipped.
Result<std::vector<std::uint64_t>> list_snapshots(Disk& disk, int snapshot_fd,
                                                  const std::string& snapshot_name);

/// What a look at a whole file has found.
struct SnapshotLook {
    std::optional<SnapshotReader> reader;  ///< if it is right from end to end
    std::string flaw;                      ///< else why not

    /// A fault only for what must not be passed over: a newer version, another instance.
    static Result<SnapshotLook> at(Disk& disk, int snapshot_fd, const std::string& file,
                                   const std::string& full_name, const Identity& identity,
                                   std::uint64_t seq);
};

/// Reads the block at `offset`. Null and its contents, or what is wrong with it.
Result<const char*> read_snapshot_block(DeviceFile& file, std::uint64_t offset,
                                        const SnapshotHeader& header, std::uint32_t index,
                                        std::span<const std::byte>& contents);

std::uint32_t crc_of(const SnapshotHeader& header);
std::uint32_t crc_of(const SnapshotFooter& footer);
std::uint32_t crc_of(const SnapshotBlockHeader& header, std::span<const std::byte> contents);

}  // namespace usher::journal
