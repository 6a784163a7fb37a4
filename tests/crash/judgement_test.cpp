// What usher-crash-follow holds kept events against must be able to say no.
#include "tests/crash/judgement.h"

#include <gtest/gtest.h>

#include <sstream>

namespace usher::crash {
namespace {

const std::string applied = R"({"seq":2,"event":"applied","added":5,"cause":"apply"})";
const std::string routed =
    R"({"seq":3,"event":"assigned","ticket":"T-0","agent":"agent-3","cause":"route"})";
const std::string closed =
    R"({"seq":4,"event":"status","ticket":"T-0","status":"closed","open":false,"cause":"close"})";
const std::string reopened =
    R"({"seq":5,"event":"status","ticket":"T-0","status":"open","open":true,"cause":"reopen"})";

using Lines = std::vector<std::string>;

class JudgementTest : public testing::Test {
  protected:
    void SetUp() override {
        story_.answered(story_.asked(0, Deed::route, 0), 3);
        story_.answered(story_.asked(0, Deed::close, 0), std::nullopt);
        story_.answered(story_.asked(0, Deed::reopen, 0), std::nullopt);
    }
    std::string first_wrong(const Lines& kept, const Lines& fresh) {
        std::stringstream kept_text, fresh_text;
        for (const auto& line : kept) kept_text << line << '\n';
        for (const auto& line : fresh) fresh_text << line << '\n';
        const auto judgement = judge(kept_text, fresh_text, story_);
        EXPECT_LE(judgement.events, kept.size());
        return judgement.wrong.empty() ? "" : judgement.wrong.front();
    }

    Lines with_another_agent() const {
        auto other = whole_;
        other[1].replace(other[1].find("agent-3"), 7, "agent-4");
        return other;
    }

    const Lines whole_{applied, routed, closed, reopened};
    Story story_;
};

TEST_F(JudgementTest, what_is_whole_is_right) {
    EXPECT_EQ(first_wrong(whole_, whole_), "");
}

TEST_F(JudgementTest, a_gap_is_found) {
    EXPECT_EQ(first_wrong({applied, routed, reopened}, whole_), "event 5 comes after event 3");
}

TEST_F(JudgementTest, a_double_is_found) {
    EXPECT_EQ(first_wrong({applied, routed, routed, closed, reopened}, whole_),
              "event 3 comes after event 3");
}

TEST_F(JudgementTest, a_number_that_nobody_has_had_is_found_in_both) {
    EXPECT_EQ(first_wrong({applied, routed, reopened}, {applied, routed, reopened}),
              "event 5 comes after event 3");
}

TEST_F(JudgementTest, what_the_history_says_otherwise_is_found) {
    const auto other = with_another_agent();
    EXPECT_EQ(first_wrong(whole_, other),
              "kept is " + routed + "; the account's history has " + other[1]);
}

TEST_F(JudgementTest, what_was_acknowledged_otherwise_is_found) {
    const auto other = with_another_agent();
    EXPECT_EQ(first_wrong(other, other),
              "event 1 of a ticket is route of ticket 0 to agent 4; acknowledged was route of "
              "ticket 0 to agent 3");
}

TEST_F(JudgementTest, what_is_missing_at_the_end_is_found) {
    EXPECT_EQ(first_wrong({applied, routed, closed}, whole_), "never kept: " + reopened);
}

TEST_F(JudgementTest, what_is_missing_at_the_end_of_both_is_found) {
    EXPECT_EQ(
        first_wrong({applied, routed, closed}, {applied, routed, closed}),
        "after 2 events of tickets nothing more is told; reopen of ticket 0 was acknowledged");
}

TEST_F(JudgementTest, what_is_gone_from_the_history_is_found) {
    EXPECT_EQ(first_wrong(whole_, {applied, routed, closed}).substr(0, 8), "kept is ");
}

TEST_F(JudgementTest, a_line_that_is_no_event_is_found) {
    EXPECT_EQ(first_wrong({applied, "{\"se"}, whole_), "kept, and no event: {\"se");
    EXPECT_FALSE(told_by("{}"));
    EXPECT_FALSE(told_by(R"({"seq":9,"event":"away","agent":"agent-1","cause":"time"})"));
    EXPECT_FALSE(
        told_by(R"({"seq":9,"event":"status","ticket":"T-1","open":true,"cause":"close"})"));
    EXPECT_FALSE(told_by(R"({"seq":9,"event":"assigned","ticket":"T-1","cause":"route"})"));
    EXPECT_FALSE(told_by(R"({"seq":9,"event":"assigned","ticket":"1","agent":"agent-1",)"
                         R"("cause":"route"})"));
}

}  // namespace
}  // namespace usher::crash
