// Goal: a journal whose batches are right in themselves and wrong where they stand is refused, and
// what only looks strange is read.
// Method: a batch put behind the last one of a segment, or in place of its first, sealed rightly.

#include "journal/batch.h"
#include "journal/journal_reading.h"
#include "journal/prefix.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

namespace usher::journal::testing {
namespace {

struct Tail {
    SegmentHeader segment{};
    BatchHeader last{};
    std::size_t end = header_block_bytes;  ///< of the last batch
};

Tail tail_of(FakeDisk& disk, std::uint64_t number) {
    const auto& bytes = disk.contents(journal_file(number));
    Tail tail;
    std::memcpy(&tail.segment, bytes.data(), sizeof tail.segment);
    BatchHeader header{};
    while (check_header(std::span(bytes).subspan(tail.end), tail.segment, header) == nullptr) {
        tail.last = header;
        tail.end += sizeof header + header.payload_bytes;
        if (tail.end >= bytes.size()) break;
    }
    return tail;
}

BatchStamp behind(const Tail& tail) {
    BatchStamp stamp;
    stamp.epoch = tail.segment.epoch;
    stamp.first_seq = tail.last.first_seq + tail.last.count;
    stamp.durable_seq = stamp.first_seq - 1;
    stamp.previous_crc = tail.last.header_crc;
    return stamp;
}

void put(FakeDisk& disk, std::uint64_t number, std::size_t at, OpenBatch& batch,
         const BatchStamp& stamp) {
    auto& bytes = disk.contents(journal_file(number));
    const auto sealed = batch.seal(stamp);
    bytes.resize(std::max(bytes.size(), at + sealed.size()));
    std::ranges::copy(sealed, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    disk.settle();
}

/// Behind the last batch of the segment.
void add(FakeDisk& disk, std::uint64_t number, std::size_t records,
         const std::function<void(BatchStamp&)>& edit) {
    const auto tail = tail_of(disk, number);
    auto stamp = behind(tail);
    edit(stamp);
    OpenBatch batch{512};
    if (records == 0) batch.append_note({});
    for (std::size_t n = 0; n < records; ++n) {
        const auto record = record_of(stamp.first_seq + n);
        std::ranges::copy(record, batch.append(record.size()).begin());
    }
    put(disk, number, tail.end, batch, stamp);
}

std::unique_ptr<FakeDisk> one_run(bool closed) {
    const auto disk = empty_shard();
    const auto writer = start(*disk);
    EXPECT_TRUE(write_batch(*writer, 3));
    EXPECT_TRUE(writer->sync());
    if (closed) {
        EXPECT_TRUE(writer->close());
    }
    return disk->after_kill();
}

void refuse(FakeDisk& disk, const std::string& must_say) {
    CheckingSink sink;
    const auto recovered = recover_all(disk, sink);
    ASSERT_FALSE(recovered) << must_say;
    EXPECT_EQ(recovered.error().code, ExitCode::data);
    EXPECT_NE(recovered.error().message.find(must_say), std::string::npos)
        << recovered.error().message;
    EXPECT_EQ(disk.open_descriptors(), 0U);
}

TEST(ForgedBatch, BehindTheLastOneIsRefusedForWhatIsWrongWithIt) {
    struct Forged {
        std::size_t records;
        std::function<void(BatchStamp&)> edit;
        const char* must_say;
    };
    const std::vector<Forged> all{
        {0, [](auto& s) { s.flags = 64; }, "does not know (flags 64)"},
        {0, [](auto& s) { s.flags = batch_seal | batch_clean_close; }, "(flags 6)"},
        {0, [](auto& s) { s.flags = 0; }, "(flags 0)"},
        {1, [](auto& s) { s.flags = batch_seal; }, "(flags 4)"},
        {1, [](auto& s) { s.first_seq = 0; }, "sequences contradict each other"},
        {1, [](auto& s) { s.durable_seq = s.first_seq; }, "sequences contradict each other"},
        {1, [](auto& s) { s.first_seq += 1; }, "the batch begins with sequence 5"},
        {1, [](auto& s) { s.previous_crc += 1; }, "does not follow the one before it"},
    };
    for (const auto& forged : all) {
        const auto disk = one_run(false);
        add(*disk, 1, forged.records, forged.edit);
        refuse(*disk, forged.must_say);
    }
}

TEST(ForgedBatch, ThatOnlySaysWhatIsDurableIsRead) {
    const auto disk = one_run(false);
    add(*disk, 1, 0, [](auto& stamp) { stamp.flags = batch_seal; });
    add(*disk, 1, 2, [](auto&) {});
    CheckingSink sink;
    const auto recovered = recover_all(*disk, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sink.last_seq(), 5U);
    EXPECT_EQ(sink.wrong(), 0U);
}

/// The first batch of a second run, replaced.
TEST(ForgedBatch, InPlaceOfTheNoteOfARunIsRefused) {
    for (const bool with_records : {true, false}) {
        const auto disk = one_run(true);
        const auto first = tail_of(*disk, 1);
        const auto second = [&] {
            const auto writer = start(*disk);
            return tail_of(*disk, 2);
        }();
        auto stamp = behind(first);
        stamp.epoch = second.segment.epoch;
        OpenBatch batch{512};
        if (with_records) {
            const auto record = record_of(4);
            std::ranges::copy(record, batch.append(record.size()).begin());
        } else {
            RecoveredNote note{};
            note.last_seq = 2;  // of three
            stamp.flags = batch_recovered;
            batch.append_note(std::as_bytes(std::span{&note, 1}));
        }
        put(*disk, 2, header_block_bytes, batch, stamp);
        refuse(*disk, with_records ? "it follows the end of a run"
                                   : "had recovered everything up to sequence 2");
    }
}

TEST(ForgedBatch, BehindTheEndOfAFinishedRunIsRefused) {
    auto disk = one_run(true);
    auto* bytes = &disk->contents(journal_file(1));
    bytes->insert(bytes->end(), 512, std::byte{7});
    refuse(*disk, "there are bytes behind the end of a finished run");

    disk = one_run(true);
    add(*disk, 1, 1, [](auto& stamp) {
        stamp.first_seq += 10;
        stamp.durable_seq += 10;
    });
    refuse(*disk, "a batch is missing, though the batch at byte");
}

/// A second segment of such a shard, as one that was prepared has it.
std::vector<std::byte> prepared_segment() {
    const auto other = empty_shard();
    for (int run = 0; run < 2; ++run) EXPECT_TRUE(start(*other)->close());
    auto prepared = other->contents(journal_file(2));
    std::fill(prepared.begin() + header_block_bytes, prepared.end(), std::byte{});
    prepared.resize(16384);
    return prepared;
}

/// A torn end may be followed by segments that were prepared, and by nothing else.
TEST(TornEnd, MayBeFollowedByEmptySegmentsAlone) {
    const auto torn = [](bool bytes_behind) {
        auto disk = empty_shard();
        auto writer = start(*disk);
        EXPECT_TRUE(write_batch(*writer, 3));
        EXPECT_TRUE(writer->sync());
        const auto end = tail_of(*disk, 1).end;
        EXPECT_TRUE(write_batch(*writer, 3));
        disk->contents(journal_file(1))[end + 100] ^= std::byte{1};
        writer.reset();
        auto prepared = prepared_segment();
        if (bytes_behind) prepared[header_block_bytes + 700] = std::byte{9};
        disk->put(journal_file(2), prepared);
        return disk->after_kill();
    };
    refuse(*torn(true), "though the journal goes on in");
    const auto disk = torn(false);
    CheckingSink sink;
    const auto recovered = recover_all(*disk, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(recovered->last_seq, 3U);
    EXPECT_GT(recovered->torn_bytes, 0U);
    const auto writer = start(*disk);
    EXPECT_EQ(writer->last_seq(), 3U);
    EXPECT_EQ(writer->segment_number(), 3U);
    EXPECT_FALSE(disk->exists(journal_file(2)));
}

ShardPlace place_of(FakeDisk& disk) {
    return {disk, disk.root(), "data/shard-00", test_identity};
}

TEST(ForgedBatch, ThatDoesNotFollowIsInNoCopy) {
    const auto disk = one_run(false);
    add(*disk, 1, 1, [](auto& stamp) { stamp.previous_crc += 1; });
    const auto prefix = find_prefix(place_of(*disk), std::nullopt);
    ASSERT_TRUE(prefix) << prefix.error().message;
    EXPECT_EQ(prefix->last_seq, 3U);
    add(*disk, 1, 1, [](auto&) {});  // and what follows that one is in none either
    EXPECT_EQ(find_prefix(place_of(*disk), std::nullopt)->last_seq, 3U);
}

TEST(ForgedBatch, WithoutASequenceConfirmsNothing) {
    const auto disk = one_run(true);
    ASSERT_TRUE(start(*disk)->close());
    add(*disk, 1, 0, [](auto& stamp) {
        stamp.flags = batch_seal;
        stamp.first_seq = stamp.durable_seq = 0;
    });
    const auto confirmed = confirmed_seq(place_of(*disk));
    ASSERT_TRUE(confirmed) << confirmed.error().message;
    EXPECT_EQ(*confirmed, 3U);
}

/// A segment is left once all of it is durable, and only then; one that was merely prepared says
/// nothing of that.
TEST(PreparedSegment, DoesNotConfirmTheOneBeforeIt) {
    const auto disk = empty_shard();
    const auto writer = start(*disk);
    ASSERT_TRUE(write_batch(*writer, 3));  // never synced
    const auto killed = disk->after_kill();
    killed->put(journal_file(2), prepared_segment());
    EXPECT_EQ(*confirmed_seq(place_of(*killed)), 0U);
    killed->erase(journal_file(2));
    ASSERT_TRUE(start(*killed)->close());  // makes another second one, with a note
    EXPECT_EQ(*confirmed_seq(place_of(*killed)), 3U);
}

TEST(Watermark, OfARunWithoutRecordsWhoseSegmentIsGoneIsNoLoss) {
    const auto disk = one_run(true);
    EXPECT_TRUE(start(*disk)->close());
    disk->erase(journal_file(2));
    CheckingSink sink;
    ASSERT_TRUE(recover_all(*disk, sink));
    EXPECT_EQ(sink.last_seq(), 3U);
}

TEST(Recovery, OfADirectoryWithoutAFolderAboveItSaysHowToLook) {
    const auto disk = one_run(false);
    add(*disk, 1, 0, [](auto& stamp) { stamp.flags = 64; });
    for (const auto* name : {"shard-00", "/shard-00"}) {
        CheckingSink sink;
        const auto recovered = recover(*disk, disk->root(), name, test_identity, 0, sink);
        ASSERT_FALSE(recovered);
        EXPECT_TRUE(recovered.error().message.ends_with("usherctl journal verify ."))
            << recovered.error().message;
    }
}

}  // namespace
}  // namespace usher::journal::testing
