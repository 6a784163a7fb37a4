// The small parts: sets of agents, the ring, the interner, properties, the ticket table, digests.
#include <gtest/gtest.h>

#include <deque>
#include <iostream>
#include <map>
#include <set>

#include "engine/agent_set.h"
#include "engine/digest.h"
#include "engine/interner.h"
#include "engine/properties.h"
#include "engine/ring.h"
#include "engine/ticket.h"
#include "tests/support/random.h"

namespace usher::engine {
namespace {

using testing::Random;

TEST(AgentSet, IsASetOfPositions) {
    const auto seed = testing::fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Random random(seed);
    AgentSet set;
    set.resize(300);
    std::set<std::uint32_t> model;
    for (int i = 0; i < 5000; ++i) {
        const auto at = static_cast<std::uint32_t>(random.below(300));
        const bool in = random.chance(40);
        set.put(at, in);
        in ? void(model.insert(at)) : void(model.erase(at));
        ASSERT_EQ(set.test(at), in);
        ASSERT_EQ(set.count(), model.size());
        ASSERT_EQ(set.empty(), model.empty());
        if (model.empty()) continue;
        const auto nth = static_cast<std::uint32_t>(random.below(model.size()));
        ASSERT_EQ(set.nth(nth), *std::next(model.begin(), nth));
        ASSERT_EQ(set.first(), *model.begin());
    }
    std::vector<std::uint32_t> walked;
    set.for_each([&](std::uint32_t at) { walked.push_back(at); });
    EXPECT_TRUE(std::equal(walked.begin(), walked.end(), model.begin(), model.end()));
    EXPECT_EQ(set.nth(static_cast<std::uint32_t>(model.size())), AgentSet::none);
}

TEST(AgentSet, ComparesAndLeavesAsSetsDo) {
    const auto seed = testing::fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Random random(seed);
    for (int round = 0; round < 2'000; ++round) {
        const auto agents = static_cast<std::uint32_t>(1 + random.below(200));
        AgentSet a, b;
        a.resize(agents);
        b.resize(agents);
        std::set<std::uint32_t> in_a, in_b;
        for (auto n = random.below(6); n > 0; --n)
            in_a.insert(static_cast<std::uint32_t>(random.below(agents)));
        for (auto n = random.below(agents + 1); n > 0; --n)
            in_b.insert(static_cast<std::uint32_t>(random.below(agents)));
        for (const auto at : in_a) a.set(at);
        for (const auto at : in_b) b.set(at);
        std::set<std::uint32_t> both, only_a;
        for (const auto at : in_a) (in_b.contains(at) ? both : only_a).insert(at);
        ASSERT_EQ(a.has_one_member(), in_a.size() == 1);
        ASSERT_EQ(a.meets(b), !both.empty());
        ASSERT_EQ(a.exceeds(b), !only_a.empty());
        auto kept = a, dropped = a;
        kept.keep(b);
        dropped.drop(b);
        ASSERT_EQ(kept.count(), both.size());
        ASSERT_EQ(dropped.count(), only_a.size());
        for (const auto at : both) ASSERT_TRUE(kept.test(at));
        for (const auto at : only_a) ASSERT_TRUE(dropped.test(at));
    }
}

TEST(Ring, IsAFirstInFirstOutOfAnyLength) {
    const auto seed = testing::fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Random random(seed);
    Ring<int> ring;
    std::deque<int> model;
    for (int i = 0; i < 20'000; ++i) {
        if (random.chance(55) || model.empty()) {
            ring.push_back(i);
            model.push_back(i);
        } else {
            ASSERT_EQ(ring.front(), model.front());
            ring.pop_front();
            model.pop_front();
        }
        ASSERT_EQ(ring.size(), model.size());
        if (i % 1000 == 0) {
            ring.drop_if([](int value) { return value % 3 == 0; });
            std::erase_if(model, [](int value) { return value % 3 == 0; });
        }
    }
    for (std::size_t i = 0; i < model.size(); ++i) ASSERT_EQ(ring[i], model[i]);
}

TEST(Ring, GoesThroughBlocksAndUsesThemAgain) {
    Ring<int> ring;
    const auto block = static_cast<int>(Ring<int>::block_elements);
    int next = 0, first = 0;
    for (int round = 0; round < 3; ++round) {
        for (int n = 0; n < block + 1; ++n) ring.push_back(next++);
        for (int n = 0; n < block; ++n) {
            ASSERT_EQ(ring.front(), first++);
            ring.pop_front();
        }
    }
    ASSERT_EQ(ring.size(), 3U);
    // What lies in use, and one block for the next that is needed.
    EXPECT_LE(ring.bytes(), 2 * ring.block_elements * sizeof(int));
    ring.reserve(3 * ring.block_elements);
    const auto reserved = ring.bytes();
    EXPECT_GE(reserved, 3 * ring.block_elements * sizeof(int));
    for (int n = 0; n < 2 * block; ++n) ring.push_back(next++);
    EXPECT_EQ(ring.bytes(), reserved);
    for (std::size_t i = 0; i < ring.size(); ++i) ASSERT_EQ(ring[i], first + static_cast<int>(i));
}

TEST(Ring, ALatecomerIsPutWhereItBelongs) {
    Ring<int> ring;
    for (const int value : {1, 3, 5, 7}) ring.push_back(value);
    ring.insert_by(4, std::less<>{});
    ring.insert_by(0, std::less<>{});
    ring.insert_by(9, std::less<>{});
    std::vector<int> all;
    for (std::size_t i = 0; i < ring.size(); ++i) all.push_back(ring[i]);
    EXPECT_EQ(all, (std::vector{0, 1, 3, 4, 5, 7, 9}));
}

TEST(Interner, KeepsEachStringOnceAndForgetsTheUnused) {
    Interner texts(1);
    const auto a = texts.take("alpha");
    EXPECT_EQ(texts.take("alpha"), a);
    EXPECT_EQ(texts.take(""), 0U);
    const auto b = texts.take("beta");
    EXPECT_NE(a, b);
    EXPECT_EQ(texts.get(a), "alpha");
    texts.release(a);
    EXPECT_EQ(texts.live(), 2U);
    texts.release(a);
    EXPECT_EQ(texts.live(), 1U);
    EXPECT_EQ(texts.get(texts.take("gamma")), "gamma");
    EXPECT_EQ(texts.get(b), "beta");
}

TEST(Interner, CountsTheBytesThatItHolds) {
    Interner texts(1);
    const auto empty = texts.bytes();
    EXPECT_EQ(empty, 0U);
    constexpr std::size_t count = 100, length = 1000;
    for (std::size_t i = 0; i < count; ++i)
        texts.take(std::to_string(i) + std::string(length - std::to_string(i).size(), 'x'));
    EXPECT_GE(texts.bytes(), empty + count * (length + sizeof(std::string)));
    EXPECT_LE(texts.bytes(), empty + count * (length + 256));
}

// Rule 29.
TEST(Properties, TheRequestsStandOverTheChannelsDefaults) {
    ChannelDefinition channel;
    channel.properties = {{"brand", "acme"}, {"lang", "sv"}};
    const std::vector<protocol::Property> named{{"topic", "refund"}, {"lang", "fr"}};
    std::string bytes;
    write_properties(named, channel, bytes);
    std::map<std::string, std::string> got;
    for_each_property(
        bytes, [&](std::string_view key, std::string_view value) { got.emplace(key, value); });
    EXPECT_EQ(got, (std::map<std::string, std::string>{
                       {"brand", "acme"}, {"lang", "fr"}, {"topic", "refund"}}));
}

TEST(Properties, TheOrderOfTheRequestDoesNotMatter) {
    const std::vector<protocol::Property> one{{"a", "1"}, {"b", "2"}},
        other{{"b", "2"}, {"a", "1"}};
    std::string first, second;
    write_properties(one, first);
    write_properties(other, second);
    EXPECT_EQ(first, second);
}

// Rule 11.
TEST(Properties, SkillRulesThatMatchAddUp) {
    ChannelDefinition channel;
    channel.skill_rules = {{{{"topic", "refund"}}, {SkillNo{4}, SkillNo{1}}},
                           {{{"lang", "fr"}, {"topic", "refund"}}, {SkillNo{2}}},
                           {{{"lang", "it"}}, {SkillNo{9}}}};
    const std::vector<protocol::Property> named{{"topic", "refund"}, {"lang", "fr"}};
    std::string properties, skills, asked;
    append_number(SkillNo{4}, asked);
    write_properties(named, properties);
    write_skills(asked, properties, channel, skills);
    std::vector<std::uint32_t> got;
    for_each_number<SkillNo>(skills, [&](SkillNo skill) { got.push_back(skill.value); });
    EXPECT_EQ(got, (std::vector<std::uint32_t>{1, 2, 4}));
}

TEST(TicketTable, FindsWhatItHoldsAndUsesSlotsAgain) {
    const auto seed = testing::fresh_seed();
    std::cout << "USHER_SEED=" << seed << "\n";
    Random random(seed);
    Interner texts(1);
    TicketTable table(1, texts);
    std::map<std::string, Slot> model;
    for (int i = 0; i < 20'000; ++i) {
        const auto key =
            std::to_string(random.below(400)) + std::string(random.chance(30) ? 40 : 0, 'x');
        const auto known = model.find(key);
        ASSERT_EQ(table.find(key), known == model.end() ? no_slot : known->second);
        if (known == model.end()) {
            const auto slot = table.next_slot();
            EXPECT_EQ(table.key_of(table.add(slot, key)), key);
            model.emplace(key, slot);
        } else if (random.chance(60)) {
            table.remove(known->second);
            model.erase(known);
        }
        ASSERT_EQ(table.remembered(), model.size());
    }
    EXPECT_LE(table.slots_used(), 800U);
}

TEST(Parts, ThatDifferInOneThingAreNotEqual) {
    EXPECT_NE((Digest{1, 2}), (Digest{1, 3}));
    EXPECT_NE((Digest{1, 2}), (Digest{3, 2}));
    EXPECT_FALSE(AgentNo{1} == AgentNo{2});
    EXPECT_TRUE(AgentNo{1} < AgentNo{2});
    EXPECT_NE(Holder::agent({1}), Holder::agent({2}));
    EXPECT_NE(Holder::agent({1}), Holder::team({1}));
    EXPECT_NE((protocol::Owner{protocol::OwnerKind::agent, "a"}),
              (protocol::Owner{protocol::OwnerKind::agent, "b"}));
    EXPECT_NE((protocol::Owner{protocol::OwnerKind::agent, "a"}),
              (protocol::Owner{protocol::OwnerKind::team, "a"}));
}

TEST(TicketTable, HoldsNothingBeyondItsSlots) {
    Interner texts(1);
    TicketTable table(1, texts);
    EXPECT_FALSE(table.holds(0));
    EXPECT_FALSE(table.holds(1'000'000));
    table.add(table.next_slot(), "T-1");
    EXPECT_TRUE(table.holds(0));
    EXPECT_FALSE(table.holds(1'000'000));
}

TEST(Digest, AddingAndTakingAwayLeavesNothing) {
    Digest sum;
    const auto word = digest_word(1, "one"), other = digest_word(1, "two");
    sum.add(word);
    sum.add(other);
    sum.remove(word);
    EXPECT_EQ(sum, other);
    sum.remove(other);
    EXPECT_EQ(sum, Digest{});
    EXPECT_EQ(Digest{}.text(), std::string(32, '0'));
    EXPECT_NE(digest_word(1, "one"), digest_word(2, "one"));
}

}  // namespace
}  // namespace usher::engine
