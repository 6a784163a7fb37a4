// Goal: the traps of FlatBuffers 2.0.8 are closed: what its verifier lets through, and what it does
// not look at, never reaches a Request.
// Method: payloads forged with the generated builders, or by hand, one trap each.
#include <gtest/gtest.h>
#include <requests_generated.h>

#include <chrono>
#include <cstring>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/parse.h"
#include "tests/protocol/describe.h"
#include "tests/protocol/random_values.h"

namespace usher::testing {
namespace {

using namespace protocol;
using Forge = flatbuffers::FlatBufferBuilder;
using Bytes = std::vector<std::byte>;

std::span<const std::byte> payload_of(const Forge& forge) {
    return {reinterpret_cast<const std::byte*>(forge.GetBufferPointer()), forge.GetSize()};
}

template <class Table>
void finish(Forge& forge, wire::Body verb, flatbuffers::Offset<Table> body) {
    const auto account = forge.CreateString("acme");
    forge.Finish(wire::CreateRequest(forge, account, 0, flatbuffers::nullopt, verb, body.Union()));
}

struct Told {
    Reject reject;
    std::string message;
    friend bool operator==(const Told&, const Told&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Told& told) {
        return out << reject_name(told.reject) << ' ' << told.message;
    }
};

Told told_of(std::span<const std::byte> payload) {
    RequestParser parser;
    const auto parsed = parser.parse(payload);
    EXPECT_EQ(parsed.request == nullptr, parsed.reject != Reject::none);
    return {parsed.reject, parsed.message};
}
Told told_of(const Forge& forge) {
    return told_of(payload_of(forge));
}

const Told fine{Reject::none, ""};
const Told not_a_request{
    Reject::bad_frame,
    "frame: its payload is not a request (broken, too deep, or without a needed field)"};
const Told over_budget{Reject::bad_frame, "frame: its payload says more than it has bytes"};

Told bad_field(std::string message) {
    return {Reject::bad_field, std::move(message)};
}

TEST(Hostile, AnOddAddressIsNoTrap) {
    RequestWriter writer;
    const auto frame = writer.frame(1, {"acme", {}, 5, Absence{"anna", 1, 2, false}});
    Bytes moved(frame.size() + 1);
    std::memcpy(moved.data() + 1, frame.data(), frame.size());
    EXPECT_EQ(told_of(std::span{moved}.subspan(1 + header_bytes)), fine);
}

TEST(Hostile, AliasedSkillsAreRefusedBeforeTheyAreLookedAt) {
    Forge forge;
    const auto long_text = forge.CreateString(std::string(32'000, 'x'));
    const auto ticket = forge.CreateString("T-1");
    const std::vector<WireText> aliases(8'000, long_text);
    const auto skills = forge.CreateVector(aliases);
    finish(forge, wire::Body::route,
           wire::CreateRoute(forge, ticket, ticket, 0, flatbuffers::nullopt, 0, true, 0, skills));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(told_of(forge), over_budget);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{100});
}

TEST(Hostile, AliasedPropertiesAreRefused) {
    Forge forge;
    const auto value = forge.CreateString(std::string(1000, 'v'));
    const auto ticket = forge.CreateString("T-1");
    std::vector<flatbuffers::Offset<wire::Property>> aliases;
    for (int i = 0; i < 60; ++i)
        aliases.push_back(
            wire::CreateProperty(forge, forge.CreateString(std::to_string(i)), value));
    const auto properties = forge.CreateVector(aliases);
    finish(forge, wire::Body::route,
           wire::CreateRoute(forge, ticket, ticket, 0, flatbuffers::nullopt, 0, true, properties));
    EXPECT_EQ(told_of(forge), over_budget);
}

TEST(Hostile, TrailingGarbageChangesNothingOfWhatIsRead) {
    ValueMaker maker{3};
    const auto request = maker.request(3);
    RequestWriter writer;
    const auto payload = writer.frame(1, request).subspan(header_bytes);
    Bytes longer(payload.begin(), payload.end());
    longer.resize(longer.size() + 5'000, std::byte{0xA5});
    RequestParser parser;
    const auto parsed = parser.parse(longer);
    ASSERT_TRUE(parsed) << parsed.message;
    EXPECT_EQ(describe(*parsed.request), describe(request));
}

TEST(Hostile, TooManyTablesAreRefused) {
    Forge forge;
    const auto text = forge.CreateString("t");
    const auto property = wire::CreateProperty(forge, text, text);
    const std::vector<flatbuffers::Offset<wire::Property>> aliases(300, property);
    const auto properties = forge.CreateVector(aliases);
    finish(forge, wire::Body::route,
           wire::CreateRoute(forge, text, text, 0, flatbuffers::nullopt, 0, true, properties));
    EXPECT_EQ(told_of(forge), not_a_request);
}

TEST(Hostile, AVerifierWithoutLimitsWouldHaveTakenThem) {
    Forge forge;
    const auto text = forge.CreateString("t");
    const auto property = wire::CreateProperty(forge, text, text);
    const std::vector<flatbuffers::Offset<wire::Property>> aliases(300, property);
    const auto properties = forge.CreateVector(aliases);
    finish(forge, wire::Body::route,
           wire::CreateRoute(forge, text, text, 0, flatbuffers::nullopt, 0, true, properties));
    flatbuffers::Verifier careless{forge.GetBufferPointer(), forge.GetSize()};
    EXPECT_TRUE(careless.VerifyBuffer<wire::Request>(nullptr));
}

TEST(Hostile, NumbersThatAreNoWordAreRefusedByName) {
    Forge type;
    const auto text = type.CreateString("t");
    finish(type, wire::Body::route,
           wire::CreateRoute(type, text, text, 0, static_cast<wire::TicketType>(3)));
    EXPECT_EQ(told_of(type), bad_field("type: is the number 3, which means nothing"));

    Forge from;
    finish(from, wire::Body::email_sent,
           wire::CreateEmailSent(from, from.CreateString("t"), static_cast<wire::SentFrom>(9)));
    EXPECT_EQ(told_of(from), bad_field("from: is the number 9, which means nothing"));

    Forge kind;
    finish(kind, wire::Body::contact_reply,
           wire::CreateContactReply(kind, kind.CreateString("t"),
                                    static_cast<wire::ContactReplyKind>(255)));
    EXPECT_EQ(told_of(kind), bad_field("kind: is the number 255, which means nothing"));

    Forge set;
    finish(set, wire::Body::availability,
           wire::CreateAvailability(set, set.CreateString("a"),
                                    static_cast<wire::AvailabilitySetting>(3)));
    EXPECT_EQ(told_of(set), bad_field("set: is the number 3, which means nothing"));

    Forge to;
    const auto key = to.CreateString("k");
    const auto nobody = wire::CreateOwner(to, static_cast<wire::OwnerKind>(4), key);
    finish(to, wire::Body::assign, wire::CreateAssign(to, key, nobody, 0));
    EXPECT_EQ(told_of(to), bad_field("to: is the number 4, which means nothing"));

    Forge expected;
    const auto name = expected.CreateString("k");
    const auto whom = wire::CreateOwner(expected, wire::OwnerKind::agent, name);
    const auto bad = wire::CreateOwner(expected, static_cast<wire::OwnerKind>(77), name);
    finish(expected, wire::Body::assign, wire::CreateAssign(expected, name, whom, bad));
    EXPECT_EQ(told_of(expected), bad_field("expect_owner: is the number 77, which means nothing"));

    Forge owner;
    const auto again = owner.CreateString("k");
    const auto other = wire::CreateOwner(owner, static_cast<wire::OwnerKind>(4), again);
    finish(owner, wire::Body::import_, wire::CreateImport(owner, again, again, 5, other));
    EXPECT_EQ(told_of(owner), bad_field("owner: is the number 4, which means nothing"));
}

TEST(Hostile, OfTwoThatAreNoWordTheFirstIsNamed) {
    Forge forge;
    const auto text = forge.CreateString("t");
    wire::RouteBuilder route{forge};
    route.add_ticket(text);
    route.add_channel(text);
    route.add_type(static_cast<wire::TicketType>(3));
    forge.AddElement<std::uint8_t>(wire::Route::VT_CONTACT_TRACKED, 2, 0);
    finish(forge, wire::Body::route, route.Finish());
    EXPECT_EQ(told_of(forge), bad_field("type: is the number 3, which means nothing"));
}

TEST(Hostile, AnUnknownRequestIsRefusedByItsNumber) {
    Forge forge;
    finish(forge, static_cast<wire::Body>(32), wire::CreatePing(forge));
    EXPECT_EQ(told_of(forge),
              bad_field("do: is the number 32, which is no request that is known here"));
    Forge none;
    finish(none, wire::Body::NONE, wire::CreatePing(none));
    EXPECT_EQ(told_of(none),
              bad_field("do: is the number 0, which is no request that is known here"));
}

TEST(Hostile, ABoolThatIsNeitherIsRefused) {
    struct Flag {
        const char* name;
        std::function<void(Forge&)> forge;
    };
    const auto raw = [](Forge& f, flatbuffers::voffset_t at) {
        f.AddElement<std::uint8_t>(at, 2, 0);
    };
    const std::vector<Flag> flags{
        {"contact_tracked",
         [&](Forge& f) {
             const auto text = f.CreateString("t");
             wire::RouteBuilder route{f};
             route.add_ticket(text);
             route.add_channel(text);
             raw(f, wire::Route::VT_CONTACT_TRACKED);
             finish(f, wire::Body::route, route.Finish());
         }},
        {"cancel",
         [&](Forge& f) {
             const auto text = f.CreateString("t");
             wire::AbsenceBuilder absence{f};
             absence.add_agent(text);
             absence.add_from(1);
             absence.add_until(2);
             raw(f, wire::Absence::VT_CANCEL);
             finish(f, wire::Body::absence, absence.Finish());
         }},
        {"enabled",
         [&](Forge& f) {
             const auto text = f.CreateString("t");
             wire::ChannelSwitchBuilder channel{f};
             channel.add_channel(text);
             raw(f, wire::ChannelSwitch::VT_ENABLED);
             finish(f, wire::Body::channel, channel.Finish());
         }},
        {"dry_run",
         [&](Forge& f) {
             wire::ApplyCommitBuilder commit{f};
             raw(f, wire::ApplyCommit::VT_DRY_RUN);
             finish(f, wire::Body::apply_commit, commit.Finish());
         }},
        {"unassign",
         [&](Forge& f) {
             wire::ApplyCommitBuilder commit{f};
             raw(f, wire::ApplyCommit::VT_UNASSIGN);
             finish(f, wire::Body::apply_commit, commit.Finish());
         }},
        {"open",
         [&](Forge& f) {
             const auto text = f.CreateString("t");
             wire::TicketsBuilder tickets{f};
             tickets.add_channel(text);
             raw(f, wire::Tickets::VT_OPEN);
             finish(f, wire::Body::tickets, tickets.Finish());
         }},
    };
    for (const auto& [name, forge] : flags) {
        Forge forged;
        forge(forged);
        EXPECT_EQ(told_of(forged),
                  bad_field(std::string{name} + ": is the number 2, must be 0 or 1"));
    }
}

TEST(Hostile, ANeededNumberThatIsMissingIsRefusedByName) {
    const auto expect = [](std::string_view field, auto make) {
        Forge forge;
        make(forge, forge.CreateString("t"));
        EXPECT_EQ(told_of(forge), bad_field(std::string{field} + ": is missing"));
    };
    expect("from", [](Forge& f, WireText t) {
        finish(f, wire::Body::email_sent, wire::CreateEmailSent(f, t));
    });
    expect("kind", [](Forge& f, WireText t) {
        finish(f, wire::Body::contact_reply, wire::CreateContactReply(f, t));
    });
    expect("set", [](Forge& f, WireText t) {
        finish(f, wire::Body::availability, wire::CreateAvailability(f, t));
    });
    expect("from", [](Forge& f, WireText t) {
        finish(f, wire::Body::absence, wire::CreateAbsence(f, t, flatbuffers::nullopt, 5));
    });
    expect("until", [](Forge& f, WireText t) {
        finish(f, wire::Body::absence, wire::CreateAbsence(f, t, 5));
    });
    expect("enabled", [](Forge& f, WireText t) {
        finish(f, wire::Body::channel, wire::CreateChannelSwitch(f, t));
    });
    expect("created_at", [](Forge& f, WireText t) {
        const auto owner = wire::CreateOwner(f);
        finish(f, wire::Body::import_, wire::CreateImport(f, t, t, flatbuffers::nullopt, owner));
    });
}

TEST(Hostile, ACapacityBelowMinusOneIsRefused) {
    for (const std::string_view field : {"total", "calling", "messaging", "email"}) {
        Forge forge;
        const auto agent = forge.CreateString("anna");
        wire::CapacityBuilder capacity{forge};
        capacity.add_agent(agent);
        if (field == "total") capacity.add_total(-2);
        if (field == "calling") capacity.add_calling(-2);
        if (field == "messaging") capacity.add_messaging(-2);
        if (field == "email") capacity.add_email(-2);
        finish(forge, wire::Body::capacity, capacity.Finish());
        EXPECT_EQ(told_of(forge),
                  bad_field(std::string{field} + ": is -2, must be a limit, or -1 to lift it"));
    }
}

TEST(Hostile, ANeededTextThatIsMissingDoesNotVerify) {
    Forge forge;
    const auto text = forge.CreateString("t");
    const auto start = forge.StartTable();  // a Route without its channel
    forge.AddOffset(wire::Route::VT_TICKET, text);
    finish(forge, wire::Body::route, flatbuffers::Offset<wire::Route>{forge.EndTable(start)});
    EXPECT_EQ(told_of(forge), not_a_request);
}

TEST(Hostile, ATextWithoutItsTerminatorDoesNotVerify) {
    RequestWriter writer;
    const auto payload = writer.frame(1, {"acme", {}, {}, Close{"T-12345"}}).subspan(header_bytes);
    Bytes forged(payload.begin(), payload.end());
    const std::string_view bytes{reinterpret_cast<const char*>(forged.data()), forged.size()};
    forged[bytes.find("T-12345") + 7] = std::byte{'6'};
    EXPECT_EQ(told_of(forged), not_a_request);
}

TEST(Hostile, EmptyAndTinyPayloadsDoNotVerify) {
    for (std::size_t size = 0; size < 16; ++size)
        EXPECT_EQ(told_of(Bytes(size)), not_a_request) << size;
}

TEST(Hostile, APayloadBeyondTheCeilingIsNotLookedAt) {
    const Bytes huge(frame_bytes_ceiling + 1);
    EXPECT_EQ(told_of(huge).reject, Reject::frame_too_large);
}

/// Tables nested deeper than the schema knows can only be forged where a table may hold itself;
/// none of ours can, and this is what keeps it so: the deepest request has four levels.
TEST(Hostile, TheDeepestRequestIsFarFromTheLimitOfDepth) {
    RequestWriter writer;
    Explain explain;
    explain.route.ticket = explain.route.channel = "t";
    const std::vector<Property> properties{{"k", "v"}};
    explain.route.properties = properties;
    const auto payload = writer.frame(1, {"acme", {}, {}, explain}).subspan(header_bytes);
    flatbuffers::Verifier::Options options;
    options.max_depth = 4;  // Request, Explain, Route, Property
    flatbuffers::Verifier four{reinterpret_cast<const std::uint8_t*>(payload.data()),
                               payload.size(), options};
    EXPECT_TRUE(four.VerifyBuffer<wire::Request>(nullptr));
    options.max_depth = 3;
    flatbuffers::Verifier three{reinterpret_cast<const std::uint8_t*>(payload.data()),
                                payload.size(), options};
    EXPECT_FALSE(three.VerifyBuffer<wire::Request>(nullptr));
}

TEST(Hostile, AnySingleByteChangedIsReadOrRefusedButNeverWorse) {
    ValueMaker maker{4};
    RequestWriter writer;
    RequestParser parser;
    for (std::size_t verb = 0; verb < std::variant_size_v<Body>; ++verb) {
        const auto payload = writer.frame(1, maker.request(verb)).subspan(header_bytes);
        Bytes changed(payload.begin(), payload.end());
        for (std::size_t at = 0; at < std::min<std::size_t>(changed.size(), 600); ++at)
            for (const auto value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
                const auto before = std::exchange(changed[at], static_cast<std::byte>(value));
                const auto parsed = parser.parse(changed);
                if (parsed) {
                    EXPECT_FALSE(describe(*parsed.request).empty());  // reads every byte of it
                }
                changed[at] = before;
            }
    }
}

}  // namespace
}  // namespace usher::testing
