// Snapshots: what was appended comes back, the newest valid one is taken, and damage, crashes and
// foreign files never give a wrong image.

#include "journal/snapshot.h"
#include "journal/segment.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";

std::vector<std::byte> image_of(std::uint64_t seq, std::size_t bytes) {
    std::vector<std::byte> image(bytes);
    for (std::size_t n = 0; n < bytes; ++n) {
        image[n] = static_cast<std::byte>((n * 31 + seq * 7) >> (n % 5));
    }
    return image;
}

Digest digest_of(std::uint64_t seq) {
    return {seq * 3, ~seq};
}

Result<std::optional<std::uint64_t>> take(FakeDisk& disk, std::uint64_t seq,
                                          std::size_t bytes = 3000, std::size_t piece = 700) {
    auto writer = SnapshotWriter::begin(disk, disk.root(), shard_name, test_identity, seq,
                                        Instant{static_cast<std::int64_t>(seq)});
    if (!writer) return writer.error();
    const auto image = image_of(seq, bytes);
    for (std::size_t at = 0; at < bytes; at += piece) {
        const auto part =
            std::span<const std::byte>(image).subspan(at, std::min(piece, bytes - at));
        if (auto appended = (*writer)->append(part); !appended) return appended.error();
    }
    EXPECT_EQ((*writer)->bytes(), bytes);
    return (*writer)->finish(digest_of(seq));
}

Result<LatestSnapshot> latest(FakeDisk& disk, std::uint64_t max_seq = UINT64_MAX) {
    return read_latest_snapshot(disk, disk.root(), shard_name, test_identity, max_seq);
}

std::vector<std::byte> read_all_of(SnapshotReader& reader) {
    std::vector<std::byte> image;
    for (;;) {
        const auto piece = reader.next();
        EXPECT_TRUE(piece) << piece.error().message;
        if (!piece || piece->empty()) return image;
        image.insert(image.end(), piece->begin(), piece->end());
    }
}

std::string snapshot_file(std::uint64_t seq) {
    return "snapshot/" + numbered_name(seq, snapshot_suffix);
}

TEST(Snapshot, ComesBackWhateverItsSize) {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, snapshot_block_bytes - 1,
                                    snapshot_block_bytes, 2 * snapshot_block_bytes + 5}) {
        const auto disk = empty_shard();
        const auto taken = take(*disk, 42, bytes, 100'000);
        ASSERT_TRUE(taken) << taken.error().message;
        EXPECT_FALSE(taken->has_value());
        auto found = latest(*disk);
        ASSERT_TRUE(found) << found.error().message;
        ASSERT_TRUE(found->reader);
        EXPECT_EQ(found->reader->seq(), 42u);
        EXPECT_EQ(found->reader->bytes(), bytes);
        EXPECT_EQ(found->reader->state_time(), Instant{42});
        EXPECT_EQ(found->reader->digest(), digest_of(42));
        EXPECT_EQ(read_all_of(*found->reader), image_of(42, bytes));
        EXPECT_TRUE(found->warnings.empty());
        found->reader.reset();
        EXPECT_EQ(disk->open_descriptors(), 0u);
    }
}

TEST(Snapshot, ThereMayBeNone) {
    const auto disk = empty_shard();
    const auto found = latest(*disk);
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->reader);
}

TEST(Snapshot, TwoAreKeptAndTheOlderSaysWhatMayGo) {
    const auto disk = empty_shard();
    EXPECT_EQ(*take(*disk, 10), std::nullopt);
    EXPECT_EQ(*take(*disk, 20), 10u);
    EXPECT_EQ(*take(*disk, 30), 20u);
    EXPECT_EQ(disk->names("snapshot").size(), 2u);
    EXPECT_FALSE(disk->exists(snapshot_file(10)));
    EXPECT_EQ(latest(*disk)->reader->seq(), 30u);
    EXPECT_EQ(latest(*disk, 29)->reader->seq(), 20u);
    EXPECT_FALSE(latest(*disk, 19)->reader);
}

TEST(Snapshot, EveryFlippedBitIsNoticedAndTheOneBeforeIsTaken) {
    const auto disk = empty_shard();
    ASSERT_TRUE(take(*disk, 10));
    ASSERT_TRUE(take(*disk, 20, 500));
    const auto bits = disk->contents(snapshot_file(20)).size() * 8;
    for (std::size_t bit = 0; bit < bits; ++bit) {
        const auto mask = static_cast<std::byte>(1u << (bit % 8));
        disk->contents(snapshot_file(20))[bit / 8] ^= mask;
        const auto found = latest(*disk);
        ASSERT_TRUE(found) << found.error().message;
        ASSERT_TRUE(found->reader) << bit;
        ASSERT_EQ(found->reader->seq(), 10u) << bit;
        ASSERT_EQ(found->warnings.size(), 1u) << bit;
        disk->contents(snapshot_file(20))[bit / 8] ^= mask;
    }
    EXPECT_EQ(latest(*disk)->reader->seq(), 20u);
}

