#include "roster/calendar.h"

#include <chrono>
#include <cstddef>

namespace usher::roster {
namespace {

// The number in the `size` digits at `at`.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t size) {
    if (text.size() < at + size) return std::nullopt;
    int out = 0;
    for (const char c : text.substr(at, size)) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + (c - '0');
    }
    return out;
}

// Milliseconds of ":SS" or ":SS.fraction"; empty text is none.
std::optional<std::int64_t> parse_seconds(std::string_view text) {
    if (text.empty()) return 0;
    const auto whole = digits(text, 1, 2);
    if (text[0] != ':' || !whole || *whole > 59) return std::nullopt;
    std::int64_t ms = *whole * 1000;
    if (text.size() == 3) return ms;
    const auto fraction = text.substr(4);
    if (text[3] != '.' || fraction.empty()) return std::nullopt;
    std::int64_t unit = 100;
    for (const char c : fraction) {
        if (c < '0' || c > '9') return std::nullopt;
        ms += (c - '0') * unit;
        unit /= 10;
    }
    return ms;
}

}  // namespace

std::optional<std::int32_t> parse_day(std::string_view text) {
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !year || !month || !day) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count());
}

std::optional<std::uint16_t> parse_minute(std::string_view text) {
    const auto hour = digits(text, 0, 2);
    const auto minute = digits(text, 3, 2);
    if (text.size() != 5 || text[2] != ':' || !hour || !minute || *minute > 59) return std::nullopt;
    const int out = *hour * 60 + *minute;
    if (out > 24 * 60) return std::nullopt;
    return static_cast<std::uint16_t>(out);
}

std::optional<std::int64_t> parse_local_time(std::string_view text) {
    if (text.size() < 16 || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
    const auto day = parse_day(text.substr(0, 10));
    const auto minute = parse_minute(text.substr(11, 5));
    const auto ms = parse_seconds(text.substr(16));
    if (!day || !minute || !ms || *minute == 24 * 60) return std::nullopt;
    return std::int64_t{*day} * 86'400'000 + std::int64_t{*minute} * 60'000 + *ms;
}

}  // namespace usher::roster
