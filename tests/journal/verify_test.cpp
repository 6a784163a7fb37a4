#include "journal/verify.h"

#include "journal/directory.h"
#include "journal/segment.h"
#include "journal/snapshot.h"
#include "tests/journal/temporary_directory.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace usher::journal::testing {
namespace {

namespace fs = std::filesystem;

/// A data directory of two shards on the machine's disk: twenty records in one, none in the other.
class Verify : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto directory = DataDirectory::open({.path = path(), .shards = 2});
        ASSERT_TRUE(directory) << directory.error().message;
        auto& data = **directory;
        for (std::uint32_t shard = 0; shard < 2; ++shard) {
            const auto writer = writer_of(data, shard);
            ASSERT_TRUE(writer);
            for (int n = 0; n < 4 && shard == 0; ++n) {
                ASSERT_TRUE(write_batch(*writer, 5));
                ASSERT_TRUE(writer->sync());
            }
            ASSERT_TRUE(writer->close());
        }
        auto snapshot = SnapshotWriter::begin(posix_disk(), data.shard_fd(0), data.shard_name(0),
                                              data.identity(0), 10, Instant{10'000});
        ASSERT_TRUE(snapshot);
        ASSERT_TRUE((*snapshot)->append(record_of(1)));
        ASSERT_TRUE((*snapshot)->finish({1, 2}));
    }

    /// Recovers the shard and goes on behind its last record; null is a failure of the test.
    static std::unique_ptr<Writer> writer_of(DataDirectory& data, std::uint32_t shard) {
        CheckingSink sink;
        const int fd = data.shard_fd(shard);
        const auto recovered =
            recover(posix_disk(), fd, data.shard_name(shard), data.identity(shard), 0, sink);
        EXPECT_TRUE(recovered);
        if (!recovered) return nullptr;
        auto writer = Writer::open(posix_disk(), fd, data.shard_name(shard), data.identity(shard),
                                   small_options(), *recovered);
        EXPECT_TRUE(writer);
        return writer ? std::move(*writer) : nullptr;
    }

    std::string place() const { return place_.path(); }
    std::string path() const { return place_.path() + "/data"; }
    std::string segment() const {
        return path() + "/shard-00/journal/" + numbered_name(1, segment_suffix);
    }
    static void flip(const std::string& file, std::streamoff offset) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekg(offset);
        const auto byte = stream.get();
        stream.seekp(offset);
        stream.put(static_cast<char>(byte ^ 1));
    }

  private:
    TemporaryDirectory place_;
};

TEST_F(Verify, FindsNothingWrongWhereNothingIs) {
    const auto report = verify(posix_disk(), path());
    EXPECT_EQ(report.verdict, Verdict::clean) << report.cause;
    EXPECT_EQ(report.exit_code(), 0);
    ASSERT_EQ(report.shards.size(), 2u);
    const auto& shard = report.shards[0];
    EXPECT_EQ(shard.last_seq, 20u);
    EXPECT_EQ(shard.records, 20u);
    EXPECT_EQ(shard.durable_seq, 20u);
    EXPECT_TRUE(shard.watermark);
    EXPECT_TRUE(shard.clean_close);
    EXPECT_EQ(shard.confirmed_lost, 0u);
    EXPECT_EQ(shard.snapshots, std::vector<std::uint64_t>{10});
    EXPECT_EQ(report.shards[1].last_seq, 0u);
}

TEST_F(Verify, SaysWhereAJournalIsCorruptAndHowMuchIsLost) {
    // Header block, note of the run, then batches of one or more sectors: the third is hit.
    flip(segment(), static_cast<std::streamoff>(fs::file_size(segment())) - 512 - 600);
    const auto report = verify(posix_disk(), path());
    EXPECT_EQ(report.verdict, Verdict::corrupt);
    EXPECT_EQ(report.exit_code(), 4);
    const auto& shard = report.shards[0];
    EXPECT_NE(shard.cause.find(segment()), std::string::npos) << shard.cause;
    EXPECT_NE(shard.cause.find("corrupt at byte"), std::string::npos) << shard.cause;
    EXPECT_LT(shard.last_seq, 20u);
    EXPECT_EQ(shard.confirmed_lost, 20 - shard.last_seq);
    EXPECT_EQ(report.shards[1].verdict, Verdict::clean);
}

