// A batch as bytes: how records become one (OpenBatch), and what makes one valid (check_header,
// check_payload). Who reads or writes it, and where it stands, is not known here.
#pragma once

#include "base/instant.h"
#include "journal/format.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace usher::journal {

/// What a batch says besides its records.
struct BatchStamp {
    std::uint16_t flags = 0;
    std::uint16_t shard = 0;
    std::uint64_t epoch = 0;
    std::uint64_t first_seq = 0;
    std::uint64_t durable_seq = 0;
    Instant state_time;
    std::uint32_t previous_crc = 0;
};

/// Collects records behind the room for a header. Its memory grows to the largest batch so far and
/// is used again for the next. One thread.
class OpenBatch {
  public:
    explicit OpenBatch(std::uint32_t alignment);

    /// Room for a record of `bytes`, to be filled before anything else is called.
    std::span<std::byte> append(std::size_t bytes);

    /// The payload of a batch without records: raw, not preceded by a length.
    void append_note(std::span<const std::byte> note);

    std::uint32_t count() const { return count_; }
    std::size_t bytes() const;  ///< header and padding included

    /// Stamps, pads and checksums. The bytes live until the next append or clear.
    std::span<const std::byte> seal(const BatchStamp& stamp);

    /// The header_crc of the batch that was sealed last: the next one's previous_crc.
    std::uint32_t sealed_crc() const { return sealed_crc_; }

    void clear();

  private:
    std::byte* grow(std::size_t bytes);

    std::uint32_t alignment_;
    std::uint32_t count_ = 0;
    std::uint32_t sealed_crc_ = 0;
    std::size_t used_ = sizeof(BatchHeader);
    std::size_t capacity_ = 0;
    std::unique_ptr<std::byte[]> start_;
};

/// Reads the header of a batch at the start of `bytes`. Null if it is one of this segment's, with a
/// right checksum and lengths that make sense; else what is wrong with it.
const char* check_header(std::span<const std::byte> bytes, const SegmentHeader& segment,
                         BatchHeader& out);

/// `payload` is all of header.payload_bytes. Null, or what is wrong with it.
const char* check_payload(const BatchHeader& header, std::span<const std::byte> payload);

/// The next record of a payload that was found right; moves `payload` behind it.
std::span<const std::byte> take_record(std::span<const std::byte>& payload);

}  // namespace usher::journal
