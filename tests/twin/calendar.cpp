#include "tests/twin/calendar.h"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace usher::twin {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

bool all_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size() || !all_digits(text.substr(at, count))) return std::nullopt;
    return std::stoi(std::string(text.substr(at, count)));
}

constexpr std::array<std::string_view, 7> weekday_names = {"mon", "tue", "wed", "thu",
                                                           "fri", "sat", "sun"};

std::size_t weekday_of(std::string_view name) {
    const auto found = std::find(weekday_names.begin(), weekday_names.end(), name);
    if (found == weekday_names.end()) throw std::runtime_error("no such day: " + std::string(name));
    return static_cast<std::size_t>(found - weekday_names.begin());
}

/// 0 is Monday.
std::size_t weekday_of_day(int local_day) {
    const date::weekday day{date::sys_days{date::days{local_day}}};
    return day.iso_encoding() - 1;
}

int minute_of(std::string_view text) {
    const auto hour = digits(text, 0, 2);
    const auto minute = digits(text, 3, 2);
    if (!hour || !minute) throw std::runtime_error("no time of day: " + std::string(text));
    return *hour * 60 + *minute;
}

/// What the zone database says of a wall-clock time, asked once.
Ms local_to_utc(const date::time_zone* zone, int local_day, int minute, Occurrence which) {
    using Question = std::tuple<const date::time_zone*, int, int, Occurrence>;
    thread_local std::map<Question, Ms> asked;
    const auto [answer, fresh] = asked.try_emplace({zone, local_day, minute, which});
    if (!fresh) return answer->second;
    const date::local_seconds local =
        date::local_days{date::days{local_day}} + seconds{minutes{minute}};
    const auto info = zone->get_info(local);
    // In a gap, the offset before it moves the time forward by the gap.
    auto offset = info.first.offset;
    if (info.result == date::local_info::ambiguous && which == Occurrence::second)
        offset = info.second.offset;
    return answer->second = milliseconds{local.time_since_epoch() - offset}.count();
}

/// The offset in force at an instant; asked again only when it is not the one before.
seconds offset_at(const date::time_zone* zone, date::sys_time<milliseconds> when) {
    thread_local std::map<const date::time_zone*, date::sys_info> latest;
    auto& info = latest[zone];
    if (when < info.begin || when >= info.end) info = zone->get_info(when);
    return info.offset;
}

struct Span {
    Ms from = 0;
    Ms until = 0;  ///< excluded
};

/// Every span that starts on one local day.
std::vector<Span> spans_of_day(const Schedule& schedule, int local_day) {
    std::vector<Span> result;
    const auto* zone = date::locate_zone(schedule.zone);
    for (const auto& line : schedule.lines) {
        if (!line.weekdays[weekday_of_day(local_day)]) continue;
        const bool next_day =
            line.until_minute <= line.from_minute;  // rule 9: read from the digits
        const Ms from = local_to_utc(zone, local_day, line.from_minute, Occurrence::first);
        const Ms until = local_to_utc(zone, local_day + (next_day ? 1 : 0), line.until_minute,
                                      Occurrence::second);
        if (from < until)
            result.push_back({from, until});  // rule 9: one that a gap empties is none
    }
    return result;
}

}  // namespace

std::optional<Ms> read_instant(std::string_view text) {
    // 2026-03-02T09:00:00[.fraction](Z|+hh:mm|-hh:mm)
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
    if (text[10] != 'T' && text[10] != 't') return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    const date::year_month_day ymd{date::year{*year}, date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day))};
    if (!ymd.ok()) return std::nullopt;
    std::size_t at = 19;
    int ms = 0;
    if (at < text.size() && text[at] == '.') {
        const std::size_t begin = ++at;
        for (int unit = 100; at < text.size() && text[at] >= '0' && text[at] <= '9';
             ++at, unit /= 10)
            ms += (text[at] - '0') * unit;
        if (at == begin) return std::nullopt;
    }
    int offset_minutes = 0;
    const auto rest = text.substr(at);
    if (rest != "Z" && rest != "z") {
        if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':')
            return std::nullopt;
        const auto h = digits(rest, 1, 2);
        const auto m = digits(rest, 4, 2);
        if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
        offset_minutes = (*h * 60 + *m) * (rest[0] == '-' ? -1 : 1);
    }
    const Ms days = date::sys_days{ymd}.time_since_epoch().count();
    return days * day_ms + ((*hour * 60 + *minute - offset_minutes) * 60 + *second) * 1000LL + ms;
}

