// Absences: local wall time in the agent's own zone becomes UTC, also where the clocks change.
#include <chrono>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

// Stockholm is one hour before UTC in winter and two in summer. In 2026 the clocks go forward on
// 29 March, 02:00 → 03:00, and back on 25 October, 03:00 → 02:00; both at 01:00 UTC.
Instant utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
    const std::chrono::sys_days date{std::chrono::year{year} / static_cast<int>(month) /
                                     static_cast<int>(day)};
    return {(std::int64_t{date.time_since_epoch().count()} * 1440 + hour * 60 + minute) * 60'000};
}

engine::AbsenceSpan absence(const std::string& from, const std::string& until,
                            const std::string& zone = "Europe/Stockholm") {
    const auto account = definition_of(
        "[account]\nkey = \"acme\"\ntime_zone = \"America/New_York\"\n[[agent]]\nkey = \"anna\"\n"
        "seat = \"service\"\navailability = \"available\"\n"
        "time_zone = \"" +
        zone + "\"\nabsences = [{ from = " + from + ", until = " + until + " }]\n");
    if (account.agents.size() != 1 || account.agents[0].absences.size() != 1) {
        ADD_FAILURE() << "no absence";
        return {};
    }
    return account.agents[0].absences[0];
}

// Rule 9.
TEST(Absences, AreInTheAgentsOwnTime) {
    EXPECT_EQ(absence("\"2026-01-10T00:00\"", "\"2026-07-01T12:30\""),
              (engine::AbsenceSpan{utc(2026, 1, 9, 23), utc(2026, 7, 1, 10, 30)}));
    EXPECT_EQ(absence("\"2026-01-10T00:00\"", "\"2026-01-11T00:00\"", "Asia/Kathmandu"),
              (engine::AbsenceSpan{utc(2026, 1, 9, 18, 15), utc(2026, 1, 10, 18, 15)}));
}

TEST(Absences, TakeTheAccountsTimeForAnAgentWithoutAZone) {
    const auto account = definition_of(
        "[account]\nkey = \"acme\"\ntime_zone = \"America/New_York\"\n[[agent]]\nkey = \"anna\"\n"
        "seat = \"service\"\navailability = \"available\"\n"
        "absences = [{ from = \"2026-01-10T00:00\", until = \"2026-01-11T00:00\" }]\n");
    ASSERT_EQ(account.agents.size(), 1U);
    ASSERT_EQ(account.agents[0].absences.size(), 1U);
    EXPECT_EQ(account.agents[0].absences[0],
              (engine::AbsenceSpan{utc(2026, 1, 10, 5), utc(2026, 1, 11, 5)}));
}

// Rule 9.
TEST(Absences, MoveATimeThatDoesNotExistForwardByTheGap) {
    // 02:30 on that day becomes 03:30, which is 01:30 UTC.
    EXPECT_EQ(absence("\"2026-03-29T02:30\"", "\"2026-03-29T12:00\"").from,
              utc(2026, 3, 29, 1, 30));
    EXPECT_EQ(absence("\"2026-03-28T12:00\"", "\"2026-03-29T02:30\"").until,
              utc(2026, 3, 29, 1, 30));
    EXPECT_EQ(absence("\"2026-03-29T01:59\"", "\"2026-03-29T02:00\""),
              (engine::AbsenceSpan{utc(2026, 3, 29, 0, 59), utc(2026, 3, 29, 1)}));
    EXPECT_EQ(absence("\"2026-03-29T02:00\"", "\"2026-03-29T03:30\""),
              (engine::AbsenceSpan{utc(2026, 3, 29, 1), utc(2026, 3, 29, 1, 30)}));
}

// Rule 9.
TEST(Absences, BeginAtTheFirstAndEndAtTheSecondOfATimeThatExistsTwice) {
    EXPECT_EQ(absence("\"2026-10-25T02:30\"", "\"2026-10-25T12:00\"").from,
              utc(2026, 10, 25, 0, 30));
    EXPECT_EQ(absence("\"2026-10-24T12:00\"", "\"2026-10-25T02:30\"").until,
              utc(2026, 10, 25, 1, 30));
    EXPECT_EQ(absence("\"2026-10-25T02:00\"", "\"2026-10-25T03:00\""),
              (engine::AbsenceSpan{utc(2026, 10, 25, 0), utc(2026, 10, 25, 2)}));
}

TEST(Absences, MayStandWithoutQuotesAndWithSeconds) {
    EXPECT_EQ(absence("2026-07-01T00:00:00", "2026-07-01 00:00:01.2509"),
              (engine::AbsenceSpan{utc(2026, 6, 30, 22), Instant{utc(2026, 6, 30, 22).ms + 1250}}));
}

TEST(Absences, MayLastForEver) {
    EXPECT_EQ(absence("\"2026-07-01T00:00\"", "\"9999-12-31T00:00\"").until, utc(9999, 12, 30, 23));
}

TEST(Absences, KnowTheSummersAfterTheZoneFilesEnd) {
    EXPECT_EQ(absence("\"2050-07-01T00:00\"", "\"2050-12-01T00:00\""),
              (engine::AbsenceSpan{utc(2050, 6, 30, 22), utc(2050, 11, 30, 23)}));
}

// Rule 9.
TEST(Absences, ThatAGapEmptiesAreLeftOut) {
    const auto account = definition_of(
        "[account]\nkey = \"acme\"\ntime_zone = \"Europe/Stockholm\"\n[[agent]]\nkey = \"anna\"\n"
        "seat = \"service\"\navailability = \"available\"\n"
        "absences = [{ from = \"2026-03-29T02:30\", until = \"2026-03-29T03:15\" }]\n");
    ASSERT_EQ(account.agents.size(), 1U);
    EXPECT_TRUE(account.agents[0].absences.empty());
}

}  // namespace
}  // namespace usher::roster