TEST_F(Verify, ATornTailIsAVerdictOfItsOwn) {
    const auto directory = DataDirectory::open({.path = path(), .shards = 2});
    ASSERT_TRUE(directory);
    auto writer = writer_of(**directory, 0);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(write_batch(*writer, 3));  // never synced
    writer.reset();
    flip(path() + "/shard-00/journal/" + numbered_name(2, segment_suffix), 4096 + 512 + 200);
    const auto report = verify(posix_disk(), path());
    EXPECT_EQ(report.verdict, Verdict::torn_tail) << report.shards[0].cause;
    EXPECT_EQ(report.exit_code(), 5);
    EXPECT_GT(report.shards[0].torn_bytes, 0u);
    EXPECT_EQ(report.shards[0].last_seq, 20u);
    EXPECT_EQ(report.shards[0].confirmed_lost, 0u);
}

TEST_F(Verify, ADamagedSnapshotIsCorrupt) {
    flip(path() + "/shard-00/snapshot/" + numbered_name(10, snapshot_suffix), 4096 + 30);
    const auto report = verify(posix_disk(), path());
    EXPECT_EQ(report.verdict, Verdict::corrupt);
    EXPECT_TRUE(report.shards[0].snapshots.empty());
    EXPECT_NE(report.shards[0].cause.find("snapshot/"), std::string::npos);
}

TEST_F(Verify, ADirectoryThatIsNoneIsSaidToBeNone) {
    EXPECT_EQ(verify(posix_disk(), path() + "/nowhere").exit_code(), 74);
    flip(path() + "/META", 30);
    const auto report = verify(posix_disk(), path());
    EXPECT_EQ(report.exit_code(), 4);
    EXPECT_NE(report.cause.find("META"), std::string::npos);
}

bool says(const ShardReport& shard, const std::string& what) {
    return shard.cause.find(what) != std::string::npos;
}

TEST_F(Verify, SaysAllThatIsWrongWithAShard) {
    flip(path() + "/shard-00/snapshot/" + numbered_name(10, snapshot_suffix), 4096 + 30);
    flip(segment(), static_cast<std::streamoff>(fs::file_size(segment())) - 512 - 600);
    const auto shard = verify(posix_disk(), path()).shards.at(0);
    EXPECT_EQ(shard.verdict, Verdict::corrupt);
    EXPECT_TRUE(says(shard, "the checksum of a block is wrong; ")) << shard.cause;
    EXPECT_TRUE(says(shard, "corrupt at byte")) << shard.cause;
}

TEST_F(Verify, ATornTailIsNoExcuseForASnapshot) {
    flip(path() + "/shard-00/snapshot/" + numbered_name(10, snapshot_suffix), 4096 + 30);
    fs::remove(path() + "/shard-00/watermark");
    std::ofstream(segment(), std::ios::binary | std::ios::app) << std::string(100, 'x');
    // Behind a run that was finished, that is corrupt; cut off its end, it is a tail.
    fs::resize_file(segment(), fs::file_size(segment()) - 100 - 512);
    flip(segment(), static_cast<std::streamoff>(fs::file_size(segment())) - 100);
    const auto shard = verify(posix_disk(), path()).shards.at(0);
    EXPECT_GT(shard.torn_bytes, 0U) << shard.cause;
    EXPECT_FALSE(shard.watermark);
    EXPECT_EQ(shard.verdict, Verdict::corrupt);
    EXPECT_FALSE(says(shard, "torn at byte")) << shard.cause;
}

