#include "bench/load/reply_check.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bench/trace/random.h"
#include "protocol/encode.h"
#include "protocol/frame.h"

namespace usher::bench {
namespace {

class Replies : public testing::Test {
  protected:
    std::vector<std::byte> reply(const protocol::Answer& answer) {
        const auto frame = writer_.frame(1, answer).subspan(protocol::header_bytes);
        return {frame.begin(), frame.end()};
    }
    std::vector<std::byte> assigned(std::int64_t at_ms, std::string_view agent) {
        protocol::Answer answer;
        answer.at_ms = at_ms;
        answer.seq = static_cast<std::uint64_t>(at_ms) * 3;
        answer.placement.outcome = protocol::Outcome::assigned;
        answer.placement.owner = {protocol::OwnerKind::agent, agent};
        return reply(answer);
    }

    protocol::ReplyWriter writer_;
    ReplyCheck check_;
    Random random_{1};
};

TEST_F(Replies, ThatSayWhatIsExpectedAreGoodAndSoonNotParsedAnyMore) {
    for (int i = 0; i < 10'000; ++i) {
        const auto agent = "agent-" + std::to_string(random_.below(1000));
        const auto at = static_cast<std::int64_t>(random_.next() >> 20U);
        ASSERT_EQ(check_.fault_of(Verb::route, assigned(at, agent)), std::nullopt);
    }
    EXPECT_LT(check_.parsed(), 500U);
}

TEST_F(Replies, WithAnotherOutcomeAreWrongEvenAfterManyGoodOnes) {
    for (int i = 0; i < 5'000; ++i)
        check_.fault_of(Verb::route,
                        assigned(std::int64_t{i} * 1'000'003, "agent-" + std::to_string(i % 1000)));
    for (const auto outcome : {protocol::Outcome::unassigned, protocol::Outcome::team,
                               protocol::Outcome::unchanged, protocol::Outcome::none}) {
        protocol::Answer answer;
        answer.at_ms = 77;
        answer.placement.outcome = outcome;
        answer.placement.owner = {protocol::OwnerKind::agent, "agent-77"};
        const auto fault = check_.fault_of(Verb::route, reply(answer));
        ASSERT_TRUE(fault.has_value());
        EXPECT_NE(fault->find("route was answered with"), std::string::npos) << *fault;
    }
}

TEST_F(Replies, ThatRefuseAreWrongAndNamed) {
    protocol::Answer answer;
    answer.refuse(protocol::Reject::ticket_exists, "T-1 is there already");
    const auto fault = check_.fault_of(Verb::route, reply(answer));
    ASSERT_TRUE(fault.has_value());
    EXPECT_NE(fault->find("ticket_exists: T-1 is there already"), std::string::npos) << *fault;
}

TEST_F(Replies, OfOneVerbAreNotGoodForAnother) {
    const auto route = assigned(1, "agent-1");
    EXPECT_EQ(check_.fault_of(Verb::route, route), std::nullopt);
    EXPECT_TRUE(check_.fault_of(Verb::close, route).has_value());
}

TEST_F(Replies, ThatAreNoFlatBufferAreWrong) {
    EXPECT_TRUE(
        check_.fault_of(Verb::route, std::vector<std::byte>(64, std::byte{0xEE})).has_value());
    EXPECT_TRUE(check_.fault_of(Verb::route, {}).has_value());
}

TEST_F(Replies, WithAnyByteChangedThatGoodOnesAgreeOnAreParsedAgain) {
    for (int i = 0; i < 3'000; ++i)
        check_.fault_of(Verb::route, assigned(std::int64_t{i} * 7'919,
                                              "agent-" + std::to_string(100 + i % 900)));
    const auto good = assigned(4'000, "agent-555");
    ASSERT_EQ(check_.fault_of(Verb::route, good), std::nullopt);
    std::size_t looked_at_again = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto changed = good;
        changed[at] ^= std::byte{0x40};
        const auto before = check_.parsed();
        check_.fault_of(Verb::route, changed);
        looked_at_again += check_.parsed() - before;
    }
    // All but instant, sequence and the digits of the agent's key.
    EXPECT_GE(looked_at_again + 8 + 8 + 3, good.size());
}

}  // namespace
}  // namespace usher::bench
