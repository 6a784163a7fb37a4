#include "clients/scenario/request_line.h"

#include <gtest/gtest.h>

#include "clients/scenario/answer_line.h"
#include "protocol/limits.h"

namespace usher::scenario {
namespace {

using namespace protocol;

constexpr std::int64_t nine_ms = 1'772'442'000'000;  // 2026-03-02T09:00:00Z

class RequestLine : public testing::Test {
  protected:
    /// Reads `{"at": …, "do": VERB, FIELDS}` and gives its body, which must be a T.
    template <class T>
    const T& read(std::string_view verb, std::string_view fields) {
        text_ = R"({"at": "2026-03-02T09:00:00Z", "do": ")" + std::string(verb) + "\"" +
                (fields.empty() ? "" : ", ") + std::string(fields) + "}";
        line_ = &reader_.read(text_, 1);
        EXPECT_EQ(line_->wrong, "");
        EXPECT_EQ(line_->at_ms, nine_ms);
        EXPECT_EQ(line_->request.at_ms, nine_ms);
        EXPECT_EQ(line_->request.account, "acme");
        EXPECT_TRUE(std::holds_alternative<T>(line_->request.body)) << text_;
        return std::get<T>(line_->request.body);
    }

    LineReader reader_{"acme", true};
    std::string text_;
    Line* line_ = nullptr;
};

TEST_F(RequestLine, route_reads_every_field) {
    const auto& route =
        read<Route>("route",
                    R"("ticket": "T-1", "channel": "mail", "pipeline": "p", "type": "calling",
           "contact_owner": "anna", "contact_tracked": false,
           "properties": {"topic": "refund", "lang": "fr"}, "skills": ["billing", "fr"],
           "status": "new", "priority": 7, "linked_ticket": "T-0", "key": "once")");
    EXPECT_EQ(route.ticket, "T-1");
    EXPECT_EQ(route.channel, "mail");
    EXPECT_EQ(route.pipeline, "p");
    EXPECT_EQ(route.type, TicketType::calling);
    EXPECT_EQ(route.contact_owner, "anna");
    EXPECT_FALSE(route.contact_tracked);
    ASSERT_EQ(route.properties.size(), 2U);
    EXPECT_EQ(route.properties[0], (Property{"topic", "refund"}));
    EXPECT_EQ(route.properties[1], (Property{"lang", "fr"}));
    ASSERT_EQ(route.skills.size(), 2U);
    EXPECT_EQ(route.skills[1], "fr");
    EXPECT_EQ(route.status, "new");
    EXPECT_EQ(route.priority, 7);
    EXPECT_EQ(route.linked_ticket, "T-0");
    EXPECT_EQ(line_->request.key, "once");
    EXPECT_EQ(line_->heading.verb, "route");
    EXPECT_EQ(line_->heading.ticket, "T-1");
}

TEST_F(RequestLine, route_without_options_has_the_defaults) {
    const auto& route = read<Route>("route", R"("ticket": "T-1", "channel": "mail")");
    EXPECT_FALSE(route.pipeline || route.type || route.contact_owner || route.status ||
                 route.linked_ticket);
    EXPECT_TRUE(route.contact_tracked);
    EXPECT_TRUE(route.properties.empty() && route.skills.empty());
    EXPECT_EQ(route.priority, 0);
    EXPECT_FALSE(line_->request.key);
}

TEST_F(RequestLine, explain_is_a_route_with_a_page) {
    const auto& explain =
        read<Explain>("explain", R"("ticket": "1", "channel": "m", "limit": 5, "after": "x")");
    EXPECT_EQ(explain.route.channel, "m");
    EXPECT_EQ(explain.page.limit, 5U);
    EXPECT_EQ(explain.page.after, "x");
}

TEST_F(RequestLine, assign_names_each_kind_of_owner) {
    EXPECT_EQ(read<Assign>("assign", R"("ticket": "1", "agent": "a")").to,
              (Owner{OwnerKind::agent, "a"}));
    EXPECT_EQ(read<Assign>("assign", R"("ticket": "1", "team": "t")").to,
              (Owner{OwnerKind::team, "t"}));
    EXPECT_EQ(read<Assign>("assign", R"("ticket": "1", "bot": true)").to,
              (Owner{OwnerKind::bot, {}}));
    EXPECT_EQ(read<Assign>("assign", R"("ticket": "1", "none": true)").to,
              (Owner{OwnerKind::none, {}}));
    EXPECT_FALSE(read<Assign>("assign", R"("ticket": "1", "none": true)").expect_owner);
}

TEST_F(RequestLine, assign_may_name_the_owner_that_it_expects) {
    const auto expected = [this](std::string_view owner) {
        return *read<Assign>("assign", R"("ticket": "1", "agent": "a", "expect_owner": )" +
                                           std::string(owner))
                    .expect_owner;
    };
    EXPECT_EQ(expected(R"({"agent": "anna"})"), (Owner{OwnerKind::agent, "anna"}));
    EXPECT_EQ(expected(R"({"team": "vip"})"), (Owner{OwnerKind::team, "vip"}));
    EXPECT_EQ(expected(R"({"bot": true})"), (Owner{OwnerKind::bot, {}}));
    EXPECT_EQ(expected(R"({"none": true})"), (Owner{OwnerKind::none, {}}));
}

TEST_F(RequestLine, requests_about_a_ticket_alone) {
    EXPECT_EQ(read<Close>("close", R"("ticket": "1")").ticket, "1");
    EXPECT_EQ(read<Reopen>("reopen", R"("ticket": "1")").ticket, "1");
    EXPECT_EQ(read<Handoff>("handoff", R"("ticket": "1")").ticket, "1");
    EXPECT_EQ(read<Missed>("missed", R"("ticket": "1")").ticket, "1");
    EXPECT_EQ(read<GetTicket>("get_ticket", R"("ticket": "1")").ticket, "1");
}

TEST_F(RequestLine, changes_of_a_ticket) {
    EXPECT_EQ(read<SetStatus>("set_status", R"("ticket": "1", "status": "s")").status, "s");
    EXPECT_EQ(read<Transfer>("transfer", R"("ticket": "1", "channel": "c")").channel, "c");
    EXPECT_EQ(read<ReplySent>("reply", R"("ticket": "1", "agent": "a")").agent, "a");
    const auto& workflow = read<AssignConversation>("assign_conversation",
                                                    R"("ticket": "1", "agent": "a", "inbox": "i")");
    EXPECT_EQ(workflow.agent, "a");
    EXPECT_EQ(workflow.inbox, "i");
    EXPECT_EQ(line_->heading.ticket, "1");
    EXPECT_EQ(line_->heading.agent, "");
}

TEST_F(RequestLine, words_become_their_enums) {
    EXPECT_EQ(read<EmailSent>("email_sent", R"("ticket": "1", "from": "record")").from,
              SentFrom::record);
    EXPECT_EQ(read<EmailSent>("email_sent", R"("ticket": "1", "from": "contact")").from,
              SentFrom::contact);
    constexpr std::string_view kinds[] = {"thread",          "other_thread", "forwarded",
                                          "forwarded_reply", "other",        "personal"};
    for (std::size_t i = 0; i < std::size(kinds); ++i) {
        const auto fields = R"("ticket": "1", "kind": ")" + std::string(kinds[i]) + "\"";
        EXPECT_EQ(static_cast<std::size_t>(read<ContactReply>("contact_reply", fields).kind), i);
    }
    EXPECT_EQ(read<Availability>("availability", R"("agent": "a", "set": "hours")").set,
              AvailabilitySetting::hours);
    EXPECT_EQ(line_->heading.agent, "a");
}

