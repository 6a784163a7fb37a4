// Recovery against any bytes. The first byte chooses: the rest is a segment as it stands, or edits
// (two bytes of place, one to add) of a valid journal of three batches, its watermark and header
// included, with checksums made right again for every other kind of edit so that fuzzing gets past
// them. Recovery must end, with a fault or with records in order; it must not write.

#include "base/checksum.h"
#include "base/expect.h"
#include "journal/segment.h"
#include "tests/fuzz/acceptance.h"
#include "tests/journal/workload.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace {

using namespace usher;
using namespace usher::journal;
using namespace usher::journal::testing;

class OrderedSink final : public RecordSink {
  public:
    Result<void> record(std::uint64_t seq, Instant, std::span<const std::byte> bytes) override {
        EXPECT(seq == last_seq_ + 1 && !bytes.empty());
        last_seq_ = seq;
        std::size_t sum = 0;  // touches every byte: a view beyond the file is then seen
        for (const auto byte : bytes) sum += std::to_integer<std::size_t>(byte);
        EXPECT(sum < SIZE_MAX);
        return {};
    }
    std::uint64_t last_seq() const { return last_seq_; }

  private:
    std::uint64_t last_seq_ = 0;
};

std::unique_ptr<FakeDisk> valid_journal() {
    auto disk = empty_shard();
    auto options = small_options();
    options.segment_bytes = {8192, 8192, 8192, 8192};
    CheckingSink sink;
    auto writer = open_writer(*disk, options, *recover_all(*disk, sink));
    EXPECT(writer.has_value());
    for (int n = 0; n < 3; ++n) {
        EXPECT(write_batch(**writer, 2, 60).has_value());
        EXPECT((*writer)->sync().has_value());
    }
    return disk->after_kill();
}

template <class Header>
void seal_again(std::vector<std::byte>& bytes, std::size_t at, std::size_t crc_at) {
    if (at + sizeof(Header) > bytes.size()) return;
    const auto crc = crc32c(std::span<const std::byte>(bytes).subspan(at, crc_at));
    std::memcpy(bytes.data() + at + crc_at, &crc, sizeof crc);
}

/// The next batch's payload_crc and header_crc, and so on along the file.
void seal_batches_again(std::vector<std::byte>& bytes) {
    for (std::size_t at = header_block_bytes; at + sizeof(BatchHeader) <= bytes.size();) {
        BatchHeader header{};
        std::memcpy(&header, bytes.data() + at, sizeof header);
        const auto total = std::size_t{sizeof header} + header.payload_bytes;
        if (header.magic != BatchHeader::magic_expected || at + total > bytes.size()) return;
        const std::span<const std::byte> all = bytes;
        header.payload_crc = crc32c(all.subspan(at + sizeof header, header.payload_bytes));
        std::memcpy(bytes.data() + at, &header, sizeof header);
        seal_again<BatchHeader>(bytes, at, offsetof(BatchHeader, header_crc));
        at += total;
    }
}

void edit(FakeDisk& disk, std::span<const std::byte> input, bool seal) {
    auto& segment = disk.contents(journal_file(1));
    auto& watermark = disk.contents("watermark");
    for (; input.size() >= 3; input = input.subspan(3)) {
        std::uint16_t place = 0;
        std::memcpy(&place, input.data(), sizeof place);
        auto& file = (place & 0x8000) != 0 ? watermark : segment;
        auto& byte = file[(place & 0x7FFF) % file.size()];
        byte ^= input[2];
    }
    if (!seal) return;
    constexpr auto header_crc = offsetof(SegmentHeader, crc);
    seal_again<SegmentHeader>(segment, 0, header_crc);
    seal_again<SegmentHeader>(segment, header_block_bytes - sizeof(SegmentHeader), header_crc);
    seal_batches_again(segment);
    for (const auto slot : watermark_slot_offset) {
        seal_again<WatermarkSlot>(watermark, slot, offsetof(WatermarkSlot, crc));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const auto original = valid_journal();
    fuzzing::acceptance.tried();
    if (size == 0) return 0;
    const auto input = std::as_bytes(std::span{bytes, size});
    const auto kind = std::to_integer<unsigned>(input[0]) % 3;
    const auto disk = original->after_kill();
    if (kind == 0) {
        disk->contents(journal_file(1)).assign(input.begin() + 1, input.end());
    } else {
        edit(*disk, input.subspan(1), kind == 2);
    }
    const auto before = disk->everything();
    OrderedSink sink;
    const auto recovered = recover(*disk, disk->root(), "data/shard-00", test_identity, 0, sink);
    if (recovered) {
        EXPECT(recovered->last_seq == sink.last_seq());
        if (recovered->last_seq > 0) fuzzing::acceptance.accepted(input);
    }
    EXPECT(disk->everything() == before);
    EXPECT(disk->open_descriptors() == 0);
    return 0;
}
