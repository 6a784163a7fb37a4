// Goal: a backup or a repair is a whole data directory or none: whichever call of the disk fails or
// writes wrong, what is not right is never taken for one. And what is asked wrongly is refused.
// Method: a data directory of two shards on the machine's disk, copied with each call failing.

#include "journal/directory.h"
#include "journal/directory_copy.h"
#include "journal/segment.h"
#include "journal/snapshot.h"
#include "journal/verify.h"
#include "tests/journal/failing_disk.h"
#include "tests/journal/temporary_directory.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

namespace usher::journal::testing {
namespace {

namespace fs = std::filesystem;

class Copy : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto opened = DataDirectory::open({.path = path(), .shards = 2});
        ASSERT_TRUE(opened) << opened.error().message;
        for (std::uint32_t shard = 0; shard < 2; ++shard) fill(**opened, shard);
    }

    /// Batches of five records in four segments, and two snapshots: one early, one in the third.
    static void fill(DataDirectory& data, std::uint32_t shard) {
        FailingDisk quick{posix_disk(), Going::wrong_once, 0};  // one that syncs nothing
        const int fd = data.shard_fd(shard);
        CheckingSink sink;
        const auto recovered =
            recover(quick, fd, data.shard_name(shard), data.identity(shard), 0, sink);
        ASSERT_TRUE(recovered);
        auto writer = Writer::open(quick, fd, data.shard_name(shard), data.identity(shard),
                                   small_options(), *recovered);
        ASSERT_TRUE(writer);
        while ((*writer)->segment_number() < 4) {
            ASSERT_TRUE(write_batch(**writer, 5));
            ASSERT_TRUE((*writer)->sync());
            if ((*writer)->segment_number() < 3) in_third_ = (*writer)->last_seq() + 5;
        }
        for (const std::uint64_t seq : {std::uint64_t{10}, in_third_}) {
            auto snapshot = SnapshotWriter::begin(quick, fd, data.shard_name(shard),
                                                  data.identity(shard), seq, Instant{10'000});
            ASSERT_TRUE(snapshot);
            ASSERT_TRUE((*snapshot)->append(record_of(seq)));
            ASSERT_TRUE((*snapshot)->finish({1, 2}));
        }
        last_seq_ = (*writer)->last_seq();
        ASSERT_TRUE((*writer)->close());
    }

    using Made = Result<std::vector<CopiedShard>>;
    /// Until no call is left that could go wrong.
    void with_each_call(Going going, const std::function<Made(Disk&)>& make) {
        std::uint64_t refused = 0;
        for (std::uint64_t nth = 1;; ++nth) {
            SCOPED_TRACE("call " + std::to_string(nth));
            fs::remove_all(target());
            FailingDisk disk{posix_disk(), going, nth};
            const auto made = make(disk);
            const auto verdict = verify(posix_disk(), target()).verdict;
            if (made) {
                ASSERT_EQ(verdict, Verdict::clean);
            } else if (verdict == Verdict::clean) {
                // It is whole. What failed is the sync of its last step, or to look at it again.
                ASSERT_TRUE(disk.failed() == DiskCall::sync ||
                            made.error().message.find("not in order") != std::string::npos)
                    << made.error().message;
            }
            refused += made ? 0 : 1;
            if (!disk.failed()) break;
        }
        EXPECT_GT(refused, going == Going::astray ? 3U : 50U);
    }

    RepairPlan plan() const { return {path(), target(), 1, last_seq_ - 5, 5, Instant{20'000}, 7}; }
    void refuse(const RepairPlan& plan, ExitCode code, const std::string& must_say) {
        const auto made = repair(posix_disk(), plan);
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, code);
        EXPECT_NE(made.error().message.find(must_say), std::string::npos) << made.error().message;
        EXPECT_FALSE(fs::exists(target()));
    }

    std::string path() const { return place_.path() + "/data"; }
    std::string target() const { return place_.path() + "/copy"; }

    std::string shard() const { return path() + "/shard-01"; }
    std::string segment(std::uint64_t number) const {
        return shard() + "/journal/" + numbered_name(number, segment_suffix);
    }
    std::string snapshot(std::uint64_t seq) const {
        return shard() + "/snapshot/" + numbered_name(seq, snapshot_suffix);
    }
    static void damage(const std::string& file, std::uint64_t offset, std::size_t bytes = 1) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(offset));
        stream << std::string(bytes, '\x7F');
    }
    /// Both copies of it.
    void damage_header(std::uint64_t number) const {
        damage(segment(number), 0, header_block_bytes);
    }
    /// Of the second shard: how far a backup comes; nothing: refused, for `why_`.
    std::optional<std::uint64_t> backed_up_through() {
        fs::remove_all(target());
        const auto made = back_up(posix_disk(), path(), target());
        EXPECT_EQ(made.has_value(), verify(posix_disk(), target()).verdict == Verdict::clean);
        why_ = made ? "" : made.error().message;
        if (!made) return std::nullopt;
        return made->at(1).last_seq;
    }
    bool says(const std::string& what) const { return why_.find(what) != std::string::npos; }

    static inline std::uint64_t last_seq_ = 0;
    static inline std::uint64_t in_third_ = 0;
    std::string why_;

  private:
    /// In memory, where there is a place for it: hundreds of copies are made.
    TemporaryDirectory place_{fs::is_directory("/dev/shm") ? "/dev/shm" : "/tmp"};
};

TEST_F(Copy, OfABackupIsWholeOrNoneWhicheverCallFails) {
    const auto copy = [&](Disk& disk) { return back_up(disk, path(), target()); };
    with_each_call(Going::wrong_once, copy);
    with_each_call(Going::down, copy);
}

TEST_F(Copy, OfABackupThatWasWrittenWrongIsFoundOut) {
    with_each_call(Going::astray, [&](Disk& disk) { return back_up(disk, path(), target()); });
}

TEST_F(Copy, OfARepairIsWholeOrNoneWhicheverCallFails) {
    const auto copy = [&](Disk& disk) { return repair(disk, plan()); };
    with_each_call(Going::wrong_once, copy);
    with_each_call(Going::down, copy);
    const auto made = repair(posix_disk(), plan());
    ASSERT_FALSE(made);  // the last round's stands there
    fs::remove_all(target());
    const auto again = repair(posix_disk(), plan());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->at(1).lost, 5U);
    EXPECT_EQ(again->at(1).last_seq, last_seq_ - 5);
    EXPECT_EQ(again->at(0).last_seq, last_seq_);
}

TEST_F(Copy, ThatIsAskedForWronglyIsRefusedBeforeAnythingIsMade) {
    auto other = plan();
    other.shard = 2;
    refuse(other, ExitCode::usage, "--shard 2: there are 2");
    other = plan();
    other.keep_through -= 1;
    refuse(other, ExitCode::usage, "the nearest before it is");
    other = plan();
    other.keep_through = last_seq_ + 1;
    refuse(other, ExitCode::usage, "is not the end of a readable batch");
    other = plan();
    other.accept_loss = 4;
    refuse(other, ExitCode::usage, "--accept-loss must be exactly that");
    other = plan();
    other.from += "/nowhere";
    refuse(other, ExitCode::io, "cannot be opened");
    EXPECT_EQ(back_up(posix_disk(), path() + "/nowhere", target()).error().code, ExitCode::io);
    EXPECT_EQ(back_up(posix_disk(), path(), target() + "/deeper").error().code,
              ExitCode::cannot_create);
    fs::create_directory(target());
    const auto there = back_up(posix_disk(), path(), target());
    ASSERT_FALSE(there);
    EXPECT_EQ(there.error().code, ExitCode::cannot_create);
    EXPECT_NE(there.error().message.find("exists already"), std::string::npos);
}

TEST_F(Copy, OfABackupIsTriedAgainAndGivenUpInTheEnd) {
    for (const auto call : {DiskCall::open, DiskCall::size, DiskCall::read, DiskCall::list,
                            DiskCall::write, DiskCall::sync, DiskCall::remove})
        for (std::uint64_t nth = 1;; ++nth) {
            fs::remove_all(target());
            FailingDisk disk{posix_disk(), Going::down, nth, call};
            const auto made = back_up(disk, path(), target());
            if (!disk.failed()) {
                ASSERT_TRUE(made) << made.error().message;
                break;
            }
            ASSERT_FALSE(made) << "call " << nth << " of kind " << static_cast<int>(call);
        }
}

/// A disk of which one read fails; what was copied by then cannot be cleared away for the next try.
class Stubborn final : public FailingDisk {
  public:
    Stubborn(std::uint64_t nth, DiskCall then)
        : FailingDisk(posix_disk(), Going::wrong_once, nth, DiskCall::read), then_(then) {}

