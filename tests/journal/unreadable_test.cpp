// Goal: what cannot be read is neither torn nor missing: whoever reads a journal, its indexes or a
// snapshot says so, or comes to what it comes to without the fault.
// Method: batches, indexes and blocks larger than what is read ahead, so that each has reads of its
// own, and of all these one after another fails.

#include "journal/history.h"
#include "journal/prefix.h"
#include "journal/snapshot.h"
#include "tests/journal/failing_disk.h"
#include "tests/journal/owned_records.h"

#include <gtest/gtest.h>

#include <functional>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";

void take_snapshot(FakeDisk& disk, std::uint64_t seq, std::size_t bytes) {
    auto snapshot =
        SnapshotWriter::begin(disk, disk.root(), shard_name, test_identity, seq, Instant{1});
    ASSERT_TRUE(snapshot);
    ASSERT_TRUE((*snapshot)->append(std::vector<std::byte>(bytes, std::byte{0x5A})));
    ASSERT_TRUE((*snapshot)->finish({1, 2}));
}

struct Large {
    std::unique_ptr<FakeDisk> disk = empty_shard();
    std::uint64_t last_seq = 0;
};

/// Four segments with eight batches each, of two accounts in turn; their indexes fill what is left.
Large large_shard(std::uint32_t alignment = 512, std::uint32_t record_bytes = 30'000) {
    Large large;
    auto options = small_options();
    options.segment_bytes.fill(record_bytes * 9);
    options.alignment = alignment;
    Accounts accounts;
    const auto writer = go_on(*large.disk, options);
    for (std::uint32_t n = 0; writer->segment_number() < 4; ++n) {
        accounts.append(*writer, n % 2, record_bytes);
        EXPECT_TRUE(writer->write(Instant{1}));
        EXPECT_TRUE(writer->sync());
    }
    large.last_seq = writer->last_seq();
    EXPECT_TRUE(writer->close());
    return large;
}

using Found = Result<std::vector<std::uint64_t>>;
using Look = std::function<Found(Disk&, int root)>;

/// Each call of that kind fails once. Returns how often that was said; else nothing changed by it.
std::uint64_t with_each(DiskCall call, const FakeDisk& from, const Look& look) {
    std::uint64_t refused = 0;
    std::optional<std::vector<std::uint64_t>> undisturbed;
    for (std::uint64_t nth = 0;; ++nth) {
        const auto disk = from.after_kill();
        FailingDisk failing{*disk, Going::wrong_once, nth, call};
        const auto found = look(failing, disk->root());
        EXPECT_EQ(disk->open_descriptors(), 0U);
        if (nth == 0) {  // none fails
            EXPECT_TRUE(found) << found.error().message;
            if (!found) return 0;
            undisturbed = *found;
            continue;
        }
        if (found)
            EXPECT_EQ(*found, *undisturbed) << nth;
        else
            EXPECT_EQ(found.error().code, ExitCode::io) << found.error().message;
        refused += found ? 0 : 1;
        if (!failing.failed()) return refused;
    }
}

class Told final : public HistorySink {
  public:
    bool record(std::uint64_t seq, std::span<const std::byte>) override {
        seqs.push_back(seq);
        return true;
    }
    std::vector<std::uint64_t> seqs;
};

class Counted final : public RecordSink {
  public:
    Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override {
        ++records;
        return {};
    }
    std::uint64_t records = 0;
};

TEST(Unreadable, IsNoEndOfAJournal) {
    const auto large = large_shard();
    const auto refused = with_each(DiskCall::read, *large.disk, [](Disk& disk, int root) -> Found {
        Counted sink;
        const auto recovered = recover(disk, root, shard_name, test_identity, 0, sink);
        if (!recovered) return recovered.error();
        return std::vector{recovered->last_seq, recovered->torn_bytes, sink.records};
    });
    EXPECT_GT(refused, large.last_seq);
}

TEST(Unreadable, IsNoEndOfTheHistoryByAnIndexOrWithoutOne) {
    for (const std::uint32_t alignment : {512U, 4096U}) {
        const auto large = large_shard(alignment);
        for (const auto& wanted : {std::optional<AccountSeq>{}, {AccountSeq{1, 2}}}) {
            const auto look = [&](Disk& disk, int root) -> Found {
                Told sink;
                const auto read = read_history(disk, root, shard_name, test_identity,
                                               {{}, large.last_seq, wanted}, sink);
                if (!read) return read.error();
                // By an index come others, too: whoever follows leaves them out.
                std::vector<std::uint64_t> of_account;
                for (const auto seq : sink.seqs)
                    if (seq % 2 == 0 && seq > 3) of_account.push_back(seq);
                return of_account;
            };
            EXPECT_GT(with_each(DiskCall::read, *large.disk, look), large.last_seq / 2);
        }
    }
}

TEST(Unreadable, IsNoReasonToRemoveASegment) {
    const auto large = large_shard();
    const auto refused = with_each(DiskCall::read, *large.disk, [&](Disk& disk, int root) -> Found {
        const auto removed = prune(disk, root, shard_name, test_identity, large.last_seq / 2);
        if (!removed) return removed.error();
        return std::vector{*removed};
    });
    EXPECT_GT(refused, 2U);
}

TEST(Unreadable, IsNoEndOfASnapshot) {
    const auto disk = empty_shard();
    take_snapshot(*disk, 20, 3'000'000);
    const auto refused = with_each(DiskCall::read, *disk, [](Disk& of, int root) -> Found {
        auto latest = read_latest_snapshot(of, root, shard_name, test_identity);
        if (!latest) return latest.error();
        if (!latest->reader) return fault(ExitCode::io, latest->warnings.at(0));
        const auto image = read_image(*latest->reader);
        if (!image) return image.error();
        return std::vector<std::uint64_t>{image->size()};
    });
    EXPECT_GT(refused, 6U);
}

// Where the journal is damaged, a prefix begins at a snapshot: that is found by looking for the
// segment to begin with, newest first.
TEST(Unreadable, IsNoDamageToGoAround) {
    // So large that what begins a segment is not remembered when all of it was read.
    const auto large = large_shard(512, 300'000);
    auto& disk = *large.disk;
    take_snapshot(disk, large.last_seq - 10, 100);
    disk.flip(journal_file(1), header_block_bytes + 1000, std::byte{1});
    // The newest has no batch any more, so it is passed over.
    disk.flip(journal_file(4), header_block_bytes + 30, std::byte{1});
    for (const auto call : {DiskCall::read, DiskCall::open}) {
        EXPECT_GT(with_each(call, disk,
                            [](Disk& of, int root) -> Found {
                                const ShardPlace shard{of, root, shard_name, test_identity};
                                const auto prefix = find_prefix(shard, std::nullopt);
                                if (!prefix) return prefix.error();
                                if (prefix->snapshots.empty())
                                    return fault(ExitCode::io,
                                                 "what cannot be read of a snapshot "
                                                 "counts as damaged");
                                EXPECT_GT(prefix->first_seq, 1U);
                                return std::vector{prefix->first_seq, prefix->last_seq};
                            }),
                  4U);
        EXPECT_GT(
            with_each(
                call, disk,
                [](Disk& of, int root) -> Found {
                    const auto confirmed = confirmed_seq({of, root, shard_name, test_identity});
                    if (!confirmed) return confirmed.error();
                    return std::vector{*confirmed};
                }),
            4U);
    }
}

}  // namespace
}  // namespace usher::journal::testing
