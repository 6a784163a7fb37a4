// Goal: the edges of the writer and of those who read beside it: nothing to do, nothing left, too
// much at once, one thing going wrong after another.

#include "journal/device_file.h"
#include "tests/journal/failing_disk.h"
#include "tests/journal/owned_records.h"

#include <gtest/gtest.h>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";

/// A disk that now and then says what a system may say and hardly ever does.
class Odd final : public FailingDisk {
  public:
    explicit Odd(FakeDisk& disk) : FailingDisk(disk, Going::wrong_once, 0) {}

    std::int64_t read(int fd, std::span<std::byte> into, std::uint64_t offset) override {
        return busy() ? -EAGAIN : FailingDisk::read(fd, into, offset);
    }
    std::int64_t write(int fd, std::span<const std::byte> from, std::uint64_t offset) override {
        if (takes_nothing) return 0;
        return busy() ? -EAGAIN : FailingDisk::write(fd, from, offset);
    }
    bool takes_nothing = false;

  private:
    bool busy() { return ++calls_ % 2 == 1; }

    int calls_ = 0;
};

TEST(Disk, ThatIsBusyIsAskedAgainAndOneThatTakesNothingIsAFault) {
    FakeDisk fake;
    Odd disk{fake};
    const std::vector<std::byte> bytes(1000, std::byte{7});
    std::vector<std::byte> back(1000);
    const OwnedFd fd{disk, disk.open(fake.root(), "file", OpenFor::creating)};
    EXPECT_EQ(write_all(disk, fd.get(), bytes, 0), 0);
    EXPECT_EQ(read_all(disk, fd.get(), back, 0), 1000);
    EXPECT_EQ(back, bytes);
    disk.takes_nothing = true;
    EXPECT_EQ(write_all(disk, fd.get(), bytes, 0), -EIO);
}

TEST(OwnedFd, MayBeGivenToItselfAndClosedTwice) {
    FakeDisk disk;
    OwnedFd fd{disk, disk.open(disk.root(), "file", OpenFor::creating)};
    auto& same = fd;
    fd = std::move(same);
    EXPECT_TRUE(fd.is_open());
    EXPECT_EQ(fd.close(), 0);
    EXPECT_EQ(fd.close(), 0);
    EXPECT_EQ(disk.open_descriptors(), 0U);
}

