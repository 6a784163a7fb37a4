// Goal: what works beside the writer, on threads of its own: one error for all of them, nothing
// synced twice, snapshots that are given up, go wrong, or are still to be finished.

#include "journal/background_snapshot.h"
#include "journal/sync_point.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <thread>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";

TEST(SyncPoint, KeepsItsFirstFaultAndSyncsNothingMore) {
    FakeDisk disk;
    auto watermark = Watermark::open(disk, disk.root(), shard_name, test_identity, 5, 0);
    ASSERT_TRUE(watermark);
    SyncPoint point(disk, std::move(*watermark), 0);
    const Segment segment{OwnedFd{disk, disk.open(disk.root(), "segment", OpenFor::creating)},
                          "segment", 1, 5, 0};
    ASSERT_TRUE(point.sync(segment, 1));
    disk.fail(Call::sync_contents, disk.calls(Call::sync_contents) + 1, EIO);
    const auto failed = point.sync(segment, 2);
    ASSERT_FALSE(failed);
    const auto syncs = disk.calls(Call::sync_contents);
    for (const auto& again : {point.sync(segment, 3), point.sync_clean_close(segment, 3),
                              Result<void>{point.fail(fault(ExitCode::io, "another one"))}}) {
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().message, failed.error().message);
    }
    EXPECT_EQ(disk.calls(Call::sync_contents), syncs);
    EXPECT_EQ(point.durable_seq(), 1U);
}

void count_one(void* counter) {
    ++*static_cast<std::atomic<int>*>(counter);
}

TEST(Helper, DoesNotSyncWhatItsOwnerHasSyncedMeanwhile) {
    const auto disk = empty_shard();
    std::atomic<int> woken{0};
    auto options = with_helper(Mode::written);
    options.sync_interval_ms = 200;
    options.wake = count_one;
    options.wake_argument = &woken;
    const auto writer = start(*disk, options);
    ASSERT_TRUE(comes_true([&] { return disk->exists(journal_file(2)); }));
    const auto syncs = disk->calls(Call::sync_contents);
    ASSERT_TRUE(write_batch(*writer, 3));
    ASSERT_TRUE(writer->sync());
    ASSERT_TRUE(comes_true([&] { return woken > 0; }));
    EXPECT_EQ(disk->calls(Call::sync_contents), syncs + 1);
}

TEST(Writer, ThatHasFailedAndEndedLooksForNoRoom) {
    const auto disk = empty_shard();
    const auto writer = start(*disk, with_helper(Mode::synced));
    ASSERT_TRUE(comes_true([&] { return disk->exists(journal_file(2)); }));
    disk->set_room(disk->used());  // so the third one cannot be made
    while (writer->segment_number() == 1) ASSERT_TRUE(write_batch(*writer, 3));
    disk->fail(Call::sync_contents, disk->calls(Call::sync_contents) + 1, EIO);
    EXPECT_FALSE(writer->sync());
    EXPECT_FALSE(writer->close());
    writer->look_for_room();
    EXPECT_FALSE(writer->disk_is_full());
}

SnapshotPlace place_in(FakeDisk& disk, bool own_thread) {
    return {&disk, disk.root(), shard_name, test_identity, own_thread, nullptr, nullptr};
}

TEST(BackgroundSnapshot, ThatIsGivenUpLeavesNothing) {
    const auto disk = empty_shard();
    {
        BackgroundSnapshot snapshot(place_in(*disk, true), 7, Instant{1});
        snapshot.append(std::vector<std::byte>(100'000));
        EXPECT_TRUE(comes_true([&] { return snapshot.waiting_bytes() == 0; }));
        EXPECT_FALSE(disk->names("snapshot").empty());
    }
    EXPECT_TRUE(disk->names("snapshot").empty());
    EXPECT_EQ(disk->open_descriptors(), 0U);
}

/// Whoever wakes it lets its thread wait until it is let go.
struct Gate {
    std::atomic<bool> reached{false};
    std::atomic<bool> open{false};
    static void pass(void* gate) {
        auto& self = *static_cast<Gate*>(gate);
        self.reached = true;
        while (!self.open) std::this_thread::yield();
    }
};

TEST(BackgroundSnapshot, ThatIsToBeFinishedIsFinishedThoughItsOwnerGoes) {
    const auto disk = empty_shard();
    Gate gate;
    std::thread opener;
    {
        auto place = place_in(*disk, true);
        place.wake = Gate::pass;
        place.wake_argument = &gate;
        BackgroundSnapshot snapshot(place, 7, Instant{1});
        snapshot.append(std::vector<std::byte>(100));
        ASSERT_TRUE(comes_true([&] { return gate.reached.load(); }));
        snapshot.finish({1, 2});
        opener = std::thread([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            gate.open = true;
        });
    }
    opener.join();
    const auto latest = read_latest_snapshot(*disk, disk->root(), shard_name, test_identity);
    ASSERT_TRUE(latest);
    ASSERT_TRUE(latest->reader);
    EXPECT_EQ(latest->reader->seq(), 7U);
}

TEST(BackgroundSnapshot, ThatCannotBeBegunSaysSoOnce) {
    const auto disk = empty_shard();
    BackgroundSnapshot snapshot(place_in(*disk, false), 7, Instant{1});
    disk->fail(Call::open, disk->calls(Call::open) + 1, EMFILE);
    snapshot.append(std::vector<std::byte>(100));
    ASSERT_TRUE(snapshot.outcome());
    ASSERT_FALSE(*snapshot.outcome());
    EXPECT_EQ(snapshot.outcome()->error().code, ExitCode::io);
    EXPECT_EQ(snapshot.waiting_bytes(), 0U);
    snapshot.finish({1, 2});
    EXPECT_FALSE(*snapshot.outcome());
    EXPECT_TRUE(disk->names("snapshot").empty());
}

TEST(BackgroundSnapshot, OfManyMebibytesIsSyncedOnTheWayAndNeedsNobodyToWake) {
    for (const bool own_thread : {true, false}) {
        const auto disk = empty_shard();
        BackgroundSnapshot snapshot(place_in(*disk, own_thread), 7, Instant{1});
        const auto syncs = disk->calls(Call::sync);
        for (int n = 0; n < 5; ++n) snapshot.append(std::vector<std::byte>(1024 * 1024));
        EXPECT_TRUE(comes_true([&] { return snapshot.waiting_bytes() == 0; }));
        EXPECT_GT(disk->calls(Call::sync), syncs);
        snapshot.finish({1, 2});
        snapshot.wait();
        ASSERT_TRUE(snapshot.outcome());
        EXPECT_TRUE(*snapshot.outcome());
    }
}

TEST(BackgroundSnapshot, ThatCannotBeWrittenEndsWithTheFaultAndTakesNoMore) {
    const auto disk = empty_shard();
    BackgroundSnapshot snapshot(place_in(*disk, false), 7, Instant{1});
    snapshot.append(std::vector<std::byte>(100));
    EXPECT_FALSE(snapshot.outcome());
    disk->fail(Call::write, disk->calls(Call::write) + 1, ENOSPC);
    snapshot.append(std::vector<std::byte>(2 * 1024 * 1024));
    ASSERT_TRUE(snapshot.outcome());
    EXPECT_EQ(snapshot.outcome()->error().code, ExitCode::io);
    snapshot.append(std::vector<std::byte>(100));
    snapshot.finish({1, 2});
    EXPECT_EQ(snapshot.outcome()->error().code, ExitCode::io);
    EXPECT_TRUE(disk->names("snapshot").empty());
}

}  // namespace
}  // namespace usher::journal::testing
