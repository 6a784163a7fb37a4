#include "protocol/names.h"

#include <array>
#include <type_traits>

namespace usher::protocol {
namespace {

template <class E>
struct Word {
    E value;
    std::string_view name;
};

constexpr std::array<std::string_view, verb_count> verbs{"hello",
                                                         "ping",
                                                         "status",
                                                         "route",
                                                         "explain",
                                                         "assign",
                                                         "assign_conversation",
                                                         "reply",
                                                         "email_sent",
                                                         "contact_reply",
                                                         "set_status",
                                                         "close",
                                                         "reopen",
                                                         "update",
                                                         "import",
                                                         "transfer",
                                                         "handoff",
                                                         "missed",
                                                         "availability",
                                                         "absence",
                                                         "capacity",
                                                         "channel",
                                                         "apply_begin",
                                                         "apply_part",
                                                         "apply_commit",
                                                         "get_ticket",
                                                         "get_agent",
                                                         "backlog",
                                                         "tickets",
                                                         "tick",
                                                         "follow"};

constexpr Word<Reject> rejects[] = {
    {Reject::none, "none"},
    {Reject::bad_frame, "bad_frame"},
    {Reject::bad_field, "bad_field"},
    {Reject::frame_too_large, "frame_too_large"},
    {Reject::unsupported_version, "unsupported_version"},
    {Reject::unknown_account, "unknown_account"},
    {Reject::unknown_channel, "unknown_channel"},
    {Reject::unknown_agent, "unknown_agent"},
    {Reject::unknown_team, "unknown_team"},
    {Reject::unknown_inbox, "unknown_inbox"},
    {Reject::unknown_pipeline, "unknown_pipeline"},
    {Reject::unknown_ticket, "unknown_ticket"},
    {Reject::unknown_status, "unknown_status"},
    {Reject::unknown_skill, "unknown_skill"},
    {Reject::key_reused, "key_reused"},
    {Reject::ticket_exists, "ticket_exists"},
    {Reject::already_closed, "already_closed"},
    {Reject::already_open, "already_open"},
    {Reject::not_with_bot, "not_with_bot"},
    {Reject::not_a_call, "not_a_call"},
    {Reject::not_a_conversation, "not_a_conversation"},
    {Reject::ticket_closed, "ticket_closed"},
    {Reject::channel_off, "channel_off"},
    {Reject::owner_changed, "owner_changed"},
    {Reject::not_eligible, "not_eligible"},
    {Reject::keys_full, "keys_full"},
    {Reject::clock_backwards, "clock_backwards"},
    {Reject::overloaded, "overloaded"},
    {Reject::disk_full, "disk_full"},
    {Reject::not_allowed, "not_allowed"},
    {Reject::shutting_down, "shutting_down"},
    {Reject::bad_roster, "bad_roster"},
    {Reject::in_use, "in_use"},
    {Reject::sequence_gone, "sequence_gone"},
    {Reject::sequence_ahead, "sequence_ahead"},
};

constexpr Word<Outcome> outcomes[] = {
    {Outcome::none, "none"},           {Outcome::assigned, "assigned"},
    {Outcome::team, "team"},           {Outcome::bot, "bot"},
    {Outcome::voicemail, "voicemail"}, {Outcome::unassigned, "unassigned"},
    {Outcome::queued, "queued"},       {Outcome::not_a_ticket, "not_a_ticket"},
    {Outcome::status, "status"},       {Outcome::unchanged, "unchanged"},
    {Outcome::done, "done"},
};

constexpr Word<Reason> reasons[] = {
    {Reason::none, "none"},
    {Reason::no_rule, "no_rule"},
    {Reason::rule_none, "rule_none"},
    {Reason::no_eligible, "no_eligible"},
    {Reason::no_skill, "no_skill"},
    {Reason::none_available, "none_available"},
    {Reason::at_capacity, "at_capacity"},
    {Reason::no_contact_owner, "no_contact_owner"},
    {Reason::owner_unavailable, "owner_unavailable"},
};

constexpr Word<Verdict> verdicts[] = {
    {Verdict::eligible, "eligible"},
    {Verdict::no_seat, "no_seat"},
    {Verdict::no_ticket_access, "no_ticket_access"},
    {Verdict::not_main_member, "not_main_member"},
    {Verdict::not_in_inbox, "not_in_inbox"},
    {Verdict::skill_missing, "skill_missing"},
    {Verdict::away, "away"},
    {Verdict::absent, "absent"},
    {Verdict::out_of_hours, "out_of_hours"},
    {Verdict::at_capacity, "at_capacity"},
    {Verdict::had_turn, "had_turn"},
    {Verdict::lost_on_load, "lost_on_load"},
    {Verdict::lost_on_tie, "lost_on_tie"},
};

constexpr Word<Change> changes[] = {
    {Change::available, "available"}, {Change::capacity, "capacity"},
    {Change::skills, "skills"},       {Change::extra_teams, "extra_teams"},
    {Change::main_team, "main_team"}, {Change::ticket_access, "ticket_access"},
    {Change::seat, "seat"},
};

constexpr Word<AvailabilityWhy> whys[] = {
    {AvailabilityWhy::manual, "manual"},
    {AvailabilityWhy::absence, "absence"},
    {AvailabilityWhy::standing, "standing"},
    {AvailabilityWhy::schedule, "schedule"},
};

constexpr Word<TicketType> ticket_types[] = {
    {TicketType::calling, "calling"},
    {TicketType::messaging, "messaging"},
    {TicketType::email, "email"},
};

constexpr Word<EventKind> events[] = {
    {EventKind::assigned, "assigned"},
    {EventKind::team, "team"},
    {EventKind::bot, "bot"},
    {EventKind::unassigned, "unassigned"},
    {EventKind::queued, "queued"},
    {EventKind::voicemail, "voicemail"},
    {EventKind::transferred, "transferred"},
    {EventKind::status, "status"},
    {EventKind::updated, "updated"},
    {EventKind::imported, "imported"},
    {EventKind::forgotten, "forgotten"},
    {EventKind::available, "available"},
    {EventKind::away, "away"},
    {EventKind::absence, "absence"},
    {EventKind::capacity, "capacity"},
    {EventKind::channel, "channel"},
    {EventKind::applied, "applied"},
    {EventKind::action, "action"},
    {EventKind::notify, "notify"},
};

constexpr Word<OwnerKind> owner_kinds[] = {
    {OwnerKind::none, "none"},
    {OwnerKind::agent, "agent"},
    {OwnerKind::team, "team"},
    {OwnerKind::bot, "bot"},
};

constexpr Word<SentFrom> sent_froms[] = {
    {SentFrom::record, "record"},
    {SentFrom::contact, "contact"},
};

constexpr Word<ContactReplyKind> contact_reply_kinds[] = {
    {ContactReplyKind::thread, "thread"},
    {ContactReplyKind::other_thread, "other_thread"},
    {ContactReplyKind::forwarded, "forwarded"},
    {ContactReplyKind::forwarded_reply, "forwarded_reply"},
    {ContactReplyKind::other, "other"},
    {ContactReplyKind::personal, "personal"},
};

constexpr Word<AvailabilitySetting> availability_settings[] = {
    {AvailabilitySetting::available, "available"},
    {AvailabilitySetting::away, "away"},
    {AvailabilitySetting::hours, "hours"},
};

template <class E, std::size_t n>
std::string_view name_in(const Word<E> (&words)[n], E value) {
    for (const auto& word : words)
        if (word.value == value) return word.name;
    return "unknown";
}

template <class E, std::size_t n>
std::optional<E> value_in(const Word<E> (&words)[n], std::string_view name) {
    for (const auto& word : words)
        if (word.name == name) return word.value;
    return std::nullopt;
}

}  // namespace

std::span<const std::string_view, verb_count> verb_names() {
    return verbs;
}

std::optional<std::size_t> verb_of(std::string_view name) {
    for (std::size_t i = 0; i < verbs.size(); ++i)
        if (verbs[i] == name) return i;
    return std::nullopt;
}

std::string_view verb_name(const Body& body) {
    return verbs[body.index()];
}

Subject subject_of(const Body& body) {
    return std::visit(
        [](const auto& request) -> Subject {
            using R = std::remove_cvref_t<decltype(request)>;
            if constexpr (std::is_same_v<R, Explain>) {
                return {request.route.ticket, {}};
            } else if constexpr (std::is_same_v<R, Tickets>) {
                if (request.of.kind == OwnerKind::agent) return {{}, request.of.key};
                return {};
            } else if constexpr (requires { request.ticket; }) {
                return {request.ticket, {}};
            } else if constexpr (requires { request.agent; }) {
                return {{}, request.agent};
            } else {
                return {};
            }
        },
        body);
}

std::string_view reject_name(Reject reject) {
    return name_in(rejects, reject);
}
std::string_view outcome_name(Outcome outcome) {
    return name_in(outcomes, outcome);
}
std::string_view reason_name(Reason reason) {
    return name_in(reasons, reason);
}
std::string_view verdict_name(Verdict verdict) {
    return name_in(verdicts, verdict);
}
std::string_view change_name(Change change) {
    return name_in(changes, change);
}
std::string_view availability_why_name(AvailabilityWhy why) {
    return name_in(whys, why);
}
std::string_view ticket_type_name(TicketType type) {
    return name_in(ticket_types, type);
}
std::string_view event_name(EventKind kind) {
    return name_in(events, kind);
}
std::string_view owner_kind_name(OwnerKind kind) {
    return name_in(owner_kinds, kind);
}
std::string_view sent_from_name(SentFrom from) {
    return name_in(sent_froms, from);
}
std::string_view contact_reply_kind_name(ContactReplyKind kind) {
    return name_in(contact_reply_kinds, kind);
}
std::string_view availability_setting_name(AvailabilitySetting setting) {
    return name_in(availability_settings, setting);
}

std::optional<Reject> reject_of(std::string_view name) {
    return value_in(rejects, name);
}
std::optional<Outcome> outcome_of(std::string_view name) {
    return value_in(outcomes, name);
}
std::optional<Reason> reason_of(std::string_view name) {
    return value_in(reasons, name);
}
std::optional<Verdict> verdict_of(std::string_view name) {
    return value_in(verdicts, name);
}
std::optional<Change> change_of(std::string_view name) {
    return value_in(changes, name);
}
std::optional<AvailabilityWhy> availability_why_of(std::string_view name) {
    return value_in(whys, name);
}
std::optional<TicketType> ticket_type_of(std::string_view name) {
    return value_in(ticket_types, name);
}
std::optional<EventKind> event_of(std::string_view name) {
    return value_in(events, name);
}
std::optional<SentFrom> sent_from_of(std::string_view name) {
    return value_in(sent_froms, name);
}
std::optional<ContactReplyKind> contact_reply_kind_of(std::string_view name) {
    return value_in(contact_reply_kinds, name);
}
std::optional<AvailabilitySetting> availability_setting_of(std::string_view name) {
    return value_in(availability_settings, name);
}

}  // namespace usher::protocol
