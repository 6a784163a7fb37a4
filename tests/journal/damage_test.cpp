// Damage at rest: cut short, flipped, zeroed, doubled, swapped. Whatever is done to the files of a
// small journal, recovery either notices or gives back exactly what was written; never a changed
// record, never less than was confirmed.

#include "tests/journal/workload.h"
#include "tests/support/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>

namespace usher::journal::testing {
namespace {

constexpr std::uint64_t last_seq = 12;

struct Outcome {
    bool refused = false;
    bool noticed = false;  ///< refused, a torn tail, or a line for the log
    std::uint64_t last = 0;
    std::uint64_t wrong = 0;
};

Outcome look_at(FakeDisk& disk) {
    CheckingSink sink{0, 60};
    const auto recovered = recover_all(disk, sink);
    Outcome outcome;
    outcome.refused = recovered.has_error();
    outcome.noticed = outcome.refused || recovered->torn_bytes != 0 || !recovered->warnings.empty();
    outcome.last = sink.last_seq();
    outcome.wrong = sink.wrong();
    return outcome;
}

/// Twelve records in four batches, everything confirmed; killed, or closed on purpose.
std::unique_ptr<FakeDisk> small_journal(bool close) {
    auto disk = empty_shard();
    auto options = small_options();
    options.segment_bytes = {8192, 8192, 8192, 8192};
    const auto writer = start(*disk, options);
    for (std::uint64_t n = 0; n < 4; ++n) {
        EXPECT_TRUE(write_batch(*writer, 3, 60));
        EXPECT_TRUE(writer->sync());
    }
    if (close) {
        EXPECT_TRUE(writer->close());
    }
    EXPECT_EQ(writer->last_seq(), last_seq);
    return disk->after_kill();
}

/// What of the only segment is header and batches.
std::size_t used_bytes(FakeDisk& disk) {
    const auto& bytes = disk.contents(journal_file(1));
    const auto end =
        std::find_if(bytes.rbegin(), bytes.rend(), [](std::byte b) { return b != std::byte{0}; });
    const auto used = static_cast<std::size_t>(bytes.rend() - end);
    return (used + 511) / 512 * 512;
}

class Damage : public ::testing::TestWithParam<bool> {};

TEST_P(Damage, EveryCutIsNoticedAndTakesNothingElseAlong) {
    const auto disk = small_journal(GetParam());
    const auto whole = disk->contents(journal_file(1));
    const auto used = used_bytes(*disk);
    std::size_t refused = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        auto& bytes = disk->contents(journal_file(1));
        bytes.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        const auto outcome = look_at(*disk);
        ASSERT_EQ(outcome.wrong, 0u) << length;
        // Behind the last batch there are only zeros, which say nothing.
        if (length < used) {
            ASSERT_TRUE(outcome.refused) << length;
            ++refused;
        } else {
            ASSERT_EQ(outcome.last, last_seq) << length;
        }
    }
    EXPECT_EQ(refused, used);
}

TEST_P(Damage, EveryFlippedBitOfTheUsedPartIsNoticed) {
    const auto disk = small_journal(GetParam());
    const auto used = used_bytes(*disk);
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < used * 8; ++bit) {
        const auto mask = static_cast<std::byte>(1u << (bit % 8));
        disk->contents(journal_file(1))[bit / 8] ^= mask;
        const auto outcome = look_at(*disk);
        ASSERT_EQ(outcome.wrong, 0u) << "bit " << bit;
        ASSERT_TRUE(outcome.noticed) << "bit " << bit;
        ASSERT_TRUE(outcome.refused || outcome.last == last_seq) << "bit " << bit;
        if (bit >= header_block_bytes * 8) {
            ASSERT_TRUE(outcome.refused) << "bit " << bit;
        }
        refused += outcome.refused ? 1 : 0;
        disk->contents(journal_file(1))[bit / 8] ^= mask;
    }
    std::printf("%zu bits flipped, %zu refused, the rest in one copy of the header\n", used * 8,
                refused);
    EXPECT_FALSE(look_at(*disk).noticed);
}

TEST_P(Damage, EveryFlippedBitOfTheWatermarkIsNoticedAndHarmless) {
    const auto disk = small_journal(GetParam());
    for (std::size_t bit = 0; bit < watermark_file_bytes * 8; ++bit) {
        const auto mask = static_cast<std::byte>(1u << (bit % 8));
        disk->contents("watermark")[bit / 8] ^= mask;
        const auto outcome = look_at(*disk);
        ASSERT_EQ(outcome.wrong, 0u) << "bit " << bit;
        ASSERT_TRUE(outcome.noticed) << "bit " << bit;
        ASSERT_FALSE(outcome.refused) << "bit " << bit;
        ASSERT_EQ(outcome.last, last_seq) << "bit " << bit;
        disk->contents("watermark")[bit / 8] ^= mask;
    }
}

