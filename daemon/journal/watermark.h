// The watermark: the sequence that an fdatasync has confirmed, in a small file beside the journal.
// Without it the last batch could rot away and look like one that was never confirmed. It is
// written after each sync and never synced itself (only when a run begins and ends): after a kill
// it is exact, after a power cut it may be old, and it is never ahead of the journal.
#pragma once

#include "base/result.h"
#include "journal/disk.h"
#include "journal/format.h"
#include "journal/recovery.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace usher::journal {

inline constexpr const char* watermark_name = "watermark";

struct WatermarkReading {
    std::optional<WatermarkSlot> slot;  ///< nothing: missing or unreadable
    std::vector<std::string> warnings;
};

/// Damage is a warning, not a fault; somebody else's watermark, or a read error, is a fault.
Result<WatermarkReading> read_watermark(Disk& disk, int directory_fd,
                                        const std::string& directory_name,
                                        const Identity& identity);

class Watermark {
  public:
    /// Opens the file or makes it, and brings a first value to the disk.
    static Result<Watermark> open(Disk& disk, int directory_fd, const std::string& directory_name,
                                  const Identity& identity, std::uint64_t epoch,
                                  std::uint64_t durable_seq);

    /// One write of 48 bytes into the page cache.
    Result<void> store(std::uint64_t epoch, std::uint64_t durable_seq, bool clean_close = false);
    Result<void> sync();

  private:
    Watermark(Disk& disk, OwnedFd fd, std::string name, const Identity& identity,
              std::uint64_t turn)
        : disk_(&disk),
          fd_(std::move(fd)),
          name_(std::move(name)),
          identity_(identity),
          turn_(turn) {}

    Disk* disk_;
    OwnedFd fd_;
    std::string name_;
    Identity identity_;
    std::uint64_t turn_;
};

}  // namespace usher::journal
