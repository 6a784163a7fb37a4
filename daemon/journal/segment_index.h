// The index that ends a segment: whose records stand in it, and where (format.h has its structs).
// OpenIndex collects it while a segment is written, SegmentIndex is one that was read back. An
// index only says where to look: without it a segment is read whole. One thread.
#pragma once

#include "journal/format.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace usher::journal {

/// Whose record it is, and which of that account's: they have no gaps and begin with 1.
struct AccountSeq {
    std::uint32_t account = 0;
    std::uint64_t seq = 0;
};

inline constexpr std::uint32_t indexed_accounts_max = 1u << 20;  ///< a number beyond: no index
inline constexpr std::uint32_t entry_records_max = 4096;         ///< about; then the next entry
inline constexpr std::size_t index_padding_max = 1024 * 1024;    ///< up to the segment's end

/// The bytes of a batch with an index of so many entries.
std::size_t index_batch_bytes(std::size_t entries, std::uint32_t alignment);

/// Collects what the index of the segment in use will say. A record costs it a comparison or two;
/// it allocates only for accounts never seen before and for more of them in one batch than ever.
class OpenIndex {
  public:
    OpenIndex();

    /// The open batch's next record.
    void note(const AccountSeq& of) {
        if (!noted_.empty()) {
            auto& last = noted_.back();
            if (last.account == of.account && last.first_seq + last.records == of.seq) {
                ++last.records;
                return;
            }
        }
        noted_.push_back({of.account, 1, of.seq});
    }

    /// What was noted since the last call stands in the batch at `block`.
    void take(std::uint32_t block);

    /// How many entries there are, or will be, what was noted included.
    std::size_t entries_at_most() const { return entries_ + noted_.size(); }

    /// Nothing was left out: an account's number too large, a sequence that does not grow.
    bool is_complete() const { return is_complete_; }

    /// Of everything that was taken, in order. Valid until the next call.
    std::span<const IndexEntry> entries();

    /// The next segment begins. What was only noted stays: it will stand there.
    void begin_segment();

  private:
    struct Row {  ///< records of one account that follow each other
        std::uint32_t account = 0;
        std::uint32_t records = 0;
        std::uint64_t first_seq = 0;
    };
    struct Slot {  ///< the last entry of an account
        std::uint32_t turn = 0;
        std::uint32_t first_block = 0;
        std::uint32_t last_block = 0;
        std::uint32_t records = 0;
        std::uint64_t first_seq = 0;
    };

    static IndexEntry entry_of(std::uint32_t account, const Slot& slot);
    void take(const Row& row, std::uint32_t block);
    void leave_out();

    std::vector<Row> noted_;         ///< of the open batch
    std::vector<Slot> slots_;        ///< by account; those of this turn count
    std::vector<IndexEntry> ended_;  ///< entries before an account's last
    std::vector<IndexEntry> sorted_;
    std::uint32_t turn_ = 1;  ///< of the segment
    std::size_t entries_ = 0;
    bool is_complete_ = true;
};

/// The payload of a batch of `batch_bytes` (a multiple of the alignment, at least
/// index_batch_bytes()). Fills `out`, whose memory is used again.
void encode_index(std::span<const IndexEntry> entries, std::uint64_t epoch, std::size_t batch_bytes,
                  std::vector<std::byte>& out);

/// Null if the payload of a batch_index batch was written sanely, or what is wrong with it.
const char* check_index(const BatchHeader& header, std::span<const std::byte> payload);

/// The entries of a payload that was found right.
std::vector<IndexEntry> decode_index(std::span<const std::byte> payload);

/// An index that was read back.
struct SegmentIndex {
    std::uint64_t offset = 0;    ///< where it begins: all records of the segment are before it
    std::uint64_t next_seq = 0;  ///< the shard's, of the first record behind the segment
    std::vector<IndexEntry> entries;

    /// The batches in which the account may have something at or behind its sequence `from`.
    struct Stretch {
        std::uint64_t begin = 0;  ///< where the first begins
        std::uint64_t last = 0;   ///< where the last begins
    };
    /// Nothing: the segment has none.
    std::optional<Stretch> stretch_of(const AccountSeq& from, std::uint32_t alignment) const;
};

}  // namespace usher::journal
