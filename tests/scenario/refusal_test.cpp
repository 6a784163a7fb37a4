// Lines that are wrong: each is refused with bad_field and a message that names line and field.
#include <gtest/gtest.h>

#include <ostream>

#include "clients/scenario/answer_line.h"
#include "clients/scenario/request_line.h"
#include "protocol/limits.h"

namespace usher::scenario {
namespace {

struct Wrong {
    std::string_view fields;   ///< what stands behind `at`
    std::string_view message;  ///< behind "line 3: "

    friend void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.fields; }
};

class WrongLine : public testing::TestWithParam<Wrong> {};

TEST_P(WrongLine, is_refused_by_name) {
    LineReader reader{"acme", true};
    const auto text = R"({"at":"2026-03-02T09:00:00Z",)" + std::string(GetParam().fields) + "}";
    const auto& line = reader.read(text, 3);
    EXPECT_EQ(line.wrong, "line 3: " + std::string(GetParam().message)) << text;
    EXPECT_FALSE(line.broken);
    const auto answer = line.refusal();
    EXPECT_EQ(answer.reject, protocol::Reject::bad_field);
    EXPECT_EQ(answer.at_ms, 1'772'442'000'000);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, WrongLine,
    testing::Values(
        Wrong{R"("ticket":"1")", R"("do" is missing)"},
        Wrong{R"("do":7)", R"("do" must be the name of a request)"},
        Wrong{R"("do":"ruote","ticket":"1")",
              R"(there is no request "ruote" (did you mean "route"?))"},
        Wrong{R"("do":"frobnicate")", R"(there is no request "frobnicate")"},
        Wrong{R"("do":"route","channel":"c")", "ticket: is missing"},
        Wrong{R"("do":"route","ticket":"1")", "channel: is missing"},
        Wrong{R"("do":"route","ticket":1,"channel":"c")", "ticket: must be text, not 1"},
        Wrong{R"("do":"route","ticket":"","channel":"c")", "ticket: is empty"},
        Wrong{R"("do":"route","ticket":"a\u0007","channel":"c")",
              "ticket: has a control character"},
        Wrong{R"("do":"route","ticket":"1","chanel":"c")",
              R"(chanel: is no field of route (did you mean "channel"?))"},
        Wrong{R"("do":"close","ticket":"1","status":"x")", "status: is no field of close"},
        Wrong{R"("do":"get_ticket","ticket":"1","key":"k")", "key: is no field of get_ticket"},
        Wrong{
            R"("do":"route","ticket":"1","channel":"c","type":"mail")",
            R"(type: must be one of calling, messaging, email, not "mail" (did you mean "email"?))"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","priority":10)",
              "priority: must be a whole number from 0 to 9, not 10"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","priority":-1)",
              "priority: must be a whole number from 0 to 9, not -1"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","priority":"5")",
              R"(priority: must be a whole number from 0 to 9, not "5")"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","contact_tracked":"no")",
              R"(contact_tracked: must be true or false, not "no")"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","skills":"fr")",
              R"(skills: must be a list of keys, not "fr")"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","skills":["fr",1])",
              "skills: must be text, not 1"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","properties":[])",
              "properties: must be an object of text, not a list"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","properties":{"n":1})",
              R"(properties: "n" must be text, not 1)"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","key":"")", "key: is empty"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","status":null)",
              "status: must be text, not null"}));

INSTANTIATE_TEST_SUITE_P(
    Owners, WrongLine,
    testing::Values(
        Wrong{R"("do":"assign","ticket":"1")",
              "no owner: exactly one of agent, team, bot, none must be there"},
        Wrong{
            R"("do":"assign","ticket":"1","agent":"a","team":"t")",
            R"("agent" and "team" contradict each other: exactly one of agent, team, bot, none must be there)"},
        Wrong{
            R"("do":"assign","ticket":"1","bot":true,"none":true)",
            R"("bot" and "none" contradict each other: exactly one of agent, team, bot, none must be there)"},
        Wrong{R"("do":"assign","ticket":"1","bot":false)", R"("bot" must be true, not false)"},
        Wrong{R"("do":"assign","ticket":"1","agent":"")", "agent: is empty"},
        Wrong{R"("do":"assign","ticket":"1","agent":"a","expect_owner":"b")",
              R"(expect_owner: must be an object such as {"agent": "anna"}, not "b")"},
        Wrong{R"("do":"assign","ticket":"1","agent":"a","expect_owner":{})",
              "expect_owner: no owner: exactly one of agent, team, bot, none must be there"},
        Wrong{R"("do":"assign","ticket":"1","agent":"a","expect_owner":{"agnet":"b"})",
              R"(expect_owner: has no part "agnet" (did you mean "agent"?))"},
        Wrong{R"("do":"import","ticket":"1","channel":"c","created_at":"2026-01-01T00:00:00Z")",
              "no owner: exactly one of agent, team, bot, none must be there"},
        Wrong{R"("do":"tickets")", "exactly one of agent, team, channel must be there"},
        Wrong{R"("do":"tickets","agent":"a","channel":"c")",
              "exactly one of agent, team, channel must be there"}));

INSTANTIATE_TEST_SUITE_P(
    Others, WrongLine,
    testing::Values(
        Wrong{
            R"("do":"absence","agent":"a","from":"2026-01-01","until":"2026-01-02T00:00:00Z")",
            R"(from: "2026-01-01" is not of the form 2026-03-02T09:00:00Z or 2026-03-02T10:00:00.500+01:00)"},
        Wrong{
            R"("do":"absence","agent":"a","from":"2026-01-02T00:00:00Z","until":"2026-01-02T00:00:00Z")",
            "until: is not after from"},
        Wrong{
            R"("do":"absence","agent":"a","from":"2026-02-30T00:00:00Z","until":"2026-03-02T00:00:00Z")",
            R"(from: "2026-02-30T00:00:00Z" names a day that is not in the calendar)"},
        Wrong{R"("do":"capacity","agent":"a","total":-1)",
              "total: must be a whole number from 0 to 1000000, or null to lift it, not -1"},
        Wrong{R"("do":"capacity","agent":"a","email":1.5)",
              "email: must be a whole number from 0 to 1000000, or null to lift it, not 1.5E0"},
        Wrong{R"("do":"channel","channel":"c")", "enabled: is missing"},
        Wrong{R"("do":"backlog","inbox":"i","limit":0)",
              "limit: must be a whole number from 1 to 10000, not 0"},
        Wrong{R"("do":"apply","roster":[])", "roster: names no file"},
        Wrong{R"("do":"apply","roster":"")", "roster: is not the path of a file"},
        Wrong{
            R"("do":"contact_reply","ticket":"1","kind":"threat")",
            R"(kind: must be one of thread, other_thread, forwarded, forwarded_reply, other, personal, not "threat" (did you mean "thread"?))"}));

INSTANTIATE_TEST_SUITE_P(
    Repeated, WrongLine,
    testing::Values(
        Wrong{R"("do":"close","ticket":"1","ticket":"2")", "ticket: is there twice"},
        Wrong{R"("do":"close","ticket":"1","ticket":"1")", "ticket: is there twice"},
        Wrong{R"("do":"close","ticket":"1","tick\u0065t":"2")", "ticket: is there twice"},
        Wrong{R"("do":"close","do":"reopen","ticket":"1")", "do: is there twice"},
        Wrong{R"("x":1,"do":"close","x":1,"ticket":"1","x":1)", "x: is there twice"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","properties":{"a":"1","b":"2","a":"1"})",
              R"(properties: "a" is there twice)"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","properties":{"a":"1"},"properties":{})",
              "properties: is there twice"},
        Wrong{R"("do":"assign","ticket":"1","agent":"a","expect_owner":{"agent":"a","agent":"b"})",
              R"(expect_owner: "agent" is there twice)"},
        Wrong{R"("do":"route","ticket":"1","channel":"c","skills":[{"":1,"":1}])",
              R"(skills: "" is there twice)"}));

TEST(RepeatedMember, is_not_repeated_in_the_answer) {
    LineReader reader{"acme", true};
    const auto shown = [&reader](std::string_view text) {
        const auto& line = reader.read(text, 0);
        EXPECT_FALSE(line.broken);
        std::string answer;
        append_json(answer, line.heading, line.refusal());
        return answer;
    };
    EXPECT_EQ(
        shown(R"({"at":"2026-03-02T09:00:00Z","do":"close","ticket":"1","ticket":"2"})"),
        R"({"at":"2026-03-02T09:00:00Z","do":"close","reject":"bad_field","message":"ticket: is there twice"})");
    EXPECT_EQ(
        shown(R"({"at":"2026-03-02T09:00:00Z","do":"close","do":"close","ticket":"1"})"),
        R"({"at":"2026-03-02T09:00:00Z","reject":"bad_field","message":"do: is there twice"})");
    EXPECT_EQ(
        shown(
            R"({"at":"2026-03-02T09:00:00Z","at":"2026-03-02T09:00:01Z","do":"close","ticket":"1"})"),
        R"({"do":"close","ticket":"1","reject":"bad_field","message":"at: is there twice"})");
}

TEST(RepeatedMember, is_one_of_the_same_object_only) {
    LineReader reader{"acme", true};
    const auto& line = reader.read(
        R"({"at":"2026-03-02T09:00:00Z","do":"route","ticket":"1","channel":"c",)"
        R"("properties":{"ticket":"1","channel":"1","Ticket":"1","tickets":"1"},"priority":1})",
        1);
    EXPECT_EQ(line.wrong, "");
    // The next line knows nothing of the one before, even if that one broke off.
    EXPECT_TRUE(reader.read(R"({"at":"2026-03-02T09:00:00Z","do":)", 1).broken);
    EXPECT_EQ(reader.read(R"({"at":"2026-03-02T09:00:00Z","do":"tick"})", 1).wrong, "");
}

TEST(RepeatedMember, is_found_among_very_many) {
    LineReader reader{"acme", true};
    std::string text = "{";
    for (int name = 0; name < 50'000; ++name) text += '"' + std::to_string(name) + "\":1,";
    EXPECT_EQ(reader.read(text + R"("777":1})", 1).wrong, "line 1: 777: is there twice");
    EXPECT_EQ(reader.read(text + R"("x":1})", 1).wrong, R"(line 1: "do" is missing)");
}

TEST(WrongInstant, is_refused_and_the_answer_has_none) {
    LineReader reader{"acme", true};
    for (const std::string_view text :
         {R"({"at":"yesterday","do":"close","ticket":"1"})", R"({"do":"close","ticket":"1"})",
          R"({"at":5,"do":"close","ticket":"1"})"}) {
        const auto& line = reader.read(text, 9);
        EXPECT_EQ(line.wrong.substr(0, 11), "line 9: at:") << line.wrong;
        std::string shown;
        append_json(shown, line.heading, line.refusal());
        EXPECT_EQ(shown.substr(0, 49), R"({"do":"close","ticket":"1","reject":"bad_field",")")
            << shown;
    }
}

TEST(BrokenLine, says_where_it_breaks) {
    LineReader reader{"acme", true};
    const auto wrong = [&reader](std::string_view text) {
        const auto& line = reader.read(text, 12);
        EXPECT_TRUE(line.broken) << text;
        return line.wrong;
    };
    EXPECT_EQ(wrong(R"({"at": nope})"), "line 12: not JSON, from column 8: syntax error");
    EXPECT_EQ(wrong(R"({"at": "x")").substr(0, 8), "line 12:");
    EXPECT_EQ(wrong("[]"), "line 12: not a JSON object");
    EXPECT_EQ(wrong("7"), "line 12: not a JSON object");
    EXPECT_EQ(wrong(R"({} {})").substr(0, 26), "line 12: not JSON, from co");
    EXPECT_EQ(wrong("{\"do\": \"\xff\"}").substr(0, 18), "line 12: not JSON,");
    EXPECT_EQ(wrong(R"({"do": "\ud800"})").substr(0, 18), "line 12: not JSON,");
    EXPECT_EQ(wrong(std::string(5000, '[')).substr(0, 18), "line 12: not JSON,");
    EXPECT_EQ(wrong(std::string(protocol::frame_bytes_ceiling + 1, ' ')),
              "line 12: longer than 1048576 bytes");
}

TEST(BrokenLine, is_answered_without_a_heading) {
    LineReader reader{"acme", true};
    const auto& line = reader.read("nonsense", 4);
    std::string shown;
    append_json(shown, line.heading, line.refusal());
    EXPECT_EQ(
        shown,
        R"({"reject":"bad_field","message":"line 4: not JSON, from column 1: syntax error"})");
}

TEST(NearestName, is_found_within_a_third_of_its_letters) {
    constexpr std::string_view names[] = {"route", "assign", "contact_reply"};
    EXPECT_EQ(nearest("roote", names), "route");
    EXPECT_EQ(nearest("asign", names), "assign");
    EXPECT_EQ(nearest("contactreply", names), "contact_reply");
    EXPECT_EQ(nearest("tuore", names), "");
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest("x", names), "");
    EXPECT_EQ(nearest(std::string(1000, 'a'), names), "");
}

}  // namespace
}  // namespace usher::scenario
