// Golden lines: the bytes that programs read. Add to them; a line that changes breaks a contract.
#include "clients/scenario/answer_line.h"

#include <gtest/gtest.h>

namespace usher::scenario {
namespace {

using namespace protocol;

constexpr std::int64_t nine_ms = 1'772'442'000'000;  // 2026-03-02T09:00:00Z
constexpr std::string_view at = R"({"at":"2026-03-02T09:00:00Z",)";

Answer answer_at_nine(Outcome outcome = Outcome::done) {
    Answer answer;
    answer.at_ms = nine_ms;
    answer.placement.outcome = outcome;
    return answer;
}

std::string json(const Heading& heading, const Answer& answer) {
    std::string line;
    append_json(line, heading, answer);
    EXPECT_EQ(line.substr(0, at.size()), at);
    return line.substr(at.size());
}

std::string text(const Heading& heading, const Answer& answer) {
    std::string line;
    append_text(line, heading, answer);
    return line;
}

TEST(AnswerLine, of_routing) {
    const Heading route{"route", "T-1", {}};
    auto answer = answer_at_nine(Outcome::assigned);
    answer.placement.owner = {OwnerKind::agent, "anna"};
    EXPECT_EQ(json(route, answer),
              R"("do":"route","ticket":"T-1","outcome":"assigned","agent":"anna"})");
    EXPECT_EQ(text(route, answer), "2026-03-02T09:00:00Z route T-1: assigned to anna");

    answer = answer_at_nine(Outcome::team);
    answer.placement.owner = {OwnerKind::team, "vip"};
    EXPECT_EQ(json(route, answer), R"("do":"route","ticket":"T-1","outcome":"team","team":"vip"})");
    EXPECT_EQ(text(route, answer), "2026-03-02T09:00:00Z route T-1: given to team vip");

    answer = answer_at_nine(Outcome::bot);
    answer.placement.owner = {OwnerKind::bot, {}};
    EXPECT_EQ(json(route, answer), R"("do":"route","ticket":"T-1","outcome":"bot","bot":true})");
    EXPECT_EQ(text(route, answer), "2026-03-02T09:00:00Z route T-1: with the bot");

    answer = answer_at_nine(Outcome::voicemail);
    answer.placement.voicemail_message = "closed";
    EXPECT_EQ(json(route, answer),
              R"("do":"route","ticket":"T-1","outcome":"voicemail","message":"closed"})");
    EXPECT_EQ(text(route, answer), "2026-03-02T09:00:00Z route T-1: voicemail, message closed");

    answer = answer_at_nine(Outcome::unassigned);
    answer.placement.reason = Reason::owner_unavailable;
    answer.placement.notify_owner = "anna";
    EXPECT_EQ(
        json(route, answer),
        R"("do":"route","ticket":"T-1","outcome":"unassigned","reason":"owner_unavailable","notify_owner":"anna"})");
    EXPECT_EQ(text(route, answer),
              "2026-03-02T09:00:00Z route T-1: unassigned (owner_unavailable), notify anna");

    answer = answer_at_nine(Outcome::queued);
    answer.placement.position = 3;
    EXPECT_EQ(json(route, answer),
              R"("do":"route","ticket":"T-1","outcome":"queued","position":3})");
    EXPECT_EQ(text(route, answer), "2026-03-02T09:00:00Z route T-1: queued at position 3");

    EXPECT_EQ(json(route, answer_at_nine(Outcome::not_a_ticket)),
              R"("do":"route","ticket":"T-1","outcome":"not_a_ticket"})");
}

TEST(AnswerLine, of_a_status_with_its_close_date_and_a_second_routing) {
    auto answer = answer_at_nine(Outcome::status);
    answer.status = "new";
    answer.close_date_ms = nine_ms + 7;
    answer.routed.emplace();
    answer.routed->outcome = Outcome::assigned;
    answer.routed->owner = {OwnerKind::agent, "bo"};
    EXPECT_EQ(
        json({"reopen", "T-1", {}}, answer),
        R"("do":"reopen","ticket":"T-1","outcome":"status","status":"new","close_date":"2026-03-02T09:00:00.007Z","routed":{"outcome":"assigned","agent":"bo"}})");
    EXPECT_EQ(text({"reopen", "T-1", {}}, answer),
              "2026-03-02T09:00:00Z reopen T-1: status new, close date 2026-03-02T09:00:00.007Z; "
              "routed again: assigned to bo");
}

TEST(AnswerLine, of_a_workflow_that_reopened) {
    auto answer = answer_at_nine(Outcome::assigned);
    answer.placement.owner = {OwnerKind::agent, "anna"};
    answer.placement.reopened = true;
    EXPECT_EQ(
        json({"assign_conversation", "T-1", {}}, answer),
        R"("do":"assign_conversation","ticket":"T-1","outcome":"assigned","agent":"anna","reopened":true})");
}

TEST(AnswerLine, of_a_refusal) {
    Answer answer;
    answer.refuse(Reject::owner_changed, "held by \"bo\" now");
    answer.at_ms = nine_ms;
    answer.owner = Owner{OwnerKind::agent, "bo"};
    EXPECT_EQ(
        json({"assign", "T-1", {}}, answer),
        R"("do":"assign","ticket":"T-1","reject":"owner_changed","message":"held by \"bo\" now","owner":{"agent":"bo"}})");
    EXPECT_EQ(
        text({"assign", "T-1", {}}, answer),
        "2026-03-02T09:00:00Z assign T-1: refused: owner_changed: held by \"bo\" now (held by bo)");
    answer.owner = Owner{};
    EXPECT_EQ(
        json({"assign", "T-1", {}}, answer),
        R"("do":"assign","ticket":"T-1","reject":"owner_changed","message":"held by \"bo\" now","owner":{}})");
}

