// The oracle of usher-crash-follow must be able to say no.
#include "tests/crash/story.h"

#include <gtest/gtest.h>

namespace usher::crash {
namespace {

constexpr Told route_to_3{.ticket = 0, .deed = Deed::route, .agent = 3};
constexpr Told close_it{.ticket = 0, .deed = Deed::close, .agent = {}};
constexpr Told reopen_it{.ticket = 0, .deed = Deed::reopen, .agent = {}};
constexpr Told other_to_4{.ticket = 1, .deed = Deed::assign, .agent = 4};

class StoryTest : public testing::Test {
  protected:
    void acknowledged(const Told& told) {
        const auto place = story_.asked(told.ticket, told.deed, told.agent.value_or(0));
        story_.answered(place, told.agent);
    }
    void only_asked(const Told& told) {
        story_.asked(told.ticket, told.deed, told.agent.value_or(0));
    }
    /// All of it fits, to the end.
    bool accepts(std::initializer_list<Told> events) {
        for (const auto& event : events)
            if (story_.told(event)) return false;
        return !story_.ended();
    }

    Story story_;
};

TEST_F(StoryTest, what_was_acknowledged_is_told_in_order) {
    acknowledged(route_to_3);
    acknowledged(close_it);
    acknowledged(other_to_4);
    EXPECT_EQ(story_.acknowledged(), 3U);
    EXPECT_TRUE(accepts({route_to_3, close_it, other_to_4}));
}

TEST_F(StoryTest, a_gap_is_found_where_it_is) {
    acknowledged(route_to_3);
    acknowledged(close_it);
    acknowledged(other_to_4);
    EXPECT_FALSE(story_.told(route_to_3));
    EXPECT_EQ(story_.told(other_to_4),
              "event 2 of a ticket is assign of ticket 1 to agent 4; acknowledged was close of "
              "ticket 0");
}

TEST_F(StoryTest, a_gap_at_the_end_is_found) {
    acknowledged(route_to_3);
    acknowledged(close_it);
    EXPECT_FALSE(story_.told(route_to_3));
    EXPECT_EQ(story_.ended(),
              "after 1 events of tickets nothing more is told; close of ticket 0 was acknowledged");
}

TEST_F(StoryTest, a_double_is_found) {
    acknowledged(route_to_3);
    acknowledged(close_it);
    EXPECT_FALSE(accepts({route_to_3, route_to_3, close_it}));
}

TEST_F(StoryTest, a_double_at_the_end_is_found) {
    acknowledged(route_to_3);
    EXPECT_FALSE(story_.told(route_to_3));
    EXPECT_EQ(story_.told(route_to_3),
              "event 2 of a ticket is route of ticket 0 to agent 3; nothing more was acknowledged");
}

TEST_F(StoryTest, another_order_is_found) {
    acknowledged(route_to_3);
    acknowledged(other_to_4);
    EXPECT_FALSE(accepts({other_to_4, route_to_3}));
}

TEST_F(StoryTest, another_agent_is_found) {
    acknowledged(route_to_3);
    EXPECT_FALSE(accepts({{.ticket = 0, .deed = Deed::route, .agent = 4}}));
}

TEST_F(StoryTest, what_was_only_asked_may_be_told) {
    acknowledged(route_to_3);
    only_asked(close_it);
    only_asked(other_to_4);
    acknowledged(reopen_it);
    EXPECT_TRUE(accepts({route_to_3, close_it, reopen_it}));
}

TEST_F(StoryTest, what_was_only_asked_may_be_left_out) {
    acknowledged(route_to_3);
    only_asked(close_it);
    acknowledged(other_to_4);
    EXPECT_TRUE(accepts({route_to_3, other_to_4}));
}

TEST_F(StoryTest, what_was_only_asked_is_told_once_at_most) {
    only_asked(close_it);
    EXPECT_FALSE(accepts({close_it, close_it}));
}

TEST_F(StoryTest, a_route_that_was_only_asked_may_have_gone_to_anybody) {
    only_asked({.ticket = 0, .deed = Deed::route, .agent = {}});
    EXPECT_TRUE(accepts({route_to_3}));
}

TEST_F(StoryTest, what_was_asked_again_may_be_told_once_or_twice) {
    only_asked(close_it);
    only_asked(other_to_4);
    acknowledged(close_it);
    acknowledged(reopen_it);
    EXPECT_TRUE(accepts({close_it, reopen_it}));
}

TEST_F(StoryTest, nothing_else_may_be_told) {
    EXPECT_FALSE(accepts({close_it}));
}

}  // namespace
}  // namespace usher::crash
