// A long waiting line is given out in slices: other accounts are answered in between, the account's
// own requests wait their turn, and nothing comes out otherwise than at a stretch.
#include <gtest/gtest.h>

#include <map>

#include "protocol/frame.h"
#include "protocol/parse.h"
#include "shard/shard.h"
#include "tests/engine/line_check.h"
#include "tests/engine/world.h"

namespace usher::testing {
namespace {

using shard::Shard;

constexpr std::uint32_t slice = 10;
constexpr int waiting = 35;

class Letters final : public shard::Outlet {
  public:
    void deliver(shard::Origin, std::span<const std::byte> frame) override {
        const auto cut = protocol::cut(frame, protocol::frame_bytes_max);
        const auto& whole = std::get<protocol::Frame>(cut);
        const auto parsed = parser_.parse(whole.payload);
        ASSERT_TRUE(parsed);
        order.push_back(whole.correlation);
        rejects[whole.correlation] = parsed.answer->reject;
        totals[whole.correlation] = parsed.answer->list.total;
        outcomes[whole.correlation] = parsed.answer->outcome();
    }

    bool came(std::uint64_t correlation) const { return outcomes.contains(correlation); }

    std::vector<std::uint64_t> order;
    std::map<std::uint64_t, protocol::Reject> rejects;
    std::map<std::uint64_t, std::uint64_t> totals;
    std::map<std::uint64_t, protocol::Outcome> outcomes;

  private:
    protocol::ReplyParser parser_;
};

/// Two accounts with the same desk, whose agents come at ten unless somebody says otherwise.
class SlicesTest : public ::testing::Test {
  protected:
    SlicesTest() { begin(slice); }

    void begin(std::uint32_t slice_max) {
        shard::ShardOptions options;
        options.durability = shard::Durability::memory;
        options.clock = shard::ClockMode::trace;
        options.slice_max = slice_max;
        std::vector<std::string> notes;
        shard_ = *Shard::open(options, notes);
        for (const auto* account : {"acme", "other"}) {
            protocol::Request commit;
            commit.account = account;
            commit.at_ms = 1'772'438'400'000;  // 2026-03-02T08:00:00Z
            commit.body = protocol::ApplyCommit{};
            shard_->submit_roster(commit, {{{"roster.toml", roster(account)}}}, ++sent_, {}, {});
        }
    }

    static std::string roster(const std::string& account) {
        auto text = small_desk("queue = true\n");
        const auto swap = [&](const std::string& what, const std::string& by) {
            for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
                text.replace(at, what.size(), by);
        };
        swap("\"acme\"", "\"" + account + "\"");
        swap("availability = \"available\"", "hours = [\"mon-fri 10:00-17:00\"]");
        return text;
    }

    std::uint64_t send(const std::string& account, std::string line,
                       const std::string& at = "2026-03-02T09:00:00Z") {
        line.insert(1, "\"at\":\"" + at + "\",");
        auto& read = reader_.read(line, 1);
        EXPECT_TRUE(read.wrong.empty()) << read.wrong;
        auto request = read.request;
        request.account = account;
        shard_->submit(request, ++sent_, {}, {});
        return sent_;
    }

    void let_wait(int count = waiting) {
        for (int i = 0; i < count; ++i)
            send("acme",
                 R"({"do":"route","channel":"mail","ticket":")" + std::to_string(i) + "\"}");
        turn();
    }

    void turn() { ASSERT_TRUE(shard_->commit(letters_)); }
    std::uint32_t left() const { return shard_->engine().account("acme")->line.size(); }

    std::unique_ptr<Shard> shard_;
    Letters letters_;
    std::uint64_t sent_ = 0;

