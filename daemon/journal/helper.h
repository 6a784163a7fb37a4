// The threads beside the writer: one makes the next segment while this one fills (up to 64 MiB of
// zeros, which must not hold up a sync), one syncs what was written, when it is asked to or when
// enough time or bytes have passed. No lock is held while the disk works, so their owner waits for
// neither unless it says so.
//
// The owner (one thread) calls everything; `wake` is called on the syncing thread.
#pragma once

#include "base/result.h"
#include "journal/segment.h"
#include "journal/sync_point.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace usher::journal {

class Helper {
  public:
    struct Settings {
        std::chrono::milliseconds sync_interval{50};
        std::uint64_t unsynced_bytes_max = 1 << 20;
        void (*wake)(void*) = nullptr;
        void* wake_argument = nullptr;
    };

    Helper(const SegmentMaker& maker, SyncPoint& sync_point, const Settings& settings);
    /// Finishes what it is at, leaves undone what was only asked for.
    ~Helper();
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;

    /// Begins to make segment `number`, in the pages in memory of the last but one before it, which
    /// is finished. One at a time: take_prepared() before the next.
    void prepare(std::uint64_t number, std::uint64_t bytes);
    /// The segment, waiting for it if need be; or why there is none.
    Result<Segment> take_prepared();

    enum class Preparing : std::uint8_t { nothing, working, ready, failed };
    /// How far the segment is that was asked for.
    Preparing preparing() const;

    /// `bytes` more of `segment` were written, up to `seq`: sync them within the interval.
    void wrote(const Segment& segment, std::uint64_t seq, std::uint64_t bytes);
    /// Sync `segment` up to `seq` now.
    void request(const Segment& segment, std::uint64_t seq);
    /// Returns once no sync is running, and forgets those asked for: `segment` may then be closed.
    void quiesce();

  private:
    using Clock = std::chrono::steady_clock;
    struct Order {  ///< a segment to make
        std::uint64_t number = 0;
        std::uint64_t bytes = 0;
    };
    struct Pending {  ///< what is written but not synced
        const Segment* segment = nullptr;
        std::uint64_t seq = 0;
        std::uint64_t bytes = 0;
        Clock::time_point due;
    };

    void sync_loop();
    void prepare_loop();

    const SegmentMaker& maker_;
    SyncPoint& sync_point_;
    const Settings settings_;

    mutable std::mutex mutex_;  ///< all below
    std::condition_variable sync_changed_;
    std::condition_variable prepare_changed_;
    bool stopping_ = false;
    bool syncing_ = false;
    std::optional<Pending> pending_;
    std::optional<Order> order_;
    std::optional<Result<Segment>> prepared_;

    std::thread sync_thread_;
    std::thread prepare_thread_;
};

}  // namespace usher::journal
