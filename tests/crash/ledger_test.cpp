// The oracle of usher-crash must be able to say no.
#include "tests/crash/ledger.h"

#include <gtest/gtest.h>

namespace usher::crash {
namespace {

constexpr Seen unknown{};
constexpr Seen open_with_3{.exists = true, .open = true, .owner = 3};
constexpr Seen open_with_4{.exists = true, .open = true, .owner = 4};
constexpr Seen closed_with_3{.exists = true, .open = false, .owner = 3};

class LedgerTest : public testing::Test {
  protected:
    void SetUp() override { ticket_ = ledger_.add(); }
    void routed_to_3() {
        ledger_.asked(ticket_, Deed::route);
        ledger_.answered(ticket_, 3);
    }
    bool accepts(const Seen& seen) { return !ledger_.found(ticket_, seen); }

    Ledger ledger_;
    std::uint32_t ticket_ = 0;
};

TEST_F(LedgerTest, what_was_acknowledged_must_be_there) {
    routed_to_3();
    EXPECT_TRUE(accepts(open_with_3));
    EXPECT_EQ(ledger_.answers(), 1U);
}

TEST_F(LedgerTest, a_ticket_that_vanished_is_a_loss) {
    routed_to_3();
    const auto wrong = ledger_.found(ticket_, unknown);
    ASSERT_TRUE(wrong);
    EXPECT_EQ(*wrong, "ticket 0: acknowledged was agent 3, open; found is unknown");
}

TEST_F(LedgerTest, another_owner_is_a_loss) {
    routed_to_3();
    EXPECT_FALSE(accepts(open_with_4));
}

TEST_F(LedgerTest, a_close_that_was_acknowledged_must_hold) {
    routed_to_3();
    ledger_.asked(ticket_, Deed::close);
    ledger_.answered(ticket_);
    EXPECT_FALSE(accepts(open_with_3));
}

TEST_F(LedgerTest, a_close_that_was_only_asked_may_have_happened_or_not) {
    routed_to_3();
    ledger_.asked(ticket_, Deed::close);
    EXPECT_TRUE(accepts(closed_with_3));
    ledger_.asked(ticket_, Deed::reopen);
    EXPECT_TRUE(accepts(closed_with_3));
    EXPECT_FALSE(ledger_.waits(ticket_));
}

TEST_F(LedgerTest, a_route_that_was_only_asked_may_have_gone_to_anybody) {
    ledger_.asked(ticket_, Deed::route);
    EXPECT_TRUE(accepts(open_with_4));
    ledger_.asked(ticket_, Deed::assign, 3);
    EXPECT_FALSE(accepts(closed_with_3));
}

TEST_F(LedgerTest, an_assignment_that_was_only_asked_has_one_new_owner_at_most) {
    routed_to_3();
    ledger_.asked(ticket_, Deed::assign, 4);
    EXPECT_FALSE(accepts({.exists = true, .open = true, .owner = 5}));
}

TEST_F(LedgerTest, a_ticket_that_nobody_asked_for_is_no_better_than_a_lost_one) {
    EXPECT_FALSE(accepts(open_with_3));
}

}  // namespace
}  // namespace usher::crash
