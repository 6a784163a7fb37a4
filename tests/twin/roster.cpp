#include "tests/twin/roster.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace usher::twin {
namespace {

std::string text(const toml::table& table, std::string_view key, std::string_view otherwise = {}) {
    return table[key].value_or(std::string(otherwise));
}

bool flag(const toml::table& table, std::string_view key, bool otherwise) {
    return table[key].value_or(otherwise);
}

std::int64_t number(const toml::table& table, std::string_view key, std::int64_t otherwise) {
    return table[key].value_or(otherwise);
}

Keys texts(const toml::table& table, std::string_view key) {
    Keys result;
    if (const auto* list = table[key].as_array())
        for (const auto& entry : *list) result.push_back(entry.value_or(std::string()));
    return result;
}

/// A value as text: what is not text is shown as TOML writes it.
std::string shown(const toml::node& node) {
    if (const auto* string = node.as_string()) return string->get();
    std::ostringstream out;
    node.visit([&out](const auto& value) { out << value; });
    return out.str();
}

Properties properties_of(const toml::table& table) {
    Properties result;
    for (const auto& [key, value] : table)
        result.emplace_back(std::string(key.str()), shown(value));
    std::sort(result.begin(), result.end());
    return result;
}

Properties properties(const toml::table& table, std::string_view key) {
    const auto* inner = table[key].as_table();
    return inner == nullptr ? Properties{} : properties_of(*inner);
}

/// Calls `take` for each table of a list of tables.
template <class Take>
void each(const toml::table& table, std::string_view key, Take take) {
    if (const auto* list = table[key].as_array())
        for (const auto& entry : *list)
            if (const auto* inner = entry.as_table()) take(*inner);
}

std::vector<HoursLine> hours(const toml::table& table) {
    std::vector<HoursLine> result;
    for (const auto& line : texts(table, "hours")) result.push_back(read_hours(line));
    return result;
}

std::optional<std::int64_t> limit(const toml::table& table, std::string_view key) {
    return table["capacity"][key].value<std::int64_t>();
}

Agent agent(const toml::table& table, const std::string& account_zone, std::int64_t position) {
    Agent result;
    result.key = text(table, "key");
    result.name = text(table, "name");
    result.email = text(table, "email");
    result.labels = properties(table, "labels");
    result.order = number(table, "order", position);
    result.position = position;
    result.seat = text(table, "seat", "none");
    result.ticket_access = flag(table, "ticket_access", true);
    result.main_team = text(table, "main_team");
    result.extra_teams = texts(table, "extra_teams");
    result.skills = texts(table, "skills");
    result.availability = text(table, "availability", "hours");
    result.hours = {text(table, "time_zone", account_zone), hours(table), {}};
    each(table, "absences", [&](const toml::table& absence) {
        const auto& zone = result.hours.zone;
        result.absences.push_back({read_local(zone, text(absence, "from"), Occurrence::first),
                                   read_local(zone, text(absence, "until"), Occurrence::second)});
    });
    result.capacity = {limit(table, "total"), limit(table, "calling"), limit(table, "messaging"),
                       limit(table, "email")};
    result.notify_unassigned = table["notify_unassigned"].value<bool>();
    result.notify_assigned = table["notify_assigned"].value<bool>();
    return result;
}

Pipeline pipeline(const toml::table& table) {
    Pipeline result;
    result.key = text(table, "key");
    each(table, "statuses", [&](const toml::table& status) {
        Status one{text(status, "key"), flag(status, "open", true), {}};
        each(status, "actions",
             [&](const toml::table& action) { one.actions.push_back(properties_of(action)); });
        result.statuses.push_back(std::move(one));
    });
    result.set_close_date = flag(table, "set_close_date", true);
    result.on_email_sent = text(table, "on_email_sent");
    result.on_customer_reply = text(table, "on_customer_reply");
    result.actions_for_chat = flag(table, "actions_for_chat", false);
    return result;
}

Rule rule(const toml::table& table, const std::string& name) {
    Rule result;
    result.name = name;
    result.assign_to = text(table, "assign_to", "none");
    result.users = texts(table, "users");
    result.teams = texts(table, "teams");
    result.distribution = text(table, "distribution", "load_balanced");
    result.tie_break = text(table, "tie_break");
    result.only_available = flag(table, "only_available", true);
    result.skill_fallback = text(table, "skill_fallback", "none");
    result.reopen = text(table, "reopen", "keep");
    result.queue = flag(table, "queue", false);
    if (const auto* fallback = table["fallback"].as_table())
        result.fallback.push_back(rule(*fallback, name + ":fallback"));
    return result;
}

Channel channel(const toml::table& table, const std::string& account_zone) {
    Channel result;
    result.key = text(table, "key");
    result.kind = text(table, "kind");
    result.inbox = text(table, "inbox");
    result.pipeline = text(table, "pipeline");
    result.enabled = flag(table, "enabled", true);
    result.creates_tickets = flag(table, "creates_tickets", true);
    result.status = text(table, "status");
    result.properties = properties(table, "properties");
    each(table, "skill_rule", [&](const toml::table& one) {
        result.skill_rules.push_back({properties(one, "when"), texts(one, "require")});
    });
    result.rule = text(table, "rule");
    if (const auto* own = table["rule"].as_table())
        result.own_rule = rule(*own, "channel:" + result.key);
    if (const auto* opening = table["opening"].as_table()) {
        Opening one;
        one.hours = {text(*opening, "time_zone", account_zone), hours(*opening), {}};
        // Rule 20: none given, always open (but for the closed days).
        if (!opening->contains("hours")) one.hours.lines = {read_hours("mon-sun 00:00-24:00")};
        for (const auto& day : texts(*opening, "closed_days"))
            one.hours.closed_days.push_back(read_day(day));
        one.in_hours_message = text(*opening, "in_hours_message");
        one.after_hours_message = text(*opening, "after_hours_message");
        result.opening = one;
    }
    return result;
}

}  // namespace

