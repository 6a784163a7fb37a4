// Who follows an account into the past is told the same with the journal's indexes and without
// them, reads little where others have much, and is not misled by an index that is wrong.
#include "shard/history_thread.h"

#include <gtest/gtest.h>

#include "engine/fact_codec.h"
#include "tests/journal/owned_records.h"

namespace usher::testing {
namespace {

using journal::Writer;
using journal::testing::FakeDisk;
using shard::FactRow;
using shard::HistoryAnswer;
using shard::HistoryQuestion;
using shard::HistoryThread;

constexpr std::uint32_t busy = 0, quiet = 1;
constexpr std::uint64_t quiet_facts = 6;

class HistoryTest : public ::testing::Test {
  protected:
    /// A journal of a busy account with a few facts of a quiet one in it.
    void SetUp() override {
        disk_ = journal::testing::empty_shard();
        auto options = journal::testing::small_options();
        options.segment_bytes = {65536, 65536, 65536, 65536};
        writer_ = journal::testing::start(*disk_, options);
        for (int batch = 0; batch < 600; ++batch) {
            for (int n = 0; n < 20; ++n) append(busy);
            if (batch % 100 == 50) append(quiet);
            ASSERT_TRUE(writer_->write(Instant{1}));
        }
        ASSERT_EQ(seq_[quiet], quiet_facts);
        ASSERT_GT(disk_->names("journal").size(), 5U);
    }

    void append(std::uint32_t account) {
        engine::Fact fact;
        fact.account = {account};
        fact.seq = ++seq_[account];
        const auto key = "T-" + std::to_string(fact.seq);
        fact.body = engine::Forgotten{engine::Slot{}, key};
        const auto room = writer_->append(engine::encoded_bytes(fact), {account, fact.seq});
        engine::encode_fact(fact, room.data());
    }

    HistoryAnswer ask(std::uint32_t account, std::uint64_t from, std::size_t facts_max = 256) {
        HistoryThread thread(
            {disk_.get(), disk_->root(), "data/shard-00", journal::testing::test_identity, false},
            nullptr, nullptr);
        const auto before = disk_->bytes_read();
        thread.ask({1, {account}, from, seq_[account], writer_->last_seq(), facts_max, {}});
        auto answers = thread.collect();
        EXPECT_EQ(answers.size(), 1U);
        bytes_read_ = disk_->bytes_read() - before;
        return std::move(answers.at(0));
    }

    /// As if no segment had ever had one.
    void break_indexes() {
        for (std::uint64_t number = 1; number <= disk_->names("journal").size(); ++number)
            if (const auto index = journal::testing::index_of(*disk_, number))
                disk_->contents(journal::testing::journal_file(number))[index->offset] ^=
                    std::byte{1};
    }

    /// Each index says that there is nothing of the account.
    void leave_out(std::uint32_t account) {
        for (std::uint64_t number = 1; number <= disk_->names("journal").size(); ++number) {
            auto index = journal::testing::index_of(*disk_, number);
            if (!index) continue;
            std::erase_if(index->entries,
                          [&](const auto& entry) { return entry.account == account; });
            journal::testing::replace_index(*disk_, number, index->entries);
        }
    }

    static void expect_same(const FactRow& a, const FactRow& b) {
        EXPECT_EQ(a.first_seq, b.first_seq);
        EXPECT_EQ(a.bytes, b.bytes);
        EXPECT_EQ(a.ends, b.ends);
    }

    std::unique_ptr<FakeDisk> disk_;
    std::unique_ptr<Writer> writer_;
    std::uint64_t seq_[2] = {0, 0};
    std::uint64_t bytes_read_ = 0;
};

TEST_F(HistoryTest, TheQuietAccountsIsReadWithoutTheBusyOnes) {
    const auto by_index = ask(quiet, 0);
    const auto little = bytes_read_;
    EXPECT_EQ(by_index.facts.ends.size(), quiet_facts);
    EXPECT_EQ(by_index.facts.first_seq, 1U);
    break_indexes();
    const auto without = ask(quiet, 0);
    expect_same(by_index.facts, without.facts);
    EXPECT_LT(little, bytes_read_ / 3);
    EXPECT_GT(bytes_read_, writer_->written_bytes() * 8 / 10);
}

TEST_F(HistoryTest, FromEverySequenceTheFactsAreTheSame) {
    std::vector<HistoryAnswer> by_index;
    const std::uint64_t froms[] = {1, 2, 500, 4'000, 5'000, 11'999, 12'000};
    for (const auto from : froms) by_index.push_back(ask(busy, from, 50));
    for (std::uint64_t from = 1; from <= quiet_facts; ++from) by_index.push_back(ask(quiet, from));
    break_indexes();
    std::size_t n = 0;
    for (const auto from : froms) expect_same(by_index[n++].facts, ask(busy, from, 50).facts);
    for (std::uint64_t from = 1; from <= quiet_facts; ++from) {
        const auto answer = ask(quiet, from);
        EXPECT_EQ(answer.facts.first_seq, from);
        expect_same(by_index[n++].facts, answer.facts);
    }
}

TEST_F(HistoryTest, PageByPageNothingIsMissedNorTwice) {
    HistoryThread thread(
        {disk_.get(), disk_->root(), "data/shard-00", journal::testing::test_identity, false},
        nullptr, nullptr);
    HistoryQuestion question{1, {busy}, 1, seq_[busy], writer_->last_seq(), 77, {}};
    while (question.from <= seq_[busy]) {
        thread.ask(question);
        const auto answer = thread.collect().at(0);
        ASSERT_EQ(answer.fault, "");
        ASSERT_EQ(answer.facts.first_seq, question.from);
        question.from += answer.facts.ends.size();
        question.place = answer.place;
    }
    EXPECT_EQ(question.from, seq_[busy] + 1);
}

TEST_F(HistoryTest, AnIndexThatIsWrongMisleadsNobody) {
    const auto right = ask(quiet, 1);
    const auto right_middle = ask(quiet, 4);
    leave_out(quiet);
    const auto answer = ask(quiet, 1);
    EXPECT_EQ(answer.fault, "");
    expect_same(right.facts, answer.facts);
    expect_same(right_middle.facts, ask(quiet, 4).facts);
}

TEST_F(HistoryTest, FactsThatAreNotThereAreNoFactsOfLater) {
    disk_->erase(journal::testing::journal_file(3));
    const auto answer = ask(busy, 1, 20'000);
    EXPECT_NE(answer.fault, "");
}

}  // namespace
}  // namespace usher::testing
