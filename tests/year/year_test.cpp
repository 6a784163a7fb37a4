// The watch over a year (rule 38) is worth something only if it finds what is wrong: each kind of
// wrong is planted into what it is told.
#include <gtest/gtest.h>

#include "tests/year/desk.h"
#include "tests/year/watch.h"
#include "tests/year/year_text.h"

namespace usher::year {
namespace {

const std::string plain_roster = R"(
[account]
key = "acme"
time_zone = "UTC"
[[team]]
key = "t"
[[agent]]
key = "anna"
seat = "service"
main_team = "t"
hours = ["mon-sun 09:00-17:00"]
[[inbox]]
key = "desk"
workspace = "helpdesk"
[[channel]]
key = "mail"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "users_and_teams"
  teams = ["t"]
)";

std::string roster() {
    return with_queues(with_limits(plain_roster, 1));
}

/// An instant of 2 March 2026.
twin::Ms on_that_day(const char* clock) {
    return *twin::read_instant("2026-03-02T" + std::string(clock) + "Z");
}

Happening queued(const char* ticket, twin::Ms at) {
    return {at, "queued", ticket, {}, "mail"};
}
Happening assigned(const char* ticket, twin::Ms at, bool by_time) {
    return {at, "assigned", ticket, "anna", {}, by_time};
}
Happening closed(const char* ticket, twin::Ms at) {
    return {at, "status", ticket, {}, {}, false, false};
}

const auto early = on_that_day("08:00:00");
const auto nine = on_that_day("09:00:00");
const auto noon = on_that_day("12:00:00");

TEST(Watch, FindsNothingWhereNothingIsWrong) {
    Watch watch(roster());
    EXPECT_EQ(watch.see(early, {queued("1", early), queued("2", early)}, "email"), "");
    EXPECT_EQ(watch.see(noon, {assigned("1", nine, true)}, "email"), "");
    EXPECT_EQ(watch.see(noon, {closed("1", noon), assigned("2", noon, false)}, "email"), "");
    EXPECT_EQ(watch.entered(), 2U);
    EXPECT_EQ(watch.given_out(), 2U);
    const auto unowned = watch.unowned();
    EXPECT_EQ(unowned.lengths, (std::vector<twin::Ms>{nine - early, noon - early}));
    EXPECT_EQ(unowned.taken, 2U);
}

TEST(Watch, FindsWhatWaitsAlthoughSomebodyIsFree) {
    Watch watch(roster());
    EXPECT_EQ(watch.see(early, {queued("1", early)}, "email"), "");
    EXPECT_EQ(watch.see(nine, {}, "email"), "1 waits in mail, and anna is free");
}

TEST(Watch, FindsWhatAClosedTicketShouldHaveGivenRoom) {
    Watch watch(roster());
    watch.see(early, {queued("1", early), queued("2", early)}, "email");
    EXPECT_EQ(watch.see(nine, {assigned("1", nine, true)}, "email"), "");
    EXPECT_EQ(watch.see(noon, {closed("1", noon)}, "email"), "2 waits in mail, and anna is free");
}

TEST(Watch, FindsWhatIsGivenToWhoIsNotFree) {
    Watch watch(roster());
    watch.see(early, {queued("1", early), queued("2", early)}, "email");
    EXPECT_EQ(watch.see(nine, {assigned("1", nine, true), assigned("2", nine, true)}, "email"),
              "2 is given to anna, who is not free");
    Watch away(roster());
    EXPECT_EQ(away.see(early, {queued("1", early), assigned("1", early, false)}, "email"),
              "1 is given to anna, who is not free");
}

TEST(Watch, FindsWhatTimeGivesOutTooLate) {
    Watch watch(roster());
    watch.see(early, {queued("1", early)}, "email");
    EXPECT_EQ(watch.see(noon, {assigned("1", nine + 1, true)}, "email"),
              "1 is given to anna later than it could have been");
}

TEST(Watch, CountsWhatNobodyTakesUntilItIsClosedOrTheYearEnds) {
    Watch watch(plain_roster);
    watch.see(early,
              {{early, "unassigned", "1", {}, "mail"}, {early, "unassigned", "2", {}, "mail"}},
              "email");
    watch.see(nine, {closed("1", nine)}, "email");
    watch.see(noon, {}, "email");
    const auto unowned = watch.unowned();
    EXPECT_EQ(unowned.lengths, (std::vector<twin::Ms>{nine - early, noon - early}));
    EXPECT_EQ(unowned.closed, 1U);
    EXPECT_EQ(unowned.left, 1U);
}

TEST(Year, OfAFewLinesIsTold) {
    auto desk = Desk::open(roster());
    ASSERT_TRUE(desk);
    Watch watch(roster());
    std::string refused;
    const auto tell = [&](const char* clock, const std::string& rest) {
        const auto line = "{\"at\":\"2026-03-02T" + std::string(clock) + "Z\"," + rest + '}';
        const auto wrong =
            watch.see(on_that_day(clock), (*desk)->carry_out(line, refused), "email");
        EXPECT_EQ(refused + wrong, "") << line;
    };
    tell("08:00:00", R"("do":"route","ticket":"1","channel":"mail")");
    tell("08:00:00", R"("do":"route","ticket":"2","channel":"mail")");
    tell("12:00:00", R"("do":"close","ticket":"1")");
    EXPECT_EQ(watch.waiting_now(), 0U);
    EXPECT_EQ(watch.unowned().lengths, (std::vector<twin::Ms>{nine - early, noon - early}));
    (*desk)->carry_out(R"({"at":"2026-03-02T12:00:00Z","do":"close","ticket":"1"})", refused);
    EXPECT_EQ(refused.substr(0, 14), "already_closed");
}

}  // namespace
}  // namespace usher::year
