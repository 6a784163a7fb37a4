#include "tests/journal/workload.h"

#include "journal/segment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace usher::journal::testing {
namespace {

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
}

}  // namespace

std::vector<std::byte> record_of(std::uint64_t seq, std::size_t bytes_max) {
    auto draw = mixed(seq);
    std::vector<std::byte> record(1 + draw % bytes_max);
    for (auto& byte : record) {
        draw = draw * 6364136223846793005 + 1442695040888963407;
        byte = static_cast<std::byte>(draw >> 56);
    }
    return record;
}

AccountSeq owner_of(std::uint64_t seq) {
    return {static_cast<std::uint32_t>(seq % owners), (seq - 1) / owners + 1};
}

Result<void> CheckingSink::record(std::uint64_t seq, Instant state_time,
                                  std::span<const std::byte> bytes) {
    const auto expected = record_of(seq, bytes_max_);
    const bool same = seq == last_seq_ + 1 &&
                      std::equal(bytes.begin(), bytes.end(), expected.begin(), expected.end());
    if (!same) ++wrong_;
    last_seq_ = seq;
    last_time_ms_ = state_time.ms;
    return {};
}

std::unique_ptr<FakeDisk> empty_shard() {
    auto disk = std::make_unique<FakeDisk>();
    disk->put_directory("journal");
    disk->put_directory("snapshot");
    return disk;
}

Options small_options(Mode mode) {
    Options options;
    options.mode = mode;
    options.helper = false;
    options.segment_bytes = {16384, 16384, 32768, 32768};
    options.alignment = 512;
    return options;
}

Options with_helper(Mode mode) {
    auto options = small_options(mode);
    options.helper = true;
    options.sync_interval_ms = 3'600'000;
    return options;
}

bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

Result<Recovered> recover_all(FakeDisk& disk, CheckingSink& sink) {
    return recover(disk, disk.root(), "data/shard-00", test_identity, sink.last_seq(), sink);
}

Result<std::unique_ptr<Writer>> open_writer(FakeDisk& disk, const Options& options,
                                            const Recovered& recovered) {
    return Writer::open(disk, disk.root(), "data/shard-00", test_identity, options, recovered);
}

std::unique_ptr<Writer> start(FakeDisk& disk, const Options& options) {
    CheckingSink sink;
    const auto recovered = recover_all(disk, sink);
    EXPECT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sink.wrong(), 0u);
    auto writer = open_writer(disk, options, *recovered);
    EXPECT_TRUE(writer) << writer.error().message;
    return std::move(*writer);
}

Result<void> write_batch(Writer& writer, std::uint64_t records, std::size_t bytes_max) {
    for (std::uint64_t n = 0; n < records; ++n) {
        const auto seq = writer.last_seq() + 1;
        writer.append(record_of(seq, bytes_max), owner_of(seq));
    }
    return writer.write(Instant{static_cast<std::int64_t>(writer.last_seq()) * 1000});
}

std::string journal_file(std::uint64_t number) {
    return "journal/" + numbered_name(number, segment_suffix);
}

}  // namespace usher::journal::testing