TEST_P(Damage, EveryBlockZeroedDoubledOrSwappedIsNoticed) {
    const auto disk = small_journal(GetParam());
    const auto whole = disk->contents(journal_file(1));
    const std::size_t blocks = used_bytes(*disk) / 512;
    const auto begin_of = [](std::vector<std::byte>& bytes, std::size_t block) {
        return bytes.begin() + static_cast<std::ptrdiff_t>(block * 512);
    };
    const auto try_one = [&](const char* what,
                             const std::function<void(std::vector<std::byte>&)>& harm) {
        auto& bytes = disk->contents(journal_file(1));
        bytes = whole;
        harm(bytes);
        if (bytes == whole) return;
        const auto outcome = look_at(*disk);
        EXPECT_EQ(outcome.wrong, 0u) << what;
        EXPECT_TRUE(outcome.noticed) << what;
        EXPECT_TRUE(outcome.refused || outcome.last == last_seq) << what;
    };
    for (std::size_t a = 0; a < blocks; ++a) {
        try_one("zeroed", [&](auto& bytes) { std::fill_n(begin_of(bytes, a), 512, std::byte{0}); });
        for (std::size_t b = 0; b < blocks; ++b) {
            try_one("doubled",
                    [&](auto& bytes) { std::copy_n(begin_of(bytes, a), 512, begin_of(bytes, b)); });
            try_one("swapped", [&](auto& bytes) {
                std::swap_ranges(begin_of(bytes, a), begin_of(bytes, a) + 512, begin_of(bytes, b));
            });
        }
    }
}

INSTANTIATE_TEST_SUITE_P(KilledAndClosed, Damage, ::testing::Bool(), [](const auto& closed) {
    return closed.param ? "AfterAClose" : "AfterAKill";
});

TEST(DamageWithoutWatermark, NeverChangesARecordAndRefusesAllButTheLastBatch) {
    const auto disk = small_journal(false);
    disk->erase("watermark");
    const auto used = used_bytes(*disk);
    const std::size_t last_batch = used - 512;
    for (std::size_t bit = header_block_bytes * 8; bit < used * 8; ++bit) {
        const auto mask = static_cast<std::byte>(1u << (bit % 8));
        disk->contents(journal_file(1))[bit / 8] ^= mask;
        const auto outcome = look_at(*disk);
        ASSERT_EQ(outcome.wrong, 0u) << "bit " << bit;
        ASSERT_TRUE(outcome.noticed) << "bit " << bit;
        // The batch behind a damaged one says that it was on disk; behind the last there is none.
        ASSERT_EQ(outcome.refused, bit / 8 < last_batch) << "bit " << bit;
        disk->contents(journal_file(1))[bit / 8] ^= mask;
    }
}

TEST(Damage, InAnyOfManySegmentsIsNoticed) {
    const auto seed = usher::testing::fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    usher::testing::Random random(seed);
    const auto disk = empty_shard();
    std::uint64_t last = 0;
    for (int run = 0; run < 3; ++run) {
        const auto writer = start(*disk);
        for (int n = 0; n < 60; ++n) {
            ASSERT_TRUE(write_batch(*writer, 1 + random.below(5)));
            ASSERT_TRUE(writer->sync());
        }
        last = writer->last_seq();
    }
    const auto names = disk->names("journal");
    ASSERT_GT(names.size(), 6u);
    for (int n = 0; n < 3000; ++n) {
        const auto name = "journal/" + random.one_of(names);
        auto& bytes = disk->contents(name);
        const auto before = bytes;
        const auto begin = random.below(bytes.size());
        const auto end = std::min(bytes.size(), begin + 1 + random.below(700));
        for (auto at = begin; at < end; ++at) bytes[at] = static_cast<std::byte>(random.next());
        const bool changed = bytes != before;
        CheckingSink sink;
        const auto recovered = recover_all(*disk, sink);
        ASSERT_EQ(sink.wrong(), 0u);
        ASSERT_TRUE(recovered.has_error() || recovered->last_seq == last);
        if (changed && recovered.has_value()) {
            ASSERT_TRUE(recovered->torn_bytes != 0 || !recovered->warnings.empty())
                << name << " bytes " << begin << " to " << end;
        }
        disk->contents(name) = before;
    }
}

TEST(Damage, AMissingSegmentIsRefusedWhicheverItIs) {
    const auto disk = empty_shard();
    {
        const auto writer = start(*disk);
        for (int n = 0; n < 100; ++n) {
            ASSERT_TRUE(write_batch(*writer, 5));
            ASSERT_TRUE(writer->sync());
        }
    }
    for (const auto& name : disk->names("journal")) {
        const auto without = disk->after_kill();
        without->erase("journal/" + name);
        const auto before = without->everything();
        CheckingSink sink;
        const auto recovered = recover_all(*without, sink);
        ASSERT_FALSE(recovered) << name;
        EXPECT_EQ(recovered.error().code, ExitCode::data) << recovered.error().message;
        EXPECT_EQ(sink.wrong(), 0u);
        EXPECT_EQ(without->everything(), before);
    }
}

}  // namespace
}  // namespace usher::journal::testing
