// Time for the twin: instants as text, local wall time, weekly schedules. Everything is worked out
// from the zone database of the date library at the very moment of the question. What is kept are
// answers of that database, which are always the same.
// Instants are whole milliseconds since the Unix epoch, UTC.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::twin {

using Ms = std::int64_t;
inline constexpr Ms day_ms = 86'400'000;

/// RFC 3339 with an offset; further digits than milliseconds are cut off. Nothing: malformed.
std::optional<Ms> read_instant(std::string_view text);
std::string write_instant(Ms at);

/// A local time that does not exist is moved forward by the gap; one that exists twice is taken
/// at its first occurrence where something starts, at its second where something ends (rule 9).
enum class Occurrence { first, second };
Ms local_to_utc(const std::string& zone, int local_day, int minute, Occurrence which);

/// Days since 1970-01-01 of the local date in `zone` at an instant.
int local_day_of(const std::string& zone, Ms at);

/// "2026-07-01T00:00" as an instant.
Ms read_local(const std::string& zone, std::string_view text, Occurrence which);
int read_day(std::string_view text);

/// One line of hours: "mon-fri 09:00-17:00".
struct HoursLine {
    std::array<bool, 7> weekdays{};  ///< [0] is Monday: the days on which it starts
    int from_minute = 0;
    int until_minute = 0;  ///< at or before the start: on the next day

    bool operator==(const HoursLine&) const = default;
};
HoursLine read_hours(std::string_view text);

struct Schedule {
    std::string zone;
    std::vector<HoursLine> lines;
    std::vector<int> closed_days;  ///< local days without opening hours (rule 20)

    bool operator==(const Schedule&) const = default;
};

/// Whether any line covers the instant.
bool covers(const Schedule& schedule, Ms at);

/// Starts and ends of spans in (after, until], in no order: where covers() may change.
std::vector<Ms> edges(const Schedule& schedule, Ms after, Ms until);

}  // namespace usher::twin
