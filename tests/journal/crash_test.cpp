// Crashes: the machine stops at every single call to the disk, and of what was not synced any part
// may be missing, torn or garbage. What was confirmed must be there afterwards, in order and
// unchanged; what comes after it may be, in whole batches; and the next run must be able to go on.
//
// A control shows that the test can fail: on a disk whose syncs do nothing, losses must be found.

#include "journal/format.h"
#include "tests/journal/workload.h"
#include "tests/support/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace usher::journal::testing {
namespace {

using usher::testing::Random;

/// What a run has promised to the outside.
struct Promise {
    std::uint64_t confirmed = 0;               ///< survives everything
    std::uint64_t written = 0;                 ///< survives a kill
    std::vector<std::uint64_t> batch_ends{0};  ///< of all lives: where a history may end
    std::uint64_t closed_at = UINT64_MAX;      ///< set once close() has succeeded
};

struct Tally {
    std::uint64_t crashes = 0;
    std::uint64_t confirmed = 0;  ///< records that were checked to be there
    std::uint64_t lost = 0;
    std::uint64_t refused = 0;
    std::uint64_t torn = 0;
};

Fates random_fates(Random& random) {
    // Each power cut has its own mixture, so that rare ones get their turn.
    const auto kept = random.below(101);
    const auto torn = random.below(101);
    return [&random, kept, torn] {
        if (random.chance(kept)) return Fate::kept;
        if (random.chance(torn)) return random.chance(50) ? Fate::torn : Fate::garbage;
        return Fate::lost;
    };
}

/// One life of the program: recovers, writes, maybe closes; ends early when the disk stops.
Promise live(FakeDisk& disk, Random& random, Mode mode, const Promise& before) {
    Promise promise = before;
    promise.closed_at = UINT64_MAX;
    CheckingSink sink;
    const auto recovered = recover_all(disk, sink);
    if (!recovered) return promise;
    auto opened = open_writer(disk, small_options(mode), *recovered);
    if (!opened) return promise;
    auto& writer = **opened;
    promise.confirmed = std::max(promise.confirmed, writer.durable_seq());
    const auto batches = 1 + random.below(12);
    for (std::size_t n = 0; n < batches; ++n) {
        // A batch whose writing failed halfway may have been whole but for its padding.
        const bool well = write_batch(writer, 1 + random.below(8)).has_value();
        promise.batch_ends.push_back(writer.last_seq());
        if (!well) break;
        promise.written = writer.written_seq();
        if (mode == Mode::synced ? !random.chance(80) : random.chance(60)) continue;
        if (!writer.sync()) break;
        promise.confirmed = writer.durable_seq();
    }
    if (random.chance(30) && writer.close()) promise.closed_at = writer.last_seq();
    return promise;
}

/// Recovers the disk after a crash and holds it against the promise.
std::uint64_t check(FakeDisk& disk, const Promise& promise, bool power_cut, Tally& tally) {
    const auto owed = power_cut ? promise.confirmed : std::max(promise.confirmed, promise.written);
    ++tally.crashes;
    CheckingSink sink;
    const auto recovered = recover_all(disk, sink);
    EXPECT_EQ(sink.wrong(), 0u);
    if (!recovered) {
        ++tally.refused;
        return 0;
    }
    if (sink.last_seq() < owed) {
        ++tally.lost;
        std::printf("lost: %llu of %llu, power cut %d, torn %llu\n",
                    static_cast<unsigned long long>(sink.last_seq()),
                    static_cast<unsigned long long>(owed), power_cut ? 1 : 0,
                    static_cast<unsigned long long>(recovered->torn_bytes));
        for (const auto& warning : recovered->warnings) std::printf("  %s\n", warning.c_str());
    }
    tally.confirmed += owed;
    tally.torn += recovered->torn_bytes != 0 ? 1 : 0;
    const auto whole =
        std::count(promise.batch_ends.begin(), promise.batch_ends.end(), sink.last_seq());
    EXPECT_NE(whole, 0) << "half a batch: " << sink.last_seq();
    // A clean end was promised as well.
    if (promise.closed_at != UINT64_MAX && !recovered->clean_close) ++tally.lost;
    return sink.last_seq();
}

/// Lives and power cuts in turn on one disk. Returns after `lives`, or once something was refused.
void endure(Random& random, int lives, bool lying, Tally& tally) {
    auto disk = empty_shard();
    Promise promise;
    for (int life = 0; life < lives; ++life) {
        if (lying) disk->set_lying_sync();
        if (random.chance(70)) disk->stop_after(random.below(120));
        if (random.chance(30)) disk->set_short_transfers(random.next());
        const auto mode = random.chance(50) ? Mode::synced : Mode::written;
        promise = live(*disk, random, mode, promise);
        const bool power = random.chance(80);
        disk = power ? disk->after_power_cut(random_fates(random)) : disk->after_kill();
        const auto refused = tally.refused;
        const auto last = check(*disk, promise, power, tally);
        if (tally.refused != refused) return;
        // What a kill has left is durable once the next life has settled it, not before.
        promise.written = last;
        promise.confirmed = std::min(promise.confirmed, last);
    }
}

TEST(Crash, RandomLivesLoseNothingThatWasConfirmed) {
    const auto seed = usher::testing::fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    Random random(seed);
    Tally tally;
    for (int n = 0; n < 500; ++n) endure(random, 10, false, tally);
    std::printf("%llu crashes, %llu confirmed records looked for, %llu torn tails dropped\n",
                static_cast<unsigned long long>(tally.crashes),
                static_cast<unsigned long long>(tally.confirmed),
                static_cast<unsigned long long>(tally.torn));
    EXPECT_EQ(tally.lost, 0u);
    EXPECT_EQ(tally.refused, 0u);
    EXPECT_EQ(tally.crashes, 5000u);
    EXPECT_GT(tally.confirmed, 100'000u);
    EXPECT_GT(tally.torn, 100u);
}

TEST(Crash, ControlADiskThatLiesAboutItsSyncsIsFoundOut) {
    const auto seed = usher::testing::fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    Random random(seed);
    Tally tally;
    for (int n = 0; n < 100; ++n) endure(random, 5, true, tally);
    std::printf("%llu losses, %llu refusals in %llu crashes\n",
                static_cast<unsigned long long>(tally.lost),
                static_cast<unsigned long long>(tally.refused),
                static_cast<unsigned long long>(tally.crashes));
    EXPECT_GT(tally.lost + tally.refused, 50u);
}

TEST(Crash, AtEveryCallOfALifeTheNextOneGoesOn) {
    const auto life_of = [](FakeDisk& disk) {
        Random random(7);
        return live(disk, random, Mode::synced, {});
    };
    const auto calls = [&] {
        const auto disk = empty_shard();
        life_of(*disk);
        return disk->changing_calls();
    }();
    ASSERT_GT(calls, 25u);
    Tally tally;
    for (std::uint64_t stop = 0; stop <= calls; ++stop) {
        for (const auto fate : {Fate::kept, Fate::lost, Fate::torn, Fate::garbage}) {
            const auto disk = empty_shard();
            disk->stop_after(stop);
            const auto promise = life_of(*disk);
            auto after = disk->after_power_cut([fate] { return fate; });
            const auto last = check(*after, promise, true, tally);
            ASSERT_GE(last, promise.confirmed) << "call " << stop;
            const auto writer = start(*after);
            ASSERT_TRUE(write_batch(*writer, 2)) << "call " << stop;
            ASSERT_TRUE(writer->close());
            CheckingSink sink;
            ASSERT_TRUE(recover_all(*after, sink)) << "call " << stop;
            ASSERT_EQ(sink.wrong(), 0u);
            ASSERT_EQ(sink.last_seq(), last + 2);
        }
    }
    EXPECT_EQ(tally.lost + tally.refused, 0u);
}

/// The snapshot covers all but what stands in a segment that had just been begun, and of its first
/// batch the power cut has left the header alone: that proves nothing, and nothing is lost.
TEST(TornBatch, AloneInItsSegmentBehindASnapshotIsDropped) {
    const auto disk = empty_shard();
    const auto writer = start(*disk);
    std::uint64_t covered = 0;
    for (const auto segment = writer->segment_number(); writer->segment_number() == segment;) {
        covered = writer->last_seq();
        ASSERT_TRUE(write_batch(*writer, 8));
        if (writer->segment_number() != segment) break;
        ASSERT_TRUE(writer->sync());
    }
    auto& bytes = disk->contents(journal_file(writer->segment_number()));
    std::fill(bytes.begin() + header_block_bytes + FakeDisk::sector, bytes.end(), std::byte{});
    const auto killed = disk->after_kill();
    CheckingSink sink(covered);
    const auto recovered = recover_all(*killed, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(recovered->last_seq, covered);
    EXPECT_GT(recovered->torn_bytes, 0U);
}

TEST(FailedSync, IsFinalWhicheverItIs) {
    for (const int error : {EIO, ENOSPC, EDQUOT, EROFS}) {
        for (std::uint64_t nth = 1; nth <= 40; ++nth) {
            const auto disk = empty_shard();
            disk->fail(Call::sync_contents, nth, error);
            CheckingSink sink;
            auto opened = open_writer(*disk, small_options(), *recover_all(*disk, sink));
            if (!opened) {
                EXPECT_EQ(nth, 1u);
                EXPECT_EQ(opened.error().code, ExitCode::io);
                continue;
            }
            auto& writer = **opened;
            bool failed = false;
            std::uint64_t confirmed = 0;
            for (int n = 0; n < 60; ++n) {
                const bool well = write_batch(writer, 3) && writer.sync();
                ASSERT_FALSE(failed && well) << "a success after the failed sync " << nth;
                if (well) confirmed = writer.durable_seq();
                failed = failed || !well;
            }
            ASSERT_TRUE(failed);
            EXPECT_EQ(writer.durable_seq(), confirmed);
            EXPECT_FALSE(writer.health());
            EXPECT_FALSE(writer.request_sync());
            const auto closed = writer.close();
            ASSERT_FALSE(closed);
            EXPECT_EQ(closed.error().code, ExitCode::io);
            // The cache still shows what was not written; the device decides.
            CheckingSink after;
            const auto killed = disk->after_kill();
            ASSERT_TRUE(recover_all(*killed, after));
            EXPECT_EQ(after.wrong(), 0u);
            EXPECT_GE(after.last_seq(), confirmed);
        }
    }
}

TEST(FailedWrite, IsFinalToo) {
    for (std::uint64_t nth = 1; nth <= 60; ++nth) {
        const auto disk = empty_shard();
        disk->fail(Call::write, nth, ENOSPC);
        CheckingSink sink;
        auto opened = open_writer(*disk, small_options(), *recover_all(*disk, sink));
        if (!opened) continue;
        bool failed = false;
        for (int n = 0; n < 80; ++n) {
            const bool well = write_batch(**opened, 3) && (*opened)->sync();
            ASSERT_FALSE(failed && well) << "a success after the failed write " << nth;
            failed = failed || !well;
        }
        EXPECT_TRUE(failed) << nth;
    }
}

TEST(FailedSync, OfTheHelperReachesTheOwner) {
    const auto disk = empty_shard();
    disk->fail(Call::sync_contents, 3, EIO);
    CheckingSink sink;
    auto options = small_options(Mode::synced);
    options.helper = true;
    auto opened = open_writer(*disk, options, *recover_all(*disk, sink));
    ASSERT_TRUE(opened);
    auto& writer = **opened;
    ASSERT_TRUE(write_batch(writer, 1));
    ASSERT_TRUE(writer.request_sync());
    while (writer.durable_seq() < 1) ASSERT_TRUE(writer.health());
    ASSERT_TRUE(write_batch(writer, 1));
    (void)writer.request_sync();
    while (writer.health()) {
    }
    EXPECT_EQ(writer.durable_seq(), 1u);
    EXPECT_FALSE(writer.sync());
    EXPECT_FALSE(writer.write(Instant{}));
}

}  // namespace
}  // namespace usher::journal::testing
