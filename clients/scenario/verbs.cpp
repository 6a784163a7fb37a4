#include "clients/scenario/verbs.h"

#include <algorithm>
#include <array>

namespace usher::scenario {
namespace {

using enum FieldKind;
using Words = std::string_view;

constexpr std::array<Words, 3> type_words{"calling", "messaging", "email"};
constexpr std::array<Words, 2> sent_from_words{"record", "contact"};
constexpr std::array<Words, 6> reply_kind_words{"thread",          "other_thread", "forwarded",
                                                "forwarded_reply", "other",        "personal"};
constexpr std::array<Words, 3> setting_words{"available", "away", "hours"};

constexpr Field ticket{"ticket", key, true, "the ticket's key"};
constexpr Field agent{"agent", key, true, "the agent's key"};
constexpr Field channel{"channel", key, true, "the channel's key"};
constexpr Field type{"type", word, false, "type of the work; default: the channel's", type_words};
constexpr Field to_agent{"agent", key, false, "to this agent"};
constexpr Field to_team{"team", key, false, "to this team"};
constexpr Field to_bot{"bot", only_true, false, "to the bot"};
constexpr Field to_none{"none", only_true, false, "to nobody"};
constexpr Field limit{"limit", page_limit, false, "at most so many of the list"};
constexpr Field after{"after", cursor, false, "go on behind here: the `next` of the part before"};
constexpr Field priority_field{"priority", priority, false, "0 to 9, high first"};
constexpr Field properties_field{"properties", properties, false, "properties of the ticket"};
constexpr Field skills{"skills", keys, false, "skills that the work needs"};
constexpr Field pipeline{"pipeline", key, false, "the pipeline; default: the channel's"};
constexpr Field contact_owner{"contact_owner", key, false, "the agent who owns the contact"};
constexpr Field contact_tracked{"contact_tracked", flag, false, "the contact is tracked (default)"};
constexpr Field open_status{"status", key, false, "an open status; default: the channel's"};
constexpr Field linked_ticket{"linked_ticket", key, false, "the ticket of this conversation"};

constexpr std::array route_fields{ticket,        channel,         pipeline,         type,
                                  contact_owner, contact_tracked, properties_field, skills,
                                  open_status,   priority_field,  linked_ticket};
constexpr std::array explain_fields{ticket,        channel,         pipeline,         type,
                                    contact_owner, contact_tracked, properties_field, skills,
                                    open_status,   priority_field,  linked_ticket,    limit,
                                    after};
constexpr std::array assign_fields{
    ticket,
    to_agent,
    to_team,
    to_bot,
    to_none,
    Field{"expect_owner", owner, false,
          "refuse if the ticket is not (any more) held by this owner"}};
constexpr std::array assign_conversation_fields{
    ticket, agent, Field{"inbox", key, false, "into this inbox; default: it stays"}};
constexpr std::array reply_fields{ticket, agent};
constexpr std::array email_sent_fields{
    ticket, Field{"from", word, true, "the record that it was sent from", sent_from_words}};
constexpr std::array contact_reply_fields{
    ticket, Field{"kind", word, true, "where the contact wrote", reply_kind_words}};
constexpr std::array set_status_fields{ticket, Field{"status", key, true, "the new status"}};
constexpr std::array ticket_fields{ticket};
constexpr std::array update_fields{ticket, priority_field, properties_field, skills};
constexpr std::array import_fields{
    ticket,
    channel,
    Field{"created_at", instant, true, "when the work was made"},
    to_agent,
    to_team,
    to_bot,
    to_none,
    Field{"assigned_at", instant, false, "when its owner got it"},
    type,
    Field{"status", key, false, "its status; default: the channel's"},
    priority_field,
    properties_field,
    skills};
constexpr std::array transfer_fields{ticket, channel};
constexpr std::array availability_fields{
    agent, Field{"set", word, true, "what holds from now on", setting_words}, limit, after};
constexpr std::array absence_fields{agent, Field{"from", instant, true, "first instant away"},
                                    Field{"until", instant, true, "first instant back"},
                                    Field{"cancel", flag, false, "take this absence back"}};
constexpr std::array capacity_fields{
    agent,
    Field{"total", limit_or_null, false, "limit over all types; `none` lifts it"},
    Field{"calling", limit_or_null, false, "limit for calling; `none` lifts it"},
    Field{"messaging", limit_or_null, false, "limit for messaging; `none` lifts it"},
    Field{"email", limit_or_null, false, "limit for email; `none` lifts it"},
    limit,
    after};
constexpr std::array channel_fields{
    channel, Field{"enabled", flag, true, "whether it takes work: true or false"}};
constexpr std::array apply_fields{
    Field{"roster", files, true, "the roster's file or files, beside the scenario"},
    Field{"dry_run", flag, false, "only say what would change"},
    Field{"unassign", flag, false, "agents that are removed give their work back"}};
constexpr std::array agent_fields{agent};
constexpr std::array backlog_fields{Field{"inbox", key, true, "the inbox's key"}, limit, after};
constexpr std::array tickets_fields{
    Field{"agent", key, false, "those of this agent"},
    Field{"team", key, false, "those of this team"},
    Field{"channel", key, false, "those of this channel"},
    Field{"open", flag, false, "the open ones (default), or the closed ones"},
    limit,
    after};
constexpr std::array tick_fields{limit, after};

constexpr std::array verb_table{
    Verb{"route", "Give a new ticket to whoever should have it", route_fields, true,
         "T-1 support-mail --property topic=refund --skill billing --priority 5"},
    Verb{"explain", "Say who would get a ticket and what rules out the others", explain_fields,
         false, "T-1 support-mail --skill billing"},
    Verb{"assign", "Give a ticket to an agent, a team, the bot or nobody, by hand", assign_fields,
         true, "T-1 --agent anna --expect-owner team:vip"},
    Verb{"assign_conversation", "A workflow gives a conversation to an agent",
         assign_conversation_fields, true, "T-1 anna --inbox talk"},
    Verb{"reply", "An agent sent a reply on a ticket", reply_fields, true, "T-1 anna"},
    Verb{"email_sent", "An e-mail was sent from the ticket's or the contact's record",
         email_sent_fields, true, "T-1 record"},
    Verb{"contact_reply", "The contact wrote", contact_reply_fields, true, "T-1 thread"},
    Verb{"set_status", "Give a ticket another status", set_status_fields, true, "T-1 waiting"},
    Verb{"close", "Close a ticket (the first closed status)", ticket_fields, true, "T-1"},
    Verb{"reopen", "Open a closed ticket again (the first open status)", ticket_fields, true,
         "T-1"},
    Verb{"update", "Change a ticket's priority, properties or skills", update_fields, true,
         "T-1 --priority 7"},
    Verb{"import", "Take over work that exists already, with its owner and times", import_fields,
         true, "T-0 support-mail 2026-02-01T00:00:00Z --agent anna"},
    Verb{"transfer", "Move a ticket to another channel and route it there", transfer_fields, true,
         "T-1 sales-mail"},
    Verb{"handoff", "The bot gives a ticket up: route it through the rule's fallback",
         ticket_fields, true, "T-1"},
    Verb{"missed", "An agent did not answer a call", ticket_fields, true, "T-1"},
    Verb{"availability", "Set an agent's availability by hand", availability_fields, true,
         "anna away"},
    Verb{"absence", "Enter (or cancel) a span in which an agent is absent", absence_fields, true,
         "anna 2026-07-01T00:00:00Z 2026-07-15T00:00:00Z"},
    Verb{"capacity", "Set or lift an agent's limits", capacity_fields, true,
         "anna --total 20 --calling none"},
    Verb{"channel", "Switch a channel on or off", channel_fields, true, "support-mail false"},
    Verb{"apply", "Make the account equal to a roster", apply_fields, true, "roster.toml"},
    Verb{"get_ticket", "Show a ticket", ticket_fields, false, "T-1"},
    Verb{"get_agent", "Show an agent", agent_fields, false, "anna"},
    Verb{"backlog", "Show an inbox's unassigned tickets, oldest first", backlog_fields, false,
         "desk"},
    Verb{"tickets", "Show an agent's, a team's or a channel's tickets, oldest first",
         tickets_fields, false, "--agent anna"},
    Verb{"tick", "Show what time alone brought since the request before", tick_fields, false, ""},
};

}  // namespace

std::span<const Verb> verbs() {
    return verb_table;
}

const Verb* find_verb(std::string_view name) {
    const auto* found = std::ranges::find(verb_table, name, &Verb::name);
    return found == verb_table.end() ? nullptr : found;
}

const Field* find_field(const Verb& verb, std::string_view name) {
    const auto found = std::ranges::find(verb.fields, name, &Field::name);
    return found == verb.fields.end() ? nullptr : &*found;
}

}  // namespace usher::scenario
