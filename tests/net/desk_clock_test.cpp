// The clock of a core and the board that the cores share, with clocks that are turned by hand.
#include "net/desk_clock.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>

namespace usher::net::testing {
namespace {

constexpr std::int64_t began = 1'800'000'000'000, day = 86'400'000;

shard::ClockReading reading{};
std::deque<shard::ClockReading> odd_readings;  ///< come first

shard::ClockReading read_by_hand() {
    if (odd_readings.empty()) return reading;
    const auto odd = odd_readings.front();
    odd_readings.pop_front();
    return odd;
}

void set_clocks() {
    reading = {{began}, {5000}};
    odd_readings.clear();
}

void pass(std::int64_t ms, std::int64_t wall_step = 0) {
    reading.wall.ms += ms + wall_step;
    reading.boot.ms += ms;
}

std::map<std::string, std::string> status_of(const ClockBoard& board) {
    std::vector<protocol::StatusEntry> entries;
    board.status(entries);
    std::map<std::string, std::string> lines;
    for (const auto& entry : entries) {
        EXPECT_EQ(entry.scope, "daemon");
        lines[entry.name] = entry.value;
    }
    return lines;
}

using Lines = std::map<std::string, std::string>;

TEST(DeskClock, ReadsTheMachinesClocks) {
    const auto one = read_clocks();
    const auto other = read_clocks();
    EXPECT_GT(one.wall.ms, 1'700'000'000'000);
    EXPECT_GT(one.boot.ms, 0);
    EXPECT_GE(other.boot, one.boot);
    ClockBoard board;
    board.furnish(1);
    DeskClock clock(0, board, {});
    EXPECT_GE(clock.now(), one.wall - seconds(60));
}

TEST(DeskClock, ShowsAStepAndLogsItOnceForAllCores) {
    set_clocks();
    ClockBoard board;
    board.furnish(2);
    DeskClock first(0, board, {true, {}}, read_by_hand);
    DeskClock second(1, board, {true, {}}, read_by_hand);
    EXPECT_EQ(status_of(board), (Lines{{"clock_steps", "0"}, {"clock_held_ms", "0"}}));
    pass(1000, 400 * day);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(second.now().ms, began + 1000);
    EXPECT_EQ(first.now().ms, began + 1000);
    pass(1000);
    EXPECT_EQ(first.now().ms, began + 2000);
    const auto log = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(status_of(board),
              (Lines{{"clock_steps", "1"}, {"clock_held_ms", std::to_string(400 * day)}}));
    const auto at = log.find("clock_step wall_by=\"+400d 00:00:00.000\"");
    ASSERT_NE(at, std::string::npos) << log;
    EXPECT_EQ(log.find("clock_step", at + 1), std::string::npos) << log;
    EXPECT_NE(log.find("not believed"), std::string::npos);
    EXPECT_EQ(log.find("..."), std::string::npos) << "the end of it is not cut off";

    pass(1000, -402 * day - 3'723'004);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(first.now().ms, began + 3000);
    EXPECT_EQ(second.now().ms, began + 3000);
    const auto back = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(back.find("wall_ahead=\"-2d 01:02:03.004\""), std::string::npos) << back;
    EXPECT_NE(back.find("stop usherd until it has caught up"), std::string::npos) << back;
    EXPECT_EQ(status_of(board), (Lines{{"clock_steps", "2"}, {"clock_held_ms", "-176523004"}}));
}

TEST(DeskClock, SaysOfAStepBackOfHoursThatTheWallWillCatchUp) {
    set_clocks();
    ClockBoard board;
    board.furnish(1);
    DeskClock clock(0, board, {true, {}}, read_by_hand);
    pass(1000, -day / 12);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(clock.now().ms, began + 500);
    const auto log = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("at half its pace until the wall clock has caught up"), std::string::npos)
        << log;
    EXPECT_EQ(status_of(board).at("clock_held_ms"), std::to_string(-day / 12 + 500));
}

// A step that was undone before another core looked: what comes next is told by who has seen both.
TEST(DeskClock, LogsWhatFollowsOnAStepThatOneCoreAloneHasSeen) {
    set_clocks();
    ClockBoard board;
    board.furnish(2);
    DeskClock first(0, board, {true, {}}, read_by_hand);
    DeskClock second(1, board, {true, {}}, read_by_hand);
    ::testing::internal::CaptureStderr();
    pass(1000, day);
    second.now();
    pass(1000, -day);
    second.now();
    pass(1000, 2 * day);
    first.now();
    second.now();
    const auto log = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("wall_by=\"+1d 00:"), std::string::npos) << log;
    EXPECT_NE(log.find("clock_as_before"), std::string::npos) << log;
    EXPECT_NE(log.find("wall_by=\"+2d 00:"), std::string::npos) << log;
    EXPECT_EQ(status_of(board).at("clock_steps"), "3");
}

