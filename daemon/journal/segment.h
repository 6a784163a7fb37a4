// A segment as a file: its name, its header, and how one comes to be. A segment gets its name only
// when it is on disk as a whole, zeros to its end: later writes then allocate nothing, and what
// has a name has a valid header.
#pragma once

#include "base/result.h"
#include "journal/disk.h"
#include "journal/format.h"
#include "journal/recovery.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace usher::journal {

/// 20 digits and the suffix.
std::string numbered_name(std::uint64_t number, std::string_view suffix);
std::optional<std::uint64_t> parse_numbered_name(std::string_view name, std::string_view suffix);

/// 64 random bits from the system.
Result<std::uint64_t> random_64();

struct Segment {
    OwnedFd fd;        ///< for writing
    std::string name;  ///< with its path, for messages
    std::uint64_t number = 0;
    std::uint64_t epoch = 0;
    std::uint64_t bytes = 0;  ///< of zeros that are there, the header's block included
};

/// Makes segments of one shard. Immutable: any thread.
class SegmentMaker {
  public:
    SegmentMaker(Disk& disk, int journal_fd, std::string journal_name, const Identity& identity,
                 std::uint32_t alignment, std::uint16_t durability, std::uint32_t incompat = 0)
        : disk_(disk),
          journal_fd_(journal_fd),
          journal_name_(std::move(journal_name)),
          identity_(identity),
          alignment_(alignment),
          durability_(durability),
          incompat_(incompat) {}

    /// Writes `bytes` of header and zeros, syncs, renames, syncs the directory.
    Result<Segment> make(std::uint64_t number, std::uint64_t bytes) const;

    /// A segment that is finished and synced, if it is there: its pages in memory go, so that those
    /// of the next need not be found elsewhere.
    void drop_cached(std::uint64_t number) const;

  private:
    int fill(int fd, const SegmentHeader& header, std::uint64_t bytes) const;

    Disk& disk_;
    int journal_fd_;
    std::string journal_name_;
    Identity identity_;
    std::uint32_t alignment_;
    std::uint16_t durability_;
    std::uint32_t incompat_;
};

struct CheckedSegmentHeader {
    SegmentHeader header{};
    bool damaged = false;  ///< one of the two copies, or what must be zero between them
};

/// Reads the header out of a segment's first block: the first copy, or else the second. `name` is
/// for the message of a fault: not a segment, newer, other byte order, somebody else's.
Result<CheckedSegmentHeader> check_segment_header(std::span<const std::byte> block,
                                                  const std::string& name, const Identity& identity,
                                                  std::uint64_t number);

/// Whether a format version and its feature words can be read by this program; else what to say.
std::optional<std::string> version_trouble(std::uint16_t major, std::uint16_t minor,
                                           std::uint32_t ro_compat, std::uint32_t incompat);

}  // namespace usher::journal
