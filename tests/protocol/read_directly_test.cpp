// Goal: what read_directly() takes, the long way takes as well, and to the same request.
// Method: random requests, whole and broken in random bytes; plain ones must go the short way.
#include "protocol/read_directly.h"

#include <gtest/gtest.h>
#include <requests_generated.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/parse.h"
#include "tests/protocol/describe.h"
#include "tests/protocol/payload.h"
#include "tests/protocol/random_values.h"

namespace usher::testing {
namespace {

using namespace protocol;

class Both {
  public:
    /// Whether the short way took it; then the long way must say the same.
    bool took(std::span<const std::byte> payload) {
        if (!read_directly(payload, properties_, skills_, direct_)) return false;
        const auto parsed = parser_.parse_the_long_way(payload);
        EXPECT_TRUE(parsed) << parsed.message << "\n" << describe(direct_);
        if (parsed) {
            EXPECT_EQ(describe(*parsed.request), describe(direct_));
        }
        return true;
    }

  private:
    Request direct_;
    std::array<Property, property_count_max> properties_;
    std::array<std::string_view, skill_count_max> skills_;
    RequestParser parser_;
};

std::size_t verb_of(const Body& body) {
    return body.index();
}

TEST(ReadDirectly, TakesPlainRoutesAndCloses) {
    const std::array<Property, 2> properties{{{"topic", "refund"}, {"brand", ""}}};
    const std::array<std::string_view, 3> skills{"billing", "german", "a"};
    Route route;
    route.ticket = "T-1";
    route.channel = "mail";
    RequestWriter writer;
    Both both;
    const auto takes = [&](const Body& body, std::optional<std::int64_t> at = std::nullopt,
                           std::optional<std::string_view> key = std::nullopt) {
        const auto frame = writer.frame(1, {"acme", key, at, body});
        return both.took(Payload(frame.subspan(header_bytes)).bytes());
    };
    EXPECT_TRUE(takes(route));
    EXPECT_TRUE(takes(route, 1'772'442'000'000, "key-1"));
    EXPECT_TRUE(takes(Close{"T-1"}));
    route.properties = properties;
    route.skills = skills;
    route.pipeline = "p";
    route.type = TicketType::messaging;
    route.contact_owner = "anna";
    route.contact_tracked = false;
    route.status = "new";
    route.priority = 9;
    route.linked_ticket = "L-1";
    EXPECT_TRUE(takes(route));

    route.channel = "b\xC3\xBCro";  // right, but not plain
    EXPECT_FALSE(takes(route));
    EXPECT_FALSE(takes(Reopen{"T-1"}));
    EXPECT_FALSE(takes(Close{""}));
    EXPECT_FALSE(takes(Close{"T-1"}, std::numeric_limits<std::int64_t>::min()));
}

/// Texts that alias leave less than the offsets of a list would need: for one length of the texts
/// after the other, until it is the list that is too much.
TEST(ReadDirectly, AListBeyondWhatTheTextsHaveLeftIsRefusedAsByTheLongWay) {
    Both both;
    RequestParser parser;
    std::size_t over_budget = 0, taken = 0;
    for (std::size_t size = 1; size <= key_bytes_max; ++size) {
        flatbuffers::FlatBufferBuilder forge;
        const auto text = forge.CreateString(std::string(size, 'x'));
        const auto skills = forge.CreateVector(
            std::vector<flatbuffers::Offset<flatbuffers::String>>(skill_count_max, text));
        const auto route =
            wire::CreateRoute(forge, text, text, text, flatbuffers::nullopt, text, true, 0, skills);
        forge.Finish(wire::CreateRequest(forge, text, text, flatbuffers::nullopt, wire::Body::route,
                                         route.Union()));
        const Payload payload(
            {reinterpret_cast<const std::byte*>(forge.GetBufferPointer()), forge.GetSize()});
        if (both.took(payload.bytes())) {
            ++taken;
            continue;
        }
        EXPECT_EQ(parser.parse_the_long_way(payload.bytes()).reject, Reject::bad_frame) << size;
        ++over_budget;
    }
    EXPECT_GT(taken, 0U);
    EXPECT_GT(over_budget, 0U);
}

TEST(ReadDirectly, AgreesWithTheLongWayOnWholeAndBrokenPayloads) {
    const auto seed = fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    ValueMaker maker{seed};
    auto& random = maker.random();
    RequestWriter writer;
    Both both;
    const auto route = verb_of(Route{}), close = verb_of(Close{});
    std::size_t whole = 0, broken = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto request = maker.request(random.chance(80) ? route : close);
        if (random.chance(70)) make_plain(request, random);
        Payload payload(writer.frame(1, request).subspan(header_bytes));
        whole += both.took(payload.bytes()) ? 1 : 0;
        for (auto changes = 1 + random.below(3); changes > 0; --changes) {
            auto& byte = payload.bytes()[random.below(payload.bytes().size())];
            byte = random.chance(50) ? byte ^ (std::byte{1} << random.below(8))
                                     : static_cast<std::byte>(random.below(256));
        }
        const auto kept =
            random.chance(10) ? random.below(payload.bytes().size()) + 1 : payload.bytes().size();
        broken += both.took(Payload(payload.bytes().first(kept)).bytes()) ? 1 : 0;
        if (HasFailure()) return;
    }
    std::printf("taken: %zu whole, %zu broken\n", whole, broken);
    EXPECT_GT(whole, 1000U);
    EXPECT_GT(broken, 500U);
}

}  // namespace
}  // namespace usher::testing
