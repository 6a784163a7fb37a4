// The data directory: who owns it, what it is, where its shards are.
//
//   LOCK        held with flock while a daemon runs; holds its pid
//   META        format, instance, creation, number of shards, clock; fixed when it is made
//   endpoints   the addresses that the running daemon listens on
//   shard-NN/   journal/, snapshot/, watermark
//
// Everything is made with mode 0700 (files 0600), opened relative to the directory's descriptor,
// and never through a symbolic link. Names are durable (directory synced) before anybody relies
// on them. One thread. The object owns the descriptors and the lock.
#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "journal/recovery.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace usher::journal {

enum class Clock : std::uint8_t { wall, trace };

/// What META says.
struct Meta {
    std::uint32_t format = 1;
    std::uint64_t instance_high = 0;
    std::uint64_t instance_low = 0;
    Instant created;
    std::uint32_t shards = 1;
    Clock clock = Clock::wall;
};

struct DirectoryOptions {
    std::string path{};
    std::uint32_t shards = 1;   ///< for a new directory; an existing one keeps its own
    Clock clock = Clock::wall;  ///< an existing one must have the same
    Instant now{};              ///< noted as the time of creation
    bool create = true;         ///< false: it must exist already
    bool allow_remote = false;  ///< take NFS, CIFS, FUSE at the user's own risk
};

inline constexpr std::uint32_t shards_max = 64;

class DataDirectory {
  public:
    /// Opens or makes it, and locks it. Faults: `locked` (names the holder's pid), `config` (other
    /// clock, a remote file system, somebody else's directory), `cannot_create`, `data` (META is
    /// damaged, missing or newer), `io`.
    static Result<std::unique_ptr<DataDirectory>> open(const DirectoryOptions& options);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    const std::string& path() const { return path_; }
    const Meta& meta() const { return meta_; }
    Identity identity(std::uint32_t shard) const;
    int fd() const { return fd_; }
    int shard_fd(std::uint32_t shard) const;            ///< of shard-NN; owned by this object
    std::string shard_name(std::uint32_t shard) const;  ///< path of the same, for messages
    bool fresh() const { return fresh_; }               ///< just made
    const std::vector<std::string>& warnings() const { return warnings_; }

    /// Replaces `endpoints`: one address a line. Readers see the old or the new file.
    Result<void> write_endpoints(std::string_view text);
    Result<void> remove_endpoints();

    /// Whether the path still leads to this directory and to the LOCK that we hold; a fault (io)
    /// if somebody has moved or replaced them under the running daemon.
    Result<void> still_ours() const;

  private:
    DataDirectory() = default;
    friend class DirectoryOpening;

    std::string path_;
    Meta meta_;
    int fd_ = -1;
    int lock_fd_ = -1;
    std::vector<int> shard_fds_;
    std::vector<std::string> warnings_;
    bool fresh_ = false;
};

/// META of a directory that another process may be using: for tools that only read.
Result<Meta> read_meta(const std::string& path);

}  // namespace usher::journal
