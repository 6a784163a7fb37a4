// Journals of released formats are read for ever: tests/golden/journal/vN was made by the version
// that introduced format N and is never changed; v1-indexed has what was added to format 1 since.

#include "tests/journal/golden.h"

#include "journal/directory.h"
#include "journal/verify.h"
#include "tests/journal/workload.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace usher::journal::testing {
namespace {

struct Made {
    const char* name;
    std::uint64_t indexes;
};

class Golden : public ::testing::TestWithParam<Made> {
  protected:
    void SetUp() override {
        const auto meta = read_meta(path_);
        ASSERT_TRUE(meta) << meta.error().message;
        EXPECT_EQ(meta->shards, 1u);
        EXPECT_EQ(meta->clock, Clock::wall);
        EXPECT_EQ(meta->created, Instant{1'767'225'600'000});
        identity_ = {meta->instance_high, meta->instance_low, 0};
        auto& disk = posix_disk();
        shard_ = OwnedFd{disk, disk.open(AT_FDCWD, path_ + "/shard-00", OpenFor::directory)};
        ASSERT_TRUE(shard_.is_open());
    }

    std::string path_ = std::string(USHER_GOLDEN_DIRECTORY) + "/journal/" + GetParam().name;
    Identity identity_;
    OwnedFd shard_;
};

TEST_P(Golden, JournalOfFormat1IsReadAsItWasWritten) {
    CheckingSink sink{0, golden::record_bytes};
    const auto recovered =
        recover(posix_disk(), shard_.get(), path_ + "/shard-00", identity_, 0, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sink.wrong(), 0u);
    EXPECT_EQ(sink.last_seq(), golden::last_seq);
    EXPECT_EQ(sink.last_time_ms(), 160'000);
    EXPECT_EQ(recovered->last_state_time, Instant{160'000});
    EXPECT_TRUE(recovered->clean_close);
    EXPECT_EQ(recovered->torn_bytes, 0u);
    EXPECT_TRUE(recovered->warnings.empty());
    EXPECT_GE(recovered->segments, 4u);
}

TEST_P(Golden, SnapshotOfFormat1IsReadAsItWasWritten) {
    auto latest = read_latest_snapshot(posix_disk(), shard_.get(), path_ + "/shard-00", identity_);
    ASSERT_TRUE(latest) << latest.error().message;
    ASSERT_TRUE(latest->reader);
    EXPECT_EQ(latest->reader->seq(), golden::snapshot_seq);
    EXPECT_EQ(latest->reader->digest(), golden::snapshot_digest);
    EXPECT_EQ(latest->reader->state_time(), Instant{40'000});
    const auto image = latest->reader->next();
    ASSERT_TRUE(image);
    EXPECT_EQ(image->size(), golden::snapshot_bytes);
    EXPECT_TRUE(std::all_of(image->begin(), image->end(),
                            [](std::byte byte) { return byte == std::byte{0x2A}; }));
}

TEST_P(Golden, JournalOfFormat1IsFoundClean) {
    const auto report = verify(posix_disk(), path_);
    EXPECT_EQ(report.exit_code(), 0) << report.cause;
    EXPECT_EQ(report.shards.at(0).snapshots.size(), 1u);
    EXPECT_EQ(report.shards.at(0).indexes, GetParam().indexes);
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, Golden,
                         ::testing::Values(Made{"v1", 0}, Made{"v1-indexed", 3}),
                         [](const auto& made) {
                             return made.param.indexes == 0 ? "Plain" : "Indexed";
                         });

}  // namespace
}  // namespace usher::journal::testing