  private:
    scenario::LineReader reader_{"acme", false};
};

const auto* const anna_comes = R"({"do":"availability","agent":"a","set":"available"})";

TEST_F(SlicesTest, OthersAreAnsweredMeanwhileAndTheAccountsOwnRequestsWait) {
    let_wait();
    const auto availability = send("acme", anna_comes);
    EXPECT_EQ(left(), waiting - slice);
    const auto own = send("acme", R"({"do":"get_ticket","ticket":"34"})");
    const auto closing = send("acme", R"({"do":"close","ticket":"34"})");
    const auto other = send("other", R"({"do":"route","channel":"mail","ticket":"x"})");
    turn();
    EXPECT_TRUE(letters_.came(other));
    EXPECT_FALSE(letters_.came(availability));
    EXPECT_FALSE(letters_.came(own));
    EXPECT_TRUE(shard_->is_draining());
    int turns = 1;
    for (; shard_->is_draining() && turns < 20; ++turns) turn();
    EXPECT_EQ(turns, 3);
    EXPECT_EQ(left(), 0U);
    EXPECT_EQ(letters_.totals[availability], static_cast<std::uint64_t>(waiting));
    EXPECT_EQ(letters_.outcomes[closing], protocol::Outcome::status);
    const std::vector<std::uint64_t> last(letters_.order.end() - 3, letters_.order.end());
    EXPECT_EQ(last, (std::vector<std::uint64_t>{availability, own, closing}));
    EXPECT_FALSE(shard_->answers_wait());
}

TEST_F(SlicesTest, ComeToTheSameAsAStretch) {
    std::vector<std::string> digests;
    for (const auto slice_max : {slice, 1'000U, 1U}) {
        letters_ = {};
        begin(slice_max);
        let_wait();
        send("acme", R"({"do":"availability","agent":"a","set":"available","key":"k"})");
        send("acme", R"({"do":"assign","ticket":"3","none":true})");
        send("acme", R"({"do":"capacity","agent":"b","total":2})");
        // Ten o'clock comes, and with it b and c.
        send("acme", R"({"do":"route","channel":"mail","ticket":"late"})", "2026-03-02T10:00:00Z");
        while (shard_->is_draining()) turn();
        turn();
        digests.push_back(shard_->engine().digest().text());
        EXPECT_EQ(line_fault(*shard_->engine().account("acme")), "");
    }
    EXPECT_EQ(digests[0], digests[1]);
    EXPECT_EQ(digests[0], digests[2]);
}

TEST_F(SlicesTest, TimeComesBeforeTheRequestThatMeetsIt) {
    let_wait();
    const auto late =
        send("acme", R"({"do":"route","channel":"mail","ticket":"late"})", "2026-03-02T10:00:00Z");
    EXPECT_EQ(left(), waiting - slice);
    turn();
    EXPECT_FALSE(letters_.came(late));
    while (shard_->is_draining()) turn();
    EXPECT_EQ(letters_.outcomes[late], protocol::Outcome::assigned);
    const auto& account = *shard_->engine().account("acme");
    EXPECT_EQ(account.tickets[account.tickets.find("late")].assignment,
              static_cast<std::uint64_t>(waiting) + 1)
        << "what waited came first";
}

TEST_F(SlicesTest, ARosterIsGivenOutInSlicesToo) {
    let_wait();
    auto everybody = roster("acme");
    for (auto at = everybody.find("10:00"); at != std::string::npos; at = everybody.find("10:00"))
        everybody.replace(at, 5, "08:00");
    protocol::Request commit;
    commit.account = "acme";
    commit.at_ms = 1'772'442'000'000;
    commit.body = protocol::ApplyCommit{};
    shard_->submit_roster(commit, {{{"roster.toml", everybody}}}, ++sent_, {}, {});
    const auto applied = sent_;
    shard_->submit_roster(commit, {{{"roster.toml", roster("acme")}}}, ++sent_, {}, {});
    turn();
    EXPECT_FALSE(letters_.came(applied));
    while (shard_->is_draining()) turn();
    EXPECT_EQ(left(), 0U);
    EXPECT_EQ(letters_.outcomes[applied], protocol::Outcome::done);
    EXPECT_EQ(letters_.outcomes[sent_], protocol::Outcome::done);
    EXPECT_FALSE(shard_->engine().account("acme")->agent({0}).available());
}

TEST_F(SlicesTest, ClosingTheShardFinishesWhatWasBegun) {
    let_wait();
    const auto availability = send("acme", anna_comes);
    ASSERT_TRUE(shard_->close(letters_));
    EXPECT_EQ(left(), 0U);
    EXPECT_EQ(letters_.totals[availability], static_cast<std::uint64_t>(waiting));
}

}  // namespace
}  // namespace usher::testing