TEST(AnswerLine, of_overload_says_when_to_come_back) {
    Answer answer;
    answer.refuse(Reject::overloaded, "busy");
    answer.at_ms = nine_ms;
    answer.retry_after_ms = 250;
    EXPECT_EQ(
        json({"close", "1", {}}, answer),
        R"("do":"close","ticket":"1","reject":"overloaded","message":"busy","retry_after_ms":250})");
}

TEST(AnswerLine, of_a_ticket) {
    auto answer = answer_at_nine();
    answer.status = "new";
    answer.ticket = TicketView{.owner = {OwnerKind::agent, "anna"},
                               .open = true,
                               .type = TicketType::messaging,
                               .channel = "chat",
                               .inbox = "talk",
                               .assigned_at_ms = nine_ms,
                               .skills = {"fr", "billing"},
                               .waiting = false};
    const Heading heading{"get_ticket", "T-1", {}};
    EXPECT_EQ(
        json(heading, answer),
        R"("do":"get_ticket","ticket":"T-1","outcome":"done","agent":"anna","status":"new","open":true,"type":"messaging","channel":"chat","inbox":"talk","assigned_at":"2026-03-02T09:00:00Z","skills":["fr","billing"]})");
    EXPECT_EQ(
        text(heading, answer),
        "2026-03-02T09:00:00Z get_ticket T-1: anna, status new (open), messaging, channel chat, "
        "inbox talk, assigned 2026-03-02T09:00:00Z, skills fr billing");

    answer.ticket = TicketView{.owner = {},
                               .open = false,
                               .type = TicketType::email,
                               .channel = "mail",
                               .inbox = "desk",
                               .assigned_at_ms = {},
                               .skills = {},
                               .waiting = true};
    answer.close_date_ms = nine_ms;
    EXPECT_EQ(
        json(heading, answer),
        R"("do":"get_ticket","ticket":"T-1","outcome":"done","status":"new","open":false,"type":"email","channel":"mail","inbox":"desk","close_date":"2026-03-02T09:00:00Z","skills":[],"waiting":true})");
}

TEST(AnswerLine, of_an_agent) {
    auto answer = answer_at_nine();
    AgentView view;
    view.available = true;
    view.why = AvailabilityWhy::manual;
    view.helpdesk = {1, 2, 3};
    view.conversations = {0, 4, 0};
    view.last_assigned_at_ms = nine_ms;
    view.capacity_total = 20;
    view.capacity[2] = 15;
    answer.agent = view;
    const Heading heading{"get_agent", {}, "anna"};
    EXPECT_EQ(
        json(heading, answer),
        R"("do":"get_agent","agent":"anna","outcome":"done","available":true,"why":"manual","load":{"helpdesk":{"calling":1,"messaging":2,"email":3},"conversations":{"calling":0,"messaging":4,"email":0}},"last_assigned_at":"2026-03-02T09:00:00Z","capacity":{"total":20,"email":15}})");
    EXPECT_EQ(text(heading, answer),
              "2026-03-02T09:00:00Z get_agent anna: available (manual), help desk 1 calling 2 "
              "messaging 3 email, conversations 0 calling 4 messaging 0 email, at most 20 in total "
              "15 email");

    answer.agent = AgentView{};
    EXPECT_EQ(
        json(heading, answer),
        R"("do":"get_agent","agent":"anna","outcome":"done","available":false,"why":"schedule","load":{"helpdesk":{"calling":0,"messaging":0,"email":0},"conversations":{"calling":0,"messaging":0,"email":0}},"capacity":{}})");
}

