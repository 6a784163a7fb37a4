// Goal: of a journal with damage in several places, the part that stands alone and reaches furthest
// is found; and nothing is held to be confirmed that nobody has confirmed.

#include "journal/prefix.h"
#include "journal/batch.h"
#include "journal/snapshot.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <cstring>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";
constexpr std::uint64_t each = 5;  ///< records in a batch

class PrefixTest : public ::testing::Test {
  protected:
    /// Four segments of such batches.
    PrefixTest() {
        const auto writer = start(*disk_);
        while (writer->segment_number() < 4) {
            EXPECT_TRUE(write_batch(*writer, each));
            EXPECT_TRUE(writer->sync());
            if (first_of_.size() < writer->segment_number())
                first_of_.push_back(writer->last_seq() - each + 1);
        }
        last_seq_ = writer->last_seq();
        EXPECT_TRUE(writer->close());
        EXPECT_GE(first_of_.at(3), first_of_.at(2) + 5 * each);
    }

    void take_snapshot(std::uint64_t seq) {
        auto snapshot =
            SnapshotWriter::begin(*disk_, disk_->root(), shard_name, test_identity, seq, Instant{});
        ASSERT_TRUE(snapshot);
        ASSERT_TRUE((*snapshot)->finish({1, 2}));
    }
    /// The n-th batch of records of the segment, from 0.
    void damage(std::uint64_t number, std::size_t n) {
        const auto& bytes = disk_->contents(journal_file(number));
        for (auto at = header_block_bytes;;) {
            BatchHeader header{};
            ASSERT_LE(at + sizeof header, bytes.size());
            std::memcpy(&header, bytes.data() + at, sizeof header);
            if (header.flags == 0 && n-- == 0)
                return disk_->flip(journal_file(number), at + sizeof header + 20, std::byte{1});
            at += sizeof header + header.payload_bytes;
        }
    }
    Prefix found() {
        const auto prefix =
            find_prefix({*disk_, disk_->root(), shard_name, test_identity}, std::nullopt);
        EXPECT_TRUE(prefix) << prefix.error().message;
        return prefix ? *prefix : Prefix{};
    }
    std::uint64_t first_of(std::size_t segment) const { return first_of_.at(segment - 1); }

    std::unique_ptr<FakeDisk> disk_ = empty_shard();
    std::vector<std::uint64_t> first_of_;
    std::uint64_t last_seq_ = 0;
};

TEST_F(PrefixTest, OfWhatIsWholeIsAllOfIt) {
    const auto prefix = found();
    EXPECT_EQ(prefix.first_seq, 1U);
    EXPECT_EQ(prefix.last_seq, last_seq_);
    EXPECT_EQ(prefix.segments.size(), 4U);
}

TEST_F(PrefixTest, IsTheBeginningIfWhatASnapshotLeadsToEndsBeforeIt) {
    take_snapshot(first_of(3) + 2 * each);
    damage(1, 1);
    damage(3, 1);  // so from there nothing leads up to the snapshot
    const auto prefix = found();
    EXPECT_EQ(prefix.first_seq, 1U);
    EXPECT_EQ(prefix.last_seq, each);
    EXPECT_TRUE(prefix.snapshots.empty());
}

TEST_F(PrefixTest, BeginsAtASnapshotIfTheBeginningIsGone) {
    const auto at = first_of(3) + 2 * each;
    take_snapshot(at);
    disk_->erase(journal_file(1));
    damage(2, 1);
    const auto prefix = found();
    EXPECT_EQ(prefix.first_seq, first_of(3));
    EXPECT_EQ(prefix.last_seq, last_seq_);
    EXPECT_EQ(prefix.snapshots, std::vector{at});
}

TEST_F(PrefixTest, IsTheLongerOneOfTwoThatEndAtTheSamePlace) {
    const auto early = first_of(3) + each - 1;
    take_snapshot(early);
    take_snapshot(first_of(3) + 3 * each);
    damage(3, 2);  // between the two
    const auto prefix = found();
    EXPECT_EQ(prefix.first_seq, 1U);
    EXPECT_EQ(prefix.last_seq, first_of(3) + 2 * each - 1);
    EXPECT_EQ(prefix.snapshots, std::vector{early});
}

}  // namespace
}  // namespace usher::journal::testing
