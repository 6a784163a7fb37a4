// Goal: a client believes no reply blindly, and takes what a newer server adds.
#include <gtest/gtest.h>
#include <replies_generated.h>

#include <algorithm>

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
using Forge = flatbuffers::FlatBufferBuilder;
using Bytes = std::vector<std::byte>;

ParsedReply parse(ReplyParser& parser, const Forge& forge) {
    return parser.parse(
        {reinterpret_cast<const std::byte*>(forge.GetBufferPointer()), forge.GetSize()});
}

Answer assigned_to(std::string_view agent) {
    Answer answer;
    answer.placement.outcome = Outcome::assigned;
    answer.placement.owner = {OwnerKind::agent, agent};
    return answer;
}

Answer status_is(std::string_view status, std::optional<std::int64_t> close_date) {
    Answer answer;
    answer.placement.outcome = Outcome::status;
    answer.status = status;
    answer.close_date_ms = close_date;
    return answer;
}

TEST(Reply, ATemplateGivesTheBytesOfTheBuilder) {
    ReplyWriter writer, builder;
    const std::string text(key_bytes_max, 'k');
    unsigned compared = 0;
    const auto compare = [&](Answer answer, std::int64_t at, std::uint64_t seq) {
        answer.at_ms = at;
        answer.seq = seq;
        const auto frame = writer.frame(seq * 3, answer);
        const auto built = builder.built(seq * 3, answer);
        EXPECT_TRUE(std::ranges::equal(frame, built)) << answer.status << at;
        ++compared;
    };
    for (const std::int64_t at : {1LL, 1'772'442'000'000LL, -5LL, 0LL}) {
        for (std::size_t size = 0; size <= key_bytes_max; ++size) {
            const auto some = std::string_view(text).substr(0, size);
            for (std::uint64_t seq : {1ULL, 1ULL << 40U, 0ULL}) {
                compare(assigned_to(some), at, seq);
                compare(status_is(some, std::nullopt), at, seq);
                compare(status_is(some, at), at, seq);
            }
        }
    }
    EXPECT_EQ(compared, 4U * (key_bytes_max + 1) * 9);

    auto more = assigned_to("anna");
    more.placement.reopened = true;
    compare(more, 1, 1);
    auto list = assigned_to("anna");
    list.list.total = 4;
    compare(list, 1, 1);
    auto refused = assigned_to("anna");
    refused.reject = Reject::overloaded;
    compare(refused, 1, 1);
}

TEST(Reply, WhatFitsNoTemplateIsBuilt) {
    const std::string too_long(key_bytes_max + 1, 'k');
    auto of_team = assigned_to("support");
    of_team.placement.owner.kind = OwnerKind::team;
    auto with_status = assigned_to("anna");
    with_status.status = "open";
    auto with_close_date = assigned_to("anna");
    with_close_date.close_date_ms = 9;
    auto with_owner = status_is("open", std::nullopt);
    with_owner.placement.owner = {OwnerKind::agent, "anna"};
    auto with_key = status_is("open", std::nullopt);
    with_key.placement.owner = {OwnerKind::none, "anna"};
    ReplyWriter writer, builder;
    for (auto answer : {of_team, with_status, with_close_date, with_owner, with_key,
                        assigned_to(too_long), status_is(too_long, std::nullopt)}) {
        answer.at_ms = answer.seq = 1;
        // Twice: what the first one taught must not be used for the second.
        for (int again = 0; again < 2; ++again) {
            const auto frame = writer.frame(3, answer);
            EXPECT_TRUE(std::ranges::equal(frame, builder.built(3, answer))) << describe(answer);
        }
    }
}

TEST(Reply, NumbersThatANewerServerAddedPass) {
    Forge forge;
    wire::ReplyBuilder reply{forge};
    reply.add_reject(static_cast<wire::Reject>(200));
    reply.add_outcome(static_cast<wire::Outcome>(201));
    reply.add_reason(static_cast<wire::Reason>(202));
    forge.Finish(reply.Finish());
    ReplyParser parser;
    const auto parsed = parse(parser, forge);
    ASSERT_TRUE(parsed) << parsed.message;
    EXPECT_EQ(reject_name(parsed.answer->reject), "unknown");
    EXPECT_EQ(outcome_name(parsed.answer->outcome()), "unknown");
    EXPECT_EQ(static_cast<unsigned>(parsed.answer->placement.reason), 202U);
}