TEST(AnswerLine, of_lists) {
    auto answer = answer_at_nine();
    answer.tickets = std::vector<std::string_view>{"1", "2"};
    answer.list = {7, "2"};
    EXPECT_EQ(json({"backlog", {}, {}}, answer),
              R"("do":"backlog","outcome":"done","tickets":["1","2"],"total":7,"next":"2"})");
    EXPECT_EQ(text({"backlog", {}, {}}, answer),
              "2026-03-02T09:00:00Z backlog: tickets (7): 1 2 … more behind 2");

    answer = answer_at_nine();
    answer.drained.emplace();
    EXPECT_EQ(json({"availability", {}, "a"}, answer),
              R"("do":"availability","agent":"a","outcome":"done","drained":[],"total":0})");

    answer = answer_at_nine();
    answer.events.emplace();
    answer.events->push_back({12, nine_ms, EventKind::available, {}, "anna"});
    answer.list.total = 1;
    EXPECT_EQ(
        json({"tick", {}, {}}, answer),
        R"("do":"tick","outcome":"done","events":[{"seq":12,"at":"2026-03-02T09:00:00Z","event":"available","agent":"anna","cause":"time"}],"total":1})");
}

TEST(AnswerLine, of_explain) {
    auto answer = answer_at_nine(Outcome::assigned);
    answer.placement.owner = {OwnerKind::agent, "a"};
    answer.candidates.emplace();
    answer.candidates->push_back({"a", Verdict::eligible, 2, 1});
    answer.candidates->push_back({"b", Verdict::away, {}, {}});
    answer.list.total = 2;
    EXPECT_EQ(
        json({"explain", "T-1", {}}, answer),
        R"("do":"explain","ticket":"T-1","outcome":"assigned","agent":"a","candidates":[{"agent":"a","verdict":"eligible","load":2,"rank":1},{"agent":"b","verdict":"away"}],"total":2})");
}

TEST(AnswerLine, of_a_roster) {
    auto answer = answer_at_nine();
    answer.roster =
        RosterChanges{1, 2, 0, {"added agent anna", "changed team t", "changed rule r"}, {}};
    answer.roster->errors.push_back({"r.toml", 3, 1, "never gets work", "give it hours", true});
    EXPECT_EQ(
        json({"apply", {}, {}}, answer),
        R"("do":"apply","outcome":"done","added":1,"changed":2,"removed":0,"changes":["added agent anna","changed team t","changed rule r"],"warnings":[{"file":"r.toml","line":3,"column":1,"message":"never gets work","hint":"give it hours"}]})");

    answer.refuse(Reject::bad_roster, "1 error");
    answer.at_ms = nine_ms;
    answer.roster = RosterChanges{};
    answer.roster->errors.push_back({"r.toml", 3, 9, "no team \"x\"", "", false});
    EXPECT_EQ(
        json({"apply", {}, {}}, answer),
        R"("do":"apply","reject":"bad_roster","message":"1 error","errors":[{"file":"r.toml","line":3,"column":9,"message":"no team \"x\""}]})");
    EXPECT_EQ(
        text({"apply", {}, {}}, answer),
        "2026-03-02T09:00:00Z apply: refused: bad_roster: 1 error; r.toml:3:9: no team \"x\"");
}

TEST(AnswerLine, of_the_daemon) {
    auto answer = answer_at_nine();
    answer.entries.emplace();
    answer.entries->push_back({"shard 0", "tickets", "12"});
    EXPECT_EQ(
        json({"status", {}, {}}, answer),
        R"("do":"status","outcome":"done","entries":[{"scope":"shard 0","name":"tickets","value":"12"}]})");
    answer = answer_at_nine();
    answer.hello = HelloView{1, "usherd 0.1.0", "synced", "wall", 262144, 1024, 1};
    EXPECT_EQ(
        json({"hello", {}, {}}, answer),
        R"("do":"hello","outcome":"done","version":1,"server":"usherd 0.1.0","durability":"synced","clock":"wall","frame_bytes_max":262144,"in_flight_max":1024,"shards":1})");
    answer.hello->endpoint = "unix:/s.core-1";
    EXPECT_TRUE(json({"hello", {}, {}}, answer).ends_with(R"("endpoint":"unix:/s.core-1"})"));
    answer.hello->endpoint.clear();
    answer.hello->batch_requests_max = 512;
    EXPECT_TRUE(
        json({"hello", {}, {}}, answer).ends_with(R"("shards":1,"batch_requests_max":512})"));
}

TEST(JsonText, escapes_what_must_be_and_nothing_else) {
    std::string out;
    JsonText(out).text("a\"b\\c\nd\te\x01\x7f/é😀");
    EXPECT_EQ(out, "\"a\\\"b\\\\c\\nd\\te\\u0001\\u007f/é😀\"");
}

TEST(AnswerLine, keeps_the_first_instant_of_1970) {
    std::string line;
    append_json(line, {"tick", {}, {}}, Answer{});
    EXPECT_EQ(line, R"({"at":"1970-01-01T00:00:00Z","do":"tick","outcome":"none"})");
}

}  // namespace
}  // namespace usher::scenario
