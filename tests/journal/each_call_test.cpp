// Goal: whichever call of the disk fails, reading ones too, whoever made it says so or does
// without, keeps no descriptor, and loses nothing that was confirmed. Method: the same small life,
// each time with the next call failing, alone or with all behind it.

#include "journal/background_snapshot.h"
#include "journal/history.h"
#include "tests/journal/failing_disk.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";

struct Lived {
    std::uint64_t confirmed = 0;
    std::uint64_t told = 0;  ///< records that a follower read at the end
    bool to_its_end = false;
};

class Counting final : public HistorySink {
  public:
    bool record(std::uint64_t, std::span<const std::byte>) override {
        ++count;
        return true;
    }
    std::uint64_t count = 0;
};

Result<void> take_snapshot(Disk& disk, int root, std::uint64_t seq) {
    SnapshotPlace place{&disk, root, shard_name, test_identity, false, nullptr, nullptr};
    auto snapshot = SnapshotWriter::begin(disk, root, shard_name, test_identity, seq, Instant{9});
    if (!snapshot) return snapshot.error();
    if (auto appended = (*snapshot)->append(record_of(seq)); !appended) return appended;
    if (auto synced = (*snapshot)->sync(); !synced) return synced;
    return finish_and_prune(**snapshot, place, seq, {seq, 1});
}

/// What is in the journal behind the newest snapshot; gives the last sequence.
Result<std::uint64_t> read_back(Disk& disk, int root) {
    auto latest = read_latest_snapshot(disk, root, shard_name, test_identity);
    if (!latest) return latest.error();
    std::uint64_t covered = 0;
    if (latest->reader) {
        covered = latest->reader->seq();
        const auto image = read_image(*latest->reader);
        if (!image) return image.error();
        EXPECT_EQ(*image, record_of(covered));
    }
    CheckingSink sink(covered);
    const auto recovered = recover(disk, root, shard_name, test_identity, covered, sink);
    EXPECT_EQ(sink.wrong(), 0U);
    if (!recovered) return recovered.error();
    return sink.last_seq();
}

/// Two runs: the second one recovers, finds something to cut off and to remove, goes through
/// segments, takes snapshots, removes what they make superfluous, is read by a follower, and ends.
Result<void> live(Disk& disk, int root, Lived& lived) {
    CheckingSink sink;
    const auto recovered = recover(disk, root, shard_name, test_identity, 0, sink);
    if (!recovered) return recovered.error();
    auto opened = Writer::open(disk, root, shard_name, test_identity, small_options(), *recovered);
    if (!opened) return opened.error();
    auto& writer = **opened;
    std::vector<std::uint64_t> ends;
    while (writer.segment_number() < 5) {
        if (auto written = write_batch(writer, 8); !written) return written;
        if (auto synced = writer.sync(); !synced) return synced;
        lived.confirmed = writer.durable_seq();
        ends.push_back(lived.confirmed);
    }
    for (const auto seq : {ends[0], ends[ends.size() / 2], lived.confirmed})
        if (auto taken = take_snapshot(disk, root, seq); !taken) return taken;
    if (auto closed = writer.close(); !closed) return closed;
    Counting follower;
    const auto read = read_history(disk, root, shard_name, test_identity,
                                   {{}, lived.confirmed, owner_of(lived.confirmed)}, follower);
    if (!read) return read.error();
    const auto found = read_back(disk, root);
    if (!found) return found.error();
    EXPECT_EQ(*found, lived.confirmed);
    lived.told = follower.count;
    lived.to_its_end = true;
    return {};
}

/// A first run that was killed: its last batch was never confirmed, and something lies about.
std::unique_ptr<FakeDisk> killed_run() {
    const auto disk = empty_shard();
    const auto writer = start(*disk);
    EXPECT_TRUE(write_batch(*writer, 8));
    EXPECT_TRUE(writer->sync());
    disk->put(journal_file(2) + ".tmp", std::vector<std::byte>(100));
    disk->put("snapshot/00000000000000000003.us.tmp", {});
    return disk->after_kill();
}

void fail_each_call(Going going) {
    std::uint64_t failed = 0, done_without = 0;
    for (std::uint64_t nth = 1;; ++nth) {
        SCOPED_TRACE("call " + std::to_string(nth));
        const auto disk = killed_run();
        FailingDisk failing{*disk, going, nth};
        Lived lived;
        const auto outcome = live(failing, disk->root(), lived);
        EXPECT_EQ(disk->open_descriptors(), 0U);
        const auto killed = disk->after_kill();
        const auto found = read_back(*killed, killed->root());
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_GE(*found, lived.confirmed);
        EXPECT_EQ(outcome.has_value(), lived.to_its_end);
        if (!failing.failed()) {
            ASSERT_TRUE(outcome) << outcome.error().message;
            break;
        }
        ++(outcome ? done_without : failed);
        if (!outcome) {
            EXPECT_EQ(outcome.error().code, ExitCode::io) << outcome.error().message;
            EXPECT_NE(outcome.error().message.find("data/shard-00"), std::string::npos);
        } else if (going == Going::wrong_once) {
            // Done without is an index that cannot be read, the turn of an old watermark, and the
            // removal of what an interrupted snapshot has left.
            const auto call = *failing.failed();
            EXPECT_TRUE(call == DiskCall::open || call == DiskCall::close ||
                        call == DiskCall::read || call == DiskCall::remove ||
                        call == DiskCall::list)
                << static_cast<int>(call);
        }
        if (::testing::Test::HasFatalFailure()) return;
    }
    std::printf("%llu calls fatal, %llu done without\n", static_cast<unsigned long long>(failed),
                static_cast<unsigned long long>(done_without));
    EXPECT_GT(failed, 200U);
}

TEST(EachCall, OfALifeMayFailOnce) {
    fail_each_call(Going::wrong_once);
}

TEST(EachCall, OfALifeMayBeTheLastThatTheDiskAnswers) {
    fail_each_call(Going::down);
}

}  // namespace
}  // namespace usher::journal::testing