TEST_F(RequestLine, update_tells_an_empty_list_from_none) {
    const auto& nothing = read<Update>("update", R"("ticket": "1")");
    EXPECT_FALSE(nothing.priority || nothing.properties || nothing.skills);
    const auto& empty = read<Update>("update", R"("ticket": "1", "priority": 0, "properties": {},
                                                  "skills": [])");
    EXPECT_EQ(empty.priority, 0);
    EXPECT_TRUE(empty.properties && empty.properties->empty());
    EXPECT_TRUE(empty.skills && empty.skills->empty());
}

TEST_F(RequestLine, import_reads_its_instants_and_owner) {
    const auto& import = read<Import>(
        "import", R"("ticket": "old", "channel": "mail", "agent": "a", "type": "messaging",
                     "created_at": "1970-01-01T00:00:01Z", "assigned_at": "1970-01-01T01:00:02+01:00",
                     "status": "s", "priority": 9, "properties": {"a": "b"}, "skills": ["x"])");
    EXPECT_EQ(import.created_at_ms, 1000);
    EXPECT_EQ(import.assigned_at_ms, 2000);
    EXPECT_EQ(import.owner, (Owner{OwnerKind::agent, "a"}));
    EXPECT_EQ(import.type, TicketType::messaging);
    EXPECT_EQ(import.status, "s");
    EXPECT_EQ(import.priority, 9);
    EXPECT_EQ(import.properties.size(), 1U);
    EXPECT_EQ(import.skills.size(), 1U);
}