TEST(Snapshot, EveryOtherLengthIsNoticed) {
    const auto disk = empty_shard();
    ASSERT_TRUE(take(*disk, 20, 500));
    const auto whole = disk->contents(snapshot_file(20));
    for (std::size_t length = 0; length < whole.size() + 100; ++length) {
        if (length == whole.size()) continue;
        auto& bytes = disk->contents(snapshot_file(20));
        bytes = whole;
        bytes.resize(length);
        const auto found = latest(*disk);
        ASSERT_TRUE(found) << found.error().message;
        ASSERT_FALSE(found->reader) << length;
        ASSERT_EQ(found->warnings.size(), 1u);
    }
}

TEST(Snapshot, ACrashAtAnyCallLeavesTheOldOrTheNew) {
    const auto calls = [] {
        const auto disk = empty_shard();
        (void)take(*disk, 20);
        return disk->changing_calls();
    }();
    ASSERT_GE(calls, 6u);
    for (std::uint64_t stop = 0; stop <= calls; ++stop) {
        for (const auto fate : {Fate::kept, Fate::lost, Fate::torn, Fate::garbage}) {
            const auto disk = empty_shard();
            ASSERT_TRUE(take(*disk, 10));
            disk->settle();
            disk->stop_after(stop);
            const bool finished = take(*disk, 20).has_value();
            const auto after = disk->after_power_cut([fate] { return fate; });
            auto found = latest(*after);
            ASSERT_TRUE(found) << found.error().message;
            ASSERT_TRUE(found->reader) << "call " << stop;
            const auto seq = found->reader->seq();
            ASSERT_TRUE(seq == 20 || (seq == 10 && !finished)) << "call " << stop;
            EXPECT_EQ(read_all_of(*found->reader), image_of(seq, 3000));
            EXPECT_TRUE(found->warnings.empty());
            // The next one can be taken, and clears up what was left.
            ASSERT_TRUE(take(*after, 30));
            EXPECT_EQ(latest(*after)->reader->seq(), 30u);
            EXPECT_LE(after->names("snapshot").size(), 2u);
        }
    }
}

TEST(Snapshot, OneThatCannotBeSyncedGetsNoName) {
    for (const auto call : {Call::write, Call::sync, Call::rename}) {
        const auto disk = empty_shard();
        disk->fail(call, 1, EIO);
        const auto taken = take(*disk, 20);
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().code, ExitCode::io);
        EXPECT_TRUE(disk->names("snapshot").empty());
        EXPECT_FALSE(latest(*disk)->reader);
    }
}

TEST(Snapshot, OneThatReadsBackWrongGetsNoName) {
    const auto disk = empty_shard();
    auto writer =
        SnapshotWriter::begin(*disk, disk->root(), shard_name, test_identity, 20, Instant{});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(image_of(20, 2 * snapshot_block_bytes)));
    disk->contents(snapshot_file(20) + ".tmp")[header_block_bytes + 100] ^= std::byte{1};
    const auto finished = (*writer)->finish({});
    ASSERT_FALSE(finished);
    EXPECT_NE(finished.error().message.find("reads back wrong"), std::string::npos);
    writer->reset();
    EXPECT_TRUE(disk->names("snapshot").empty());
}

TEST(Snapshot, ForeignOnesAreRefusedByName) {
    const auto refuse = [](FakeDisk& disk, const char* must_say) {
        const auto found = latest(disk);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code, ExitCode::data);
        EXPECT_NE(found.error().message.find(must_say), std::string::npos) << found.error().message;
    };
    const auto disk = empty_shard();
    ASSERT_TRUE(take(*disk, 20));
    const auto other = read_latest_snapshot(*disk, disk->root(), shard_name, {1, 2, 0});
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().message.find("another data directory"), std::string::npos);
    disk->put("snapshot/readme", {});
    refuse(*disk, "snapshot/readme: does not belong here");
    disk->erase("snapshot/readme");
    disk->put_link(snapshot_file(30));
    refuse(*disk, "not a plain file");
    disk->erase(snapshot_file(30));
    disk->put(snapshot_file(31), disk->contents(snapshot_file(20)));  // under a false name
    const auto found = latest(*disk);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->reader->seq(), 20u);
    EXPECT_EQ(found->warnings.size(), 1u);
}

TEST(Snapshot, DamageAfterTheFirstLookIsAFault) {
    const auto disk = empty_shard();
    ASSERT_TRUE(take(*disk, 20, 3 * snapshot_block_bytes, 100'000));
    auto found = latest(*disk);
    ASSERT_TRUE(found && found->reader);
    ASSERT_TRUE(found->reader->next());
    disk->contents(snapshot_file(20))[header_block_bytes + 2 * snapshot_block_bytes + 500] ^=
        std::byte{4};
    bool fault_seen = false;
    for (int n = 0; n < 2 && !fault_seen; ++n) fault_seen = found->reader->next().has_error();
    EXPECT_TRUE(fault_seen);
}

}  // namespace
}  // namespace usher::journal::testing
