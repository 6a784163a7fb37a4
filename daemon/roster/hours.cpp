#include "roster/hours.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "roster/calendar.h"
#include "roster/text.h"

namespace usher::roster {
namespace {

constexpr std::array<std::string_view, 7> day_names = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};

std::optional<std::size_t> day_of(std::string_view name) {
    for (std::size_t i = 0; i < day_names.size(); ++i) {
        if (day_names[i] == name) return i;
    }
    return std::nullopt;
}

HoursFault unknown_day(std::string_view name) {
    for (const auto known : day_names) {
        // "Mon", "monday", "Thurs.": its first three letters say what was meant.
        std::string small{name.substr(0, 3)};
        for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (small == known) {
            return {"there is no day " + quote(name), "did you mean " + quote(known) + "?"};
        }
    }
    return {"there is no day " + quote(name), "days are mon, tue, wed, thu, fri, sat and sun"};
}

// Sets the bits of "mon" or "sat-mon".
std::optional<HoursFault> add_days(std::string_view range, std::uint8_t& weekdays) {
    const auto dash = range.find('-');
    const auto first_name = range.substr(0, dash);
    const auto last_name = dash == std::string_view::npos ? first_name : range.substr(dash + 1);
    const auto first = day_of(first_name);
    const auto last = day_of(last_name);
    if (!first) return unknown_day(first_name);
    if (!last) return unknown_day(last_name);
    for (auto day = *first;; day = (day + 1) % day_names.size()) {
        weekdays = static_cast<std::uint8_t>(weekdays | 1U << day);
        if (day == *last) return std::nullopt;
    }
}

HoursFault bad_times(std::string_view times) {
    return {quote(times) + " is not HH:MM-HH:MM",
            "write four digits each, from 00:00 to 23:59 (an end also 24:00): 09:00-17:00"};
}

}  // namespace

std::variant<engine::DailySpan, HoursFault> parse_hours(std::string_view line) {
    const auto space = line.find(' ');
    const auto times_at = line.find_first_not_of(' ', space);
    if (space == std::string_view::npos || times_at == std::string_view::npos) {
        return HoursFault{"it is not DAYS HH:MM-HH:MM", "write it like \"mon-fri 09:00-17:00\""};
    }
    engine::DailySpan span;
    auto days = line.substr(0, space);
    while (true) {
        const auto comma = days.find(',');
        if (auto fault = add_days(days.substr(0, comma), span.weekdays)) return *fault;
        if (comma == std::string_view::npos) break;
        days.remove_prefix(comma + 1);
    }
    const auto times = line.substr(times_at);
    if (times.size() != 11 || times[5] != '-') return bad_times(times);
    const auto from = parse_minute(times.substr(0, 5));
    const auto until = parse_minute(times.substr(6));
    if (!from || !until) return bad_times(times);
    if (*from == 24 * 60) {
        return HoursFault{"it begins at 24:00", "24:00 is an end; write 00:00 and the day after"};
    }
    span.from_minute = *from;
    span.until_minute = *until;
    return span;
}

}  // namespace usher::roster