TEST_F(RequestLine, capacity_tells_set_from_lifted_from_left_alone) {
    const auto& capacity =
        read<Capacity>("capacity", R"("agent": "a", "total": 5, "messaging": null, "email": 0)");
    EXPECT_TRUE(capacity.total.named);
    EXPECT_EQ(capacity.total.limit, 5U);
    EXPECT_FALSE(capacity.per_type[0].named);
    EXPECT_TRUE(capacity.per_type[1].named);
    EXPECT_FALSE(capacity.per_type[1].limit);
    EXPECT_EQ(capacity.per_type[2].limit, 0U);
}

TEST_F(RequestLine, absence_and_channel) {
    const auto& absence = read<Absence>(
        "absence", R"("agent": "a", "from": "1970-01-01T00:00:01Z", "until": "1970-01-01T00:00:02Z",
                      "cancel": true)");
    EXPECT_EQ(absence.from_ms, 1000);
    EXPECT_EQ(absence.until_ms, 2000);
    EXPECT_TRUE(absence.cancel);
    EXPECT_FALSE(read<ChannelSwitch>("channel", R"("channel": "c", "enabled": false)").enabled);
    EXPECT_EQ(line_->heading.ticket, "");
    EXPECT_EQ(line_->heading.agent, "");
}

TEST_F(RequestLine, apply_names_files_for_its_caller) {
    const auto& commit =
        read<ApplyCommit>("apply", R"("roster": "next.toml", "dry_run": true, "unassign": true)");
    EXPECT_TRUE(commit.dry_run && commit.unassign);
    ASSERT_TRUE(line_->apply);
    EXPECT_EQ(line_->apply->files, std::vector<std::string>{"next.toml"});
    read<ApplyCommit>("apply", R"("roster": ["a.toml", "b.toml"])");
    EXPECT_EQ(line_->apply->files, (std::vector<std::string>{"a.toml", "b.toml"}));
    EXPECT_FALSE(line_->apply->dry_run || line_->apply->unassign);
}

TEST_F(RequestLine, questions) {
    EXPECT_EQ(read<GetAgent>("get_agent", R"("agent": "a")").agent, "a");
    EXPECT_EQ(read<Backlog>("backlog", R"("inbox": "i", "limit": 2)").page.limit, 2U);
    EXPECT_EQ(read<Tick>("tick", "").page.limit, list_limit_default);
    const auto& of_agent = read<Tickets>("tickets", R"("agent": "a")");
    EXPECT_EQ(of_agent.of, (Owner{OwnerKind::agent, "a"}));
    EXPECT_TRUE(of_agent.open);
    const auto& of_team = read<Tickets>("tickets", R"("team": "t", "open": false)");
    EXPECT_EQ(of_team.of, (Owner{OwnerKind::team, "t"}));
    EXPECT_FALSE(of_team.open);
    EXPECT_EQ(read<Tickets>("tickets", R"("channel": "c")").channel, "c");
}

