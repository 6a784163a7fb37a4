// Snapshots: the state of a shard at one sequence, so that recovery reads only what came later.
// What the bytes mean is the shard's matter; here they are blocks with checksums, and a file that
// has its name only after it was written, synced, read back from the device and found right.
//
// A snapshot of sequence N may be finished only once the journal is durable up to N: an image that
// is ahead of its journal is refused at the next start.
#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "journal/device_file.h"
#include "journal/disk.h"
#include "journal/format.h"
#include "journal/recovery.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace usher::journal {

inline constexpr std::size_t snapshots_kept = 2;

struct Digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    bool operator==(const Digest&) const = default;
};

/// Writes one image as a stream. One thread; needs memory for one block. Unfinished when it is
/// destroyed, it leaves at most a `.tmp`, which nobody reads.
class SnapshotWriter {
  public:
    static Result<std::unique_ptr<SnapshotWriter>> begin(Disk& disk, int directory_fd,
                                                         const std::string& directory_name,
                                                         const Identity& identity,
                                                         std::uint64_t seq, Instant state_time);
    ~SnapshotWriter();
    SnapshotWriter(const SnapshotWriter&) = delete;
    SnapshotWriter& operator=(const SnapshotWriter&) = delete;

    Result<void> append(std::span<const std::byte> bytes);

    /// What has been written so far goes to the device: less is left for finish() to wait for.
    Result<void> sync();

    /// Ends the image: syncs, reads it back, gives it its name, removes all but the newest
    /// snapshots_kept. Gives the sequence of the oldest one kept, which is what prune() may go by
    /// once there are two; `nothing` while there is one.
    Result<std::optional<std::uint64_t>> finish(const Digest& digest);

    std::uint64_t bytes() const;

  private:
    struct Place {
        Disk* disk = nullptr;
        OwnedFd directory;  ///< snapshot/
        std::string directory_name;
        std::string name;
        Identity identity;
    };
    SnapshotWriter(Place place, OwnedFd fd, const SnapshotHeader& header);

    Result<void> write(std::span<const std::byte> bytes);
    Result<void> end_block();
    Result<void> verify_written();
    Result<std::optional<std::uint64_t>> remove_old();

    Place place_;
    OwnedFd fd_;
    SnapshotHeader header_;
    std::vector<std::byte> block_;  ///< header and contents of the one being filled
    std::uint64_t offset_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint32_t blocks_ = 0;
    std::uint32_t total_crc_ = 0;
    bool finished_ = false;
};

/// An image that has been verified from end to end, read once more from its start.
class SnapshotReader {
  public:
    std::uint64_t seq() const { return header_.seq; }
    Instant state_time() const { return {header_.state_time_ms}; }
    Digest digest() const { return {footer_.digest_high, footer_.digest_low}; }
    std::uint64_t bytes() const { return footer_.bytes; }
    const std::string& name() const { return file_.name(); }

    /// The next piece of the image, verified; empty at its end. Valid until the next call.
    Result<std::span<const std::byte>> next();

  private:
    friend struct SnapshotLook;
    SnapshotReader(DeviceFile file, const SnapshotHeader& header, const SnapshotFooter& footer)
        : file_(std::move(file)), header_(header), footer_(footer) {}

    DeviceFile file_;
    SnapshotHeader header_;
    SnapshotFooter footer_;
    std::uint64_t offset_ = header_block_bytes;
    std::uint32_t blocks_ = 0;
};

/// The whole of it in one piece.
Result<std::vector<std::byte>> read_image(SnapshotReader& reader);

struct LatestSnapshot {
    std::optional<SnapshotReader> reader;  ///< nothing: there is none, recover from sequence 1
    std::vector<std::string> warnings;     ///< one line for each that was bad, for the log
};

/// The newest valid snapshot at or below `max_seq`, else the one before. A snapshot of another
/// instance or of a newer version, or a name that is none of ours, is a fault: refused by name.
Result<LatestSnapshot> read_latest_snapshot(
    Disk& disk, int directory_fd, const std::string& directory_name, const Identity& identity,
    std::uint64_t max_seq = std::numeric_limits<std::uint64_t>::max());

}  // namespace usher::journal
