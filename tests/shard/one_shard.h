// A shard over a real directory, for tests: requests as lines of a scenario, answers as they were
// let out.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "clients/scenario/event_line.h"
#include "journal/directory.h"
#include "protocol/frame.h"
#include "protocol/parse.h"
#include "shard/shard.h"
#include "tests/engine/world.h"

namespace usher::testing {

using shard::ClockMode;
using shard::Durability;
using shard::Shard;

/// Keeps the answers that were let out.
class Letterbox final : public shard::Outlet {
  public:
    void deliver(shard::Origin to, std::span<const std::byte> frame) override {
        const auto cut = protocol::cut(frame, protocol::frame_bytes_max);
        const auto& whole = std::get<protocol::Frame>(cut);
        const auto parsed = parser_.parse(whole.payload);
        ASSERT_TRUE(parsed);
        correlations.push_back(whole.correlation);
        sessions.push_back(to.session);
        rejects.push_back(parsed.answer->reject);
        outcomes.push_back(parsed.answer->outcome());
        messages.push_back(parsed.answer->message);
        if (parsed.answer->through) through = *parsed.answer->through;
        if (!parsed.answer->events) return;
        ++pages;
        for (const auto& event : *parsed.answer->events) {
            seqs.push_back(event.seq);
            std::string line;
            scenario::JsonText json(line);
            scenario::append_event(json, event);
            events.push_back(line);
        }
    }

    void clear() {
        correlations.clear();
        sessions.clear();
        rejects.clear();
        outcomes.clear();
        messages.clear();
        events.clear();
        seqs.clear();
        pages = 0;
    }

    std::vector<std::uint64_t> correlations, sessions;
    std::vector<protocol::Reject> rejects;
    std::vector<protocol::Outcome> outcomes;
    std::vector<std::string> messages;
    std::vector<std::string> events;  ///< of all answers, as lines of JSON
    std::vector<std::uint64_t> seqs;  ///< theirs
    std::uint64_t through = 0;        ///< of the last answer that said so
    std::size_t pages = 0;            ///< answers with a list of events

  private:
    protocol::ReplyParser parser_;
};

class ShardTest : public ::testing::Test {
  protected:
    ShardTest() {
        std::string pattern = ::testing::TempDir() + "usher-shard-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~ShardTest() override { std::filesystem::remove_all(path_); }

    /// Opens the directory and its one shard; the shard before must be gone.
    Result<std::unique_ptr<Shard>> open(Durability durability, ClockMode clock = ClockMode::trace) {
        directory_.reset();
        auto directory = journal::DataDirectory::open(
            {.path = path_,
             .clock = clock == ClockMode::trace ? journal::Clock::trace : journal::Clock::wall});
        if (!directory) return directory.error();
        directory_ = std::move(*directory);
        shard::ShardOptions options;
        options.directory_fd = directory_->shard_fd(0);
        options.directory_name = directory_->shard_name(0);
        options.durability = durability;
        options.clock = clock;
        options.snapshots = plan_;
        options.follow_pace = follow_pace_;
        options.instance_high = directory_->meta().instance_high;
        options.instance_low = directory_->meta().instance_low;
        return Shard::open(options, notes_);
    }

    void send(Shard& shard, const std::string& line) {
        auto& read = reader_.read(line, 1);
        ASSERT_TRUE(read.wrong.empty()) << read.wrong;
        shard.submit(read.request, ++correlation_, {0, 5}, Instant{1'700'000'000'000});
    }

    /// The small desk, as the roster of that account.
    void apply(Shard& shard, std::string_view account = "acme") {
        protocol::Request request;
        request.account = account;
        request.at_ms = 1'772'442'000'000;  // 2026-03-02T09:00:00Z
        request.body = protocol::ApplyCommit{};
        auto roster = small_desk();
        roster.replace(roster.find("acme"), 4, account);
        shard.submit_roster(request, {{{"roster.toml", roster}}}, ++correlation_, {0, 5},
                            Instant{1'700'000'000'000});
    }

    void route(Shard& shard, int ticket) {
        send(shard, R"({"at":"2026-03-02T09:00:01Z","do":"route","channel":"mail","ticket":")" +
                        std::to_string(ticket) + "\"}");
    }

    std::filesystem::path first_segment() const {
        for (const auto& entry : std::filesystem::directory_iterator(path_ + "/shard-00/journal"))
            if (entry.path().extension() == ".uj" && entry.file_size() > 8192) return entry.path();
        return {};
    }

    std::string path_;
    std::unique_ptr<journal::DataDirectory> directory_;
    std::vector<std::string> notes_;
    shard::SnapshotPlan plan_;
    shard::FollowPace follow_pace_;
    Letterbox letters_;

  private:
    scenario::LineReader reader_{"acme", false};
    std::uint64_t correlation_ = 0;
};

}  // namespace usher::testing
