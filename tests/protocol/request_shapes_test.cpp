// Goal: what RequestShapes takes for a request of a known shape, read_directly() takes as well, and
// to the same request; and requests that differ in their letters alone are known.
// Method: random shapes, whole ones and some that were broken on purpose and are still taken (texts
// may lie upon each other or upon what they are found by then), each with variants of it. The
// control forgets to compare one byte of those that count.
#include "protocol/request_shapes.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/parse.h"
#include "protocol/read_directly.h"
#include "tests/protocol/describe.h"
#include "tests/protocol/payload.h"
#include "tests/protocol/random_values.h"

namespace usher::testing {
namespace {

using namespace protocol;

struct Lists {
    std::array<Property, property_count_max> properties;
    std::array<std::string_view, skill_count_max> skills;
};

std::optional<std::string> read_directly(const Payload& payload) {
    Request request;
    Lists lists;
    if (!protocol::read_directly(payload.bytes(), lists.properties, lists.skills, request))
        return std::nullopt;
    return describe(request);
}

std::optional<std::string> read_by_shape(const RequestShapes& shapes, const Payload& payload) {
    Request request;
    Lists lists;
    if (!shapes.read(payload.bytes(), lists.properties, lists.skills, request)) return std::nullopt;
    return describe(request);
}

/// Where read_directly() looks, but for letters.
std::vector<std::size_t> places_that_count(const Payload& payload) {
    Request request;
    Lists lists;
    std::vector<std::uint8_t> looked_at(payload.bytes().size());
    EXPECT_TRUE(protocol::read_directly(payload.bytes(), lists.properties, lists.skills, request,
                                        looked_at));
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < looked_at.size(); ++at)
        if (looked_at[at] != 0) places.push_back(at);
    return places;
}

/// Where letters stand that may be any, and nothing else.
std::vector<std::size_t> places_of_letters(const Payload& payload) {
    Request request;
    Lists lists;
    protocol::read_directly(payload.bytes(), lists.properties, lists.skills, request);
    std::vector<std::size_t> places;
    const auto add = [&](std::optional<std::string_view> text) {
        const auto* begin = reinterpret_cast<const char*>(payload.bytes().data());
        for (std::size_t i = 0; text && i < text->size(); ++i)
            places.push_back(static_cast<std::size_t>(text->data() - begin) + i);
    };
    add(request.account);
    add(request.key);
    if (const auto* close = std::get_if<Close>(&request.body)) add(close->ticket);
    if (const auto* route = std::get_if<Route>(&request.body)) {
        for (const auto& text :
             {std::optional(route->ticket), std::optional(route->channel), route->pipeline,
              route->contact_owner, route->status, route->linked_ticket})
            add(text);
        for (const auto skill : route->skills) add(skill);
        for (const auto& property : route->properties) add(property.value);
    }
    return places;
}

class Explorer {
  public:
    Explorer(std::uint64_t seed, bool forgets_a_byte)
        : maker_(seed), forgets_a_byte_(forgets_a_byte) {}

    /// What was wrong first.
    std::optional<std::string> round() {
        auto& random = maker_.random();
        auto request =
            maker_.request(random.chance(80) ? Body(Route{}).index() : Body(Close{}).index());
        if (random.chance(90)) make_plain(request, random);
        Payload learned(writer_.frame(1, request).subspan(header_bytes));
        const bool whole = random.chance(60);
        for (auto changes = whole ? 0 : 1 + random.below(4); changes > 0; --changes)
            change_a_byte(learned);
        if (random.chance(30))
            learned = Payload(learned.bytes().first(learned.bytes().size() - random.below(16)));
        if (!read_directly(learned)) return std::nullopt;
        RequestShapes shapes;
        shapes.met_unknown(learned.bytes());
        if (!read_by_shape(shapes, learned)) {
            ++not_learned;
            return std::nullopt;
        }
        (whole ? whole_learned : broken_learned) += 1;
        const auto letters = places_of_letters(learned);
        const auto count = places_that_count(learned);
        for (int variant = 0; variant < 20; ++variant) {
            if (auto wrong = whole ? other_letters(shapes, learned, letters) : std::nullopt)
                return wrong;
            if (auto wrong = other_bytes(shapes, learned, count)) return wrong;
        }
        return std::nullopt;
    }

