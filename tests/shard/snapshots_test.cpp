// Snapshots while work goes on: what vanishes comes back from the newest of them and the journal
// behind it, old segments go, and one that cannot be written is given up and work goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/shard/one_shard.h"

namespace usher::testing {
namespace {

class SnapshotsWhile : public ShardTest, public ::testing::WithParamInterface<Durability> {
  protected:
    SnapshotsWhile() {
        plan_.journal_bytes = 64 * 1024;
        plan_.interval_ms = 0;
        plan_.things_per_turn = 5;
    }

    /// Turns of work until so many snapshots were taken meanwhile, or one has failed.
    void work_until(Shard& shard, std::uint64_t taken) {
        const auto begun_with = shard.snapshots().fault;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
        while (shard.snapshots().taken < taken && std::chrono::steady_clock::now() < deadline) {
            for (int i = 0; i < 4; ++i) route(shard, ++tickets_);
            close_one(shard);
            ASSERT_TRUE(shard.commit(letters_));
            if (!shard.snapshots().fault.empty() && begun_with.empty()) return;
            // The thread that writes has the lowest priority, and the machine other work.
            if (shard.snapshots().being_taken)
                std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        ASSERT_EQ(shard.snapshots().taken, taken);
    }

    void close_one(Shard& shard) {
        send(shard, R"({"at":"2026-03-02T09:00:01Z","do":"close","ticket":")" +
                        std::to_string(++closed_) + "\"}");
    }

    std::string status_of(const Shard& shard, const std::string& name) {
        std::vector<protocol::StatusEntry> status;
        shard.status(status);
        const auto found = std::ranges::find(status, name, &protocol::StatusEntry::name);
        return found == status.end() ? "" : found->value;
    }

    std::size_t files_in(const char* folder) const {
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(path_ + "/shard-00/" + folder))
            files += entry.is_regular_file() ? 1U : 0U;
        return files;
    }

    int tickets_ = 0;
    int closed_ = 0;
};

TEST_P(SnapshotsWhile, WhatVanishesComesBackFromTheNewest) {
    std::string digest;
    std::uint64_t seq = 0, newest = 0;
    {
        auto shard = open(GetParam());
        ASSERT_TRUE(shard) << shard.error().message;
        apply(**shard);
        work_until(**shard, 4);
        newest = (*shard)->snapshots().newest_seq;
        digest = (*shard)->engine().digest().text();
        seq = (*shard)->last_seq();
    }
    EXPECT_GT(newest, 0U);
    EXPECT_EQ(files_in("snapshot"), 2U);
    auto shard = open(GetParam());
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_TRUE(notes_.empty()) << notes_.front();
    EXPECT_EQ((*shard)->engine().digest().text(), digest);
    EXPECT_EQ((*shard)->last_seq(), seq);
    EXPECT_EQ((*shard)->snapshots().newest_seq, newest);
    EXPECT_EQ(status_of(**shard, "recovered_facts"), std::to_string(seq - newest));
    work_until(**shard, 1);
}

TEST_P(SnapshotsWhile, OneThatIsBeingTakenIsGivenUpAtTheEnd) {
    std::string digest;
    {
        auto shard = open(GetParam());
        ASSERT_TRUE(shard) << shard.error().message;
        apply(**shard);
        work_until(**shard, 1);
        for (int turn = 0; turn < 2000 && !(*shard)->snapshots().being_taken; ++turn) {
            route(**shard, ++tickets_);
            ASSERT_TRUE((*shard)->commit(letters_));
        }
        ASSERT_TRUE((*shard)->snapshots().being_taken);
        ASSERT_TRUE((*shard)->close(letters_));
        digest = (*shard)->engine().digest().text();
    }
    auto shard = open(GetParam());
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_EQ((*shard)->engine().digest().text(), digest);
    EXPECT_EQ(status_of(**shard, "recovered_facts"), "0");
}

TEST_P(SnapshotsWhile, OneThatCannotBeWrittenIsGivenUpAndWorkGoesOn) {
    auto shard = open(GetParam());
    ASSERT_TRUE(shard) << shard.error().message;
    apply(**shard);
    std::filesystem::rename(path_ + "/shard-00/snapshot", path_ + "/shard-00/gone");
    work_until(**shard, 1);
    EXPECT_NE((*shard)->snapshots().fault.find("/snapshot: cannot be opened"), std::string::npos)
        << (*shard)->snapshots().fault;
    EXPECT_EQ(status_of(**shard, "snapshot").substr(0, 9), "given up:");
    std::filesystem::rename(path_ + "/shard-00/gone", path_ + "/shard-00/snapshot");
    letters_.clear();
    work_until(**shard, 1);
    EXPECT_EQ((*shard)->snapshots().fault, "");
    EXPECT_EQ(std::ranges::count(letters_.rejects, protocol::Reject::none),
              static_cast<std::ptrdiff_t>(letters_.rejects.size()));
}

// What a start had to read counts: else one that never lives long would read more each time.
TEST_P(SnapshotsWhile, OneIsTakenThoughNoLifeIsLongEnough) {
    std::uint64_t newest = 0, most_read = 0;
    for (int life = 0; life < 60 && newest == 0; ++life) {
        auto shard = open(GetParam());
        ASSERT_TRUE(shard) << shard.error().message;
        if (life == 0) apply(**shard);
        most_read =
            std::max<std::uint64_t>(most_read, std::stoull(status_of(**shard, "recovered_facts")));
        for (int turn = 0; turn < 3; ++turn) {
            for (int i = 0; i < 60; ++i) route(**shard, ++tickets_);
            ASSERT_TRUE((*shard)->commit(letters_));
        }
        ASSERT_LT(std::stoull(status_of(**shard, "journal_bytes")), plan_.journal_bytes);
        for (int wait = 0; wait < 5000 && (*shard)->snapshots().being_taken; ++wait) {
            ASSERT_TRUE((*shard)->commit(letters_));
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        newest = (*shard)->snapshots().newest_seq;
    }
    EXPECT_GT(newest, 0U);
    EXPECT_GT(most_read, 180U) << "one life was enough";
}

INSTANTIATE_TEST_SUITE_P(Modes, SnapshotsWhile,
                         ::testing::Values(Durability::written, Durability::synced));

}  // namespace
}  // namespace usher::testing