TEST_F(Verify, AForeignSnapshotOrNameIsCorrupt) {
    fs::copy(path() + "/shard-00/snapshot", path() + "/shard-01/snapshot",
             fs::copy_options::overwrite_existing | fs::copy_options::recursive);
    std::ofstream(path() + "/shard-00/snapshot/notes.txt") << "x";
    const auto report = verify(posix_disk(), path());
    EXPECT_EQ(report.exit_code(), 4);
    EXPECT_TRUE(says(report.shards.at(0), "notes.txt: does not belong here"));
    EXPECT_TRUE(says(report.shards.at(1), "another data directory or shard"));
}

TEST_F(Verify, AShardOrAFolderThatIsGoneIsAFaultOfTheDisk) {
    fs::remove_all(path() + "/shard-00/snapshot");
    fs::remove_all(path() + "/shard-01");
    const auto report = verify(posix_disk(), path());
    EXPECT_EQ(report.exit_code(), 74);
    EXPECT_TRUE(says(report.shards.at(0), "snapshot: cannot be opened"));
    EXPECT_TRUE(says(report.shards.at(1), "shard-01: cannot be opened"));
}

TEST_F(Verify, ASnapshotWithoutTheJournalThatGoesOnFromItIsCorrupt) {
    // The journal's only segment becomes the second one: nothing leads from 10 to its 21.
    const auto directory = DataDirectory::open({.path = path(), .shards = 2});
    ASSERT_TRUE(directory);
    auto& data = **directory;
    const auto writer = writer_of(data, 0);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(write_batch(*writer, 3));
    ASSERT_TRUE(writer->close());
    const auto second = path() + "/shard-00/journal/" + numbered_name(2, segment_suffix);
    fs::rename(segment(), place() + "/first");
    auto shard = verify(posix_disk(), path()).shards.at(0);
    EXPECT_EQ(shard.verdict, Verdict::corrupt);
    EXPECT_TRUE(says(shard, "begins at sequence 21, but the oldest valid snapshot ends at 10"))
        << shard.cause;
    // And the other way round: the snapshot is ahead of what is left.
    auto snapshot = SnapshotWriter::begin(posix_disk(), data.shard_fd(0), data.shard_name(0),
                                          data.identity(0), 23, Instant{23'000});
    ASSERT_TRUE(snapshot);
    ASSERT_TRUE((*snapshot)->finish({}));
    fs::rename(place() + "/first", segment());
    fs::remove(second);
    fs::remove(path() + "/shard-00/watermark");
    shard = verify(posix_disk(), path()).shards.at(0);
    EXPECT_TRUE(says(shard, "ends at sequence 20, but the newest snapshot at 23")) << shard.cause;
}

/// All are said to be of one account, and none of them is.
std::optional<AccountSeq> somebody_elses(std::span<const std::byte>) {
    static std::uint64_t seq = 0;
    return AccountSeq{9, ++seq};
}
std::optional<AccountSeq> unreadable(std::span<const std::byte>) {
    return std::nullopt;
}

TEST_F(Verify, HoldsIndexesAgainstTheRecordsThatItCanRead) {
    auto report = verify(posix_disk(), path(), somebody_elses);
    EXPECT_EQ(report.exit_code(), 4);
    EXPECT_TRUE(says(report.shards.at(0), "its index is wrong")) << report.shards.at(0).cause;
    report = verify(posix_disk(), path(), unreadable);
    EXPECT_EQ(report.exit_code(), 0) << report.shards.at(0).cause;
}

TEST_F(Verify, ChangesNothing) {
    const auto state = [this] {
        std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> all;
        for (const auto& entry : fs::recursive_directory_iterator(path())) {
            const auto size = entry.is_regular_file() ? entry.file_size() : 0;
            all[entry.path().string()] = {size, entry.last_write_time()};
        }
        return all;
    };
    const auto before = state();
    verify(posix_disk(), path());
    flip(segment(), 5000);
    const auto damaged = state();
    verify(posix_disk(), path());
    EXPECT_EQ(state(), damaged);
    EXPECT_EQ(before.size(), damaged.size());
}

}  // namespace
}  // namespace usher::journal::testing