    std::size_t not_learned = 0, whole_learned = 0, broken_learned = 0;
    std::size_t known = 0, unknown = 0;  ///< of variants in which any bytes were changed

  private:
    void change_a_byte(Payload& payload) {
        auto& random = maker_.random();
        auto& byte = payload.bytes()[random.below(payload.bytes().size())];
        byte = random.chance(50)   ? byte ^ (std::byte{1} << random.below(8))
               : random.chance(50) ? static_cast<std::byte>(random.below(256))
                                   : static_cast<std::byte>(random.between('a', 'z'));
    }

    std::optional<std::string> other_letters(const RequestShapes& shapes, const Payload& learned,
                                             const std::vector<std::size_t>& letters) {
        Payload variant(learned.bytes());
        for (const auto at : letters)
            variant.bytes()[at] = static_cast<std::byte>(maker_.random().between(0x20, 0x7E));
        const auto direct = read_directly(variant);
        const auto by_shape = read_by_shape(shapes, variant);
        if (by_shape == direct && direct) return std::nullopt;
        return "other letters: " + direct.value_or("refused") + "\n" +
               by_shape.value_or("not known");
    }

    std::optional<std::string> other_bytes(const RequestShapes& shapes, const Payload& learned,
                                           const std::vector<std::size_t>& count) {
        auto& random = maker_.random();
        Payload variant(learned.bytes());
        for (auto changes = 1 + random.below(3); changes > 0; --changes) change_a_byte(variant);
        const auto direct = read_directly(variant);
        Payload seen(variant.bytes());
        if (forgets_a_byte_)
            for (const auto at : count)
                if (random.chance(2)) seen.bytes()[at] = learned.bytes()[at];
        const auto by_shape = read_by_shape(shapes, seen);
        (by_shape ? known : unknown) += 1;
        if (!by_shape || by_shape == direct) return std::nullopt;
        return "other bytes: " + direct.value_or("refused") + "\n" + *by_shape;
    }

