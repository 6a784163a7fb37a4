#include "clients/scenario/event_line.h"

#include <array>
#include <optional>
#include <string_view>

#include "clients/scenario/instant_text.h"

namespace usher::scenario {
namespace {

using namespace protocol;

constexpr std::array<std::string_view, ticket_type_count> type_names{"calling", "messaging",
                                                                     "email"};

void text_member(JsonText& json, std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
}

void instant_member(JsonText& json, std::string_view name, std::optional<std::int64_t> at_ms) {
    if (at_ms) json.member(name, instant_text(Instant{*at_ms}));
}

/// The four as a `capacity` request names them; null: no limit.
void limit_members(JsonText& json, const EventLimits& limits) {
    const auto limit = [&](std::string_view name, std::optional<std::uint32_t> value) {
        json.name(name);
        value ? json.number(*value) : json.null();
    };
    limit("total", limits.total);
    for (std::size_t type = 0; type < ticket_type_count; ++type)
        limit(type_names[type], limits.per_type[type]);
}

/// What only some kinds of events have.
void rare_members(JsonText& json, const EventView& event) {
    if (event.priority) json.member("priority", *event.priority);
    if (event.enabled) json.flag_member("enabled", *event.enabled);
    instant_member(json, "from", event.from_ms);
    instant_member(json, "until", event.until_ms);
    if (event.cancel) json.flag_member("cancel", true);
    if (event.limits) limit_members(json, *event.limits);
    text_member(json, "do", event.action);
    if (!event.fields.empty()) {
        json.name("fields").begin_object();
        for (const auto& [key, value] : event.fields) json.member(key, value);
        json.end_object();
    }
    if (event.changes)
        json.member("added", event.changes->added)
            .member("changed", event.changes->changed)
            .member("removed", event.changes->removed);
}

}  // namespace

void append_event(JsonText& json, const EventView& event) {
    json.begin_object().member("seq", event.seq);
    instant_member(json, "at", event.at_ms);
    json.member("event", event_name(event.kind));
    text_member(json, "ticket", event.ticket);
    text_member(json, "agent", event.agent);
    text_member(json, "team", event.team);
    if (event.bot) json.flag_member("bot", true);
    if (event.reason != Reason::none) json.member("reason", reason_name(event.reason));
    text_member(json, "channel", event.channel);
    text_member(json, "inbox", event.inbox);
    text_member(json, "status", event.status);
    if (event.open) json.flag_member("open", *event.open);
    text_member(json, "message", event.message);
    if (event.position) json.member("position", *event.position);
    if (!event.notify.empty()) {
        json.name("notify").begin_list();
        for (const auto agent : event.notify) json.text(agent);
        json.end_list();
    }
    rare_members(json, event);
    json.member("cause", event.cause.empty() ? std::string_view{"time"} : event.cause);
    json.end_object();
}

std::string event_text(const EventView& event) {
    std::string out = instant_text(Instant{event.at_ms});
    const auto add = [&](std::string_view before, std::string_view value) {
        if (!value.empty()) out.append(before).append(value);
    };
    add(" ", event_name(event.kind));
    add(" ", event.ticket);
    add(" ", event.agent);
    add(" team ", event.team);
    if (event.bot) out += " bot";
    add(" ", event.status);
    add(" ", event.action);
    if (event.reason != Reason::none) add(" ", reason_name(event.reason));
    add(" channel ", event.channel);
    add(" inbox ", event.inbox);
    add(" message ", event.message);
    for (std::size_t i = 0; i < event.notify.size(); ++i)
        add(i == 0 ? ", tell " : " ", event.notify[i]);
    return out;
}

}  // namespace usher::scenario
