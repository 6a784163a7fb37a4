#include "tests/journal/owned_records.h"

#include "base/expect.h"
#include "journal/batch.h"
#include "journal/segment.h"
#include "journal/segment_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";

class Lasts final : public RecordSink {
  public:
    explicit Lasts(Passed& passed) : passed_(passed) {}

    Result<void> record(std::uint64_t, Instant, std::span<const std::byte> bytes) override {
        const auto of = whose_record(bytes);
        if (!of || passed_.last_seq[of->account] + 1 != of->seq)
            return fault(ExitCode::data, "a record that nobody has written");
        passed_.last_seq[of->account] = of->seq;
        return {};
    }
    void index(const IndexSeen& seen) override { passed_.indexes.push_back(seen); }

  private:
    Passed& passed_;
};

class Telling final : public HistorySink {
  public:
    Telling(const AccountSeq& from, std::uint64_t to, Story& story)
        : from_(from), to_(to), story_(story) {}

    bool record(std::uint64_t, std::span<const std::byte> bytes) override {
        const auto of = whose_record(bytes);
        if (of->account == from_.account && of->seq >= from_.seq && of->seq <= to_)
            story_.seqs.push_back(of->seq);
        return true;
    }
    bool has_enough() const override { return !story_.seqs.empty() && story_.seqs.back() == to_; }

  private:
    AccountSeq from_;
    std::uint64_t to_;
    Story& story_;
};

std::span<const std::byte> sealed(OpenBatch& batch, const BatchHeader& header,
                                  std::uint32_t previous_crc) {
    BatchStamp stamp;
    stamp.flags = header.flags;
    stamp.shard = header.shard;
    stamp.epoch = header.epoch;
    stamp.first_seq = header.first_seq;
    stamp.durable_seq = header.durable_seq;
    stamp.state_time = {header.state_time_ms};
    stamp.previous_crc = previous_crc;
    return batch.seal(stamp);
}

}  // namespace

std::optional<AccountSeq> whose_record(std::span<const std::byte> record) {
    AccountSeq of;
    if (record.size() < sizeof of.account + sizeof of.seq) return std::nullopt;
    std::memcpy(&of.account, record.data(), sizeof of.account);
    std::memcpy(&of.seq, record.data() + sizeof of.account, sizeof of.seq);
    return of;
}

void Accounts::append(Writer& writer, std::uint32_t account, std::size_t bytes) {
    const AccountSeq of{account, ++last_[account]};
    const auto room = writer.append(bytes, of);
    std::ranges::fill(room, std::byte{0x5A});
    std::memcpy(room.data(), &of.account, sizeof of.account);
    std::memcpy(room.data() + sizeof of.account, &of.seq, sizeof of.seq);
}

Passed pass_over(FakeDisk& disk) {
    Passed passed;
    Lasts sink(passed);
    JournalReading reading{disk, disk.root(), shard_name, test_identity, sink};
    reading.check_indexes(whose_record);
    if (const auto done = reading.run(0, true); !done) passed.fault = done.error().message;
    for (const auto& wrong : reading.wrong_indexes()) passed.wrong.push_back(wrong.message);
    passed.found = reading.found();
    return passed;
}

std::unique_ptr<Writer> go_on(FakeDisk& disk, const Options& options) {
    const auto passed = pass_over(disk);
    EXPECT_EQ(passed.fault, "");
    EXPECT_TRUE(passed.wrong.empty());
    auto writer = open_writer(disk, options, passed.found);
    EXPECT_TRUE(writer) << writer.error().message;
    return std::move(*writer);
}

Story story_of(FakeDisk& disk, const AccountSeq& from, std::uint64_t through_seq, bool by_index,
               std::uint64_t to) {
    Story story;
    Telling sink(from, to, story);
    const auto before = disk.bytes_read();
    HistoryPart part{{}, through_seq, {}};
    if (by_index) part.wanted = from;
    const auto read = read_history(disk, disk.root(), shard_name, test_identity, part, sink);
    if (!read) story.fault = read.error().message;
    story.bytes_read = disk.bytes_read() - before;
    return story;
}

std::optional<SegmentIndex> index_of(FakeDisk& disk, std::uint64_t number) {
    const OwnedFd journal{disk, disk.open(disk.root(), "journal", OpenFor::directory)};
    auto segment = SegmentReader::open(disk, journal.get(), "journal", test_identity, number);
    EXPECT(segment.has_value());
    return segment->index();
}

void replace_index(FakeDisk& disk, std::uint64_t number, const std::vector<IndexEntry>& entries) {
    const auto old = index_of(disk, number);
    EXPECT(old.has_value());
    auto& bytes = disk.contents(journal_file(number));
    SegmentHeader segment{};
    std::memcpy(&segment, bytes.data(), sizeof segment);
    BatchHeader header{};
    std::memcpy(&header, bytes.data() + old->offset, sizeof header);
    const auto batch_bytes = sizeof header + header.payload_bytes;
    OpenBatch batch{segment.alignment};
    std::vector<std::byte> payload;
    encode_index(entries, segment.epoch, batch_bytes, payload);
    batch.append_note(payload);
    std::ranges::copy(sealed(batch, header, header.previous_crc),
                      bytes.begin() + static_cast<std::ptrdiff_t>(old->offset));
    const auto behind = old->offset + batch_bytes;
    if (behind >= bytes.size()) return;
    const auto crc = batch.sealed_crc();
    std::memcpy(&header, bytes.data() + behind, sizeof header);
    EXPECT(header.flags == batch_clean_close);
    OpenBatch close{segment.alignment};
    close.append_note({});
    std::ranges::copy(sealed(close, header, crc),
                      bytes.begin() + static_cast<std::ptrdiff_t>(behind));
}

}  // namespace usher::journal::testing
