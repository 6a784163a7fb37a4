// Goal: what is written is what is read, for every verb and every field of an answer.
// Method: random values with a printed seed, written, cut, parsed, and compared as text.
#include <gtest/gtest.h>

#include <cstring>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/names.h"
#include "protocol/parse.h"
#include "tests/protocol/describe.h"
#include "tests/protocol/random_values.h"

namespace usher::testing {
namespace {

using namespace protocol;

Frame whole(std::span<const std::byte> bytes) {
    const auto cutting = cut(bytes, reply_bytes_max);
    const auto* frame = std::get_if<Frame>(&cutting);
    EXPECT_NE(frame, nullptr);
    return frame == nullptr ? Frame{} : *frame;
}

TEST(RoundTrip, EveryVerbComesBackAsItWasSent) {
    const auto seed = fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    ValueMaker maker{seed};
    RequestWriter writer;
    RequestParser parser;
    for (int round = 0; round < 200; ++round)
        for (std::size_t verb = 0; verb < verb_count; ++verb) {
            const auto request = maker.request(verb);
            const auto correlation = maker.random().next();
            const auto frame = whole(writer.frame(correlation, request));
            EXPECT_EQ(frame.correlation, correlation);
            EXPECT_EQ(frame.kind, FrameKind::request);
            const auto parsed = parser.parse(frame.payload);
            ASSERT_TRUE(parsed) << parsed.message << "\n" << describe(request);
            ASSERT_EQ(describe(*parsed.request), describe(request));
        }
}

TEST(RoundTrip, EveryFieldOfAnAnswerComesBackAsItWasSent) {
    const auto seed = fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    ValueMaker maker{seed};
    ReplyWriter writer;
    ReplyParser parser;
    for (int round = 0; round < 3000; ++round) {
        const auto answer = maker.answer();
        const auto frame = whole(writer.frame(7, answer));
        EXPECT_EQ(frame.kind, FrameKind::reply);
        const auto parsed = parser.parse(frame.payload);
        ASSERT_TRUE(parsed) << parsed.message << "\n" << describe(answer);
        ASSERT_EQ(describe(*parsed.answer), describe(answer));
    }
}

TEST(RoundTrip, FramesAreMultiplesOf16BytesSoThatTheNextOneIsAligned) {
    ValueMaker maker{1};
    RequestWriter requests;
    ReplyWriter replies;
    for (std::size_t verb = 0; verb < verb_count; ++verb)
        EXPECT_EQ(requests.frame(1, maker.request(verb)).size() % 16, 0U) << verb_names()[verb];
    for (int i = 0; i < 100; ++i) EXPECT_EQ(replies.frame(1, maker.answer()).size() % 16, 0U);
}

TEST(RoundTrip, ParsingDoesNotDependOnWhereThePayloadStands) {
    ValueMaker maker{2};
    RequestWriter writer;
    RequestParser parser;
    for (std::size_t verb = 0; verb < verb_count; ++verb) {
        const auto request = maker.request(verb);
        const auto bytes = writer.frame(1, request);
        for (std::size_t offset = 0; offset < 16; ++offset) {
            std::vector<std::byte> moved(offset + bytes.size());
            std::memcpy(moved.data() + offset, bytes.data(), bytes.size());
            const auto parsed = parser.parse(std::span{moved}.subspan(offset + header_bytes));
            ASSERT_TRUE(parsed) << parsed.message;
            ASSERT_EQ(describe(*parsed.request), describe(request));
        }
    }
}

TEST(RoundTrip, AnAnswerThatIsTooLongBecomesARefusalThatSaysWhatToDo) {
    Answer answer;
    answer.at_ms = 5;
    answer.tickets = std::vector<std::string_view>(
        100'000, std::string_view{"0123456789012345678901234567890123456789"});
    ReplyWriter writer;
    ReplyParser parser;
    const auto parsed = parser.parse(whole(writer.frame(1, answer)).payload);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed.answer->reject, Reject::frame_too_large);
    EXPECT_EQ(parsed.answer->at_ms, 5);
    EXPECT_NE(parsed.answer->message.find("limit"), std::string::npos) << parsed.answer->message;
}

TEST(RoundTrip, TheLongestListsFitIntoAReply) {
    const std::string key(key_bytes_max, 'k');
    Answer answer;
    answer.tickets.emplace(list_limit_max, key);
    ReplyWriter writer;
    ReplyParser parser;
    EXPECT_EQ(parser.parse(whole(writer.frame(1, answer)).payload).answer->tickets->size(),
              list_limit_max);
    answer.clear();
    answer.candidates.emplace(list_limit_max, Candidate{key, Verdict::away, 1, 1});
    EXPECT_EQ(parser.parse(whole(writer.frame(1, answer)).payload).answer->candidates->size(),
              list_limit_max);
    answer.clear();
    answer.events.emplace(list_limit_max, EventView{1, 1, EventKind::assigned, key, key});
    EXPECT_EQ(parser.parse(whole(writer.frame(1, answer)).payload).answer->events->size(),
              list_limit_max);
}

TEST(RoundTrip, ARosterWithTooManyLinesSaysHowManyAreMissing) {
    Answer answer;
    answer.roster.emplace();
    answer.roster->lines.assign(roster_lines_max + 5, "added agent anna");
    answer.roster->errors.assign(roster_lines_max + 1,
                                 RosterError{"roster.toml", 1, 2, "bad", "", false});
    ReplyWriter writer;
    ReplyParser parser;
    const auto parsed = parser.parse(whole(writer.frame(1, answer)).payload);
    ASSERT_TRUE(parsed) << parsed.message;
    ASSERT_EQ(parsed.answer->roster->lines.size(), roster_lines_max);
    EXPECT_EQ(parsed.answer->roster->lines.back(), "… and 6 more");
    ASSERT_EQ(parsed.answer->roster->errors.size(), roster_lines_max);
    EXPECT_EQ(parsed.answer->roster->errors.back().message, "… and 2 more");
}

}  // namespace
}  // namespace usher::testing
