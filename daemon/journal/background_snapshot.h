// A snapshot that is written while its owner goes on: the owner hands over the image piece by
// piece, a thread of low priority writes it, syncs it, reads it back, gives it its name, and
// removes what is not needed any more (snapshot.h, writer.h).
//
// The owner's thread calls everything; `wake` is called on the writing thread when room has come or
// the end has. Without a thread of its own everything is done within the calls.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "journal/snapshot.h"

namespace usher::journal {

/// Where a shard's snapshots go.
struct SnapshotPlace {
    Disk* disk = nullptr;
    int directory_fd = -1;  ///< of shard-NN; not owned
    std::string directory_name;
    Identity identity;
    bool own_thread = true;
    void (*wake)(void*) = nullptr;
    void* wake_argument = nullptr;
};

/// Ends the snapshot, then removes the segments that two snapshots have made superfluous.
Result<void> finish_and_prune(SnapshotWriter& writer, const SnapshotPlace& place, std::uint64_t seq,
                              const Digest& digest);

class BackgroundSnapshot {
  public:
    BackgroundSnapshot(SnapshotPlace place, std::uint64_t seq, Instant state_time);
    /// Gives up what is not being finished yet, waits for the rest.
    ~BackgroundSnapshot();
    BackgroundSnapshot(const BackgroundSnapshot&) = delete;
    BackgroundSnapshot& operator=(const BackgroundSnapshot&) = delete;

    void append(std::vector<std::byte> piece);
    std::size_t waiting_bytes() const;  ///< handed over, not written yet

    /// The image is whole, and the journal durable up to its sequence.
    void finish(const Digest& digest);

    /// Once it stands, or has failed: how it ended.
    std::optional<Result<void>> outcome() const;
    /// After finish(): waits for that.
    void wait();

    std::uint64_t seq() const { return seq_; }

  private:
    void run();
    Result<void> begin();
    Result<void> write(const std::vector<std::byte>& piece);
    Result<void> end(const Digest& digest);
    void work_off(std::unique_lock<std::mutex>& lock);

    const SnapshotPlace place_;
    const std::uint64_t seq_;
    const Instant state_time_;

    // Of the writing thread.
    std::unique_ptr<SnapshotWriter> writer_;
    std::uint64_t unsynced_bytes_ = 0;

    mutable std::mutex mutex_;  ///< all below
    std::condition_variable changed_;
    std::vector<std::vector<std::byte>> pieces_;
    std::size_t waiting_bytes_ = 0;
    std::optional<Digest> digest_;
    std::optional<Result<void>> outcome_;
    bool stopping_ = false;

    std::thread thread_;
};

}  // namespace usher::journal
