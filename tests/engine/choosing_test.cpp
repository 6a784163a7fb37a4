// Goal: what finds the least loaded and the longest waiting by bits and links says the same as
// looking at everybody.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "engine/account.h"
#include "engine/slot_index.h"
#include "tests/support/random.h"

namespace usher::testing {
namespace {

using engine::AgentSet;

AgentSet random_set(Random& random, std::size_t agents) {
    AgentSet set;
    set.resize(agents);
    const auto percent = 1 + random.below(100);
    for (std::uint32_t i = 0; i < agents; ++i)
        if (random.chance(percent)) set.set(i);
    return set;
}

TEST(Loads, KeepTheLeastLoadedOfAnySet) {
    const auto seed = fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    Random random(seed);
    std::size_t narrowed = 0;
    for (int round = 0; round < 300; ++round) {
        const auto agents = 1 + random.below(200);
        const std::size_t load_max = random.chance(20) ? 0xffff'ffff : 1 + random.below(9);
        engine::Loads loads;
        loads.assign(agents);
        std::vector<std::uint32_t> plain(agents, 0);
        for (int change = 0; change < 400; ++change) {
            const auto who = static_cast<std::uint32_t>(random.below(agents));
            plain[who] = static_cast<std::uint32_t>(random.below(load_max));
            loads.set(who, plain[who]);
            if (change % 20 != 0) continue;
            const auto pool = random_set(random, agents);
            auto kept = pool;
            loads.keep_least(kept);
            std::uint32_t least = 0xffff'ffff;
            pool.for_each([&](std::uint32_t i) { least = std::min(least, plain[i]); });
            auto expected = pool;
            pool.for_each([&](std::uint32_t i) {
                if (plain[i] != least) expected.put(i, false);
            });
            ASSERT_EQ(kept, expected);
            narrowed += kept == pool ? 0 : 1;
        }
        for (std::uint32_t i = 0; i < agents; ++i) ASSERT_EQ(loads[i], plain[i]);
    }
    EXPECT_GT(narrowed, 1000U);
}

TEST(Recency, StandsInTheOrderOfLastAssignments) {
    const auto seed = fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    Random random(seed);
    for (int round = 0; round < 200; ++round) {
        const auto agents = 1 + random.below(70);
        engine::Recency recency;
        recency.assign(agents, {});
        std::vector<std::uint64_t> last(agents, 0);
        std::uint64_t now = 1'000'000;
        for (int change = 0; change < 200; ++change) {
            const auto who = static_cast<std::uint32_t>(random.below(agents));
            // Now and then work that was assigned in the past; all instants differ.
            const auto when = ++now - (random.chance(20) ? random.below(1000) * 1000 : 0);
            if (std::ranges::find(last, when) != last.end() || when <= last[who]) continue;
            last[who] = when;
            recency.move(who, [&](std::uint32_t a, std::uint32_t b) { return last[a] < last[b]; });

            std::vector<std::uint32_t> expected, forward, backward;
            for (std::uint32_t i = 0; i < agents; ++i) {
                if (last[i] != 0) expected.push_back(i);
                ASSERT_EQ(recency.ever().test(i), last[i] != 0);
            }
            std::ranges::sort(expected, {}, [&](std::uint32_t i) { return last[i]; });
            for (auto i = recency.first(); i != AgentSet::none; i = recency.after(i))
                forward.push_back(i);
            for (auto i = recency.last(); i != AgentSet::none; i = recency.before(i))
                backward.push_back(i);
            ASSERT_EQ(forward, expected);
            std::ranges::reverse(backward);
            ASSERT_EQ(backward, expected);
        }
    }
}

TEST(SlotIndex, FindsWhatIsFiledWhileItGrowsAndShrinks) {
    const auto seed = fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    Random random(seed);
    for (int round = 0; round < 40; ++round) {
        engine::SlotIndex index;
        index.prefetch(7);  // of nothing there is nothing to fetch
        ASSERT_EQ(index.first_filed(7), engine::SlotIndex::none);
        if (random.chance(30)) index.reserve(random.below(3000));
        // Few hashes: many things with the same one; at both ends of the table, too.
        const auto hashes = 1 + random.below(random.chance(50) ? 50 : 100'000);
        const bool at_the_end = random.chance(30);
        const auto hash_of = [&](std::uint32_t slot) {
            const auto some = static_cast<std::uint32_t>(slot * 0x9E3779B9U % hashes);
            return at_the_end ? ~some : some * 0x01000193U;
        };
        std::vector<bool> filed(4000, false);
        const auto found = [&](std::uint32_t slot) {
            return index.find(hash_of(slot), [&](std::uint32_t other) { return other == slot; });
        };
        for (int change = 0; change < 12'000; ++change) {
            const auto slot = static_cast<std::uint32_t>(random.below(filed.size()));
            ASSERT_EQ(found(slot), filed[slot] ? slot : engine::SlotIndex::none);
            const auto first = index.first_filed(hash_of(slot));
            if (first != engine::SlotIndex::none) {
                ASSERT_TRUE(filed[first] && hash_of(first) == hash_of(slot));
            }
            // First it fills, then it empties.
            if (filed[slot] && (change > 8000 || random.chance(30))) {
                index.erase(hash_of(slot), slot);
                filed[slot] = false;
            } else if (!filed[slot] && (change < 8000 || random.chance(30))) {
                index.insert(hash_of(slot), slot);
                filed[slot] = true;
            }
        }
        for (std::uint32_t slot = 0; slot < filed.size(); ++slot)
            ASSERT_EQ(found(slot), filed[slot] ? slot : engine::SlotIndex::none);
    }
}

TEST(SlotIndex, TellsWhatIsFiledFirstWithoutAskingAboutIt) {
    engine::SlotIndex index;
    index.insert(0x70000001, 3);
    index.insert(0x71000001, 5);
    EXPECT_EQ(index.first_filed(0x70000001), 3U);
    EXPECT_EQ(index.first_filed(0x71000001), 5U) << "behind another of the same home";
    EXPECT_EQ(index.first_filed(0x72000001), engine::SlotIndex::none);
    index.erase(0x70000001, 3);
    EXPECT_EQ(index.first_filed(0x70000001), engine::SlotIndex::none);
    EXPECT_EQ(index.first_filed(0x71000001), 5U);
}

TEST(HashOfTicketKey, BringsSuccessiveKeysToOnePageAndSpreadsThemThere) {
    constexpr std::uint32_t pages = 20;  // bits of the page
    const auto hash = [](std::uint32_t number) {
        return engine::hash_of_ticket_key("T-" + std::to_string(number), 7);
    };
    std::set<std::uint32_t> hashes, pages_met;
    std::vector<std::uint32_t> in_place(8, 0);
    for (std::uint32_t number = 1'000'000; number < 1'080'000; ++number) {
        hashes.insert(hash(number));
        pages_met.insert(hash(number) >> (32 - pages));
        ++in_place[hash(number) % 512 / 64];
        if (number % 10 < 8) {  // '0' to '7' differ in three bits
            ASSERT_EQ(hash(number) >> (32 - pages), hash(number / 10 * 10) >> (32 - pages));
        }
    }
    EXPECT_GE(hashes.size(), 79'990U);
    EXPECT_GE(pages_met.size(), 15'500U) << "of 16,000 groups, 8,000 of eight and 8,000 of two";
    for (const auto count : in_place) EXPECT_NEAR(count, 10'000, 500);
    EXPECT_EQ(engine::hash_of_ticket_key("", 7), engine::hash_of_ticket_key("", 8));
    EXPECT_NE(engine::hash_of_ticket_key("a", 7), engine::hash_of_ticket_key("i", 7));
    EXPECT_NE(engine::hash_of_ticket_key("T-10", 7), engine::hash_of_ticket_key("T-10", 8));
}

TEST(SlotIndex, KeepsItsWaysShortWhereSuccessiveKeysArePutSideBySide) {
    engine::SlotIndex index;
    const auto hash = [](std::uint32_t number) {
        return engine::hash_of_ticket_key("INC" + std::to_string(number), 5);
    };
    constexpr std::uint32_t tickets = 200'000;
    std::uint64_t asked = 0;
    for (std::uint32_t slot = 0; slot < tickets; ++slot) index.insert(hash(slot), slot);
    for (std::uint32_t slot = 0; slot < tickets; ++slot)
        ASSERT_EQ(
            index.find(hash(slot), [&](std::uint32_t other) { return ++asked, other == slot; }),
            slot);
    EXPECT_LT(asked, tickets + tickets / 50) << "others have the same hash too often";
}

TEST(SlotIndex, HasTheMemoryOfALargerTableBeforeItIsFull) {
    engine::SlotIndex index;
    std::uint32_t slot = 0;
    const auto insert = [&] {
        index.insert(slot * 0x9E3779B9U, slot);
        ++slot;
    };
    while (index.bytes() < std::size_t{512} * 1024) insert();
    std::size_t bytes = 0;
    for (auto before = index.bytes(); slot < 1'000'000; before = bytes) {
        insert();
        bytes = index.bytes();
        ASSERT_LE(bytes, before + 4096) << slot;
    }
    EXPECT_GT(bytes, std::size_t{8} * 1'000'000);
    for (std::uint32_t filed = 0; filed < slot; filed += 997)
        ASSERT_EQ(index.find(filed * 0x9E3779B9U, [&](auto other) { return other == filed; }),
                  filed);
}

}  // namespace
}  // namespace usher::testing