    ValueMaker maker_;
    RequestWriter writer_;
    bool forgets_a_byte_;
};

TEST(RequestShapes, AgreeWithReadingDirectly) {
    const auto seed = fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    Explorer explorer(seed, false);
    for (int round = 0; round < 8000; ++round)
        if (const auto wrong = explorer.round()) FAIL() << *wrong;
    std::printf("learned: %zu whole, %zu broken, %zu not; variants known: %zu, not: %zu\n",
                explorer.whole_learned, explorer.broken_learned, explorer.not_learned,
                explorer.known, explorer.unknown);
    EXPECT_GT(explorer.whole_learned, 300U);
    EXPECT_GT(explorer.broken_learned, 100U);
    EXPECT_GT(explorer.known, 5000U);
    EXPECT_GT(explorer.unknown, 5000U);
}

TEST(RequestShapesControl, AByteThatIsNotComparedIsFoundOut) {
    Explorer explorer(1, true);
    std::optional<std::string> wrong;
    for (int round = 0; round < 8000 && !wrong; ++round) wrong = explorer.round();
    EXPECT_TRUE(wrong);
}

Payload payload_of(const Request& request) {
    RequestWriter writer;
    return Payload(writer.frame(1, request).subspan(header_bytes));
}

Request route_of(std::string_view ticket) {
    Route route;
    route.ticket = ticket;
    route.channel = "mail";
    return {"acme", {}, {}, route};
}

TEST(RequestShapes, OneIsLearnedAtOnceAndAnotherAfterEightThatAreNotKnown) {
    RequestShapes shapes;
    const auto first = payload_of(route_of("T-1001"));
    EXPECT_FALSE(read_by_shape(shapes, first));
    shapes.met_unknown(first.bytes());
    EXPECT_EQ(read_by_shape(shapes, first), read_directly(first));
    EXPECT_TRUE(read_by_shape(shapes, payload_of(route_of("T-2999"))));

    const auto second = payload_of(route_of("ticket-17"));
    for (int times = 0; times < 7; ++times) shapes.met_unknown(second.bytes());
    EXPECT_FALSE(read_by_shape(shapes, second));
    shapes.met_unknown(second.bytes());
    EXPECT_EQ(read_by_shape(shapes, second), read_directly(second));
    EXPECT_TRUE(read_by_shape(shapes, first)) << "two of a size are known together";
}

TEST(RequestShapes, ALetterThatIsNoneIsNotKnown) {
    RequestShapes shapes;
    shapes.met_unknown(payload_of(route_of("T-1001")).bytes());
    EXPECT_TRUE(read_by_shape(shapes, payload_of(route_of("T ~001"))));
    EXPECT_FALSE(read_by_shape(shapes, payload_of(route_of("T-10\xC3\xA9"))));
    EXPECT_FALSE(read_by_shape(shapes, payload_of(route_of("T-10\x1F"
                                                           "1"))));
    EXPECT_FALSE(read_by_shape(shapes, payload_of(route_of("T-10\x7F"
                                                           "1"))));
}

/// Two properties of one name are a mistake, which only their letters tell.
TEST(RequestShapes, NamesOfPropertiesCountAsTheyAre) {
    const auto with = [](std::string_view a, std::string_view b) {
        const std::array<Property, 2> properties{{{a, "1"}, {b, "2"}}};
        auto request = route_of("T-1");
        std::get<Route>(request.body).properties = properties;
        return payload_of(request);
    };
    RequestShapes shapes;
    shapes.met_unknown(with("topic", "brand").bytes());
    EXPECT_TRUE(read_by_shape(shapes, with("topic", "brand")));
    EXPECT_FALSE(read_by_shape(shapes, with("topic", "topic")));
    EXPECT_FALSE(read_by_shape(shapes, with("topic", "grand")));
}

TEST(RequestShapes, NothingIsKnownOfPayloadsThatAreTooShortOrTooLong) {
    RequestShapes shapes;
    const std::string value(600, 'x');
    const std::array<Property, 1> properties{{{"topic", value}}};
    auto request = route_of("T-1");
    std::get<Route>(request.body).properties = properties;
    const auto too_long = payload_of(request);
    for (int times = 0; times < 20; ++times) shapes.met_unknown(too_long.bytes());
    EXPECT_TRUE(read_directly(too_long));
    EXPECT_FALSE(read_by_shape(shapes, too_long));
    const Payload empty(too_long.bytes().first(0));
    shapes.met_unknown(empty.bytes());
    EXPECT_FALSE(read_by_shape(shapes, empty));
}

/// One parser after the other, on the same requests: those that know shapes say what others do.
TEST(RequestShapes, ParsersThatShareThemSayTheSame) {
    const auto seed = fresh_seed();
    std::printf("USHER_SEED=%llu\n", static_cast<unsigned long long>(seed));
    ValueMaker maker(seed);
    auto& random = maker.random();
    RequestShapes shapes;
    RequestParser first(shapes), second(shapes), plain;
    std::vector<Payload> some;
    for (int n = 0; n < 30; ++n) some.push_back(payload_of(maker.request(random.below(4) + 3)));
    for (int round = 0; round < 20'000; ++round) {
        if (random.chance(1)) some[random.below(some.size())] = payload_of(maker.request(3));
        const auto& payload = random.one_of(some);
        const auto expected = plain.parse(payload.bytes());
        const auto said = (random.chance(50) ? first : second).parse(payload.bytes());
        ASSERT_EQ(said.request != nullptr, expected.request != nullptr);
        if (!said) continue;
        ASSERT_EQ(describe(*said.request), describe(*expected.request));
    }
}

}  // namespace
}  // namespace usher::testing
