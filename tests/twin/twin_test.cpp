// The engine against its twin: the same random histories, every answer compared. And the control:
// a twin that was given a bug must be found out.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <set>

#include "tests/twin/routers.h"

namespace usher::twin {
namespace {

constexpr std::size_t history_steps = 250;
constexpr std::size_t fixed_histories = 80;  // 20,000 steps

/// Runs histories of consecutive seeds; says how to have a mismatch again.
void expect_agreement(std::uint64_t first_seed, std::size_t histories) {
    const auto twin = twin_router(features_of_this_release());
    const auto engine = engine_router();
    for (std::uint64_t seed = first_seed; seed < first_seed + histories; ++seed) {
        const auto mismatch = compare(invent_history(seed, history_steps), twin, engine);
        if (!mismatch) continue;
        FAIL() << "step " << mismatch->step << ": " << mismatch->line
               << "\n  twin:   " << mismatch->expected << "\n  engine: " << mismatch->got
               << "\nreproduce: usher-twin --seed " << seed << " --steps " << mismatch->step + 1;
    }
}

TEST(TwinComparison, EngineAndTwinGiveTheSameAnswersOnHistoriesOfFixedSeeds) {
    expect_agreement(1, fixed_histories);
}

TEST(TwinComparison, EngineAndTwinGiveTheSameAnswersOnHistoriesThatNobodyHasSeen) {
    const auto seed = testing::fresh_seed();
    std::cout << "USHER_SEED=" << seed << '\n';
    expect_agreement(seed, 8);
}

TEST(TwinComparison, TheSameSeedGivesTheSameHistory) {
    EXPECT_EQ(invent_history(7, 100).lines, invent_history(7, 100).lines);
    EXPECT_EQ(invent_history(7, 100).roster, invent_history(7, 100).roster);
    EXPECT_NE(invent_history(7, 100).lines, invent_history(8, 100).lines);
}

TEST(TwinComparison, TheTwinGivesTheSameAnswersTwice) {
    Features everything;
    everything.queues = true;
    const auto twin = twin_router(everything);
    for (std::uint64_t seed = 1; seed <= 4; ++seed)
        EXPECT_FALSE(compare(invent_history(seed, history_steps), twin, twin)) << "seed " << seed;
}

/// Every word that answers of the histories hold as an outcome, a reason, a refusal and so on.
std::set<std::string> words_reached(std::size_t histories) {
    std::set<std::string> words;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        const auto history = invent_history(seed, history_steps);
        const auto twin = twin_router(Features{true})(history);
        for (const auto& text : history.lines) {
            auto line = boost::json::parse(text).as_object();
            line.erase("after");
            const auto answer = twin->answer(line);
            for (const char* field : {"outcome", "reason", "reject", "why"})
                if (const auto* word = answer.if_contains(field))
                    words.insert(std::string(field) + " " + std::string(word->as_string()));
            for (const char* field :
                 {"notify_owner", "routed", "reopened", "message", "next", "waiting"})
                if (answer.contains(field) && !answer.contains("reject")) words.insert(field);
            if (const auto* list = answer.if_contains("drained"))
                if (!list->as_array().empty()) words.insert("drained");
            if (const auto* list = answer.if_contains("candidates"))
                for (const auto& one : list->as_array())
                    words.insert("verdict " + std::string(one.at("verdict").as_string()));
            if (const auto* list = answer.if_contains("events"))
                for (const auto& one : list->as_array())
                    words.insert("event " + std::string(one.at("event").as_string()));
        }
    }
    return words;
}

constexpr const char* words_to_reach[] = {"outcome assigned",
                                          "outcome team",
                                          "outcome bot",
                                          "outcome voicemail",
                                          "outcome unassigned",
                                          "outcome queued",
                                          "outcome not_a_ticket",
                                          "outcome status",
                                          "outcome unchanged",
                                          "outcome done",
                                          "reason no_rule",
                                          "reason rule_none",
                                          "reason no_eligible",
                                          "reason no_skill",
                                          "reason none_available",
                                          "reason at_capacity",
                                          "reason no_contact_owner",
                                          "reason owner_unavailable",
                                          "reject bad_field",
                                          "reject unknown_channel",
                                          "reject unknown_agent",
                                          "reject unknown_team",
                                          "reject unknown_inbox",
                                          "reject unknown_pipeline",
                                          "reject unknown_ticket",
                                          "reject unknown_status",
                                          "reject unknown_skill",
                                          "reject key_reused",
                                          "reject ticket_exists",
                                          "reject already_closed",
                                          "reject already_open",
                                          "reject not_with_bot",
                                          "reject not_a_call",
                                          "reject not_a_conversation",
                                          "reject ticket_closed",
                                          "reject channel_off",
                                          "reject owner_changed",
                                          "reject not_eligible",
                                          "reject clock_backwards",
                                          "reject in_use",
                                          "why manual",
                                          "why absence",
                                          "why standing",
                                          "why schedule",
                                          "verdict eligible",
                                          "verdict no_seat",
                                          "verdict no_ticket_access",
                                          "verdict not_main_member",
                                          "verdict not_in_inbox",
                                          "verdict skill_missing",
                                          "verdict away",
                                          "verdict absent",
                                          "verdict out_of_hours",
                                          "verdict at_capacity",
                                          "verdict had_turn",
                                          "verdict lost_on_load",
                                          "verdict lost_on_tie",
                                          "event available",
                                          "event away",
                                          "event assigned",
                                          "event voicemail",
                                          "waiting",
                                          "drained",
                                          "notify_owner",
                                          "routed",
                                          "reopened",
                                          "message",
                                          "next"};

TEST(TwinComparison, TheFixedHistoriesReachEverythingThatAnAnswerCanSay) {
    const auto reached = words_reached(fixed_histories);
    for (const char* word : words_to_reach)
        EXPECT_TRUE(reached.contains(word)) << "no answer ever says: " << word;
}

class PlantedBug : public ::testing::TestWithParam<std::string_view> {};

TEST_P(PlantedBug, IsFoundWithinTwentyThousandSteps) {
    const auto twin = twin_router(features_of_this_release(), GetParam());
    const auto engine = engine_router();
    for (std::uint64_t seed = 1; seed <= fixed_histories; ++seed)
        if (compare(invent_history(seed, history_steps), twin, engine)) return;
    FAIL() << "nothing differs although the twin has the bug " << GetParam();
}

/// Bugs in how work waits: found by the histories, whoever is compared.
class PlantedWaitingBug : public ::testing::TestWithParam<std::string_view> {};

TEST_P(PlantedWaitingBug, IsFoundWithinSixtyThousandSteps) {
    const auto planted = twin_router(Features{true}, GetParam());
    const auto sound = twin_router(Features{true});
    for (std::uint64_t seed = 1; seed <= 3 * fixed_histories; ++seed)
        if (compare(invent_history(seed, history_steps), planted, sound)) return;
    FAIL() << "nothing differs although the twin has the bug " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Twin, PlantedWaitingBug,
                         ::testing::ValuesIn(waiting_plants().begin(), waiting_plants().end()),
                         [](const auto& plant) { return std::string(plant.param); });

INSTANTIATE_TEST_SUITE_P(Twin, PlantedBug, ::testing::ValuesIn(plants().begin(), plants().end()),
                         [](const auto& plant) { return std::string(plant.param); });

}  // namespace
}  // namespace usher::twin