TEST(DeviceFile, ThatBecomesShorterWhileItIsReadIsAFault) {
    FakeDisk disk;
    disk.put("file", std::vector<std::byte>(100'000));
    auto file = DeviceFile::open(disk, disk.root(), "file", "data/file");
    ASSERT_TRUE(file);
    disk.contents("file").resize(50'000);
    EXPECT_TRUE(file->at(0, 100));
    const auto gone = file->at(90'000, 100);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().message, "data/file: became shorter while it was read");
}

TEST(PosixDisk, SaysWhatTheSystemSays) {
    auto& disk = posix_disk();
    std::vector<std::byte> some(10);
    std::vector<DirectoryEntry> entries;
    EXPECT_EQ(disk.read(-1, some, 0), -EBADF);
    EXPECT_EQ(disk.write(-1, some, 0), -EBADF);
    EXPECT_EQ(disk.size(-1), -EBADF);
    EXPECT_EQ(disk.list(-1, entries), -EBADF);
    EXPECT_EQ(disk.close(-1), -EBADF);
}

TEST(Segment, OfManyMebibytesIsSyncedPieceByPieceAndAnyOfThemMayFail) {
    auto options = small_options();
    options.segment_bytes = {3 * 1024 * 1024, 3 * 1024 * 1024, 3 * 1024 * 1024, 3 * 1024 * 1024};
    for (const std::uint64_t nth : {1U, 2U}) {
        const auto disk = empty_shard();
        disk->fail(Call::sync_contents, nth, ENOSPC);
        CheckingSink sink;
        const auto opened = open_writer(*disk, options, *recover_all(*disk, sink));
        ASSERT_FALSE(opened);
        EXPECT_NE(opened.error().message.find("cannot be filled with zeros"), std::string::npos);
        EXPECT_TRUE(disk->names("journal").empty());  // the space is given back
    }
}

TEST(Writer, WithNothingToDoDoesNothing) {
    const auto disk = empty_shard();
    const auto writer = start(*disk);
    EXPECT_EQ(writer->open_batch_bytes(), 0U);
    const auto calls = disk->changing_calls();
    EXPECT_TRUE(writer->write(Instant{1}));
    EXPECT_TRUE(writer->sync());
    EXPECT_TRUE(writer->request_sync());
    writer->look_for_room();
    EXPECT_EQ(disk->changing_calls(), calls);
    EXPECT_FALSE(writer->disk_is_full());
    writer->append(record_of(1), owner_of(1));
    EXPECT_GT(writer->open_batch_bytes(), 0U);
    EXPECT_TRUE(writer->write(Instant{1}));
    EXPECT_TRUE(writer->close());
    writer->look_for_room();
}

TEST(Writer, SyncsBeforeItsIntervalIsOverIfMuchHasComeTogether) {
    const auto disk = empty_shard();
    auto options = with_helper(Mode::written);
    options.unsynced_bytes_max = 4096;
    const auto writer = start(*disk, options);
    ASSERT_TRUE(write_batch(*writer, 1));
    EXPECT_EQ(writer->durable_seq(), 0U);
    for (int n = 0; n < 10; ++n) ASSERT_TRUE(write_batch(*writer, 1));
    EXPECT_TRUE(comes_true([&] { return writer->durable_seq() >= 8; }));
}

TEST(Writer, AskedToSyncWhatIsDurableAlreadySyncsNothing) {
    const auto disk = empty_shard();
    const auto writer = start(*disk, with_helper(Mode::synced));
    ASSERT_TRUE(write_batch(*writer, 1));
    ASSERT_TRUE(writer->request_sync());
    ASSERT_TRUE(comes_true([&] { return writer->durable_seq() == 1; }));
    const auto syncs = disk->calls(Call::sync_contents);
    ASSERT_TRUE(writer->request_sync());
    ASSERT_TRUE(writer->sync());
    EXPECT_EQ(disk->calls(Call::sync_contents), syncs);
    ASSERT_TRUE(writer->close());
    writer->look_for_room();
}

TEST(Writer, EndsThoughTheNextSegmentCouldNotBeMade) {
    const auto disk = empty_shard();
    auto writer = start(*disk, with_helper(Mode::synced));
    ASSERT_TRUE(comes_true([&] { return disk->exists(journal_file(2)); }));
    disk->set_room(disk->used());
    while (writer->segment_number() == 1) ASSERT_TRUE(write_batch(*writer, 3));
    ASSERT_TRUE(comes_true([&] {
        writer->look_for_room();
        return writer->disk_is_full();
    }));
    disk->set_room(disk->used() + 4096);
    const auto last = writer->last_seq();
    ASSERT_TRUE(writer->close());
    CheckingSink sink;
    ASSERT_TRUE(recover_all(*disk->after_kill(), sink));
    EXPECT_EQ(sink.last_seq(), last);
}

TEST(Writer, ThatCannotPutAwayThePreparedSegmentSaysSo) {
    const auto disk = empty_shard();
    const auto writer = start(*disk, with_helper(Mode::synced));
    ASSERT_TRUE(write_batch(*writer, 3));
    ASSERT_TRUE(writer->sync());
    ASSERT_TRUE(comes_true([&] { return disk->exists(journal_file(2)); }));
    disk->fail(Call::remove, disk->calls(Call::remove) + 1, EROFS);
    const auto closed = writer->close();
    ASSERT_FALSE(closed);
    EXPECT_NE(closed.error().message.find("cannot be removed"), std::string::npos);
    // What came first is what is said from now on.
    EXPECT_EQ(writer->sync().has_value(), false);
    EXPECT_EQ(writer->health().error().message, closed.error().message);
    CheckingSink sink;
    ASSERT_TRUE(recover_all(*disk->after_kill(), sink));
    EXPECT_EQ(sink.last_seq(), 3U);
}

TEST(Prune, OfWhatBeginsLaterOrHasNoBatchRemovesNothing) {
    const auto disk = empty_shard();
    const auto writer = start(*disk, with_helper(Mode::synced));
    while (writer->segment_number() < 4) ASSERT_TRUE(write_batch(*writer, 5));
    ASSERT_TRUE(writer->sync());
    ASSERT_TRUE(comes_true([&] { return disk->exists(journal_file(5)); }));  // prepared, empty
    const auto prune_to = [&](std::uint64_t seq) {
        const auto gone = prune(*disk, disk->root(), shard_name, test_identity, seq);
        EXPECT_TRUE(gone) << gone.error().message;
        return *gone;
    };
    EXPECT_EQ(prune_to(writer->last_seq()), 3U);
    EXPECT_EQ(prune_to(1), 0U);  // the journal begins behind it
    EXPECT_TRUE(disk->exists(journal_file(4)));
    EXPECT_TRUE(disk->exists(journal_file(5)));
}

class Few final : public HistorySink {
  public:
    explicit Few(std::size_t most) : most_(most) {}
    bool record(std::uint64_t seq, std::span<const std::byte>) override {
        if (seqs.size() == most_) return false;
        seqs.push_back(seq);
        return true;
    }
    std::vector<std::uint64_t> seqs;

  private:
    std::size_t most_;
};

/// Six records in two batches; of a run that ended, with an index.
std::unique_ptr<FakeDisk> two_batches() {
    auto disk = empty_shard();
    const auto writer = start(*disk);
    for (int n = 0; n < 2; ++n) EXPECT_TRUE(write_batch(*writer, 3));
    EXPECT_TRUE(writer->close());
    return disk;
}

TEST(History, EndsWithinABatchIfItsReaderHasEnoughAndGoesOnThere) {
    const auto disk = two_batches();
    for (const auto& wanted : {std::optional<AccountSeq>{}, {owner_of(1)}}) {
        Few sink(4);
        const auto place =
            read_history(*disk, disk->root(), shard_name, test_identity, {{}, 6, wanted}, sink);
        ASSERT_TRUE(place) << place.error().message;
        EXPECT_EQ(sink.seqs, (std::vector<std::uint64_t>{1, 2, 3, 4}));
        Few rest(9);
        ASSERT_TRUE(read_history(*disk, disk->root(), shard_name, test_identity,
                                 {*place, 6, wanted}, rest));
        EXPECT_EQ(rest.seqs, (std::vector<std::uint64_t>{4, 5, 6}));  // the whole batch again
    }
}

TEST(History, OfMoreThanThereIsIsAFault) {
    const auto disk = two_batches();
    Few sink(9);
    const auto read =
        read_history(*disk, disk->root(), shard_name, test_identity, {{}, 7, {}}, sink);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ExitCode::data);
    EXPECT_NE(read.error().message.find("ends with sequence 6, though 7 was written"),
              std::string::npos);
    // Of an empty journal nothing can be said: its first batch may be under way.
    const auto empty = empty_shard();
    EXPECT_TRUE(read_history(*empty, empty->root(), shard_name, test_identity, {{}, 7, {}}, sink));
}

/// An index is a help: one that cannot be checked is not held against the records.
TEST(IndexCheck, OfRecordsThatItCannotReadSaysNothing) {
    const auto disk = two_batches();
    CheckingSink sink;
    JournalReading reading{*disk, disk->root(), shard_name, test_identity, sink};
    reading.check_indexes([](std::span<const std::byte> record) -> std::optional<AccountSeq> {
        if (record.size() % 2 == 0) return std::nullopt;
        return AccountSeq{9, 1};
    });
    ASSERT_TRUE(reading.run(0, true));
    EXPECT_TRUE(reading.wrong_indexes().empty());
}

TEST(IndexCheck, OfNumbersBeyondWhatAnIndexHoldsSaysNothing) {
    const auto disk = two_batches();
    CheckingSink sink;
    JournalReading reading{*disk, disk->root(), shard_name, test_identity, sink};
    reading.check_indexes([](std::span<const std::byte>) -> std::optional<AccountSeq> {
        return AccountSeq{indexed_accounts_max, 1};
    });
    ASSERT_TRUE(reading.run(0, true));
    EXPECT_TRUE(reading.wrong_indexes().empty());
}

/// Writes and syncs until the writer is in another segment, or says why it is not.
Result<void> fill_segment(Writer& writer) {
    const auto number = writer.segment_number();
    while (writer.segment_number() == number) {
        if (auto written = write_batch(writer, 3); !written) return written;
        if (auto synced = writer.sync(); !synced) return synced;
    }
    return {};
}

TEST(Writer, AsksOnceASegmentWhetherTheDirectoryIsStillItsAndElseEnds) {
    for (const auto& given : {small_options(), with_helper(Mode::synced)}) {
        auto disk = empty_shard();
        int asked = 0;
        bool ours = true;
        auto options = given;
        options.still_ours = [&]() -> Result<void> {
            ++asked;
            if (ours) return {};
            return fault(ExitCode::io, "data: was moved");
        };
        const auto writer = start(*disk, options);
        EXPECT_EQ(asked, 0);  // who opens it has just looked
        ASSERT_TRUE(fill_segment(*writer));
        ASSERT_TRUE(fill_segment(*writer));
        EXPECT_EQ(asked, 2);
        EXPECT_EQ(writer->segment_number(), 3U);

        ours = false;
        const auto ended = fill_segment(*writer);
        ASSERT_FALSE(ended);
        EXPECT_EQ(ended.error().code, ExitCode::io);
        EXPECT_EQ(ended.error().message, "data: was moved");
        EXPECT_EQ(writer->segment_number(), 3U);

        ours = true;  // too late: the first fault is final
        const auto durable = writer->durable_seq();
        EXPECT_FALSE(write_batch(*writer, 1));
        EXPECT_EQ(writer->health().error().message, "data: was moved");
        EXPECT_EQ(asked, 3);
        CheckingSink sink;
        ASSERT_TRUE(recover_all(*disk->after_kill(), sink));
        EXPECT_EQ(sink.last_seq(), durable);
        EXPECT_EQ(sink.wrong(), 0U);
    }
}

}  // namespace
}  // namespace usher::journal::testing
