// Reads what a running shard's journal holds, beside its writer: for those who follow an account.
// Nothing is written and nothing waits for it. It reads through the page cache, where everything
// that was written is; what may be told of it is the caller's to know, by `through_seq`.
//
// Any thread, one reading at a time for each caller.
#pragma once

#include "base/result.h"
#include "journal/disk.h"
#include "journal/recovery.h"
#include "journal/segment_index.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace usher::journal {

/// Where a batch begins. Places stay good while the segment is there.
struct HistoryPlace {
    std::uint64_t segment = 0;  ///< 0: the oldest that there is
    std::uint64_t offset = 0;
};

class HistorySink {
  public:
    virtual ~HistorySink() = default;

    /// The bytes are gone after the call. False: that is enough, this record is not taken.
    virtual bool record(std::uint64_t seq, std::span<const std::byte> bytes) = 0;

    /// Asked after each batch: nothing that follows is wanted.
    virtual bool has_enough() const { return false; }
};

/// What is to be read of a journal.
struct HistoryPart {
    HistoryPlace from;
    std::uint64_t through_seq = 0;     ///< the shard's
    std::optional<AccountSeq> wanted;  ///< this and what follows of one account is enough
};

/// Every record from the batch at `from` up to `through_seq`, in order; with `wanted`, batches and
/// segments that have nothing of it are passed over where an index says so. A segment that has gone
/// in the meantime is followed by the oldest that is there: the sink sees by `seq` that there is a
/// gap. Gives the batch at which to go on. Faults: io; data, if a batch that must be there is not.
Result<HistoryPlace> read_history(Disk& disk, int directory_fd, const std::string& directory_name,
                                  const Identity& identity, const HistoryPart& part,
                                  HistorySink& sink);

}  // namespace usher::journal
