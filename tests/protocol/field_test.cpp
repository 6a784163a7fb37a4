// Goal: every field of every verb that can be wrong is refused with bad_field, by name and with the
// reason, alike on the way over the wire and on plain values.
// Method: a good request of the verb, one field of it spoiled.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/names.h"
#include "protocol/parse.h"
#include "protocol/validate.h"
#include "tests/protocol/random_values.h"

namespace usher::testing {
namespace {

using namespace protocol;

const std::string too_long_key(key_bytes_max + 1, 'k');

/// What is said of `request`, by both ways in; "" if nothing.
std::string said_of(const Request& request) {
    RequestWriter writer;
    RequestParser parser;
    const auto parsed = parser.parse(writer.frame(1, request).subspan(header_bytes));
    EXPECT_TRUE(parsed || parsed.reject == Reject::bad_field);
    const auto complaint = validate(request);
    EXPECT_EQ(complaint ? complaint->text() : "", parsed.message);
    return parsed.message;
}

Request good(std::string_view verb) {
    static ValueMaker maker{11};
    auto request = maker.request(*verb_of(verb));
    if (auto* tickets = std::get_if<Tickets>(&request.body)) {
        tickets->of = {};
        tickets->channel = "mail";
    }
    return request;
}

template <class R>
R& as(Request& request) {
    return std::get<R>(request.body);
}

struct KeyField {
    std::string_view verb;
    std::string_view field;
    std::function<void(Request&, std::string_view)> set;
};

#define KEY(verb, Type, field)                                                        \
    KeyField {                                                                        \
        verb, #field, [](Request& r, std::string_view to) { as<Type>(r).field = to; } \
    }

const std::vector<KeyField> key_fields{
    {"close", "account", [](Request& r, std::string_view to) { r.account = to; }},
    {"close", "key", [](Request& r, std::string_view to) { r.key = to; }},
    {"hello", "key", [](Request& r, std::string_view to) { r.key = to; }},
    KEY("route", Route, ticket),
    KEY("route", Route, channel),
    KEY("route", Route, pipeline),
    KEY("route", Route, contact_owner),
    KEY("route", Route, status),
    KEY("route", Route, linked_ticket),
    {"explain", "ticket",
     [](Request& r, std::string_view to) { as<Explain>(r).route.ticket = to; }},
    {"explain", "status",
     [](Request& r, std::string_view to) { as<Explain>(r).route.status = to; }},
    KEY("assign", Assign, ticket),
    {"assign", "agent",
     [](Request& r, std::string_view to) {
         as<Assign>(r).to = {OwnerKind::agent, to};
     }},
    {"assign", "team",
     [](Request& r, std::string_view to) {
         as<Assign>(r).to = {OwnerKind::team, to};
     }},
    KEY("assign_conversation", AssignConversation, ticket),
    KEY("assign_conversation", AssignConversation, agent),
    KEY("assign_conversation", AssignConversation, inbox),
    KEY("reply", ReplySent, ticket),
    KEY("reply", ReplySent, agent),
    KEY("email_sent", EmailSent, ticket),
    KEY("contact_reply", ContactReply, ticket),
    KEY("set_status", SetStatus, ticket),
    KEY("set_status", SetStatus, status),
    KEY("close", Close, ticket),
    KEY("reopen", Reopen, ticket),
    KEY("update", Update, ticket),
    KEY("import", Import, ticket),
    KEY("import", Import, channel),
    {"import", "agent",
     [](Request& r, std::string_view to) {
         as<Import>(r).owner = {OwnerKind::agent, to};
     }},
    {"import", "team",
     [](Request& r, std::string_view to) {
         as<Import>(r).owner = {OwnerKind::team, to};
     }},
    KEY("import", Import, status),
    KEY("transfer", Transfer, ticket),
    KEY("transfer", Transfer, channel),
    KEY("handoff", Handoff, ticket),
    KEY("missed", Missed, ticket),
    KEY("availability", Availability, agent),
    KEY("absence", Absence, agent),
    KEY("capacity", Capacity, agent),
    KEY("channel", ChannelSwitch, channel),
    KEY("get_ticket", GetTicket, ticket),
    KEY("get_agent", GetAgent, agent),
    KEY("backlog", Backlog, inbox),
    {"tickets", "agent",
     [](Request& r, std::string_view to) {
         as<Tickets>(r).of = {OwnerKind::agent, to};
         as<Tickets>(r).channel = {};
     }},
    {"tickets", "team",
     [](Request& r, std::string_view to) {
         as<Tickets>(r).of = {OwnerKind::team, to};
         as<Tickets>(r).channel = {};
     }},
};

TEST(Field, KeysAreRefusedWhenEmptyTooLongNotUtf8OrWithControlCharacters) {
    for (const auto& key : key_fields) {
        const auto& [verb, field, set] = key;
        SCOPED_TRACE(std::string{verb} + "." + std::string{field});
        const auto with = [&](std::string_view value) {
            auto request = good(key.verb);
            key.set(request, value);
            return said_of(request);
        };
        const auto name = std::string{field};
        EXPECT_EQ(with("fine"), "");
        EXPECT_EQ(with(""), name + ": is empty");
        EXPECT_EQ(with(too_long_key), name + ": is longer than 64 bytes");
        EXPECT_EQ(with("bad\xFFutf8"), name + ": is not valid UTF-8");
        EXPECT_EQ(with("tab\there"), name + ": has a control character");
        EXPECT_EQ(with(std::string_view{"nul\0here", 8}), name + ": has a control character");
    }
}

TEST(Field, EveryVerbWithAKeyHasACaseAbove) {
    std::set<std::string_view> seen;
    for (const auto& [verb, field, set] : key_fields) seen.insert(verb);
    // These have no key: of the connection, of a roster on its way, of time.
    const std::set<std::string_view> none{"ping",         "status", "apply_begin", "apply_part",
                                          "apply_commit", "tick",   "follow"};
    for (const auto verb : verb_names())
        EXPECT_NE(seen.contains(verb), none.contains(verb)) << verb;
}

struct Spoiled {
    std::string_view verb;
    std::string_view message;
    std::function<void(Request&)> spoil;
};

const std::string long_client(client_name_bytes_max + 1, 'c');
const std::string long_file(file_name_bytes_max + 1, 'f');
const std::string long_text(roster_part_bytes_max + 1, '#');
const std::string long_cursor(cursor_bytes_max + 1, '7');
const std::string long_value(property_value_bytes_max + 1, 'v');
constexpr std::int64_t year_10000_ms = 253'402'300'800'000;
constexpr std::int64_t before_year_0_ms = -62'167'219'200'001;

const std::vector<Property> twice{{"brand", "a"}, {"topic", "b"}, {"brand", "a"}};
const std::vector<Property> empty_key{{"brand", "a"}, {"", "b"}};
const std::vector<Property> value_too_long{{"brand", long_value}};
const std::vector<Property> value_not_utf8{{"brand", "\xC0\x80"}};
const std::vector<std::string_view> bad_skill{"billing", "vip\n"};
const std::vector<std::string_view> many_skills(skill_count_max + 1, "s");

std::vector<Property> many_properties() {
    static std::vector<std::string> names;
    if (names.empty())
        for (std::size_t i = 0; i <= property_count_max; ++i) names.push_back(std::to_string(i));
    std::vector<Property> made;
    for (const auto& name : names) made.push_back({name, "v"});
    return made;
}
const std::vector<Property> too_many_properties = many_properties();

#define SPOIL(code) [](Request& r) { code; }

const std::vector<Spoiled> spoiled_fields{
    {"close", "at: is not in the years 0000 to 9999", SPOIL(r.at_ms = year_10000_ms)},
    {"hello", "version: is 0, must be at least 1", SPOIL(as<Hello>(r).version = 0)},
    {"hello", "client: is longer than 128 bytes", SPOIL(as<Hello>(r).client = long_client)},
    {"ping", "account: has a control character", SPOIL(r.account = "a\x7F")},
    {"status", "account: is not valid UTF-8", SPOIL(r.account = "\xED\xA0\x80")},
    {"route", "properties: brand is there twice", SPOIL(as<Route>(r).properties = twice)},
    {"route", "properties: the key of entry 2 is empty",
     SPOIL(as<Route>(r).properties = empty_key)},
    {"route", "properties: the value of brand is longer than 1024 bytes",
     SPOIL(as<Route>(r).properties = value_too_long)},
    {"route", "properties: the value of brand is not valid UTF-8",
     SPOIL(as<Route>(r).properties = value_not_utf8)},
    {"route", "properties: has more than 64 entries",
     SPOIL(as<Route>(r).properties = too_many_properties)},
    {"route", "skills: entry 2 has a control character", SPOIL(as<Route>(r).skills = bad_skill)},
    {"route", "skills: has more than 32 entries", SPOIL(as<Route>(r).skills = many_skills)},
    {"route", "priority: is 10, must be from 0 to 9", SPOIL(as<Route>(r).priority = 10)},
    {"explain", "properties: brand is there twice", SPOIL(as<Explain>(r).route.properties = twice)},
    {"explain", "limit: is 0, must be from 1 to 10000", SPOIL(as<Explain>(r).page.limit = 0)},
    {"explain", "after: is longer than 128 bytes", SPOIL(as<Explain>(r).page.after = long_cursor)},
    {"assign", "to: has a key, and a bot has none",
     SPOIL(as<Assign>(r).to = (Owner{OwnerKind::bot, "b"}))},
    {"assign", "to: has a key, and nobody has none",
     SPOIL(as<Assign>(r).to = (Owner{OwnerKind::none, "b"}))},
    {"assign", "expect_owner: agent is empty",
     SPOIL(as<Assign>(r).expect_owner = (Owner{OwnerKind::agent, ""}))},
    {"assign", "expect_owner: team is longer than 64 bytes",
     SPOIL(as<Assign>(r).expect_owner = (Owner{OwnerKind::team, too_long_key}))},
    {"assign", "expect_owner: has a key, and a bot has none",
     SPOIL(as<Assign>(r).expect_owner = (Owner{OwnerKind::bot, "b"}))},
    {"update", "priority: is 255, must be from 0 to 9",
     SPOIL(as<Update>(r).priority = std::uint8_t{255})},
    {"update", "properties: brand is there twice", SPOIL(as<Update>(r).properties = twice)},
    {"update", "skills: has more than 32 entries", SPOIL(as<Update>(r).skills = many_skills)},
    {"import", "created_at: is not in the years 0000 to 9999",
     SPOIL(as<Import>(r).created_at_ms = before_year_0_ms)},
    {"import", "owner: has a key, and a bot has none",
     SPOIL(as<Import>(r).owner = (Owner{OwnerKind::bot, "b"}))},
    {"import", "assigned_at: is not in the years 0000 to 9999",
     SPOIL(as<Import>(r).assigned_at_ms = year_10000_ms)},
    {"import", "priority: is 10, must be from 0 to 9", SPOIL(as<Import>(r).priority = 10)},
    {"import", "properties: brand is there twice", SPOIL(as<Import>(r).properties = twice)},
    {"import", "skills: entry 2 has a control character", SPOIL(as<Import>(r).skills = bad_skill)},
    {"availability", "limit: is 10001, must be from 1 to 10000",
     SPOIL(as<Availability>(r).page.limit = 10'001)},
    {"availability", "after: is not valid UTF-8", SPOIL(as<Availability>(r).page.after = "\xF5")},
    {"absence", "from: is not in the years 0000 to 9999",
     SPOIL(as<Absence>(r).from_ms = before_year_0_ms)},
    {"absence", "until: is not in the years 0000 to 9999",
     SPOIL(as<Absence>(r).until_ms = year_10000_ms)},
    {"absence", "until: is not after from",
     SPOIL(as<Absence>(r).until_ms = as<Absence>(r).from_ms)},
    {"capacity", "total: is 1000001, must be from 0 to 1000000",
     SPOIL(as<Capacity>(r).total = (CapacityChange{true, 1'000'001}))},
    {"capacity", "calling: is 1000001, must be from 0 to 1000000",
     SPOIL(as<Capacity>(r).per_type[0] = (CapacityChange{true, 1'000'001}))},
    {"capacity", "messaging: is 1000001, must be from 0 to 1000000",
     SPOIL(as<Capacity>(r).per_type[1] = (CapacityChange{true, 1'000'001}))},
    {"capacity", "email: is 2147483647, must be from 0 to 1000000",
     SPOIL(as<Capacity>(r).per_type[2] = (CapacityChange{true, 2'147'483'647}))},
    {"capacity", "limit: is 0, must be from 1 to 10000", SPOIL(as<Capacity>(r).page.limit = 0)},
    {"apply_part", "file: is empty", SPOIL(as<ApplyPart>(r).file = "")},
    {"apply_part", "file: is longer than 1024 bytes", SPOIL(as<ApplyPart>(r).file = long_file)},
    {"apply_part", "text: is longer than 131072 bytes", SPOIL(as<ApplyPart>(r).text = long_text)},
    {"backlog", "limit: is 0, must be from 1 to 10000", SPOIL(as<Backlog>(r).page.limit = 0)},
    {"tickets", "of: must be an agent or a team, not a bot",
     SPOIL(as<Tickets>(r).of = (Owner{OwnerKind::bot, ""}))},
    {"tickets", "of: has a key, and nobody has none",
     SPOIL(as<Tickets>(r).of = (Owner{OwnerKind::none, "x"}))},
    {"tickets", "agent: is missing: one of agent, team and channel is needed",
     SPOIL(as<Tickets>(r).channel = "")},
    {"tickets", "channel: cannot go together with an agent or a team",
     SPOIL(as<Tickets>(r).of = (Owner{OwnerKind::team, "vip"}))},
    {"tickets", "channel: has a control character", SPOIL(as<Tickets>(r).channel = "\x01")},
    {"tickets", "limit: is 0, must be from 1 to 10000", SPOIL(as<Tickets>(r).page.limit = 0)},
    {"follow", "limit: is 0, must be from 1 to 1000", SPOIL(as<Follow>(r).limit = 0)},
    {"follow", "limit: is 1001, must be from 1 to 1000", SPOIL(as<Follow>(r).limit = 1001)},
    {"follow", "wait_ms: is 30001, must be at most 30000", SPOIL(as<Follow>(r).wait_ms = 30'001)},
    {"tick", "after: has a control character", SPOIL(as<Tick>(r).page.after = "\n")},
};

TEST(Field, ThatIsWrongIsRefusedByName) {
    for (const auto& [verb, message, spoil] : spoiled_fields) {
        auto request = good(verb);
        ASSERT_EQ(said_of(request), "") << verb;
        spoil(request);
        EXPECT_EQ(said_of(request), message) << verb;
    }
}

TEST(Field, TheFirstWrongOneIsNamed) {
    auto request = good("route");
    as<Route>(request).priority = 10;
    as<Route>(request).skills = bad_skill;
    request.key = "";
    EXPECT_EQ(said_of(request), "skills: entry 2 has a control character");
    as<Route>(request).ticket = "";
    EXPECT_EQ(said_of(request), "ticket: is empty");
    request.at_ms = year_10000_ms;
    EXPECT_EQ(said_of(request), "at: is not in the years 0000 to 9999");
    request.account = "";
    EXPECT_EQ(said_of(request), "account: is empty");
}

TEST(Field, AnEarlierComplaintKeepsItsTurn) {
    auto request = good("route");
    const Complaint earlier{"type", "is no type of a ticket"};
    EXPECT_EQ(validate(request, &earlier)->text(), "type: is no type of a ticket");
    as<Route>(request).skills = bad_skill;  // behind type
    EXPECT_EQ(validate(request, &earlier)->text(), "type: is no type of a ticket");
    as<Route>(request).channel = "";  // before it
    EXPECT_EQ(validate(request, &earlier)->text(), "channel: is empty");
    const Complaint unheard_of{"colour", "is no field"};
    EXPECT_EQ(validate(good("close"), &unheard_of)->text(), "colour: is no field");
}

/// Fields that have a turn of their own, by verb; the request's key comes behind all of them.
const std::vector<std::pair<std::string_view, std::vector<std::string_view>>> fields_with_a_turn{
    {"hello", {"account", "at", "do", "version", "client"}},
    {"route",
     {"ticket", "channel", "pipeline", "type", "contact_owner", "contact_tracked", "properties",
      "skills", "status", "priority", "linked_ticket"}},
    {"explain", {"limit", "after"}},
    {"assign", {"ticket", "to", "agent", "team", "bot", "none", "expect_owner"}},
    {"assign_conversation", {"agent", "inbox"}},
    {"email_sent", {"from"}},
    {"contact_reply", {"kind"}},
    {"set_status", {"status"}},
    {"update", {"priority", "properties", "skills"}},
    {"import",
     {"created_at", "owner", "agent", "team", "bot", "none", "assigned_at", "type", "status",
      "priority", "properties", "skills"}},
    {"availability", {"agent", "set", "limit", "after"}},
    {"absence", {"agent", "from", "until", "cancel"}},
    {"capacity", {"agent", "total", "calling", "messaging", "email"}},
    {"channel", {"channel", "enabled"}},
    {"apply_part", {"file", "text"}},
    {"apply_commit", {"dry_run", "unassign"}},
    {"backlog", {"inbox", "limit"}},
    {"tickets", {"agent", "team", "channel", "open", "after"}},
    {"follow", {"from", "limit", "wait_ms"}},
};

TEST(Field, AnEarlierComplaintAboutAnyFieldComesBeforeTheKey) {
    for (const auto& [verb, fields] : fields_with_a_turn)
        for (const auto field : fields) {
            auto request = good(verb);
            request.key = "";
            const Complaint earlier{field, "is no such thing"};
            EXPECT_EQ(validate(request, &earlier)->text(), earlier.text()) << verb;
        }
}

TEST(Field, LongestAllowedValuesPass) {
    const std::string key(key_bytes_max, 'k');
    const std::string value(property_value_bytes_max, 'v');
    const std::vector<Property> properties{{key, value}, {"empty", ""}};
    const std::vector<std::string_view> skills(skill_count_max, key);
    Route route;
    route.ticket = route.channel = key;
    route.properties = properties;
    route.skills = skills;
    route.priority = priority_max;
    EXPECT_EQ(said_of({key, key, before_year_0_ms + 1, route}), "");
    const std::string text(roster_part_bytes_max, '\n');
    EXPECT_EQ(said_of({"acme", {}, {}, ApplyPart{"roster.toml", text}}), "");
}

}  // namespace
}  // namespace usher::testing
