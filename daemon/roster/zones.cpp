#include "roster/zones.h"

#include <date/tz.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>

#include "base/expect.h"
#include "roster/posix_zone.h"
#include "roster/suggest.h"

namespace usher::roster {
namespace {

constexpr int first_year = 1900;
constexpr int last_year = 2100;
constexpr const char* zone_directory = "/usr/share/zoneinfo/";

std::int64_t start_of_year(int year) {
    const date::sys_days day{date::year{year} / 1 / 1};
    return std::int64_t{day.time_since_epoch().count()} * 86'400;
}

// Names of the database that mean what the machine happens to be set to, or nothing.
bool is_no_place(std::string_view name) {
    return name == "localtime" || name == "posixrules" || name == "Factory";
}

// The rule in the last line of the zone's file. Throws if the file cannot be read: without its rule
// the zone would be another one.
std::optional<PosixZone> rule_after_table(const std::string& name) {
    std::ifstream file(zone_directory + name, std::ios::binary);
    if (!file) throw std::runtime_error("the file of time zone " + name + " cannot be opened");
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.empty() || bytes.back() != '\n') return std::nullopt;
    const auto line = std::string_view{bytes}.substr(0, bytes.size() - 1);
    const auto newline = line.rfind('\n');
    if (newline == std::string_view::npos) return std::nullopt;
    return parse_posix_zone(line.substr(newline + 1));
}

void append(std::vector<engine::Transition>& out, engine::Transition next) {
    if (next.offset_s != out.back().offset_s) out.push_back(next);
}

std::vector<engine::Transition> table_of(const date::time_zone& zone) {
    const auto end = start_of_year(last_year + 1);
    auto info = zone.get_info(date::sys_seconds{std::chrono::seconds{start_of_year(first_year)}});
    std::vector<engine::Transition> out;
    out.push_back(
        {std::numeric_limits<std::int64_t>::min(), static_cast<std::int32_t>(info.offset.count())});
    auto last_known = start_of_year(first_year);
    while (info.end.time_since_epoch().count() < end) {
        const auto at = info.end;
        last_known = at.time_since_epoch().count();
        info = zone.get_info(at);
        append(out, {last_known, static_cast<std::int32_t>(info.offset.count())});
    }
    const auto rule = rule_after_table(zone.name());
    if (!rule) return out;
    const auto last_known_year = static_cast<int>(date::year_month_day{
        date::floor<date::days>(date::sys_seconds{
            std::chrono::seconds{last_known}})}.year());
    for (int year = last_known_year; year <= last_year; ++year) {
        for (const auto& change : rule->transitions(year)) {
            if (change.at_s > last_known && change.at_s < end) append(out, change);
        }
    }
    return out;
}

// The library throws for unknown names and broken files alike.
std::optional<engine::Zone> load(const std::string& name) {
    if (is_no_place(name)) return std::nullopt;
    try {
        return engine::Zone{name, table_of(*date::locate_zone(name))};
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

constexpr std::int64_t floor_seconds(std::int64_t ms) {
    return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

}  // namespace

// Offsets are less than 27 hours, so only the stretches of the table within that distance matter.
Occurrences occurrences(const engine::Zone& zone, std::int64_t local_ms) {
    constexpr std::int64_t reach_s = 27 * 3600;
    const auto& table = zone.transitions;
    EXPECT(!table.empty());
    const auto local_s = floor_seconds(local_ms);
    const auto after =
        std::upper_bound(table.begin(), table.end(), local_s - reach_s,
                         [](std::int64_t at, const engine::Transition& t) { return at < t.at_s; });
    auto index = static_cast<std::size_t>(after - table.begin());
    index = index == 0 ? 0 : index - 1;

    std::optional<Occurrences> found;
    std::int64_t previous_offset_s = table[index].offset_s;
    for (; index < table.size() && table[index].at_s <= local_s + reach_s; ++index) {
        const auto offset_s = std::int64_t{table[index].offset_s};
        const auto begin = table[index].at_s;
        const auto end = index + 1 < table.size() ? table[index + 1].at_s
                                                  : std::numeric_limits<std::int64_t>::max();
        const auto utc_s = local_s - offset_s;
        const auto utc_ms = local_ms - offset_s * 1000;
        if (utc_s >= begin && utc_s < end) {
            if (!found) found = Occurrences{utc_ms, utc_ms};
            found->last_ms = utc_ms;
        }
        // In a gap: by the clock before it the change has been, by the clock after it not yet.
        if (!found && utc_s < begin && local_s - previous_offset_s >= begin) {
            const auto moved = local_ms - previous_offset_s * 1000;
            return {moved, moved};
        }
        previous_offset_s = offset_s;
    }
    EXPECT(found.has_value());
    return *found;
}

engine::ZoneNo ZoneTables::find(std::string_view name) {
    const auto [known, is_new] = by_name_.try_emplace(std::string{name});
    if (!is_new) return known->second;
    if (auto zone = load(known->first)) {
        known->second = engine::ZoneNo{static_cast<std::uint32_t>(zones_.size())};
        zones_.push_back(std::move(*zone));
    }
    return known->second;
}

std::string ZoneTables::hint(std::string_view unknown, std::uint64_t& budget) const {
    try {
        Nearest nearest(unknown, budget);
        for (const auto& zone : date::get_tzdb().zones) {
            if (!is_no_place(zone.name())) nearest.consider(zone.name());
        }
        return nearest.hint("use a name of the IANA database, such as \"Europe/Stockholm\"");
    } catch (const std::exception&) {
        return "this machine has no time-zone database: install the package tzdata";
    }
}

}  // namespace usher::roster
