#include "tests/protocol/golden_values.h"

namespace usher::testing {

using namespace protocol;

namespace {

constexpr std::int64_t monday_0900_ms = 1'772'442'000'000;  // 2026-03-02T09:00:00Z
constexpr std::int64_t july_1_ms = 1'782'864'000'000;       // 2026-07-01T00:00:00Z
constexpr std::int64_t july_15_ms = 1'784'073'600'000;      // 2026-07-15T00:00:00Z

constexpr std::array<Property, 2> some_properties{{{"topic", "refund"}, {"språk", "svenska"}}};
constexpr std::array<std::string_view, 2> some_skills{"billing", "vip"};

Route full_route() {
    Route r;
    r.ticket = "T-7";
    r.channel = "support-mail";
    r.pipeline = "support";
    r.type = TicketType::messaging;
    r.contact_owner = "anna";
    r.contact_tracked = false;
    r.properties = some_properties;
    r.skills = some_skills;
    r.status = "waiting";
    r.priority = 9;
    r.linked_ticket = "L-7";
    return r;
}

Route short_route() {
    Route r;
    r.ticket = "T-1";
    r.channel = "mail";
    return r;
}

Import an_import() {
    Import r;
    r.ticket = "T-2";
    r.channel = "mail";
    r.created_at_ms = monday_0900_ms - 86'400'000;
    r.owner = {OwnerKind::agent, "anna"};
    r.assigned_at_ms = monday_0900_ms - 3'600'000;
    r.type = TicketType::calling;
    r.status = "waiting";
    r.priority = 3;
    r.properties = some_properties;
    r.skills = some_skills;
    return r;
}

Update an_update() {
    Update r{"T-1", std::uint8_t{0}, Properties{some_properties}, Keys{}};
    return r;
}

Capacity a_capacity() {
    Capacity r;
    r.agent = "anna";
    r.total = {true, 20};
    r.per_type[0] = {true, std::nullopt};
    r.per_type[2] = {true, 0};
    return r;
}

Golden<Request> request(std::string name, std::string meaning, std::uint64_t correlation,
                        Body body) {
    return {"request_" + std::move(name), std::move(meaning), correlation,
            Request{"acme", std::nullopt, std::nullopt, std::move(body)}};
}

Golden<Request> of_connection(std::string name, std::string meaning, std::uint64_t correlation,
                              Body body) {
    return {"request_" + std::move(name), std::move(meaning), correlation,
            Request{{}, std::nullopt, std::nullopt, std::move(body)}};
}

Answer answer_at(std::uint64_t seq) {
    Answer answer;
    answer.at_ms = monday_0900_ms;
    answer.seq = seq;
    return answer;
}

Answer placed(std::uint64_t seq, Outcome outcome, Owner owner, Reason reason = Reason::none) {
    auto answer = answer_at(seq);
    answer.placement.outcome = outcome;
    answer.placement.owner = owner;
    answer.placement.reason = reason;
    return answer;
}

Answer refusal(Reject reject, std::string message) {
    auto answer = answer_at(0);
    answer.reject = reject;
    answer.message = std::move(message);
    return answer;
}

}  // namespace

std::vector<Golden<Request>> golden_requests() {
    std::vector<Golden<Request>> all{
        of_connection("hello", "hello, version 1, client \"my gateway\"", 1,
                      Hello{1, "my gateway"}),
        of_connection("ping", "ping", 2, Ping{}),
        of_connection("status", "status of the daemon", 3, Status{}),
        request("route", "route T-1 from channel mail, nothing optional", 4, short_route()),
        request("route_full", "route T-7 with every field, key k-1, at 2026-03-02T09:00:00Z", 5,
                full_route()),
        request("explain", "explain T-1, at most 10 candidates behind cursor \"c10\"", 6,
                Explain{short_route(), {10, "c10"}}),
        request("assign", "assign T-1 to agent anna", 7,
                Assign{"T-1", {OwnerKind::agent, "anna"}, {}}),
        request("assign_expecting", "assign T-1 to a bot, if team vip has it", 8,
                Assign{"T-1", {OwnerKind::bot, {}}, Owner{OwnerKind::team, "vip"}}),
        request("assign_none", "take T-1 from its owner", 9, Assign{"T-1", {}, {}}),
        request("assign_conversation", "assign_conversation C-1 to anna in inbox chats", 10,
                AssignConversation{"C-1", "anna", "chats"}),
        request("reply", "anna has replied on T-1", 11, ReplySent{"T-1", "anna"}),
        request("email_sent", "an e-mail was sent from the contact's record", 12,
                EmailSent{"T-1", SentFrom::contact}),
        request("contact_reply", "the contact has replied in another thread of T-1", 13,
                ContactReply{"T-1", ContactReplyKind::other_thread}),
        request("set_status", "T-1 is waiting", 14, SetStatus{"T-1", "waiting"}),
        request("close", "close T-1", 15, Close{"T-1"}),
        request("reopen", "reopen T-1", 16, Reopen{"T-1"}),
        request("update", "T-1: priority 0, two properties, no skills", 17, an_update()),
        request("import", "import T-2 with every field", 18, an_import()),
        request("transfer", "transfer T-1 to channel chat", 19, Transfer{"T-1", "chat"}),
        request("handoff", "the bot hands T-1 off", 20, Handoff{"T-1"}),
        request("missed", "the call T-1 was not answered", 21, Missed{"T-1"}),
        request("availability", "anna is away", 22,
                Availability{"anna", AvailabilitySetting::away, {}}),
        request("absence", "anna is absent from 2026-07-01 to 2026-07-15 (UTC)", 23,
                Absence{"anna", july_1_ms, july_15_ms, false}),
        request("capacity", "anna: total 20, calling lifted, messaging as it is, email 0", 24,
                a_capacity()),
        request("channel", "switch channel mail off", 25, ChannelSwitch{"mail", false}),
        request("apply_begin", "a roster begins", 26, ApplyBegin{}),
        request("apply_part", "a part of roster.toml", 27,
                ApplyPart{"roster.toml", "[account]\nkey = \"acme\"\n"}),
        request("apply_commit",
                "the roster is complete: apply it, agents who go give their work back", 28,
                ApplyCommit{false, true}),
        request("get_ticket", "what is known of T-1", 29, GetTicket{"T-1"}),
        request("get_agent", "what is known of anna", 30, GetAgent{"anna"}),
        request("backlog", "the backlog of inbox desk", 31, Backlog{"desk", {}}),
        request("tickets", "tickets of anna, closed ones too", 32,
                Tickets{{OwnerKind::agent, "anna"}, {}, false, {}}),
        request("tickets_channel", "open tickets of channel mail", 33,
                Tickets{{}, "mail", true, {}}),
        request("tick", "what has time brought", 34, Tick{}),
        request("follow", "events from 41 on, waited for ten seconds", 35, Follow{41, 100, 10'000}),
        request("follow_now", "where the account is", 36, Follow{}),
    };
    for (auto& golden : all)
        if (golden.name == "request_route_full") {
            golden.value.key = "k-1";
            golden.value.at_ms = monday_0900_ms;
        }
    return all;
}

namespace {

std::vector<Golden<Answer>> answers_of_routing() {
    auto voicemail = placed(6, Outcome::voicemail, {});
    voicemail.placement.voicemail_message = "all-busy";
    auto owner_away = placed(5, Outcome::unassigned, {}, Reason::owner_unavailable);
    owner_away.placement.notify_owner = "anna";
    auto queued = placed(7, Outcome::queued, {});
    queued.placement.position = 3;
    auto status = placed(8, Outcome::status, {});
    status.status = "closed";
    status.close_date_ms = monday_0900_ms;
    auto reopened = placed(9, Outcome::status, {});
    reopened.status = "new";
    reopened.routed =
        Placement{Outcome::assigned, {OwnerKind::agent, "bo"}, Reason::none, {}, {}, {}, false};
    auto hello = placed(0, Outcome::done, {});
    hello.hello = HelloView{1, "usherd 0.1.0", "synced", "wall", 262'144, 1'024, 1};
    auto hello_batches = hello;
    hello_batches.hello->batch_requests_max = 1'024;
    auto hello_endpoint = hello_batches;
    hello_endpoint.hello->endpoint = "127.0.0.1:40001";
    return {
        {"answer_hello", "of hello: version 1, usherd 0.1.0, synced, wall clock", 1, hello},
        {"answer_hello_endpoint", "of hello for an account: its core listens on 127.0.0.1:40001", 1,
         hello_endpoint},
        {"answer_hello_batches", "of hello: takes batches of up to 1,024 requests", 1,
         hello_batches},
        {"answer_assigned", "assigned to agent anna", 4,
         placed(1, Outcome::assigned, {OwnerKind::agent, "anna"})},
        {"answer_team", "given to team vip", 5, placed(2, Outcome::team, {OwnerKind::team, "vip"})},
        {"answer_bot", "given to a bot", 6, placed(3, Outcome::bot, {OwnerKind::bot, {}})},
        {"answer_unassigned", "unassigned: no skill", 7,
         placed(4, Outcome::unassigned, {}, Reason::no_skill)},
        {"answer_owner_unavailable", "unassigned: owner unavailable, anna is to be told", 8,
         owner_away},
        {"answer_voicemail", "voicemail, message all-busy", 9, voicemail},
        {"answer_queued", "queued, third in its inbox", 10, queued},
        {"answer_status", "status closed, with its close date", 11, status},
        {"answer_reopened", "status new, and routed again to bo", 12, reopened},
        {"answer_unchanged", "unchanged", 13, placed(8, Outcome::unchanged, {})},
    };
}

EventView event(std::uint64_t seq, EventKind kind, std::string_view cause,
                std::string_view ticket) {
    EventView made;
    made.seq = seq;
    made.at_ms = monday_0900_ms;
    made.kind = kind;
    made.cause = cause;
    made.ticket = ticket;
    return made;
}

Answer followed() {
    auto answer = placed(50, Outcome::done, {});
    auto& events = answer.events.emplace();
    events.push_back(event(41, EventKind::assigned, "route", "T-1"));
    events.back().agent = "anna";
    events.back().channel = "mail";
    events.back().notify = {"anna"};
    events.push_back(event(42, EventKind::unassigned, "missed", "T-2"));
    events.back().reason = Reason::none_available;
    events.back().notify = {"bo", "cy"};
    events.push_back(event(44, EventKind::action, "close", "T-1"));
    events.back().status = "closed";
    events.back().action = "email";
    events.back().fields = {{"template", "ticket-closed"}};
    events.push_back(event(45, EventKind::absence, "absence", {}));
    events.back().agent = "anna";
    events.back().from_ms = monday_0900_ms;
    events.back().until_ms = monday_0900_ms + 60'000;
    events.back().cancel = true;
    events.push_back(event(46, EventKind::capacity, "capacity", {}));
    events.back().agent = "anna";
    events.back().limits = EventLimits{20, {1, {}, 15}};
    events.push_back(event(49, EventKind::applied, "apply", {}));
    events.back().changes = EventChanges{1, 0, 2};
    answer.list.total = events.size();
    answer.through = 50;
    return answer;
}

std::vector<Golden<Answer>> answers_to_questions() {
    auto ticket = placed(10, Outcome::done, {});
    ticket.status = "new";
    ticket.ticket = TicketView{{OwnerKind::agent, "anna"},
                               true,
                               TicketType::email,
                               "mail",
                               "desk",
                               monday_0900_ms,
                               {"billing"},
                               false};
    auto agent = placed(11, Outcome::done, {});
    agent.agent = AgentView{
        true, AvailabilityWhy::standing, {0, 2, 5}, {1, 0, 0}, monday_0900_ms, 20, {1, {}, 15}};
    auto explained = placed(12, Outcome::assigned, {OwnerKind::agent, "anna"});
    explained.candidates = {{"anna", Verdict::eligible, 2, 1}, {"bo", Verdict::away, {}, {}}};
    explained.list.total = 2;
    auto missed = placed(12, Outcome::unassigned, {});
    missed.placement.reason = Reason::no_skill;
    missed.nearest = Nearest{"bo", Change::skills, {"billing"}};
    missed.candidates = {{"bo", Verdict::skill_missing, {}, {}}};
    missed.list.total = 1;
    auto backlog = placed(13, Outcome::done, {});
    backlog.tickets = {"T-1", "T-2"};
    backlog.list = {7, "t2"};
    auto drained = placed(14, Outcome::done, {});
    drained.drained.emplace();
    auto ticked = placed(15, Outcome::done, {});
    ticked.events = {{41, monday_0900_ms, EventKind::available, {}, "anna"}};
    ticked.list.total = 1;
    auto entries = placed(17, Outcome::done, {});
    entries.entries = {{"daemon", "connections", "3"}, {"shard 0", "sequence", "17"}};
    return {
        {"answer_ticket", "of get_ticket", 14, ticket},
        {"answer_agent", "of get_agent", 15, agent},
        {"answer_candidates", "of explain: anna would get it, bo is away", 16, explained},
        {"answer_nearest", "of explain: bo lacks but a skill", 26, missed},
        {"answer_tickets", "of backlog: two of seven, and where to go on", 17, backlog},
        {"answer_drained", "of availability: done, nobody got anything", 18, drained},
        {"answer_events", "of tick: anna became available", 19, ticked},
        {"answer_followed", "of follow: six events, all up to 50", 22, followed()},
        {"answer_entries", "of status", 21, entries},
    };
}

std::vector<Golden<Answer>> answers_to_rosters_and_refusals() {
    auto exists = refusal(Reject::ticket_exists, "there is a ticket T-1 already");
    exists.owner = Owner{OwnerKind::agent, "anna"};
    auto overloaded = refusal(Reject::overloaded, "too much waits for the disk");
    overloaded.retry_after_ms = 20;
    auto applied = placed(16, Outcome::done, {});
    applied.roster =
        RosterChanges{2, 1, 0, {"added agent anna", "added team vip", "changed channel mail"}, {}};
    auto bad_roster = refusal(Reject::bad_roster, "the roster has 1 error");
    bad_roster.roster = RosterChanges{
        0, 0, 0, {}, {{"roster.toml", 3, 7, "no team \"vipp\"", "did you mean \"vip\"?", false}}};
    return {
        {"answer_applied", "of apply_commit: what was added and changed", 20, applied},
        {"refusal_bad_field", "bad_field", 22,
         refusal(Reject::bad_field, "ticket: is longer than 64 bytes")},
        {"refusal_ticket_exists", "ticket_exists, held by anna", 23, exists},
        {"refusal_overloaded", "overloaded, try again in 20 ms", 24, overloaded},
        {"refusal_bad_roster", "bad_roster with one error and its hint", 25, bad_roster},
    };
}

}  // namespace

std::vector<Golden<std::vector<Request>>> golden_batches() {
    const auto of_acme = [](Body body) { return Request{"acme", {}, {}, std::move(body)}; };
    return {{"batch_route_close_ping",
             "route T-1 (as in request_route.hex), close T-1, ping: correlations 4, 5, 6",
             4,
             {of_acme(short_route()), of_acme(Close{"T-1"}), Request{{}, {}, {}, Ping{}}}}};
}

std::vector<Golden<Answer>> golden_answers() {
    auto all = answers_of_routing();
    for (auto* more : {&answers_to_questions, &answers_to_rosters_and_refusals})
        for (auto& golden : more()) all.push_back(std::move(golden));
    return all;
}

}  // namespace usher::testing
