#include "tests/twin/twin.h"

#include <array>

#include "tests/twin/apply.h"
#include "tests/twin/passing.h"
#include "tests/twin/requests.h"
#include "tests/twin/waiting.h"

namespace usher::twin {
namespace {

namespace json = boost::json;

struct Verb {
    std::string_view name;
    Object (*carry_out)(World&, const Line&);
};

constexpr std::array verbs{
    Verb{"route", route},
    Verb{"explain", [](World& world, const Line& line) { return explain(world, line); }},
    Verb{"assign", assign},
    Verb{"assign_conversation", assign_conversation},
    Verb{"reply", reply},
    Verb{"email_sent", email_sent},
    Verb{"contact_reply", contact_reply},
    Verb{"set_status", set_status},
    Verb{"close", close},
    Verb{"reopen", reopen},
    Verb{"update", update},
    Verb{"import", import},
    Verb{"transfer", transfer},
    Verb{"handoff", handoff},
    Verb{"missed", missed},
    Verb{"availability", availability},
    Verb{"absence", absence},
    Verb{"capacity", capacity},
    Verb{"channel", channel},
    Verb{"get_ticket", get_ticket},
    Verb{"get_agent", get_agent},
    Verb{"backlog", backlog},
    Verb{"tickets", tickets},
    Verb{"tick", tick},
};

Object heading(const Line& line) {
    Object result;
    const auto verb = text_of(line, "do");
    result["at"] = text_of(line, "at");
    if (const auto at = read_instant(text_of(line, "at"))) result["at"] = write_instant(*at);
    result["do"] = verb;
    const auto subject = subject_field(verb);
    if (!subject.empty()) result[subject] = text_of(line, subject);
    if (verb == "tickets" && line.contains("agent")) result["agent"] = text_of(line, "agent");
    return result;
}

/// A field that says what would hold without it makes no other request.
void leave_out_defaults(Object& request) {
    const json::value on = true, off = false, nothing = 0;
    const json::value no_properties = Object{}, no_skills = json::array{};
    for (const auto& [field, value] : {std::pair{"contact_tracked", &on},
                                       {"priority", &nothing},
                                       {"cancel", &off},
                                       {"unassign", &off},
                                       {"properties", &no_properties},
                                       {"skills", &no_skills}})
        if (request["do"] != "update" && request.contains(field) && request[field] == *value)
            request.erase(field);
}

/// Rule 38: what the request has made possible, at once.
Keys drained_by(World& world, std::string_view verb) {
    const bool polls = world.plant == "drains_by_poll_only" && verb != "tick";
    const bool lets_newer_ones_by =
        world.plant == "newer_arrivals_first" && (verb == "close" || verb == "set_status");
    const bool forgets_update = world.plant == "update_lets_wait" && verb == "update";
    const bool forgets_apply = world.plant == "apply_lets_wait" && verb == "apply";
    if (polls || lets_newer_ones_by || forgets_update || forgets_apply) return {};
    return settle(world).given;
}

Object refusal(const Refusal& why) {
    Object result{{"reject", why.name}, {"message", "refused by the twin: " + why.name}};
    if (why.owner) {
        Object owner;
        if (why.owner->kind == "bot") owner["bot"] = true;
        if (!why.owner->key.empty()) owner[why.owner->kind] = why.owner->key;
        result["owner"] = owner;
    }
    return result;
}

}  // namespace

std::span<const std::string_view> plants() {
    static constexpr std::array<std::string_view, 13> names{
        "counts_closed",          "ignores_window",
        "ties_by_order",          "round_robin_resets_all",
        "forgets_capacity",       "extra_members_always",
        "ignores_inbox_teams",    "reopening_restarts_window",
        "forgets_late",           "keeps_manual",
        "any_skill_will_do",      "team_turns_stand_still",
        "handoff_has_no_fallback"};
    return names;
}

std::span<const std::string_view> waiting_plants() {
    static constexpr std::array<std::string_view, 19> names{
        "newest_first",          "ignores_priority",
        "age_from_entry",        "first_blocks_all",
        "newer_arrivals_first",  "drains_by_poll_only",
        "windows_free_nobody",   "time_frees_nobody_by_itself",
        "drains_before_routing", "switched_off_waits_on",
        "calls_wait_on",         "skills_of_entry",
        "position_in_account",   "nobody_waits_on",
        "update_lets_wait",      "apply_lets_wait",
        "closed_wait_on",        "reopened_waits_no_more",
        "missed_waits_on"};
    return names;
}

Twin::Twin(const std::string& roster_toml, Features features, ReadFile read_file,
           std::string_view plant)
    : world_(begin(read_roster(roster_toml))), read_file_(std::move(read_file)) {
    world_.features = features;
    world_.plant = plant;
}

json::object Twin::answer(const json::object& line) {
    Object result = heading(line);
    Object fields;
    try {
        fields = carry_out(line);
    } catch (const Refusal& why) {
        fields = refusal(why);
    }
    for (const auto& member : fields) result[member.key()] = member.value();
    return result;
}

json::object Twin::carry_out(const json::object& line) {
    if (!well_formed(line)) throw Refusal{"bad_field"};
    const Ms at = instant_of(line, "at");
    if (world_.now && at < world_.at()) throw Refusal{"clock_backwards"};
    pass_time(world_, at);

    // Rule 37: the same is all fields but `at`.
    Object request = line;
    request.erase("at");
    leave_out_defaults(request);
    // A roster is what it says, not where it lies.
    if (text_of(line, "do") == "apply") request["roster"] = read_file_(text_of(line, "roster"));
    // A dry run changes nothing, so its key means nothing.
    const auto* dry_run = line.if_contains("dry_run");
    const auto key = dry_run != nullptr && *dry_run == true ? "" : text_of(line, "key");
    for (const auto& kept : world_.kept) {
        if (key.empty() || kept.key != key) continue;
        if (kept.request != request) throw Refusal{"key_reused"};
        return kept.answer;
    }

    const auto verb = text_of(line, "do");
    Object result;
    if (verb == "apply") {
        result = apply(world_, line, read_roster(read_file_(text_of(line, "roster"))));
    } else {
        for (const auto& one : verbs)
            if (one.name == verb) result = one.carry_out(world_, line);
    }
    const auto drained = drained_by(world_, verb);  // after the request's own routing
    if (verb == "availability" || verb == "capacity") add_drained(result, line, drained);
    if (!key.empty()) world_.kept.push_back({key, request, result, at});
    return result;
}

}  // namespace usher::twin
