// What is written comes back: over one run and many, over segments, batches of any size, with and
// without the second thread, on the tests' disk and on the machine's.

#include "journal/directory.h"
#include "journal/segment.h"
#include "tests/journal/temporary_directory.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <atomic>

namespace usher::journal::testing {
namespace {

TEST(Journal, AnEmptyOneHoldsNothing) {
    const auto disk = empty_shard();
    CheckingSink sink;
    const auto recovered = recover_all(*disk, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(recovered->last_seq, 0u);
    EXPECT_EQ(recovered->segments, 0u);
    EXPECT_FALSE(recovered->clean_close);
    EXPECT_TRUE(recovered->warnings.empty());
}

TEST(Journal, GivesBackWhatWasWritten) {
    const auto disk = empty_shard();
    {
        const auto writer = start(*disk);
        EXPECT_TRUE(writer->open_batch_empty());
        EXPECT_EQ(writer->append(record_of(1), owner_of(1)), 1u);
        EXPECT_EQ(writer->append(record_of(2), owner_of(2)), 2u);
        EXPECT_FALSE(writer->open_batch_empty());
        EXPECT_EQ(writer->open_batch_bytes() % 512, 0u);
        EXPECT_EQ(writer->written_seq(), 0u);
        ASSERT_TRUE(writer->write(Instant{1234}));
        EXPECT_EQ(writer->written_seq(), 2u);
        EXPECT_EQ(writer->durable_seq(), 0u);
        ASSERT_TRUE(writer->sync());
        EXPECT_EQ(writer->durable_seq(), 2u);
        ASSERT_TRUE(writer->write(Instant{9999}));  // nothing in the batch: nothing is written
        ASSERT_TRUE(write_batch(*writer, 3));
        ASSERT_TRUE(writer->sync());
        ASSERT_TRUE(writer->close());
    }
    EXPECT_EQ(disk->open_descriptors(), 0u);
    CheckingSink sink;
    const auto recovered = recover_all(*disk, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sink.wrong(), 0u);
    EXPECT_EQ(sink.last_seq(), 5u);
    EXPECT_EQ(recovered->last_seq, 5u);
    EXPECT_EQ(recovered->records, 5u);
    EXPECT_EQ(recovered->last_state_time, Instant{5000});
    EXPECT_TRUE(recovered->clean_close);
    EXPECT_EQ(recovered->torn_bytes, 0u);
    EXPECT_TRUE(recovered->warnings.empty());
    EXPECT_EQ(disk->open_descriptors(), 0u);
}

TEST(Journal, GoesOnAcrossManyRunsAndSegments) {
    const auto disk = empty_shard();
    std::uint64_t last = 0;
    for (int run = 0; run < 20; ++run) {
        const auto writer = start(*disk);
        EXPECT_EQ(writer->last_seq(), last);
        for (int n = 0; n < 30; ++n) {
            ASSERT_TRUE(write_batch(*writer, 1 + static_cast<std::uint64_t>(n) % 7));
            if (n % 3 == 0) {
                ASSERT_TRUE(writer->sync());
            }
        }
        last = writer->last_seq();
        if (run % 2 == 0) {
            ASSERT_TRUE(writer->close());
        }
    }
    CheckingSink sink;
    const auto recovered = recover_all(*disk, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sink.wrong(), 0u);
    EXPECT_EQ(sink.last_seq(), last);
    EXPECT_GE(recovered->segments, 40u);
}

TEST(Journal, ReadsOnlyWhatASnapshotDoesNotHold) {
    const auto disk = empty_shard();
    {
        const auto writer = start(*disk);
        for (int n = 0; n < 100; ++n) ASSERT_TRUE(write_batch(*writer, 5));
        ASSERT_TRUE(writer->close());
    }
    CheckingSink whole;
    const auto all_segments = recover_all(*disk, whole)->segments;
    for (const std::uint64_t after : {1u, 4u, 5u, 6u, 250u, 499u, 500u}) {
        CheckingSink sink{after};
        const auto recovered = recover_all(*disk, sink);
        ASSERT_TRUE(recovered) << recovered.error().message;
        EXPECT_EQ(sink.wrong(), 0u);
        EXPECT_EQ(sink.last_seq(), 500u);
        EXPECT_EQ(recovered->records, 500 - after);
        if (after >= 250) {
            EXPECT_LT(recovered->segments, all_segments) << after;
        }
    }
    CheckingSink ahead{501};
    const auto refused = recover_all(*disk, ahead);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ExitCode::data);
    EXPECT_NE(refused.error().message.find("snapshot"), std::string::npos);
}

TEST(Journal, TakesBatchesLargerThanASegment) {
    const auto disk = empty_shard();
    std::vector<std::vector<std::byte>> large;
    {
        const auto writer = start(*disk);
        ASSERT_TRUE(write_batch(*writer, 3));
        ASSERT_TRUE(write_batch(*writer, 4000));  // about 400 KB into segments of 32 KB
        ASSERT_TRUE(write_batch(*writer, 3));
        ASSERT_TRUE(writer->sync());
        ASSERT_TRUE(write_batch(*writer, 2, 5));
        ASSERT_TRUE(writer->sync());
    }
    struct Sizes final : RecordSink {
        Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override {
            ++count;
            return {};
        }
        std::uint64_t count = 0;
    } sizes;
    const auto recovered = recover(*disk, disk->root(), "data/shard-00", test_identity, 0, sizes);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sizes.count, 4008u);
}

TEST(Journal, TakesARecordAsLargeAsTheLimit) {
    const auto disk = empty_shard();
    const std::vector<std::byte> record(record_bytes_max, std::byte{0x5A});
    {
        const auto writer = start(*disk);
        writer->append(record, owner_of(1));
        ASSERT_TRUE(writer->write(Instant{1}));
        ASSERT_TRUE(writer->sync());
    }
    struct Whole final : RecordSink {
        Result<void> record(std::uint64_t, Instant, std::span<const std::byte> bytes) override {
            size = bytes.size();
            return {};
        }
        std::size_t size = 0;
    } whole;
    ASSERT_TRUE(recover(*disk, disk->root(), "data/shard-00", test_identity, 0, whole));
    EXPECT_EQ(whole.size, record.size());
}

TEST(Journal, AFaultOfTheSinkEndsRecovery) {
    const auto disk = empty_shard();
    {
        const auto writer = start(*disk);
        ASSERT_TRUE(write_batch(*writer, 5));
    }
    struct Refusing final : RecordSink {
        Result<void> record(std::uint64_t seq, Instant, std::span<const std::byte>) override {
            if (seq == 3) return fault(ExitCode::data, "sequence 3 makes no sense");
            return {};
        }
    } refusing;
    const auto refused = recover(*disk, disk->root(), "x", test_identity, 0, refusing);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "sequence 3 makes no sense");
}