bool contains(const Keys& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Roster read_roster(std::string_view toml_text) {
    const toml::table file = toml::parse(toml_text);
    Roster result;
    if (const auto* account = file["account"].as_table()) {
        auto& to = result.account;
        to.key = text(*account, "key");
        to.time_zone = text(*account, "time_zone", "UTC");
        to.count_window_days = number(*account, "count_window_days", 30);
        to.extra_members_routed = flag(*account, "extra_members_routed", false);
        to.seed = static_cast<std::uint64_t>(number(*account, "seed", 0));
        to.forget_closed_days = number(*account, "forget_closed_days", 30);
        to.notify_unassigned = flag(*account, "notify_unassigned", false);
        to.notify_assigned = flag(*account, "notify_assigned", true);
    }
    const auto& zone = result.account.time_zone;
    each(file, "skill", [&](const toml::table& one) { result.skills.push_back(text(one, "key")); });
    each(file, "team", [&](const toml::table& one) { result.teams.push_back(text(one, "key")); });
    each(file, "agent", [&](const toml::table& one) {
        const auto position = static_cast<std::int64_t>(result.agents.size()) + 1;
        result.agents.push_back(agent(one, zone, position));
    });
    each(file, "pipeline",
         [&](const toml::table& one) { result.pipelines.push_back(pipeline(one)); });
    each(file, "inbox", [&](const toml::table& one) {
        result.inboxes.push_back({text(one, "key"), text(one, "workspace"), texts(one, "teams")});
    });
    each(file, "rule",
         [&](const toml::table& one) { result.rules.push_back(rule(one, text(one, "key"))); });
    each(file, "channel",
         [&](const toml::table& one) { result.channels.push_back(channel(one, zone)); });
    return result;
}

}  // namespace usher::twin
