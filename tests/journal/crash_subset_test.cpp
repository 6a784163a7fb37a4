// Exhaustive where it is possible: a few small batches, the power cut after every call, and of the
// unsynced sectors and names every subset lost, and each one torn or garbage while the others are
// kept or lost.

#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

namespace usher::journal::testing {
namespace {

constexpr std::size_t subset_bits_max = 10;

/// Confirmed up to, and what may be found: the ends of the batches begun so far.
struct Reached {
    std::uint64_t confirmed = 0;
    std::vector<std::uint64_t> ends{0};
};

/// `batches` of the given numbers of records, each synced if the flag says so.
struct Step {
    std::uint64_t records = 1;
    bool sync = true;
};

Reached run(FakeDisk& disk, const std::vector<Step>& steps, bool close) {
    Reached reached;
    CheckingSink sink;
    const auto recovered = recover_all(disk, sink);
    if (!recovered) return reached;
    auto options = small_options();
    options.segment_bytes = {6144, 6144, 6144, 6144};
    auto opened = open_writer(disk, options, *recovered);
    if (!opened) return reached;
    for (const auto& step : steps) {
        reached.ends.push_back((*opened)->last_seq() + step.records);
        if (!write_batch(**opened, step.records)) return reached;
        if (!step.sync) continue;
        if (!(*opened)->sync()) return reached;
        reached.confirmed = (*opened)->durable_seq();
    }
    if (close) (void)(*opened)->close();
    return reached;
}

/// 0 if the state is as it must be.
int check(FakeDisk& disk, const Reached& reached) {
    CheckingSink sink;
    const auto recovered = recover_all(disk, sink);
    if (!recovered) return 1;
    if (sink.wrong() != 0) return 2;
    if (sink.last_seq() < reached.confirmed) return 3;
    const auto& ends = reached.ends;
    if (std::find(ends.begin(), ends.end(), sink.last_seq()) == ends.end()) return 4;
    auto writer = open_writer(disk, small_options(), *recovered);
    if (!writer) return 5;
    if (!write_batch(**writer, 1) || !(*writer)->sync()) return 6;
    CheckingSink again;
    if (!recover_all(disk, again) || again.wrong() != 0) return 7;
    return again.last_seq() == sink.last_seq() + 1 ? 0 : 8;
}

/// Every way in which a power cut can go at this point, bounded.
std::uint64_t try_all(const FakeDisk& disk, const Reached& reached, const std::string& where) {
    const auto unsynced = disk.unsynced();
    std::uint64_t tried = 0;
    const auto try_one = [&](const Fates& fates) {
        const auto after = disk.after_power_cut(fates);
        EXPECT_EQ(check(*after, reached), 0) << where << ", " << unsynced << " unsynced";
        ++tried;
    };
    const auto bits = std::min(unsynced, subset_bits_max);
    for (std::uint64_t subset = 0; subset < (std::uint64_t{1} << bits); ++subset) {
        std::size_t n = 0;
        try_one([&] { return (subset >> (n++ % bits) & 1) != 0 ? Fate::lost : Fate::kept; });
    }
    for (std::size_t odd = 0; odd < unsynced; ++odd) {
        for (const auto fate : {Fate::torn, Fate::garbage}) {
            for (const auto others : {Fate::kept, Fate::lost}) {
                std::size_t n = 0;
                try_one([&] { return n++ == odd ? fate : others; });
            }
        }
    }
    return tried;
}

TEST(CrashSubsets, OfSmallRunsAreAllSurvived) {
    const std::vector<std::pair<std::vector<Step>, bool>> runs = {
        {{{1, true}, {2, true}}, false},
        {{{2, false}, {2, false}, {2, true}}, false},
        {{{1, false}, {12, false}, {1, false}}, true},
        {{{6, true}, {6, true}, {6, true}}, true},     // rolls to a second segment
        {{{6, false}, {9, false}, {3, true}}, false},  // likewise, with nothing asked for
        {std::vector<Step>(10, Step{1, false}), false},
        {std::vector<Step>(9, Step{1, false}), true},
    };
    std::uint64_t tried = 0;
    for (std::size_t n = 0; n < runs.size(); ++n) {
        const auto& [steps, close] = runs[n];
        const auto whole = empty_shard();
        run(*whole, steps, close);
        const auto calls = whole->changing_calls();
        for (std::uint64_t stop = 0; stop <= calls; ++stop) {
            const auto disk = empty_shard();
            disk->stop_after(stop);
            const auto reached = run(*disk, steps, close);
            tried += try_all(*disk, reached,
                             "run " + std::to_string(n) + ", call " + std::to_string(stop));
            if (HasFailure()) return;
        }
    }
    std::printf("%llu crash states\n", static_cast<unsigned long long>(tried));
    EXPECT_GT(tried, 2500u);
}

/// The same, but what is killed is the run that recovers.
TEST(CrashSubsets, OfARecoveryAreAllSurvived) {
    std::uint64_t tried = 0;
    const std::vector<Step> second = {{1, false}, {2, false}, {1, false}, {2, false}, {1, true}};
    const auto before = empty_shard();
    const auto first = run(*before, {{3, true}, {3, false}}, false);
    std::size_t asked = 0;
    // The batch that was never confirmed lost its second half.
    const auto torn =
        before->after_power_cut([&] { return asked++ == 0 ? Fate::torn : Fate::kept; });
    CheckingSink sink;
    ASSERT_TRUE(recover_all(*torn, sink));
    const auto calls = [&] {
        const auto disk = torn->after_kill();
        run(*disk, second, false);
        return disk->changing_calls();
    }();
    for (std::uint64_t stop = 0; stop <= calls; ++stop) {
        const auto disk = torn->after_kill();
        disk->stop_after(stop);
        auto reached = run(*disk, second, false);
        reached.confirmed = std::max(reached.confirmed, first.confirmed);
        reached.ends.push_back(sink.last_seq());
        tried += try_all(*disk, reached, "call " + std::to_string(stop));
        if (HasFailure()) return;
    }
    std::printf("%llu crash states\n", static_cast<unsigned long long>(tried));
    EXPECT_GT(tried, 200u);
}

}  // namespace
}  // namespace usher::journal::testing