std::string write_instant(Ms at) {
    const date::sys_time<milliseconds> when{milliseconds{at}};
    const auto day = date::floor<date::days>(when);
    const date::year_month_day ymd{day};
    const date::hh_mm_ss<milliseconds> time{when - day};
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(ymd.year()),
                  static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::string result = text;
    if (const auto ms = static_cast<int>(time.subseconds().count()); ms != 0) {
        std::snprintf(text, sizeof text, ".%03d", ms);
        result += text;
    }
    return result + "Z";
}

Ms local_to_utc(const std::string& zone, int local_day, int minute, Occurrence which) {
    return local_to_utc(date::locate_zone(zone), local_day, minute, which);
}

int local_day_of(const std::string& zone, Ms at) {
    const date::sys_time<milliseconds> when{milliseconds{at}};
    const auto local = when.time_since_epoch() + offset_at(date::locate_zone(zone), when);
    return date::floor<date::days>(local).count();
}

int read_day(std::string_view text) {
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    if (!year || !month || !day) throw std::runtime_error("no date: " + std::string(text));
    const date::year_month_day ymd{date::year{*year}, date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day))};
    return date::sys_days{ymd}.time_since_epoch().count();
}

Ms read_local(const std::string& zone, std::string_view text, Occurrence which) {
    return local_to_utc(zone, read_day(text), minute_of(text.substr(11)), which);
}

HoursLine read_hours(std::string_view text) {
    HoursLine line;
    const auto space = text.find(' ');
    std::istringstream days{std::string(text.substr(0, space))};
    for (std::string part; std::getline(days, part, ',');) {
        const auto dash = part.find('-');
        std::size_t day = weekday_of(part.substr(0, dash));
        const std::size_t last =
            dash == std::string::npos ? day : weekday_of(part.substr(dash + 1));
        for (;; day = (day + 1) % 7) {  // a range may wrap: sat-mon
            line.weekdays[day] = true;
            if (day == last) break;
        }
    }
    const auto times = text.substr(space + 1);
    line.from_minute = minute_of(times.substr(0, 5));
    line.until_minute = minute_of(times.substr(6, 5));
    return line;
}

bool covers(const Schedule& schedule, Ms at) {
    const int today = local_day_of(schedule.zone, at);
    for (const int closed : schedule.closed_days)
        if (closed == today) return false;  // rule 20
    for (int day = today - 2; day <= today + 1; ++day)
        for (const auto& span : spans_of_day(schedule, day))
            if (span.from <= at && at < span.until) return true;
    return false;
}

std::vector<Ms> edges(const Schedule& schedule, Ms after, Ms until) {
    std::vector<Ms> result;
    if (schedule.lines.empty()) return result;
    const int last = local_day_of(schedule.zone, until) + 1;
    for (int day = local_day_of(schedule.zone, after) - 2; day <= last; ++day)
        for (const auto& span : spans_of_day(schedule, day))
            for (const Ms at : {span.from, span.until})
                if (after < at && at <= until) result.push_back(at);
    for (const int closed : schedule.closed_days)
        for (const int day : {closed, closed + 1}) {
            const Ms midnight = local_to_utc(schedule.zone, day, 0, Occurrence::first);
            if (after < midnight && midnight <= until) result.push_back(midnight);
        }
    return result;
}

}  // namespace usher::twin
