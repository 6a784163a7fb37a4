// Rule 39: every field of every request, wrong in every way that its kind can be: of another type,
// empty, too long, no UTF-8, out of range, unknown, contradicting another one. Each is refused by
// the name that is due, and state and journal are as before. The requests and their fields are read
// off the table of verbs, so that a new one is tested, or fails for want of a good line.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "clients/scenario/verbs.h"
#include "protocol/limits.h"
#include "tests/engine/world.h"

namespace usher::testing {
namespace {

namespace json = boost::json;
using scenario::Field;
using scenario::FieldKind;

constexpr std::string_view now = "2026-03-02T09:00:00Z";

/// One of each kind of ticket that some request needs.
class Desk : public World {
  public:
    Desk()
        : World(small_desk({}, R"(
[[skill]]
key = "french"
[[inbox]]
key = "talk"
workspace = "conversations"
[[channel]]
key = "chat"
kind = "chat"
inbox = "talk"
[[channel]]
key = "phone"
kind = "calling"
inbox = "desk"
[[channel]]
key = "robot"
kind = "email"
inbox = "desk"
  [channel.rule]
  assign_to = "customer_agent"
)")) {
        for (const auto* line : {R"({"do":"route","ticket":"open","channel":"mail"})",
                                 R"({"do":"route","ticket":"shut","channel":"mail"})",
                                 R"({"do":"close","ticket":"shut"})",
                                 R"({"do":"route","ticket":"talk","channel":"chat"})",
                                 R"({"do":"route","ticket":"call","channel":"phone"})",
                                 R"({"do":"route","ticket":"bot","channel":"robot"})"})
            send(line);
    }

    /// The name of the refusal, or none. The digest and the facts tell what it did.
    std::string refusal_of(const std::string& text) {
        const auto& line = reader_.read(text, 1);
        if (!line.wrong.empty()) return name_of(line.refusal());
        if (line.apply) return "none";  // the files are its caller's to open
        engine.handle(line.request, {*line.at_ms}, facts, answer);
        return name_of(answer);
    }

