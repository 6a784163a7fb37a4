#include "bench/load/work.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/parse.h"

namespace usher::bench {
namespace {

Work plan(const WorkOptions& options = {}) {
    auto work = Work::plan(options);
    EXPECT_TRUE(work.has_value());
    return *work;
}

TEST(Work, RefusesAMixWhoseOutcomesCannotBeKnown) {
    for (const auto* mix : {"", "close", "route,route", "route,sleep", "route,close,close",
                            "route,close,transfer", "route,reopen", "route,", "close,route"}) {
        WorkOptions options;
        options.mix = mix;
        const auto work = Work::plan(options);
        ASSERT_FALSE(work.has_value()) << mix;
        EXPECT_EQ(work.error().code, ExitCode::usage) << mix;
        EXPECT_NE(work.error().message.find("mix"), std::string::npos) << mix;
    }
}

TEST(Work, TakesEveryVerbWhereItCanBe) {
    WorkOptions options;
    options.mix = "route,get_ticket,transfer,close,reopen,close,get_ticket";
    EXPECT_EQ(plan(options).mix().size(), 7U);
}

TEST(Work, MakesFramesThatSayWhatTheyShould) {
    WorkOptions options;
    options.account = "acme";
    options.mix = "route,close";
    auto work = plan(options);
    protocol::RequestParser parser;
    std::set<std::string> tickets;
    std::set<std::set<std::string_view>> asked;
    for (std::uint64_t i = 0; i < 500; ++i) {
        const auto& bytes = work.frame(Verb::route, i, i + 7);
        const auto cut = protocol::cut(bytes, protocol::frame_bytes_max);
        const auto* frame = std::get_if<protocol::Frame>(&cut);
        ASSERT_NE(frame, nullptr);
        EXPECT_EQ(frame->correlation, i + 7);
        EXPECT_EQ(frame->kind, protocol::FrameKind::request);
        EXPECT_EQ(frame->size, work.frame_bytes(Verb::route));
        const auto parsed = parser.parse(frame->payload);
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed.request->account, "acme");
        const auto& route = std::get<protocol::Route>(parsed.request->body);
        EXPECT_EQ(route.ticket.size(), ticket_key_bytes);
        tickets.emplace(route.ticket);
        const std::set<std::string_view> skills(route.skills.begin(), route.skills.end());
        EXPECT_EQ(skills.size(), 3U) << "a skill was asked for twice";
        for (const auto skill : skills)
            EXPECT_NE(work.roster().find("key = \"" + std::string(skill) + "\""),
                      std::string::npos);
    }
    EXPECT_EQ(tickets.size(), 500U);
}

TEST(Work, ClosesTheTicketThatItRouted) {
    auto work = plan();
    protocol::RequestParser parser;
    const auto ticket_of = [&](Verb verb) {
        const auto& bytes = work.frame(verb, 123'456'789, 1);
        const auto parsed = parser.parse(std::span(bytes).subspan(protocol::header_bytes));
        return std::string(protocol::subject_of(parsed.request->body).ticket);
    };
    EXPECT_EQ(ticket_of(Verb::route), ticket_of(Verb::close));
}

TEST(Work, GivesEachSkillToHalfOfTheAgents) {
    WorkOptions options;
    options.agents = 100;
    options.skills = 10;
    const auto work = plan(options);
    const auto& roster = work.roster();
    for (int skill = 0; skill < 10; ++skill) {
        const auto quoted = "\"skill-00" + std::to_string(skill) + "\"";
        std::size_t mentions = 0;
        for (auto at = roster.find(quoted); at != std::string::npos;
             at = roster.find(quoted, at + 1))
            ++mentions;
        EXPECT_EQ(mentions, 51U) << quoted;  // its own definition, and fifty agents
    }
}

TEST(Work, GivesAllSkillsToTheFirstAgentSoThatNobodyIsNeverTheAnswer) {
    WorkOptions options;
    options.agents = 4;
    options.skills = 40;
    const auto work = plan(options);
    const auto from = work.roster().find("agent-1\"");
    const auto until = work.roster().find("agent-2\"");
    const auto first = work.roster().substr(from, until - from);
    for (int skill = 0; skill < 40; ++skill)
        EXPECT_NE(first.find((skill < 10 ? "\"skill-00" : "\"skill-0") + std::to_string(skill)),
                  std::string::npos);
}

TEST(Work, RefusesToAskForMoreSkillsThanThereAre) {
    WorkOptions options;
    options.skills = 2;
    const auto work = Work::plan(options);
    ASSERT_FALSE(work.has_value());
    EXPECT_NE(work.error().message.find("skills"), std::string::npos);
}

}  // namespace
}  // namespace usher::bench
