// Writes a shard's journal. Records are collected in memory into the open batch; write() hands the
// batch to the system in one piece; sync() makes what was written survive a power cut. A record
// may be reported outside once written_seq() (mode `written`) or durable_seq() (mode `synced`)
// has reached its sequence, never before.
//
// One thread owns a Writer and calls everything but what is marked. With `helper`, a second thread
// of the writer's own prepares the next segment ahead of use and syncs in the background; the
// owner then waits for the disk only if a segment fills faster than the next one is made.
//
// The first error of the disk is final: that call and every later one give the same fault, and
// durable_seq() moves no more. The owner is to exit (74); nothing that waited may be answered.
#pragma once

#include "base/expect.h"
#include "base/instant.h"
#include "base/result.h"
#include "journal/batch.h"
#include "journal/disk.h"
#include "journal/helper.h"
#include "journal/recovery.h"
#include "journal/segment.h"
#include "journal/segment_index.h"
#include "journal/sync_point.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace usher::journal {

enum class Mode : std::uint8_t {
    written = 1,  ///< synced in the background, at the latest after an interval or so many bytes
    synced = 2,   ///< the owner syncs: sync(), or request_sync() and wait
};

struct Options {
    Mode mode = Mode::synced;
    bool helper = true;  ///< false: prepares and syncs on the owner's thread alone
    std::array<std::uint32_t, 4> segment_bytes = {1u << 20, 4u << 20, 16u << 20, 64u << 20};
    std::uint32_t alignment = 4096;               ///< power of two, 512 to 4096
    std::uint32_t sync_interval_ms = 50;          ///< mode `written`
    std::uint32_t unsynced_bytes_max = 1u << 20;  ///< likewise

    /// Asked on the owner's thread before the journal goes on in another segment: a fault (somebody
    /// has moved or replaced the directory) is as final as one of the disk. None: not asked.
    std::function<Result<void>()> still_ours{};

    /// A repair signs off what it has given up, in a segment that older programs refuse.
    std::optional<RepairedNote> repaired{};

    /// Called on the helper's thread when durable_seq() has moved or the disk has failed; must not
    /// call the writer, only wake its owner.
    void (*wake)(void*) = nullptr;
    void* wake_argument = nullptr;
};

class Writer {
  public:
    /// Goes on after what recover() found: cuts off a torn tail, removes what was never used, makes
    /// a new segment and notes in it how the last run ended. All of that is on disk when it
    /// returns.
    static Result<std::unique_ptr<Writer>> open(Disk& disk, int directory_fd,
                                                const std::string& directory_name,
                                                const Identity& identity, const Options& options,
                                                const Recovered& recovered);
    /// Without close() before it: as if the program had been killed, but in good order.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Copies a record (1 byte to record_bytes_max) into the open batch and gives its sequence: one
    /// more than the last. `of` is for the index that ends the segment. Allocates only while
    /// batches grow beyond all before, and for accounts never seen before.
    std::uint64_t append(std::span<const std::byte> record, const AccountSeq& of);
    /// Likewise a record of `bytes` that the caller writes where it will stand, before any other
    /// call. Its sequence is last_seq() then.
    std::span<std::byte> append(std::size_t bytes, const AccountSeq& of) {
        EXPECT(!closed_);
        index_.note(of);
        ++last_seq_;
        return batch_.append(bytes);
    }

    bool open_batch_empty() const;
    std::size_t open_batch_bytes() const;  ///< as it will be on disk, at most batch_bytes_max

    /// Ends the open batch with `state_time` and hands it to the system; nothing to do if it is
    /// empty. What one request has appended must lie between two calls: a batch survives whole or
    /// not at all.
    Result<void> write(Instant state_time);

    /// Waits until everything written is on disk.
    Result<void> sync();

    /// Asks the helper for the same, without waiting: `wake` tells. Without a helper: sync().
    Result<void> request_sync();

    /// The fault that ended everything, if there was one. Cheap; ask after a wake.
    Result<void> health() const;

    /// To be called about twice a second: tries again to make the next segment where there was no
    /// room for it. While there is none the disk is full: the rest of the present segment is the
    /// reserve, for what makes work less. Its end is a fault.
    void look_for_room();
    bool disk_is_full() const { return disk_is_full_; }

    std::uint64_t last_seq() const;       ///< appended
    std::uint64_t written_seq() const;    ///< survives the end of the process
    std::uint64_t durable_seq() const;    ///< survives a power cut; any thread
    std::uint64_t written_bytes() const;  ///< by this writer, padding included; any thread
    std::uint64_t segment_number() const;

    /// Notes the end on purpose, syncs, cuts the segment to its used length. The open batch must be
    /// empty. Only health() and the counters may be called afterwards.
    Result<void> close();

  private:
    struct Place {  ///< where the writer's files are, and whose
        Disk* disk = nullptr;
        OwnedFd journal_fd;
        std::string journal_name;
        std::uint16_t shard = 0;
    };

    Writer(Place place, const Options& options, const SegmentMaker& maker, Segment segment,
           Watermark watermark, const Recovered& recovered);

    BatchStamp stamp(std::uint16_t flags) const;
    Result<void> write_out(OpenBatch& batch, std::uint16_t flags);
    Result<void> sync_all();
    Result<void> roll();
    std::uint64_t room() const;
    enum class Fill : std::uint8_t { what_it_needs, to_the_end };
    Result<void> write_index(Fill fill);
    Result<Segment> next_segment();
    Result<void> note_recovery(const Recovered& recovered);
    Result<void> note_repair(const RepairedNote& note);
    std::uint64_t next_segment_bytes();
    void prepare_next();
    Result<void> put_away_prepared();

    Place place_;
    Options options_;
    SegmentMaker maker_;
    Segment segment_;
    SyncPoint sync_point_;
    std::unique_ptr<Helper> helper_;  ///< null without one

    OpenBatch batch_;
    OpenIndex index_;
    OpenBatch index_batch_;
    std::vector<std::byte> index_bytes_;
    std::uint64_t offset_ = header_block_bytes;  ///< of the next batch in segment_
    std::uint64_t last_seq_ = 0;
    std::uint64_t written_seq_ = 0;
    Instant state_time_;  ///< of the last batch
    std::uint32_t last_crc_ = 0;
    std::uint64_t unsynced_bytes_ = 0;  ///< without a helper, mode `written`
    std::size_t segments_made_ = 1;
    bool preparing_ = false;
    bool disk_is_full_ = false;
    bool closed_ = false;
    std::atomic<std::uint64_t> written_bytes_{0};
};

/// Removes the segments all of whose records are at or below `seq`, oldest first, but never the one
/// in use: only after two verified snapshots at or above `seq`. Gives how many went. Any thread.
Result<std::uint64_t> prune(Disk& disk, int directory_fd, const std::string& directory_name,
                            const Identity& identity, std::uint64_t seq);

}  // namespace usher::journal
