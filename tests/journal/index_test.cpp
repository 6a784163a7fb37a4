// The index that ends a segment says what its records say, whatever stands in it; who follows an
// account by it gets the same records as without it, and reads little for them.

#include "tests/journal/owned_records.h"
#include "tests/support/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace usher::journal::testing {
namespace {

Options with_segments(std::uint32_t bytes, std::uint32_t alignment = 4096) {
    auto options = small_options();
    options.segment_bytes = {bytes, bytes, bytes, bytes};
    options.alignment = alignment;
    return options;
}

void end_batch(Writer& writer) {
    ASSERT_TRUE(writer.write(Instant{1}));
}

void expect_right(const Passed& passed) {
    EXPECT_EQ(passed.fault, "");
    EXPECT_TRUE(passed.wrong.empty()) << passed.wrong.front();
    EXPECT_EQ(passed.found.torn_bytes, 0u);
}

TEST(Index, OfASegmentWithoutRecordsIsEmpty) {
    const auto disk = empty_shard();
    ASSERT_TRUE(start(*disk)->close());
    const auto passed = pass_over(*disk);
    expect_right(passed);
    ASSERT_EQ(passed.indexes.size(), 1u);
    EXPECT_EQ(passed.indexes[0].accounts, 0u);
    const auto index = index_of(*disk, 1);
    ASSERT_TRUE(index);
    EXPECT_TRUE(index->entries.empty());
    EXPECT_FALSE(index->stretch_of({0, 0}, 512));
}

TEST(Index, SaysWhereEachAccountIs) {
    const auto disk = empty_shard();
    Accounts accounts;
    const auto writer = go_on(*disk, with_segments(65536, 512));
    accounts.append(*writer, 7);
    end_batch(*writer);  // at 4096 + 512, behind the note of how the run before has ended
    accounts.append(*writer, 3);
    accounts.append(*writer, 7);
    end_batch(*writer);
    accounts.append(*writer, 3);
    end_batch(*writer);
    ASSERT_TRUE(writer->close());
    const auto index = index_of(*disk, 1);
    ASSERT_TRUE(index);
    ASSERT_EQ(index->entries.size(), 2u);
    EXPECT_EQ(index->next_seq, 5u);
    const auto& three = index->entries[0];
    EXPECT_EQ(three.account, 3u);
    EXPECT_EQ(three.first_block, 10u);
    EXPECT_EQ(three.last_block, 11u);
    EXPECT_EQ(three.first_seq, 1u);
    EXPECT_EQ(three.records, 2u);
    const auto of_seven = index->stretch_of({7, 1}, 512);
    ASSERT_TRUE(of_seven);
    EXPECT_EQ(of_seven->begin, 9u * 512);
    EXPECT_EQ(of_seven->last, 10u * 512);
    EXPECT_TRUE(index->stretch_of({7, 2}, 512));
    EXPECT_FALSE(index->stretch_of({7, 3}, 512)) << "it has no third one here";
    EXPECT_FALSE(index->stretch_of({4, 0}, 512));
    expect_right(pass_over(*disk));
}

TEST(Index, EndsEverySegmentThatWasLeftInOrder) {
    const auto seed = usher::testing::fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    usher::testing::Random random(seed);
    for (const std::uint32_t alignment : {512u, 4096u}) {
        const auto disk = empty_shard();
        Accounts accounts;
        for (int run = 0; run < 4; ++run) {
            const auto mode = random.chance(50) ? Mode::synced : Mode::written;
            auto options = with_segments(65536, alignment);
            options.mode = mode;
            const auto writer = go_on(*disk, options);
            for (int batch = 0; batch < 100; ++batch) {
                for (std::size_t n = 0; n <= random.below(20); ++n)
                    accounts.append(*writer, static_cast<std::uint32_t>(random.below(50)),
                                    12 + random.below(200));
                end_batch(*writer);
            }
            ASSERT_TRUE(writer->close());
        }
        const auto passed = pass_over(*disk);
        expect_right(passed);
        EXPECT_GE(passed.found.segments, 6u);
        EXPECT_EQ(passed.found.indexes, passed.found.segments);
        for (const auto& seen : passed.indexes) {
            const auto index = index_of(*disk, seen.segment);
            ASSERT_TRUE(index) << seen.segment;
            EXPECT_EQ(index->offset, seen.offset);
            EXPECT_EQ(index->entries.size(), seen.entries);
        }
    }
}

TEST(Index, HoldsTenThousandAccounts) {
    const auto disk = empty_shard();
    Accounts accounts;
    const auto writer = go_on(*disk, with_segments(2u << 20));
    for (int round = 0; round < 4; ++round)
        for (std::uint32_t account = 0; account < 10'000; ++account) {
            accounts.append(*writer, account, 60);
            if (account % 16 == 15) end_batch(*writer);
        }
    end_batch(*writer);
    ASSERT_TRUE(writer->close());
    const auto passed = pass_over(*disk);
    expect_right(passed);
    EXPECT_EQ(passed.found.indexes, passed.found.segments);
    EXPECT_GE(passed.found.segments, 3u);
    // Of the sixteen accounts in turn, blocks of 4096 hold one batch each: about 420 of them.
    EXPECT_TRUE(std::ranges::any_of(passed.indexes,
                                    [](const auto& index) { return index.accounts > 5'000; }));
    const auto last = writer->last_seq();
    const auto whole = story_of(*disk, {9'999, 0}, last, false);
    const auto story = story_of(*disk, {9'999, 0}, last, true);
    EXPECT_EQ(whole.seqs, (std::vector<std::uint64_t>{1, 2, 3, 4}));
    EXPECT_EQ(story.seqs, whole.seqs);
    EXPECT_LT(story.bytes_read, whole.bytes_read / 4);
}

TEST(Index, LeadsIntoTheMiddleOfALongRowOfOneAccount) {
    const auto disk = empty_shard();
    Accounts accounts;
    const auto writer = go_on(*disk, with_segments(4u << 20));
    for (std::size_t n = 0; n < 30'000; ++n) {
        accounts.append(*writer, 1);
        if (n % 100 == 99) end_batch(*writer);
    }
    ASSERT_TRUE(writer->close());
    const auto passed = pass_over(*disk);
    expect_right(passed);
    ASSERT_EQ(passed.found.segments, 1u);
    EXPECT_EQ(passed.indexes[0].accounts, 1u);
    EXPECT_EQ(passed.indexes[0].entries, 8u) << "one for each 4,096 records, batches whole";
    const auto story = story_of(*disk, {1, 20'000}, 30'000, true, 20'100);
    ASSERT_EQ(story.seqs.size(), 101u);
    EXPECT_EQ(story.seqs.front(), 20'000u);
    const auto whole = story_of(*disk, {1, 20'000}, 30'000, false, 20'100);
    EXPECT_EQ(story.seqs, whole.seqs);
    EXPECT_LT(story.bytes_read, whole.bytes_read / 3);
}

TEST(Index, IsLeftOutWhereASegmentHasNoRoomForIt) {
    const auto disk = empty_shard();
    Accounts accounts;
    const auto writer = go_on(*disk, with_segments(16384, 512));
    accounts.append(*writer, 1);
    end_batch(*writer);
    for (int n = 0; n < 400; ++n) accounts.append(*writer, 2);  // 40 KB: more than a segment
    end_batch(*writer);
    accounts.append(*writer, 1);
    end_batch(*writer);
    ASSERT_TRUE(writer->close());
    const auto passed = pass_over(*disk);
    expect_right(passed);
    EXPECT_EQ(passed.found.segments, 3u);
    EXPECT_EQ(passed.found.indexes, 2u);
    EXPECT_TRUE(index_of(*disk, 1));
    EXPECT_FALSE(index_of(*disk, 2));
    EXPECT_EQ(story_of(*disk, {1, 0}, 402, true).seqs, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(story_of(*disk, {2, 399}, 402, true).seqs, (std::vector<std::uint64_t>{399, 400}));
}

TEST(Index, IsLeftOutWhereTheRestOfTheSegmentIsLong) {
    const auto disk = empty_shard();
    Accounts accounts;
    const auto writer = go_on(*disk, with_segments(4u << 20));
    accounts.append(*writer, 1);
    end_batch(*writer);
    accounts.append(*writer, 1, 4u << 20);
    end_batch(*writer);
    accounts.append(*writer, 1);
    end_batch(*writer);
    ASSERT_TRUE(writer->close());
    expect_right(pass_over(*disk));
    EXPECT_FALSE(index_of(*disk, 1));
    EXPECT_EQ(story_of(*disk, {1, 0}, 3, true).seqs, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(Index, IsLeftOutWhereNumbersMakeNoSense) {
    struct Odd {
        const char* what;
        AccountSeq of;
    };
    for (const auto& odd :
         {Odd{"an account beyond the limit", {indexed_accounts_max, 1}},
          Odd{"the same record once more", {1, 2}}, Odd{"a sequence of 0", {1, 0}}}) {
        const auto disk = empty_shard();
        const auto writer = start(*disk);
        const auto record = record_of(1);
        writer->append(record, {1, 1});
        writer->append(record, {1, 2});
        end_batch(*writer);
        writer->append(record, odd.of);
        end_batch(*writer);
        ASSERT_TRUE(writer->close());
        EXPECT_FALSE(index_of(*disk, 1)) << odd.what;
        struct Count final : RecordSink {
            Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override {
                return {};
            }
        } sink;
        const auto recovered =
            recover(*disk, disk->root(), "data/shard-00", test_identity, 0, sink);
        ASSERT_TRUE(recovered) << odd.what << ": " << recovered.error().message;
        EXPECT_EQ(recovered->records, 3u);
    }
}

/// An account with five records beside one that fills the journal.
TEST(Index, SparesWhoHasLittleFromReadingWhatOthersHave) {
    const auto disk = empty_shard();
    Accounts accounts;
    const auto writer = go_on(*disk, with_segments(256u << 10));
    std::size_t written = 0;
    for (int n = 0; n < 2'000; ++n) {
        for (int k = 0; k < 30; ++k) accounts.append(*writer, 1);
        if (n % 400 == 200) accounts.append(*writer, 2);
        written += writer->open_batch_bytes();
        end_batch(*writer);
    }
    const auto last = writer->last_seq();
    const auto segments = disk->names("journal").size();
    ASSERT_GT(segments, 25u);
    const auto whole = story_of(*disk, {2, 0}, last, false, 5);
    const auto story = story_of(*disk, {2, 0}, last, true, 5);
    EXPECT_EQ(story.fault, "");
    EXPECT_EQ(whole.seqs, (std::vector<std::uint64_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(story.seqs, whole.seqs);
    EXPECT_GT(whole.bytes_read, written * 8 / 10);
    // Of each segment its header and its end; of five of them one batch.
    EXPECT_LT(story.bytes_read, segments * 32 * 1024);
    EXPECT_LT(story.bytes_read, whole.bytes_read / 10);
    EXPECT_EQ(story_of(*disk, {2, 5}, last, true, 5).seqs, (std::vector<std::uint64_t>{5}));
}

/// Where a reading has come to the end of what was written, the next one goes on.
TEST(History, GoesOnInTheSegmentThatIsBeingWritten) {
    const auto disk = empty_shard();
    Accounts accounts;
    auto options = with_segments(65536);
    options.helper = true;
    const auto writer = go_on(*disk, options);
    accounts.append(*writer, 1);
    end_batch(*writer);
    while (disk->names("journal").size() < 2) std::this_thread::yield();
    struct Count final : HistorySink {
        bool record(std::uint64_t, std::span<const std::byte>) override {
            ++records;
            return true;
        }
        int records = 0;
    } sink;
    HistoryPlace place;
    for (int round = 1; round <= 3; ++round) {
        const auto last = writer->last_seq();
        const auto read = read_history(*disk, disk->root(), "x", test_identity,
                                       {place, last, AccountSeq{1, 0}}, sink);
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(sink.records, round);
        place = *read;
        accounts.append(*writer, 1);
        end_batch(*writer);
    }
}

/// Whatever has become of the runs, an index changes nothing but how much is read.
TEST(Index, TellsTheSameStoryAsTheRecords) {
    const auto seed = usher::testing::fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    usher::testing::Random random(seed);
    std::uint64_t with = 0, without = 0;
    for (int history = 0; history < 30; ++history) {
        auto disk = empty_shard();
        Accounts accounts;
        std::uint64_t last = 0;
        for (int run = 0; run < 3; ++run) {
            const auto writer = go_on(*disk, with_segments(32768, 512));
            const auto batches = 10 + random.below(60);
            for (std::size_t batch = 0; batch < batches; ++batch) {
                const auto account = static_cast<std::uint32_t>(random.below(4));
                for (std::size_t n = 0; n <= random.below(30); ++n)
                    accounts.append(*writer, random.chance(95) ? account : 9);
                end_batch(*writer);
            }
            last = writer->last_seq();
            if (random.chance(50)) {
                ASSERT_TRUE(writer->close());
            } else {
                ASSERT_TRUE(writer->sync());
            }
        }
        for (const std::uint32_t account : {0u, 1u, 2u, 3u, 9u, 77u}) {
            const AccountSeq from{account, random.below(accounts.last_seq(account) + 2)};
            const auto through = random.chance(50) ? last : 1 + random.below(last);
            const auto story = story_of(*disk, from, through, true);
            const auto whole = story_of(*disk, from, through, false);
            ASSERT_EQ(story.seqs, whole.seqs) << "history " << history << ", account " << account;
            ASSERT_EQ(story.fault, whole.fault);
            with += story.bytes_read;
            without += whole.bytes_read;
        }
        expect_right(pass_over(*disk));
    }
    EXPECT_LT(with, without);
}

}  // namespace
}  // namespace usher::journal::testing
