#include "journal/batch.h"

#include <algorithm>
#include <cstring>

#include "base/checksum.h"
#include "base/expect.h"
#include "base/planted.h"
#include "journal/segment_index.h"

namespace usher::journal {
namespace {

constexpr std::size_t length_bytes = sizeof(std::uint32_t);
constexpr std::size_t first_capacity = 64 * 1024;
constexpr std::size_t header_crc_covers = offsetof(BatchHeader, header_crc);

std::span<const std::byte> bytes_of(const BatchHeader& header) {
    return std::as_bytes(std::span{&header, 1});
}

std::uint32_t length_at(const std::byte* at) {
    std::uint32_t length = 0;
    std::memcpy(&length, at, sizeof length);
    return length;
}

bool all_zero(std::span<const std::byte> bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// Checksums say that the bytes are as they were written; this says that they were written sanely.
const char* check_records(const BatchHeader& header, std::span<const std::byte> payload) {
    auto rest = payload;
    for (std::uint32_t n = 0; n < header.count; ++n) {
        if (rest.size() < length_bytes) return "it has fewer records than it says";
        const auto length = length_at(rest.data());
        if (length == 0 || length > rest.size() - length_bytes) return "a record's length is wrong";
        rest = rest.subspan(length_bytes + length);
    }
    if (header.flags == batch_index) return check_index(header, rest);
    const std::size_t note = header.flags == batch_recovered  ? sizeof(RecoveredNote)
                             : header.flags == batch_repaired ? sizeof(RepairedNote)
                                                              : 0;
    if (note > rest.size()) return "its note is cut short";
    rest = rest.subspan(note);
    return all_zero(rest) ? nullptr : "its padding is not zero";
}

}  // namespace

OpenBatch::OpenBatch(std::uint32_t alignment) : alignment_(alignment) {
    EXPECT(alignment >= sector_bytes && (alignment & (alignment - 1)) == 0);
}

std::byte* OpenBatch::grow(std::size_t bytes) {
    const auto needed = used_ + bytes;
    // The padding gets its room at once, so that sealing never moves the batch.
    const auto with_padding = needed + alignment_;
    if (with_padding > capacity_) [[unlikely]] {
        EXPECT(with_padding <= batch_bytes_max);
        const auto capacity = std::max({first_capacity, capacity_ * 2, with_padding});
        auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity);
        if (start_ != nullptr) std::memcpy(larger.get(), start_.get(), used_);
        start_ = std::move(larger);
        capacity_ = capacity;
    }
    auto* const at = start_.get() + used_;
    used_ = needed;
    return at;
}

std::span<std::byte> OpenBatch::append(std::size_t bytes) {
    EXPECT(bytes > 0 && bytes <= record_bytes_max);
    auto* const at = grow(length_bytes + bytes);
    const auto length = static_cast<std::uint32_t>(bytes);
    std::memcpy(at, &length, length_bytes);
    ++count_;
    return {at + length_bytes, bytes};
}

void OpenBatch::append_note(std::span<const std::byte> note) {
    EXPECT(count_ == 0 && used_ == sizeof(BatchHeader));
    auto* const at = grow(note.size());
    if (!note.empty()) std::memcpy(at, note.data(), note.size());
}

std::size_t OpenBatch::bytes() const {
    return (used_ + alignment_ - 1) / alignment_ * alignment_;
}

std::span<const std::byte> OpenBatch::seal(const BatchStamp& stamp) {
    const auto total = bytes();
    EXPECT(total <= capacity_);
    std::memset(start_.get() + used_, 0, total - used_);
    const std::span payload{start_.get() + sizeof(BatchHeader), total - sizeof(BatchHeader)};

    BatchHeader header{};
    header.magic = BatchHeader::magic_expected;
    header.header_bytes = sizeof(BatchHeader);
    header.flags = stamp.flags;
    header.payload_bytes = static_cast<std::uint32_t>(payload.size());
    header.count = count_;
    header.epoch = stamp.epoch;
    header.first_seq = stamp.first_seq;
    header.durable_seq = stamp.durable_seq;
    header.state_time_ms = stamp.state_time.ms;
    header.shard = stamp.shard;
    header.previous_crc = stamp.previous_crc;
    header.payload_crc = crc32c(payload);
    header.header_crc = crc32c(bytes_of(header).first(header_crc_covers));
    std::memcpy(start_.get(), &header, sizeof header);
    sealed_crc_ = header.header_crc;
    return {start_.get(), total};
}

void OpenBatch::clear() {
    used_ = sizeof(BatchHeader);
    count_ = 0;
}

const char* check_header(std::span<const std::byte> bytes, const SegmentHeader& segment,
                         BatchHeader& out) {
    if (bytes.size() < sizeof(BatchHeader)) return "the file ends within a batch's header";
    std::memcpy(&out, bytes.data(), sizeof out);
    if (out.magic != BatchHeader::magic_expected) return "no batch begins here";
    if (out.header_crc != crc32c(bytes.first(header_crc_covers))) {
        return "the checksum of the batch's header is wrong";
    }
    const bool same_epoch = out.epoch == segment.epoch || PLANTED(wrong_epoch_accepted);
    if (!same_epoch || out.shard != segment.shard) {
        return "the batch belongs to another segment";
    }
    const auto total = std::uint64_t{out.header_bytes} + out.payload_bytes;
    if (out.header_bytes != sizeof(BatchHeader) || total % segment.alignment != 0 ||
        total > batch_bytes_max) {
        return "the batch's lengths make no sense";
    }
    return nullptr;
}

const char* check_payload(const BatchHeader& header, std::span<const std::byte> payload) {
    if (payload.size() != header.payload_bytes) return "the file ends within a batch";
    if (crc32c(payload) != header.payload_crc)
        return "the checksum of the batch's records is wrong";
    return check_records(header, payload);
}

std::span<const std::byte> take_record(std::span<const std::byte>& payload) {
    const auto length = length_at(payload.data());
    const auto record = payload.subspan(length_bytes, length);
    payload = payload.subspan(length_bytes + length);
    return record;
}

}  // namespace usher::journal