TEST(Journal, WrittenModeWithoutHelperSyncsAfterSoManyBytes) {
    const auto disk = empty_shard();
    auto options = small_options(Mode::written);
    options.unsynced_bytes_max = 4096;
    const auto writer = start(*disk, options);
    ASSERT_TRUE(write_batch(*writer, 2));
    EXPECT_EQ(writer->durable_seq(), 0u);
    for (int n = 0; n < 20; ++n) ASSERT_TRUE(write_batch(*writer, 10));
    EXPECT_GT(writer->durable_seq(), 150u);
}

TEST(Journal, PrunesOnlyWhatIsOlderThanTheSnapshot) {
    const auto disk = empty_shard();
    {
        const auto writer = start(*disk);
        for (int n = 0; n < 100; ++n) ASSERT_TRUE(write_batch(*writer, 5));
        ASSERT_TRUE(writer->sync());
    }
    const auto before = disk->names("journal").size();
    const auto prune_to = [&](std::uint64_t seq) {
        const auto gone = prune(*disk, disk->root(), "data/shard-00", test_identity, seq);
        EXPECT_TRUE(gone) << gone.error().message;
        return *gone;
    };
    EXPECT_EQ(prune_to(0), 0u);
    const auto gone = prune_to(300);
    EXPECT_GT(gone, 0u);
    EXPECT_EQ(disk->names("journal").size(), before - gone);
    CheckingSink sink{300};
    ASSERT_TRUE(recover_all(*disk, sink));
    EXPECT_EQ(sink.last_seq(), 500u);
    EXPECT_EQ(sink.wrong(), 0u);
    CheckingSink too_old{0};
    const auto refused = recover_all(*disk, too_old);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("are missing"), std::string::npos)
        << refused.error().message;
    EXPECT_GT(prune_to(500), 0u);
    EXPECT_EQ(disk->names("journal").size(), 1u);
    CheckingSink last{500};
    EXPECT_TRUE(recover_all(*disk, last));
}

