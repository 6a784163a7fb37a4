// Reads a shard's journal back: every record after a given sequence, once, in order, or a fault
// that says which file, which byte, which sequence and what to do. Nothing is written.
//
// How the journal may end: cleanly (zeros follow), or torn (a crash cut the last, unconfirmed
// batches short: they are dropped whole, and `torn_bytes` says how much). Everything else, above
// all a hole in what the disk had confirmed, is corruption: ExitCode::data, and the shard must
// not start. A batch reaches the sink only after its checksum: never half of one.
#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "journal/disk.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace usher::journal {

/// Whose journal it is. A file that says otherwise is refused.
struct Identity {
    std::uint64_t instance_high = 0;  ///< the data directory's UUID
    std::uint64_t instance_low = 0;
    std::uint16_t shard = 0;
};

/// The index of a segment, as far as it can be told without its user.
struct IndexSeen {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t entries = 0;
    std::uint64_t accounts = 0;
};

class RecordSink {
  public:
    virtual ~RecordSink() = default;

    /// The bytes are gone after the call. A fault ends the recovery and is its result.
    virtual Result<void> record(std::uint64_t seq, Instant state_time,
                                std::span<const std::byte> bytes) = 0;

    /// A segment ends with an index. For those who show it: no record depends on it.
    virtual void index(const IndexSeen& seen) { (void)seen; }
};

struct Recovered {
    std::uint64_t last_seq = 0;    ///< 0: the journal holds no record
    Instant last_state_time;       ///< of the last batch; {} if there is none
    bool clean_close = false;      ///< the run before ended on purpose
    std::uint64_t torn_bytes = 0;  ///< dropped; more than 0 is worth a line in the log
    std::uint64_t first_seq = 1;   ///< the first sequence that was read
    std::uint64_t records = 0;     ///< given to the sink
    std::uint64_t batches = 0;
    std::uint64_t segments = 0;  ///< that were read
    std::uint64_t indexes = 0;   ///< that they end with
    std::vector<std::string>
        warnings;  ///< one line each, for the log: odd, but no record is in doubt

    // What the writer needs to go on; nobody else's concern.
    std::uint32_t last_crc = 0;       ///< header_crc of the last batch
    std::uint64_t tail_segment = 0;   ///< number of the segment with the last batch; 0: none
    std::uint64_t tail_bytes = 0;     ///< its used length
    std::uint64_t next_segment = 1;   ///< a number that no file has
    std::vector<std::string> unused;  ///< segments prepared but never written, unfinished files
};

/// `directory_fd` is of shard-NN, not owned. `after_seq` is the snapshot's (0: none): segments that
/// only hold older records are not read; if the record after it is missing, that is a fault.
Result<Recovered> recover(Disk& disk, int directory_fd, const std::string& directory_name,
                          const Identity& identity, std::uint64_t after_seq, RecordSink& sink);

}  // namespace usher::journal