TEST(DeskClock, TakesAThreadThatWasStoppedBetweenTwoLooksForNoStep) {
    set_clocks();
    ClockBoard board;
    board.furnish(1);
    DeskClock clock(0, board, {true, {}}, read_by_hand);
    pass(1000);
    odd_readings = {{{reading.wall.ms - day}, reading.boot}};
    EXPECT_EQ(clock.now().ms, began + 1000);
    EXPECT_EQ(status_of(board), (Lines{{"clock_steps", "0"}, {"clock_held_ms", "0"}}));
}

TEST(DeskClock, BeginsWithWhatIsKeptAndSaysSo) {
    set_clocks();
    ClockBoard board;
    board.furnish(2);
    ::testing::internal::CaptureStderr();
    DeskClock first(0, board, {true, {began + 2 * day}}, read_by_hand);
    DeskClock second(1, board, {true, {began + 2 * day}}, read_by_hand);
    const auto log = ::testing::internal::GetCapturedStderr();
    const auto at = log.find("behind what is kept");
    ASSERT_NE(at, std::string::npos) << log;
    EXPECT_EQ(log.find("behind what is kept", at + 1), std::string::npos) << log;
    EXPECT_EQ(log.find("..."), std::string::npos) << "the end of it is not cut off";
    pass(1000);
    EXPECT_EQ(first.now().ms, began + 2 * day + 1000);
    EXPECT_EQ(second.now().ms, began + 2 * day + 1000);
    EXPECT_EQ(status_of(board).at("clock_held_ms"), std::to_string(-2 * day));
}

TEST(DeskClock, IsTheWallsUnderATraceWhateverThatDoes) {
    set_clocks();
    ClockBoard board;
    board.furnish(1);
    ::testing::internal::CaptureStderr();
    DeskClock clock(0, board, {false, {began + day}}, read_by_hand);
    EXPECT_EQ(clock.now().ms, began);
    pass(1000, 400 * day);
    EXPECT_EQ(clock.now().ms, began + 1000 + 400 * day);
    pass(1000, -800 * day);
    EXPECT_EQ(clock.now().ms, began + 2000 - 400 * day);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(ClockBoard, GivesAWallThatDoesNotRestSomeLinesAMinute) {
    ClockBoard board;
    board.furnish(1);
    int lines = 0, last = 0;
    for (std::uint64_t number = 1; number <= 1000; ++number) {
        const auto tell = board.tells(number, 5000 + static_cast<std::int64_t>(number));
        lines += tell != ClockBoard::Tell::no;
        last += tell == ClockBoard::Tell::yes_and_then_no_more;
    }
    EXPECT_EQ(lines, 20);
    EXPECT_EQ(last, 1);
    EXPECT_EQ(board.tells(1000, 70'000), ClockBoard::Tell::no) << "it was counted, if not told";
    EXPECT_EQ(board.tells(1001, 70'000), ClockBoard::Tell::yes);
}

}  // namespace
}  // namespace usher::net::testing