/// What a finished segment has of the page cache goes to the one that is made next.
TEST(Journal, LetsGoOfTheMemoryOfSegmentsThatAreDone) {
    const auto disk = empty_shard();
    auto options = small_options(Mode::written);
    options.helper = true;
    {
        const auto writer = start(*disk, options);
        for (int n = 0; n < 300; ++n) ASSERT_TRUE(write_batch(*writer, 3));
        ASSERT_TRUE(writer->close());
    }
    const auto segments = disk->names("journal").size();
    ASSERT_GT(segments, 3u);
    EXPECT_EQ(disk->dropped().files, segments - 1);
    EXPECT_EQ(disk->dropped().unsynced, 0u);
    EXPECT_EQ(disk->open_descriptors(), 0u);
    CheckingSink sink;
    ASSERT_TRUE(recover_all(*disk, sink));
    EXPECT_EQ(sink.last_seq(), 900u);
}

TEST(Journal, RunsItsSecondThreadOnARealDisk) {
    for (const auto mode : {Mode::written, Mode::synced}) {
        const TemporaryDirectory place;
        const auto directory = DataDirectory::open({.path = place.path() + "/data"});
        ASSERT_TRUE(directory) << directory.error().message;
        const auto& data = **directory;
        std::atomic<int> woken{0};
        Options options = small_options(mode);
        options.helper = true;
        options.sync_interval_ms = 1;
        options.wake = [](void* count) { ++*static_cast<std::atomic<int>*>(count); };
        options.wake_argument = &woken;
        std::uint64_t last = 0;
        for (int run = 0; run < 3; ++run) {
            CheckingSink sink;
            const auto recovered = recover(posix_disk(), data.shard_fd(0), data.shard_name(0),
                                           data.identity(0), 0, sink);
            ASSERT_TRUE(recovered) << recovered.error().message;
            EXPECT_EQ(sink.wrong(), 0u);
            EXPECT_EQ(recovered->last_seq, last);
            auto writer = Writer::open(posix_disk(), data.shard_fd(0), data.shard_name(0),
                                       data.identity(0), options, *recovered);
            ASSERT_TRUE(writer) << writer.error().message;
            for (int n = 0; n < 150; ++n) {
                ASSERT_TRUE(write_batch(**writer, 3));
                if (mode == Mode::synced) {
                    ASSERT_TRUE((*writer)->request_sync());
                }
                EXPECT_LE((*writer)->durable_seq(), (*writer)->written_seq());
            }
            last = (*writer)->last_seq();
            while ((*writer)->durable_seq() < last) ASSERT_TRUE((*writer)->health());
            if (run == 1) {
                ASSERT_TRUE((*writer)->close());
            }
        }
        EXPECT_GT(woken.load(), 0);
    }
}

}  // namespace
}  // namespace usher::journal::testing
