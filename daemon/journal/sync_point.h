// The one place where a journal's contents become durable and where its first error is kept. Syncs
// are made one at a time: two at once on one file could share an error between them, of which only
// one hears. Any thread.
#pragma once

#include "base/result.h"
#include "journal/disk.h"
#include "journal/segment.h"
#include "journal/watermark.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

namespace usher::journal {

class SyncPoint {
  public:
    SyncPoint(Disk& disk, Watermark watermark, std::uint64_t durable_seq)
        : disk_(disk), watermark_(std::move(watermark)), durable_seq_(durable_seq) {}

    /// Brings what `segment` holds up to `seq` to the disk and then tells the watermark. After an
    /// error this never succeeds again.
    Result<void> sync(const Segment& segment, std::uint64_t seq);

    /// As sync(), then marks the end of the run, durably.
    Result<void> sync_clean_close(const Segment& segment, std::uint64_t seq);

    /// Keeps the first fault; gives the one that is kept.
    Fault fail(Fault fault);
    Result<void> health() const;

    std::uint64_t durable_seq() const { return durable_seq_.load(std::memory_order_acquire); }

  private:
    Result<void> sync_locked(const Segment& segment, std::uint64_t seq);

    Disk& disk_;
    std::mutex syncing_;  ///< one sync at a time, and the watermark
    Watermark watermark_;
    std::atomic<std::uint64_t> durable_seq_;

    std::atomic<bool> failed_{false};
    mutable std::mutex keeping_;  ///< the fault
    std::optional<Fault> fault_;
};

}  // namespace usher::journal
