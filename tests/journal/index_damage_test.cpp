// Indexes that are cut short, torn, flipped, missing or wrong: noticed by whoever reads the journal
// whole, and no record is lost or told wrongly because of one.

#include "base/checksum.h"
#include "journal/segment.h"
#include "tests/journal/owned_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

namespace usher::journal::testing {
namespace {

constexpr std::uint32_t accounts_in_it = 3;

/// Two segments and the beginning of a third, or a clean end in it.
struct Life {
    std::uint64_t confirmed = 0;
    std::map<std::uint32_t, std::uint64_t> confirmed_of;
};

Life live(FakeDisk& disk, bool close) {
    Life life;
    CheckingSink ignored;
    const auto recovered = recover_all(disk, ignored);
    if (!recovered) return life;
    auto options = small_options();
    options.segment_bytes = {8192, 8192, 8192, 8192};
    auto opened = open_writer(disk, options, *recovered);
    if (!opened) return life;
    Accounts accounts;
    for (std::uint32_t n = 0; n < 12; ++n) {
        for (std::uint32_t k = 0; k < 5; ++k) accounts.append(**opened, (n + k) % accounts_in_it);
        if (!(*opened)->write(Instant{1}) || !(*opened)->sync()) return life;
        life.confirmed = (*opened)->durable_seq();
        for (std::uint32_t a = 0; a < accounts_in_it; ++a)
            life.confirmed_of[a] = accounts.last_seq(a);
    }
    if (close) (void)(*opened)->close();
    return life;
}

void expect_same_stories(FakeDisk& disk, std::uint64_t through, const std::string& where) {
    for (std::uint32_t account = 0; account < accounts_in_it; ++account) {
        const auto whole = story_of(disk, {account, 0}, through, false);
        const auto story = story_of(disk, {account, 0}, through, true);
        ASSERT_EQ(story.seqs, whole.seqs) << where << ", account " << account;
    }
}

TEST(IndexDamage, AtEveryCallOfALifeTheNextOneGoesOn) {
    const auto calls = [] {
        const auto disk = empty_shard();
        live(*disk, true);
        return disk->changing_calls();
    }();
    std::size_t indexed = 0, torn = 0;
    for (std::uint64_t stop = 0; stop <= calls; ++stop) {
        for (const auto fate : {Fate::kept, Fate::lost, Fate::torn, Fate::garbage}) {
            const auto where = "call " + std::to_string(stop);
            const auto disk = empty_shard();
            disk->stop_after(stop);
            const auto life = live(*disk, true);
            const auto after = disk->after_power_cut([fate] { return fate; });
            const auto before = pass_over(*after);
            ASSERT_EQ(before.fault, "") << where;
            ASSERT_TRUE(before.wrong.empty()) << where << ": " << before.wrong.front();
            ASSERT_GE(before.found.last_seq, life.confirmed) << where;
            for (const auto& [account, last] : life.confirmed_of)
                ASSERT_GE(before.last_seq.at(account), last) << where;
            torn += before.found.torn_bytes != 0 ? 1 : 0;
            // Once more, so that what was torn is cut off and somebody may follow.
            Accounts accounts;
            accounts.go_back_to(before.last_seq);
            const auto writer = open_writer(*after, small_options(), before.found);
            ASSERT_TRUE(writer) << where;
            accounts.append(**writer, 0);
            ASSERT_TRUE((*writer)->write(Instant{2}));
            ASSERT_TRUE((*writer)->close());
            const auto passed = pass_over(*after);
            ASSERT_EQ(passed.fault, "") << where;
            ASSERT_TRUE(passed.wrong.empty()) << where << ": " << passed.wrong.front();
            indexed += passed.indexes.size();
            expect_same_stories(*after, passed.found.last_seq, where);
        }
    }
    EXPECT_GT(indexed, 100u);
    EXPECT_GT(torn, 20u);
}

TEST(IndexDamage, EveryFlippedBitIsNoticedAndNoRecordIsMissed) {
    for (const bool close : {false, true}) {
        const auto disk = empty_shard();
        const auto life = live(*disk, close);
        const auto numbers = disk->names("journal");
        std::size_t bits = 0;
        for (std::uint64_t number = 1; number <= numbers.size(); ++number) {
            const auto index = index_of(*disk, number);
            if (!index) continue;
            // Flipping both bytes of the padding's middle says no more than flipping one.
            auto& bytes = disk->contents(journal_file(number));
            const auto end = std::min<std::size_t>(bytes.size(), index->offset + 512);
            for (auto bit = index->offset * 8; bit < end * 8; ++bit, ++bits) {
                const auto mask = static_cast<std::byte>(1u << (bit % 8));
                disk->contents(journal_file(number))[bit / 8] ^= mask;
                const auto passed = pass_over(*disk);
                ASSERT_NE(passed.fault, "") << journal_file(number) << " bit " << bit;
                ASSERT_FALSE(index_of(*disk, number)) << "bit " << bit;
                if (bit % 64 == 0)
                    expect_same_stories(*disk, life.confirmed, "bit " + std::to_string(bit));
                disk->contents(journal_file(number))[bit / 8] ^= mask;
            }
        }
        EXPECT_GE(bits, 2u * 512 * 8);
        EXPECT_EQ(pass_over(*disk).fault, "");
    }
}

TEST(IndexDamage, AWrongOneIsNamedByWhoeverLooks) {
    struct Wrong {
        const char* what;
        std::function<void(std::vector<IndexEntry>&)> harm;
        const char* must_say;
    };
    const Wrong wrongs[] = {
        {"an account is left out", [](auto& e) { e.erase(e.begin() + 1); }, "account 1 has"},
        {"the last is left out", [](auto& e) { e.pop_back(); }, "there is none"},
        {"one too many",
         [](auto& e) {
             e.push_back({70, 9, 9, 1, 1});
         },
         "account 70 has 1 records"},
        {"it begins too late", [](auto& e) { ++e[0].first_block; }, "it says that account 0"},
        {"it ends too early", [](auto& e) { --e[0].last_block; }, "it says that account 0"},
        {"another sequence", [](auto& e) { ++e[0].first_seq; }, "it says that account 0"},
        {"too few records", [](auto& e) { --e[0].records; }, "it says that account 0"},
    };
    for (const auto& wrong : wrongs) {
        const auto disk = empty_shard();
        const auto life = live(*disk, true);
        const auto number = disk->names("journal").size();
        auto entries = index_of(*disk, number)->entries;
        ASSERT_EQ(entries.size(), accounts_in_it);
        wrong.harm(entries);
        replace_index(*disk, number, entries);
        const auto passed = pass_over(*disk);
        EXPECT_EQ(passed.fault, "") << wrong.what << ": every record can be read";
        EXPECT_EQ(passed.found.last_seq, life.confirmed);
        ASSERT_EQ(passed.wrong.size(), 1u) << wrong.what;
        const auto& said = passed.wrong[0];
        EXPECT_NE(said.find(wrong.must_say), std::string::npos) << wrong.what << ": " << said;
        EXPECT_NE(said.find(numbered_name(number, segment_suffix)), std::string::npos) << said;
        EXPECT_NE(said.find("at byte "), std::string::npos) << said;
    }
}

TEST(IndexDamage, WhatMakesNoSenseIsRefusedWhateverItsChecksum) {
    struct Insane {
        const char* what;
        std::function<void(std::vector<IndexEntry>&)> harm;
    };
    const Insane insane[] = {
        {"no order", [](auto& e) { std::swap(e[0], e[1]); }},
        {"no records", [](auto& e) { e[0].records = 0; }},
        {"no sequence", [](auto& e) { e[0].first_seq = 0; }},
        {"it ends before it begins", [](auto& e) { e[0].first_block = e[0].last_block + 1; }},
        {"the same twice", [](auto& e) { e[1] = e[0]; }},
    };
    for (const auto& one : insane) {
        const auto disk = empty_shard();
        live(*disk, true);
        const auto number = disk->names("journal").size();
        auto entries = index_of(*disk, number)->entries;
        one.harm(entries);
        replace_index(*disk, number, entries);
        EXPECT_FALSE(index_of(*disk, number)) << one.what;
        EXPECT_NE(pass_over(*disk).fault, "") << one.what;
    }
}

/// Where it leads to no batch, nothing is told; who is told too little reads all (shard_test).
TEST(IndexDamage, OneThatLeadsNowhereEndsNothing) {
    const auto disk = empty_shard();
    const auto life = live(*disk, true);
    const auto number = disk->names("journal").size();
    auto entries = index_of(*disk, number)->entries;
    for (auto& entry : entries) entry.first_block = entry.last_block = 1'000'000;
    replace_index(*disk, number, entries);
    const auto whole = story_of(*disk, {0, 0}, life.confirmed, false);
    const auto story = story_of(*disk, {0, 0}, life.confirmed, true);
    EXPECT_LT(story.seqs.size(), whole.seqs.size());
    EXPECT_EQ(story.fault, "");
}

TEST(IndexDamage, ABatchBehindItIsRefused) {
    const auto disk = empty_shard();
    live(*disk, false);
    const auto index = index_of(*disk, 1);
    ASSERT_TRUE(index);
    auto& bytes = disk->contents(journal_file(1));
    BatchHeader header{};
    std::memcpy(&header, bytes.data() + index->offset, sizeof header);
    OpenBatch batch{512};
    const auto record = record_of(1);
    std::ranges::copy(record, batch.append(record.size()).begin());
    BatchStamp stamp;
    stamp.epoch = header.epoch;
    stamp.first_seq = header.first_seq;
    stamp.durable_seq = header.durable_seq;
    stamp.previous_crc = header.header_crc;
    const auto forged = batch.seal(stamp);
    bytes.insert(bytes.end(), forged.begin(), forged.end());
    const auto passed = pass_over(*disk);
    EXPECT_NE(passed.fault.find("it follows the index"), std::string::npos) << passed.fault;
}

TEST(IndexDamage, OneInASegmentThatMayHaveNoneIsRefused) {
    const auto disk = empty_shard();
    live(*disk, false);
    auto& bytes = disk->contents(journal_file(1));
    SegmentHeader header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    EXPECT_EQ(header.incompat, incompat_indexed);
    header.incompat = 0;
    header.crc = crc32c(std::as_bytes(std::span{&header, 1}).first(offsetof(SegmentHeader, crc)));
    std::memcpy(bytes.data(), &header, sizeof header);
    std::memcpy(bytes.data() + header_block_bytes - sizeof header, &header, sizeof header);
    EXPECT_FALSE(index_of(*disk, 1));
    const auto passed = pass_over(*disk);
    EXPECT_NE(passed.fault.find("kind that this program does not know (flags 16)"),
              std::string::npos)
        << passed.fault;
}

/// A segment that was closed, and what may be changed in its index and its end.
struct Closed {
    Closed() {
        live(*disk, true);
        number = disk->names("journal").size();
        EXPECT_TRUE(index_of(*disk, number));
    }
    std::vector<std::byte>& bytes() const { return disk->contents(journal_file(number)); }
    BatchHeader header_at(std::size_t at) const {
        BatchHeader header{};
        std::memcpy(&header, bytes().data() + at, sizeof header);
        return header;
    }
    /// Sealed rightly, whatever it says.
    void put(BatchHeader header, std::size_t at) const {
        header.header_crc =
            crc32c(std::as_bytes(std::span{&header, 1}).first(offsetof(BatchHeader, header_crc)));
        std::memcpy(bytes().data() + at, &header, sizeof header);
    }
    std::vector<std::uint64_t> told() const {
        return story_of(*disk, {1, 0}, UINT64_MAX, true).seqs;
    }

    std::unique_ptr<FakeDisk> disk = empty_shard();
    std::uint64_t number = 0;
};

TEST(IndexDamage, BehindAnEndThatIsLongerThanItsBlockNoneIsLookedFor) {
    const Closed closed;
    const auto told = closed.told();
    const auto end = closed.bytes().size() - 512;
    auto header = closed.header_at(end);
    ASSERT_EQ(header.flags, batch_clean_close);
    header.payload_bytes += 512;
    closed.put(header, end);
    EXPECT_FALSE(index_of(*closed.disk, closed.number));
    EXPECT_EQ(closed.told(), told);
}

TEST(IndexDamage, OneWhoseHeaderSaysAnotherLengthThanItsTrailerIsNone) {
    const Closed closed;
    const auto told = closed.told();
    const auto at = index_of(*closed.disk, closed.number)->offset;
    auto header = closed.header_at(at);
    header.payload_bytes += 512;
    closed.put(header, at);
    EXPECT_FALSE(index_of(*closed.disk, closed.number));
    EXPECT_EQ(closed.told(), told);
}

}  // namespace
}  // namespace usher::journal::testing