TEST(Reply, AnOwnerOfNoKnownKindIsRefused) {
    Forge forge;
    wire::ReplyBuilder reply{forge};
    reply.add_owner_kind(static_cast<wire::OwnerKind>(4));
    forge.Finish(reply.Finish());
    ReplyParser parser;
    EXPECT_EQ(parse(parser, forge).message, "reply: owner is a number that means nothing");
}

TEST(Reply, ATypeOfNoKnownKindIsRefused) {
    Forge forge;
    const auto ticket = wire::CreateTicketView(forge, 0, true, static_cast<wire::TicketType>(3));
    wire::ReplyBuilder reply{forge};
    reply.add_ticket(ticket);
    forge.Finish(reply.Finish());
    ReplyParser parser;
    EXPECT_EQ(parse(parser, forge).message, "reply: type is a number that means nothing");
}

TEST(Reply, OfTwoBadFieldsTheFirstIsNamed) {
    Forge forge;
    const auto ticket = wire::CreateTicketView(forge, 0, true, static_cast<wire::TicketType>(3));
    wire::ReplyBuilder reply{forge};
    reply.add_owner_kind(static_cast<wire::OwnerKind>(4));
    reply.add_ticket(ticket);
    forge.Finish(reply.Finish());
    ReplyParser parser;
    EXPECT_EQ(parse(parser, forge).message, "reply: owner is a number that means nothing");
}

TEST(Reply, AnEventThatOnlyAddsChangesOrRemovesSaysSo) {
    for (const std::uint32_t only : {0U, 1U, 2U}) {
        Forge forge;
        wire::EventBuilder event{forge};
        if (only == 0) event.add_added(3);
        if (only == 1) event.add_changed(3);
        if (only == 2) event.add_removed(3);
        const auto events = forge.CreateVector(std::vector{event.Finish()});
        wire::ReplyBuilder reply{forge};
        reply.add_events(events);
        forge.Finish(reply.Finish());
        ReplyParser parser;
        const auto parsed = parse(parser, forge);
        ASSERT_TRUE(parsed) << parsed.message;
        ASSERT_EQ(parsed.answer->events->size(), 1U);
        const auto& changes = parsed.answer->events->front().changes;
        ASSERT_TRUE(changes);
        EXPECT_EQ(changes->added, only == 0 ? 3U : 0U);
        EXPECT_EQ(changes->changed, only == 1 ? 3U : 0U);
        EXPECT_EQ(changes->removed, only == 2 ? 3U : 0U);
    }
}

TEST(Reply, AliasedListsAreRefused) {
    Forge forge;
    const auto text = forge.CreateString(std::string(1000, 'x'));
    const auto tickets =
        forge.CreateVector(std::vector<flatbuffers::Offset<flatbuffers::String>>(5000, text));
    wire::ReplyBuilder reply{forge};
    reply.add_tickets(tickets);
    forge.Finish(reply.Finish());
    ReplyParser parser;
    EXPECT_EQ(parse(parser, forge).message, "reply: says more than it has bytes");
}

TEST(Reply, GarbageIsRefused) {
    ReplyParser parser;
    const auto seed = fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    Random random{seed};
    Bytes garbage(64, std::byte{0xFF});
    EXPECT_EQ(parser.parse(garbage).message,
              "reply: is broken, too deep, or without a needed field");
    EXPECT_FALSE(parser.parse(Bytes(reply_bytes_max + 1)));
    for (int round = 0; round < 20'000; ++round) {
        for (auto& byte : garbage) byte = static_cast<std::byte>(random.next());
        if (const auto parsed = parser.parse(garbage)) {
            EXPECT_FALSE(describe(*parsed.answer).empty());
        }
    }
}

TEST(Reply, AnySingleByteChangedIsReadOrRefusedButNeverWorse) {
    ValueMaker maker{5};
    ReplyWriter writer;
    ReplyParser parser;
    for (int round = 0; round < 10; ++round) {
        const auto payload = writer.frame(1, maker.answer()).subspan(header_bytes);
        Bytes changed(payload.begin(), payload.end());
        for (std::size_t at = 0; at < std::min<std::size_t>(changed.size(), 600); ++at)
            for (const auto value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
                const auto before = std::exchange(changed[at], static_cast<std::byte>(value));
                if (const auto parsed = parser.parse(changed)) {
                    EXPECT_FALSE(describe(*parsed.answer).empty());
                }
                changed[at] = before;
            }
    }
}

}  // namespace
}  // namespace usher::testing
