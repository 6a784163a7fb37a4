// A disk without room for the next segment: the writer says so and goes on in what it has, finds
// room again by itself, and only at the end of the last segment gives up. Nothing that was
// confirmed is ever lost by it.

#include "journal/writer.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

namespace usher::journal::testing {
namespace {

constexpr auto patience = std::chrono::seconds(60);

Options options_with_helper() {
    auto options = small_options();
    options.helper = true;
    return options;
}

/// The helper works on a thread of its own: looks again until `condition` holds.
bool comes_true(Writer& writer, const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        writer.look_for_room();
    }
    return true;
}

/// Writes and syncs until the writer is in another segment.
void fill_segment(Writer& writer) {
    const auto number = writer.segment_number();
    while (writer.segment_number() == number) {
        ASSERT_TRUE(write_batch(writer, 3));
        ASSERT_TRUE(writer.sync());
    }
}

void expect_all_there(FakeDisk& disk, std::uint64_t last_seq) {
    CheckingSink sink;
    const auto recovered = recover_all(*disk.after_kill(), sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sink.last_seq(), last_seq);
    EXPECT_EQ(sink.wrong(), 0U);
}

/// A writer in its second segment on a disk that has no room for a third.
std::unique_ptr<Writer> start_and_fill(FakeDisk& disk) {
    auto writer = start(disk, options_with_helper());
    EXPECT_TRUE(comes_true(*writer, [&] { return disk.exists(journal_file(2)); }));
    EXPECT_FALSE(writer->disk_is_full());
    disk.set_room(disk.used());
    fill_segment(*writer);
    EXPECT_TRUE(comes_true(*writer, [&] { return writer->disk_is_full(); }));
    return writer;
}

TEST(FullDisk, IsSaidAndWhatIsPreparedIsUsed) {
    const auto disk = empty_shard();
    const auto writer = start_and_fill(*disk);
    ASSERT_TRUE(write_batch(*writer, 3));
    ASSERT_TRUE(writer->sync());
    EXPECT_EQ(writer->segment_number(), 2U);
    EXPECT_TRUE(writer->disk_is_full());
    EXPECT_TRUE(writer->health());
    expect_all_there(*disk, writer->durable_seq());
}

TEST(FullDisk, WithRoomAgainIsNoticedWithoutARestart) {
    const auto disk = empty_shard();
    const auto writer = start_and_fill(*disk);
    disk->set_room(UINT64_MAX);
    ASSERT_TRUE(comes_true(*writer, [&] { return !writer->disk_is_full(); }));
    for (int n = 0; n < 4; ++n) fill_segment(*writer);
    EXPECT_FALSE(writer->disk_is_full());
    const auto last_seq = writer->last_seq();
    ASSERT_TRUE(writer->close());
    expect_all_there(*disk, last_seq);
}

TEST(FullDisk, AtTheEndOfTheReserveIsAFaultAndLosesNothingConfirmed) {
    const auto disk = empty_shard();
    auto writer = start_and_fill(*disk);
    Result<void> done;
    for (int n = 0; done && n < 10'000; ++n) {
        done = write_batch(*writer, 3);
        if (done) done = writer->sync();
        writer->look_for_room();
    }
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ExitCode::io);
    EXPECT_FALSE(writer->health());
    const auto confirmed = writer->durable_seq();
    EXPECT_GT(confirmed, 0U);
    writer.reset();
    expect_all_there(*disk, confirmed);

    // With room again the same directory goes on.
    disk->set_room(UINT64_MAX);
    const auto again = disk->after_kill();
    const auto next = start(*again);
    ASSERT_TRUE(write_batch(*next, 3));
    ASSERT_TRUE(next->sync());
    EXPECT_EQ(next->durable_seq(), confirmed + 3);
}

}  // namespace
}  // namespace usher::journal::testing
