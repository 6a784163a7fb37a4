// The journal's format on disk: constants and fixed structs, nothing else. docs/journal.md says
// the same in prose. All numbers are little-endian; no struct has a hole. A struct here never
// changes: a new version adds a new one, and tests/golden/journal keeps a journal of each.
//
// shard-NN/journal/NUMBER.uj   a segment: a header block, then batches, then zeros to the end
// shard-NN/watermark           two slots, written in turn, never waited for
// shard-NN/snapshot/SEQ.us     an image: a header block, blocks, a footer
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace usher::journal {

inline constexpr std::uint16_t format_major = 1;  ///< newer: refused
inline constexpr std::uint16_t format_minor = 0;  ///< newer: read, its additions are optional
inline constexpr std::uint32_t endian_tag = 0x01020304;

/// Features by what a program may do that does not know them: nothing special (compat), read but
/// not write (ro_compat), neither (incompat).
inline constexpr std::uint32_t incompat_repaired = 1;  ///< the segment holds a batch_repaired
inline constexpr std::uint32_t incompat_indexed = 2;   ///< it may end with a batch_index
inline constexpr std::uint32_t known_ro_compat = 0;
inline constexpr std::uint32_t known_incompat = incompat_repaired | incompat_indexed;

inline constexpr std::size_t header_block_bytes = 4096;
inline constexpr std::size_t sector_bytes = 512;  ///< the least alignment of batches
inline constexpr std::size_t alignment_default = 4096;
inline constexpr std::size_t batch_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t record_bytes_max = batch_bytes_max - 64 * 1024;

inline constexpr std::size_t name_digits = 20;  ///< of NUMBER and SEQ in file names
inline constexpr const char* segment_suffix = ".uj";
inline constexpr const char* snapshot_suffix = ".us";
inline constexpr const char* unfinished_suffix = ".tmp";  ///< never read, removed by the writer

/// Opens a segment, twice in its first block: at its start and at its end. It is on disk before
/// the file has its name, so a segment whose header is bad is never a matter of a crash.
struct SegmentHeader {
    static constexpr std::array<char, 8> magic_expected = {'u', 's', 'h', 'e', 'r', 'j', 'n', 'l'};

    std::array<char, 8> magic;
    std::uint16_t major;
    std::uint16_t minor;
    std::uint32_t endian;
    std::uint32_t compat;
    std::uint32_t ro_compat;
    std::uint32_t incompat;
    std::uint32_t alignment;      ///< of batches; a power of two, sector_bytes or more
    std::uint64_t instance_high;  ///< the data directory's UUID
    std::uint64_t instance_low;
    std::uint16_t shard;
    std::uint16_t durability;  ///< for people: 1 written, 2 synced
    std::uint32_t term;        ///< 0 until there is replication
    std::uint64_t number;      ///< as in the file's name
    std::uint64_t epoch;       ///< random: nobody can plant a batch in what he sends us
    std::int64_t created_ms;
    std::uint64_t prepared_bytes;  ///< the file's size when it was made
    std::array<std::uint32_t, 9> reserved;
    std::uint32_t crc;  ///< of all before it; at this place in every version
};
static_assert(sizeof(SegmentHeader) == 128);
static_assert(std::is_trivially_copyable_v<SegmentHeader>);

/// What a batch says about itself. A record batch has flags 0.
enum BatchFlag : std::uint16_t {
    batch_recovered = 1,    ///< first in the segment of a new run; holds RecoveredNote
    batch_clean_close = 2,  ///< the writer ended on purpose; nothing follows in the segment
    batch_seal = 4,         ///< no records; only says what is durable
    batch_repaired = 8,     ///< what somebody gave up before it; holds RepairedNote
    batch_index = 16,  ///< whose the segment's records are; only a clean close may follow in it
};

/// Opens a batch. The payload follows: `count` records, each a length of 32 bits and its bytes,
/// then zeros until header and payload together fill a multiple of the alignment. What has no
/// records counts none of the shard's sequence: its first_seq is the next record's.
struct BatchHeader {
    static constexpr std::uint32_t magic_expected = 0x4A425355;  ///< "USBJ"

    std::uint32_t magic;
    std::uint16_t header_bytes;
    std::uint16_t flags;
    std::uint32_t payload_bytes;  ///< padding included
    std::uint32_t count;
    std::uint64_t epoch;  ///< the segment's
    std::uint64_t first_seq;
    std::uint64_t durable_seq;  ///< known to be on disk when this batch was written
    std::int64_t state_time_ms;
    std::uint16_t shard;
    std::uint16_t reserved;
    std::uint32_t term;
    std::uint32_t previous_crc;  ///< the header_crc of the batch before, across segments; 0: none
    std::uint32_t payload_crc;   ///< padding included
    std::uint32_t reserved_too;
    std::uint32_t header_crc;  ///< of all before it
};
static_assert(sizeof(BatchHeader) == 72);
static_assert(std::is_trivially_copyable_v<BatchHeader>);

/// The payload of a batch_recovered batch: how the run before it ended.
struct RecoveredNote {
    std::uint64_t last_seq;
    std::uint64_t torn_bytes;
    std::uint64_t previous_segment;  ///< its number; 0: there was none
    std::uint32_t clean_close;       ///< 1: it ended on purpose
    std::uint32_t reserved;
};
static_assert(sizeof(RecoveredNote) == 32);

/// The payload of a batch_repaired batch: who has accepted which loss.
struct RepairedNote {
    std::uint64_t keep_through;   ///< the last sequence that was kept
    std::uint64_t confirmed_seq;  ///< the last one that had been confirmed
    std::uint64_t lost;           ///< confirmed and given up: the one minus the other, or 0
    std::int64_t at_ms;
    std::uint32_t user;  ///< the uid that ran `usherctl journal repair`
    std::uint32_t reserved;
};
static_assert(sizeof(RepairedNote) == 40);

/// The payload of a batch_index batch: this, so many entries, zeros, and as its last bytes an
/// IndexTrailer. So whoever begins at the end of a segment finds it.
struct IndexHead {
    std::uint32_t entries;
    std::uint32_t reserved;
};
static_assert(sizeof(IndexHead) == 8);

/// Records of one account whose sequences follow each other, and the batches that they stand in.
/// Ordered by account and sequence; an account that has many records has an entry for each few
/// thousand of them. What accounts and their sequences mean is the journal's user's to know.
struct IndexEntry {
    std::uint32_t account;
    std::uint32_t first_block;  ///< the batch begins at this times the alignment
    std::uint32_t last_block;
    std::uint32_t records;
    std::uint64_t first_seq;  ///< the account's, not the shard's
};
static_assert(sizeof(IndexEntry) == 24);
static_assert(std::is_trivially_copyable_v<IndexEntry>);

struct IndexTrailer {
    static constexpr std::uint32_t magic_expected = 0x58495355;  ///< "USIX"

    std::uint32_t magic;
    std::uint32_t batch_bytes;  ///< of the whole batch that these bytes end
    std::uint64_t epoch;        ///< the segment's
};
static_assert(sizeof(IndexTrailer) == 16);

/// One of the two slots of the watermark file: what an fdatasync has confirmed. It reaches the disk
/// when the kernel likes, so after a power cut it may be old; it is never ahead of the journal.
struct WatermarkSlot {
    static constexpr std::uint32_t magic_expected = 0x4D575355;  ///< "USWM"

    std::uint32_t magic;
    std::uint16_t shard;
    std::uint16_t clean_close;  ///< 1: `epoch`'s segment ends with a batch_clean_close
    std::uint64_t turn;         ///< the slot with the higher one counts
    std::uint64_t epoch;
    std::uint64_t durable_seq;
    std::uint64_t instance_low;
    std::uint32_t reserved;
    std::uint32_t crc;
};
static_assert(sizeof(WatermarkSlot) == 48);
inline constexpr std::size_t watermark_file_bytes = 4096;
inline constexpr std::size_t watermark_slot_offset[2] = {0, 2048};

inline constexpr std::size_t snapshot_block_bytes = 1024 * 1024;

/// Opens a snapshot, alone in its first block of header_block_bytes (the rest is zero).
struct SnapshotHeader {
    static constexpr std::array<char, 8> magic_expected = {'u', 's', 'h', 'e', 'r', 's', 'n', 'p'};

    std::array<char, 8> magic;
    std::uint16_t major;
    std::uint16_t minor;
    std::uint32_t endian;
    std::uint32_t compat;
    std::uint32_t ro_compat;
    std::uint32_t incompat;
    std::uint16_t shard;
    std::uint16_t reserved;
    std::uint64_t instance_high;
    std::uint64_t instance_low;
    std::uint64_t seq;  ///< the image holds every record up to this one
    std::int64_t state_time_ms;
    std::uint64_t nonce;  ///< random; every block repeats it
    std::int64_t created_ms;
    std::array<std::uint32_t, 3> reserved_too;
    std::uint32_t crc;
};
static_assert(sizeof(SnapshotHeader) == 96);

/// Opens a block of a snapshot; `bytes` bytes follow. Blocks are full but the last.
struct SnapshotBlockHeader {
    static constexpr std::uint32_t magic_expected = 0x4B425355;  ///< "USBK"

    std::uint32_t magic;
    std::uint32_t index;
    std::uint64_t nonce;
    std::uint32_t bytes;
    std::uint32_t crc;  ///< of the fields before it and of the bytes
};
static_assert(sizeof(SnapshotBlockHeader) == 24);

/// Ends a snapshot; the file ends with it.
struct SnapshotFooter {
    static constexpr std::uint32_t magic_expected = 0x54465355;  ///< "USFT"

    std::uint32_t magic;
    std::uint32_t blocks;
    std::uint64_t nonce;
    std::uint64_t bytes;  ///< of the image, without the blocks' headers
    std::uint64_t seq;
    std::int64_t state_time_ms;
    std::uint64_t digest_high;
    std::uint64_t digest_low;
    std::uint32_t total_crc;  ///< of the image
    std::uint32_t crc;        ///< of all before it
};
static_assert(sizeof(SnapshotFooter) == 64);

}  // namespace usher::journal
