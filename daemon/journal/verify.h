// Looks at a data directory without changing it: is everything that was confirmed still there?
// Behind `usherctl journal verify DIR`. Takes no lock; beside a running daemon the end of its
// journal may look torn, because it is being written.
#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "journal/disk.h"
#include "journal/index_check.h"

#include <cstdint>
#include <string>
#include <vector>

namespace usher::journal {

enum class Verdict : std::uint8_t { clean, torn_tail, corrupt, io };

struct ShardReport {
    std::uint32_t shard = 0;
    Verdict verdict = Verdict::clean;
    std::string cause;  ///< of anything but `clean`: file, byte, sequence, why
    std::uint64_t segments = 0;
    std::uint64_t batches = 0;
    std::uint64_t records = 0;
    std::uint64_t indexes = 0;    ///< segments that end with one
    std::uint64_t first_seq = 1;  ///< of what is still there
    std::uint64_t last_seq = 0;
    Instant last_state_time;
    std::uint64_t torn_bytes = 0;
    bool clean_close = false;
    bool watermark = false;  ///< there is a valid one, of sequence:
    std::uint64_t durable_seq = 0;
    std::uint64_t confirmed_lost = 0;  ///< records at or below durable_seq that are not readable
    std::vector<std::uint64_t> snapshots;  ///< sequences of the valid ones, newest first
    std::vector<std::string> warnings;
};

struct VerifyReport {
    Verdict verdict = Verdict::clean;  ///< the worst of them
    std::string cause;                 ///< of META, if that is what is wrong
    std::vector<ShardReport> shards;

    /// As `usherctl journal verify` ends: 0 clean, 5 torn tail only, 4 corrupt, 74 I/O.
    int exit_code() const;
};

/// With `whose`, indexes are held against the records that they are about.
VerifyReport verify(Disk& disk, const std::string& data_directory, WhoseRecord whose = nullptr);

}  // namespace usher::journal