  private:
    static std::string name_of(const protocol::Answer& answer) {
        EXPECT_EQ(answer.message.empty(), answer.reject == protocol::Reject::none);
        return answer.reject == protocol::Reject::none
                   ? "none"
                   : std::string(protocol::reject_name(answer.reject));
    }
    scenario::LineReader reader_{"acme", true};
};

/// A request with all that it needs, and nothing that it does not: as good as they come.
const std::map<std::string_view, const char*> good_lines{
    {"route", R"({"ticket":"new","channel":"mail"})"},
    {"explain", R"({"ticket":"new","channel":"mail"})"},
    {"assign", R"({"ticket":"open","agent":"b"})"},
    {"assign_conversation", R"({"ticket":"talk","agent":"b"})"},
    {"reply", R"({"ticket":"talk","agent":"b"})"},
    {"email_sent", R"({"ticket":"open","from":"record"})"},
    {"contact_reply", R"({"ticket":"open","kind":"thread"})"},
    {"set_status", R"({"ticket":"open","status":"closed"})"},
    {"close", R"({"ticket":"open"})"},
    {"reopen", R"({"ticket":"shut"})"},
    {"update", R"({"ticket":"open"})"},
    {"import",
     R"({"ticket":"old","channel":"mail","created_at":"2026-02-01T00:00:00Z","agent":"b"})"},
    {"transfer", R"({"ticket":"open","channel":"mail"})"},
    {"handoff", R"({"ticket":"bot"})"},
    {"missed", R"({"ticket":"call"})"},
    {"availability", R"({"agent":"a","set":"away"})"},
    {"absence", R"({"agent":"a","from":"2026-05-01T00:00:00Z","until":"2026-05-02T00:00:00Z"})"},
    {"capacity", R"({"agent":"a","total":3})"},
    {"channel", R"({"channel":"mail","enabled":false})"},
    {"apply", R"({"roster":"roster.toml"})"},
    {"get_ticket", R"({"ticket":"open"})"},
    {"get_agent", R"({"agent":"a"})"},
    {"backlog", R"({"inbox":"desk"})"},
    {"tickets", R"({"agent":"a"})"},
    {"tick", R"({})"}};

json::object good_line(std::string_view verb) {
    auto line = json::parse(good_lines.at(verb)).as_object();
    line["do"] = verb;
    line["at"] = now;
    return line;
}

const std::string long_key(protocol::key_bytes_max + 1, 'k');
const std::string not_utf8 = "\"\xFF\"";

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

/// `n` of something as a list or an object: one more than there may be.
std::string many(std::size_t n, char open, char close, const std::string& behind) {
    std::string text(1, open);
    for (std::size_t i = 0; i < n; ++i)
        text += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + '"' + behind;
    return text + close;
}

using Texts = std::vector<std::string>;

/// Values that a field of this kind cannot have, as JSON: bad_field, whatever the state.
Texts impossible(FieldKind kind) {
    const auto too_many_skills = many(protocol::skill_count_max + 1, '[', ']', "");
    const auto too_many_properties = many(protocol::property_count_max + 1, '{', '}', ":\"v\"");
    const std::string long_value(protocol::property_value_bytes_max + 1, 'v');
    switch (kind) {
        case FieldKind::key:
            return {"7",     "null",           "true",   "[]",       "{}",
                    R"("")", quoted(long_key), not_utf8, R"("a\tb")"};
        case FieldKind::word:
            return {"7", "null", "[]", R"("")", R"("sideways")", not_utf8};
        case FieldKind::flag:
            return {"1", "null", R"("true")", "[]"};
        case FieldKind::only_true:
            return {"false", "1", "null", R"("true")"};
        case FieldKind::priority:
            return {"10", "-1", "1.5", "1e3", "null", R"("5")", "99999999999999999999"};
        case FieldKind::limit_or_null:
            return {"-1", "1000001", "1.5", "true", R"("5")", "99999999999999999999"};
        case FieldKind::page_limit:
            return {"0", "10001", "-1", "1.5", "null", R"("5")"};
        case FieldKind::cursor:
            return {"7", "null", quoted(std::string(protocol::cursor_bytes_max + 1, '7')), not_utf8,
                    R"("a\nb")"};
        case FieldKind::instant:
            return {"7",
                    "null",
                    R"("")",
                    R"("yesterday")",
                    R"("2026-02-30T00:00:00Z")",
                    R"("2026-03-02T25:00:00Z")",
                    R"("2026-03-02T09:00:00")",
                    R"("12026-03-02T09:00:00Z")"};
        case FieldKind::keys:
            return {"7",
                    "null",
                    R"("french")",
                    R"([""])",
                    "[1]",
                    R"(["a\tb"])",
                    '[' + quoted(long_key) + ']',
                    too_many_skills};
        case FieldKind::properties:
            return {"7",
                    "null",
                    "[]",
                    R"({"n":1})",
                    R"({"":"v"})",
                    '{' + quoted(long_key) + R"(:"v"})",
                    R"({"n":)" + quoted(long_value) + '}',
                    too_many_properties};
        case FieldKind::owner:
            return {"7",
                    "null",
                    R"("a")",
                    "{}",
                    R"({"agent":7})",
                    R"({"agent":""})",
                    R"({"bot":false})",
                    R"({"agent":"a","team":"t"})",
                    R"({"agent":"a","none":true})",
                    R"({"colour":"blue"})"};
        case FieldKind::files:
            return {"7", "null", "[]", R"("")", "[7]", R"([""])"};
    }
    return {};
}

Field a_field(std::string_view name, FieldKind kind) {
    Field field;
    field.name = name;
    field.kind = kind;
    return field;
}

constexpr std::string_view owners[] = {"agent", "team", "bot", "none"};

/// `line` with `field` set to `value`, a text that need not be JSON. Alternatives to it go.
std::string with(json::object line, const Field& field, const std::string& value) {
    const std::string_view verb = line.at("do").as_string();
    const bool one_of_several = (verb == "assign" || verb == "import" || verb == "tickets") &&
                                (std::ranges::count(owners, field.name) > 0 ||
                                 (verb == "tickets" && field.name == "channel"));
    if (one_of_several)
        for (const auto owner : owners) line.erase(owner);
    line.erase(field.name);
    auto text = json::serialize(line);
    text.back() = ',';
    return text + '"' + std::string(field.name) + "\":" + value + '}';
}

class Fields : public ::testing::Test {
  protected:
    void expect_refused(const std::string& text, std::string_view name) {
        const auto before = desk_.engine.digest();
        const auto facts = desk_.facts.records.size();
        EXPECT_EQ(desk_.refusal_of(text), name) << text;
        EXPECT_EQ(desk_.engine.digest(), before) << text;
        EXPECT_EQ(desk_.facts.records.size(), facts) << text;
    }
    Desk desk_;
};
class EveryField : public Fields, public ::testing::WithParamInterface<scenario::Verb> {};

// The control: none of the lines below is refused for anything but the field that is spoiled.
TEST_P(EveryField, TheGoodLineIsTaken) {
    EXPECT_EQ(desk_.refusal_of(json::serialize(good_line(GetParam().name))), "none");
}

TEST_P(EveryField, ThatCannotBeIsABadField) {
    for (const auto& field : GetParam().fields)
        for (const auto& value : impossible(field.kind))
            expect_refused(with(good_line(GetParam().name), field, value), "bad_field");
    const auto at = a_field("at", FieldKind::instant);
    for (const auto& value : impossible(at.kind))
        expect_refused(with(good_line(GetParam().name), at, value), "bad_field");
    const auto key = a_field("key", FieldKind::key);
    for (const auto& value : impossible(key.kind))
        expect_refused(with(good_line(GetParam().name), key, value), "bad_field");
}

/// `line` with one of its members once more at its end.
std::string with_again(const json::object& line, std::string_view name) {
    auto text = json::serialize(line);
    text.back() = ',';
    return text + json::serialize(json::value(name)) + ':' + json::serialize(line.at(name)) + '}';
}

TEST_P(EveryField, ThatIsThereTwiceIsABadField) {
    auto line = good_line(GetParam().name);
    if (GetParam().changes) line["key"] = "once";
    for (const auto& member : line) expect_refused(with_again(line, member.key()), "bad_field");
    for (const auto& field : GetParam().fields) {
        if (field.kind == FieldKind::properties)
            expect_refused(with(line, field, R"({"n":"v","m":"v","n":"v"})"), "bad_field");
        if (field.kind == FieldKind::owner)
            expect_refused(with(line, field, R"({"agent":"a","agent":"a"})"), "bad_field");
    }
}

TEST_P(EveryField, ThatIsNeededAndMissingIsABadField) {
    Texts needed{"do", "at"};
    for (const auto& field : GetParam().fields)
        if (field.required) needed.emplace_back(field.name);
    for (const auto& name : needed) {
        auto line = good_line(GetParam().name);
        line.erase(name);
        expect_refused(json::serialize(line), "bad_field");
    }
}

TEST_P(EveryField, OfAnotherRequestIsABadField) {
    for (const auto& other : scenario::verbs())
        for (const auto& field : other.fields)
            if (scenario::find_field(GetParam(), field.name) == nullptr)
                expect_refused(with(good_line(GetParam().name), field, R"("x")"), "bad_field");
    if (!GetParam().changes)
        expect_refused(with(good_line(GetParam().name), a_field("key", FieldKind::key), R"("k")"),
                       "bad_field");
}

/// The refusal that is due to an id that nobody knows; empty: it may be unknown, or new.
std::string_view due_to_unknown(std::string_view verb, const Field& field) {
    const bool makes_it = verb == "route" || verb == "explain" || verb == "import";
    if (field.kind == FieldKind::keys) return "unknown_skill";
    if (field.kind != FieldKind::key) return {};
    if (field.name == "ticket") return makes_it ? "" : "unknown_ticket";
    if (field.name == "contact_owner" || field.name == "linked_ticket") return {};
    static const std::map<std::string_view, std::string_view> names{
        {"channel", "unknown_channel"},   {"agent", "unknown_agent"},
        {"team", "unknown_team"},         {"inbox", "unknown_inbox"},
        {"pipeline", "unknown_pipeline"}, {"status", "unknown_status"}};
    return names.at(field.name);
}

TEST_P(EveryField, ThatNamesWhatNobodyKnowsIsRefusedByWhatItIs) {
    const auto verb = GetParam().name;
    for (const auto& field : GetParam().fields) {
        if (const auto due = due_to_unknown(verb, field); !due.empty())
            expect_refused(
                with(good_line(verb), field,
                     field.kind == FieldKind::keys ? R"(["french","nobody"])" : R"("nobody")"),
                due);
        if (field.kind == FieldKind::owner) {
            expect_refused(with(good_line(verb), field, R"({"agent":"nobody"})"), "unknown_agent");
            expect_refused(with(good_line(verb), field, R"({"team":"nobody"})"), "unknown_team");
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Requests, EveryField,
                         ::testing::ValuesIn(scenario::verbs().begin(), scenario::verbs().end()),
                         [](const auto& verb) { return std::string(verb.param.name); });

TEST_F(Fields, ThatContradictEachOtherAreABadField) {
    for (
        const auto* line :
        {R"({"do":"assign","ticket":"open"})",
         R"({"do":"assign","ticket":"open","agent":"a","team":"t"})",
         R"({"do":"assign","ticket":"open","bot":true,"none":true})",
         R"({"do":"assign","ticket":"open","agent":"a","none":true})",
         R"({"do":"import","ticket":"old","channel":"mail","created_at":"2026-02-01T00:00:00Z"})",
         R"({"do":"import","ticket":"old","channel":"mail","created_at":"2026-02-01T00:00:00Z","agent":"a","team":"t"})",
         R"({"do":"tickets"})", R"({"do":"tickets","agent":"a","team":"t"})",
         R"({"do":"tickets","agent":"a","channel":"mail"})",
         R"({"do":"absence","agent":"a","from":"2026-05-02T00:00:00Z","until":"2026-05-02T00:00:00Z"})",
         R"({"do":"absence","agent":"a","from":"2026-05-02T00:00:00Z","until":"2026-05-01T00:00:00Z"})",
         R"({"do":"route","ticket":"new","channel":"mail","status":"closed"})"}) {
        std::string text(line);
        text.insert(1, "\"at\":\"" + std::string(now) + "\",");
        expect_refused(text, "bad_field");
    }
}

}  // namespace
}  // namespace usher::testing
