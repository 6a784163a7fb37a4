#include "tests/crash/judgement.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <charconv>

#include "tests/crash/follower.h"

namespace usher::crash {
namespace {

namespace json = boost::json;

constexpr std::size_t wrong_told_max = 5;

std::string_view text_member(const json::object& event, std::string_view name) {
    const auto* value = event.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view{};
}

/// The number of "T-17" or "agent-17".
std::optional<std::uint32_t> number_in(std::string_view key, std::string_view prefix) {
    if (!key.starts_with(prefix)) return std::nullopt;
    key.remove_prefix(prefix.size());
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (error != std::errc{} || end != key.data() + key.size()) return std::nullopt;
    return number;
}

/// What an event of this cause must be called and say of the status, besides whose it is.
struct Shape {
    Deed deed;
    std::string_view event;
    std::optional<bool> open;
};
constexpr std::array shapes = {
    Shape{Deed::route, "assigned", {}}, Shape{Deed::assign, "assigned", {}},
    Shape{Deed::close, "status", false}, Shape{Deed::reopen, "status", true}};

}  // namespace

Result<std::optional<Told>> told_by(std::string_view line) {
    const auto no_event = [&] {
        return fault(ExitCode::data, "no event that could be: " + std::string(line));
    };
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    if (error || !value.is_object()) return no_event();
    const auto& event = value.get_object();
    const auto cause = text_member(event, "cause");
    if (!event.contains("ticket")) {
        if (cause != "apply") return no_event();
        return std::optional<Told>{};
    }
    const auto ticket = number_in(text_member(event, "ticket"), "T-");
    const auto* const shape = std::find_if(shapes.begin(), shapes.end(), [&](const auto& known) {
        return name_of(known.deed) == cause;
    });
    if (!ticket || shape == shapes.end() || text_member(event, "event") != shape->event)
        return no_event();
    Told told{.ticket = *ticket, .deed = shape->deed, .agent = std::nullopt};
    if (shape->open) {
        const auto* open = event.if_contains("open");
        if (open == nullptr || *open != *shape->open) return no_event();
    } else {
        told.agent = number_in(text_member(event, "agent"), "agent-");
        if (!told.agent) return no_event();
    }
    return std::optional(told);
}

Judgement judge(std::istream& kept, std::istream& fresh, Story& story) {
    Judgement judgement;
    std::uint64_t last_seq = 0;
    std::string line, other;
    const auto wrong = [&](std::string text) {
        judgement.wrong.push_back(std::move(text));
        return judgement.wrong.size() >= wrong_told_max;
    };
    bool story_holds = true, same = true;
    while (std::getline(kept, line)) {
        ++judgement.events;
        const auto seq = seq_of(line);
        if (!seq) {
            wrong("kept, and no event: " + line);
            return judgement;
        }
        if (last_seq != 0 && *seq != last_seq + 1 &&
            wrong("event " + std::to_string(*seq) + " comes after event " +
                  std::to_string(last_seq)))
            return judgement;
        last_seq = *seq;
        if (same && (!std::getline(fresh, other) || other != line)) {
            same = false;
            wrong("kept is " + line + "; the account's history has " + other);
        }
        if (!story_holds) continue;
        const auto told = told_by(line);
        auto complaint = !told    ? std::optional(told.error().message)
                         : !*told ? std::nullopt
                                  : story.told(**told);
        if (complaint) {
            story_holds = false;
            wrong(std::move(*complaint));
        }
    }
    if (same && std::getline(fresh, other)) wrong("never kept: " + other);
    if (story_holds)
        if (auto complaint = story.ended()) wrong(std::move(*complaint));
    return judgement;
}

}  // namespace usher::crash