    int open(int directory, const std::string& name, OpenFor purpose) override {
        const bool folder = name == "journal" || name == "snapshot";
        if (failed() && then_ == DiskCall::open && folder) return -EIO;
        return FailingDisk::open(directory, name, purpose);
    }
    int remove(int directory, const std::string& name) override {
        return failed() && then_ == DiskCall::remove ? -EROFS
                                                     : FailingDisk::remove(directory, name);
    }

  private:
    DiskCall then_;
};

TEST_F(Copy, ThatCannotBeClearedAwayIsNotTriedAgain) {
    for (const auto then : {DiskCall::open, DiskCall::remove}) {
        std::size_t given_up = 0;
        for (std::uint64_t nth = 1;; ++nth) {
            fs::remove_all(target());
            Stubborn disk{nth, then};
            const auto made = back_up(disk, path(), target());
            EXPECT_EQ(made.has_value(), verify(posix_disk(), target()).verdict == Verdict::clean);
            if (!disk.failed()) break;
            if (!made && made.error().message.find("cannot be emptied") != std::string::npos)
                ++given_up;
        }
        EXPECT_GT(given_up, 5U);
    }
}

TEST_F(Copy, BeginsAtASnapshotWhereTheJournalBeforeItIsDamaged) {
    ASSERT_EQ(backed_up_through(), last_seq_) << why_;
    damage(segment(1), header_block_bytes + 700);
    EXPECT_EQ(backed_up_through(), last_seq_) << why_;
    damage_header(1);
    EXPECT_EQ(backed_up_through(), last_seq_) << why_;
    fs::remove(segment(1));
    fs::remove(segment(2));
    EXPECT_EQ(backed_up_through(), last_seq_) << why_;
    // The early one has no segment any more that it leads up to.
    fs::remove(snapshot(in_third_));
    EXPECT_EQ(backed_up_through(), std::nullopt);
    EXPECT_TRUE(says("and no valid snapshot leads up to it")) << why_;
    fs::remove(snapshot(10));
    EXPECT_EQ(backed_up_through(), std::nullopt);
}

TEST_F(Copy, WithAHoleInTheJournalGoesOnBehindItFromASnapshotAlone) {
    fs::remove(segment(2));
    EXPECT_EQ(backed_up_through(), last_seq_) << why_;
    fs::remove(snapshot(in_third_));
    EXPECT_EQ(backed_up_through(), std::nullopt);
    EXPECT_TRUE(says("though everything up to " + std::to_string(last_seq_) + " was on disk"))
        << why_;
}

TEST_F(Copy, OfWhatIsConfirmedIsWholeOrRefused) {
    damage(segment(4), header_block_bytes + 700);
    EXPECT_EQ(backed_up_through(), std::nullopt);
    EXPECT_TRUE(says("can be read up to sequence")) << why_;
    damage_header(4);
    EXPECT_EQ(backed_up_through(), std::nullopt);
    damage_header(1);
    EXPECT_EQ(backed_up_through(), std::nullopt);
    // Without the watermark nothing says how much there was; that something is wrong is seen.
    fs::remove(shard() + "/watermark");
    EXPECT_EQ(backed_up_through(), std::nullopt);
    EXPECT_TRUE(says("cannot be used: it is no segment of a journal")) << why_;
    fs::remove(segment(4));
    const auto through = backed_up_through();
    ASSERT_TRUE(through) << why_;
    EXPECT_LT(*through, last_seq_);
    EXPECT_GE(*through, in_third_);
    damage_header(3);
    damage(snapshot(in_third_), header_block_bytes + 30);
    EXPECT_EQ(backed_up_through(), std::nullopt);
    EXPECT_TRUE(says("cannot be used: it is no segment of a journal")) << why_;
}

TEST_F(Copy, OfARepairKeepsWhatIsAskedForAndSaysWhatThatGivesUp) {
    const auto repaired = [&](std::uint64_t keep_through, std::uint64_t lost) {
        fs::remove_all(target());
        auto wanted = plan();
        wanted.keep_through = keep_through;
        wanted.accept_loss = lost;
        const auto made = repair(posix_disk(), wanted);
        why_ = made ? "" : made.error().message;
        return made && verify(posix_disk(), target()).verdict == Verdict::clean;
    };
    EXPECT_TRUE(repaired(last_seq_, 0)) << why_;      // nothing given up
    EXPECT_TRUE(repaired(5, last_seq_ - 5)) << why_;  // before any snapshot
    EXPECT_TRUE(repaired(in_third_, last_seq_ - in_third_)) << why_;
    // What batches and snapshots say was confirmed counts where there is no watermark.
    fs::remove(shard() + "/watermark");
    EXPECT_FALSE(repaired(in_third_, 0));
    EXPECT_TRUE(repaired(in_third_, last_seq_ - in_third_)) << why_;
    damage_header(4);
    const auto in_segments = last_seq_ - 5;  // the last batch alone was in the fourth
    EXPECT_TRUE(repaired(in_third_, in_segments - in_third_)) << why_;
    fs::remove(snapshot(10));
    fs::remove(snapshot(in_third_));
    EXPECT_TRUE(repaired(in_third_, in_segments - in_third_)) << why_;
    damage_header(1);
    EXPECT_FALSE(repaired(in_third_, in_segments - in_third_));
}

TEST_F(Copy, IsVerifiedByCallsOfWhichAnyMayFail) {
    for (const auto going : {Going::wrong_once, Going::down})
        for (std::uint64_t nth = 1;; ++nth) {
            FailingDisk disk{posix_disk(), going, nth};
            const auto report = verify(disk, path());
            if (!disk.failed()) {
                EXPECT_EQ(report.verdict, Verdict::clean) << report.cause;
                break;
            }
            // With a close there is nothing more that could be wrong.
            const bool may_be_clean = disk.failed() == DiskCall::close;
            ASSERT_TRUE(report.verdict != Verdict::clean || may_be_clean) << "call " << nth;
        }
}

}  // namespace
}  // namespace usher::journal::testing