TEST_F(RequestLine, every_verb_of_the_table_can_be_read) {
    for (const auto& verb : verbs()) {
        std::string text =
            R"({"at": "2026-03-02T09:00:00Z", "do": ")" + std::string(verb.name) + "\"";
        for (const auto& field : verb.fields) {
            if (!field.required) continue;
            text += ", \"" + std::string(field.name) + "\": ";
            switch (field.kind) {
                case FieldKind::flag:
                    text += "true";
                    break;
                case FieldKind::word:
                    text += "\"" + std::string(field.words.front()) + "\"";
                    break;
                case FieldKind::instant:
                    text += field.name == "until" ? R"("2026-03-03T09:00:00Z")"
                                                  : R"("2026-03-02T09:00:00Z")";
                    break;
                default:
                    text += R"("k")";
            }
        }
        if (verb.name == "assign" || verb.name == "import") text += R"(, "none": true)";
        if (verb.name == "tickets") text += R"(, "agent": "k")";
        text += "}";
        const auto& line = reader_.read(text, 1);
        EXPECT_EQ(line.wrong, "") << text;
        const auto heading = heading_of(line.request);
        if (verb.name == "apply") continue;
        EXPECT_EQ(heading.verb, verb.name);
        EXPECT_EQ(heading.ticket, line.heading.ticket) << verb.name;
        EXPECT_EQ(heading.agent, line.heading.agent) << verb.name;
    }
}

TEST_F(RequestLine, at_may_be_left_out_when_another_clock_counts) {
    LineReader lenient{"acme", false};
    const auto& line = lenient.read(R"({"do": "tick"})", 1);
    EXPECT_EQ(line.wrong, "");
    EXPECT_FALSE(line.at_ms);
    EXPECT_FALSE(line.request.at_ms);
    EXPECT_FALSE(line.heading.undated);  // its answer will have an instant
}

TEST_F(RequestLine, one_reader_reads_many_lines) {
    for (int i = 0; i < 1000; ++i) {
        const auto ticket = "T-" + std::to_string(i);
        const auto& close = read<Close>("close", "\"ticket\": \"" + ticket + "\"");
        ASSERT_EQ(close.ticket, ticket);
        ASSERT_EQ(reader_.read("{", 2).wrong.substr(0, 16), "line 2: not JSON");
    }
}

TEST(ScenarioText, many_long_lines_take_no_more_memory_than_one) {
    LineReader reader("acme", false);
    std::string line = R"({"do":"route","ticket":"T-1","channel":"mail","properties":{)";
    for (int i = 0; i < 60; ++i)
        line +=
            (i == 0 ? "\"p" : ",\"p") + std::to_string(i) + "\":\"" + std::string(1000, 'x') + '"';
    line += "}}";
    // Memory that doubled with each of them would be more than there are addresses.
    for (int i = 0; i < 64; ++i) {
        const auto& read = reader.read(line, 1);
        ASSERT_EQ(read.wrong, "");
        ASSERT_EQ(std::get<protocol::Route>(read.request.body).properties.size(), 60U);
    }
}

TEST(ScenarioText, blank_lines_and_comments_say_nothing) {
    EXPECT_TRUE(says_nothing(""));
    EXPECT_TRUE(says_nothing(" \t\r"));
    EXPECT_TRUE(says_nothing("# a comment"));
    EXPECT_TRUE(says_nothing("  #"));
    EXPECT_FALSE(says_nothing("{}"));
    EXPECT_FALSE(says_nothing("x # y"));
}

}  // namespace
}  // namespace usher::scenario
