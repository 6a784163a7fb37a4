// A data directory as a visitor sees it: whose it is and where its shards are. Nothing is written,
// no lock is taken; beside a running daemon the end of a journal may look torn.
#pragma once

#include "base/result.h"
#include "journal/directory.h"
#include "journal/disk.h"

#include <string>

namespace usher::journal {

class DirectoryView {
  public:
    /// Faults: `data` (META is damaged, or of a newer format), `io`.
    static Result<DirectoryView> open(Disk& disk, const std::string& path);

    const Meta& meta() const { return meta_; }
    Identity identity(std::uint32_t shard) const {
        return {meta_.instance_high, meta_.instance_low, static_cast<std::uint16_t>(shard)};
    }
    std::string shard_name(std::uint32_t shard) const;  ///< path of shard-NN
    Result<OwnedFd> open_shard(std::uint32_t shard) const;

  private:
    DirectoryView(Disk& disk, std::string path, OwnedFd top, const Meta& meta)
        : disk_(&disk), path_(std::move(path)), top_(std::move(top)), meta_(meta) {}

    Disk* disk_;
    std::string path_;
    OwnedFd top_;
    Meta meta_;
};

}  // namespace usher::journal
