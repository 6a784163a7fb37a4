// The last line of a time-zone file: a POSIX TZ rule such as "CET-1CEST,M3.5.0,M10.5.0/3", which
// holds for the years after the file's own table. The date library stops at that table (2037 in
// Debian's files) and would leave every later summer in winter time. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/definition.h"

namespace usher::roster {

/// One of the two changes of a year, in the local time that holds until then.
struct YearlyChange {
    enum class Kind : std::uint8_t { day_of_year, day_without_leap, weekday_of_month };
    Kind kind = Kind::weekday_of_month;
    int day = 0;   ///< of the year from 0; of the year from 1, 29 February not counted; or weekday
    int week = 1;  ///< 5: the last one
    int month = 1;
    std::int32_t time_s = 7200;
};

struct PosixZone {
    std::int32_t standard_s = 0;  ///< local time minus UTC
    std::int32_t summer_s = 0;
    YearlyChange to_summer;
    YearlyChange to_standard;

    /// The two changes of a year, by time.
    std::array<engine::Transition, 2> transitions(int year) const;
};

/// Nothing for a rule without summer time (its last transition holds for ever) and for text that
/// is no rule.
std::optional<PosixZone> parse_posix_zone(std::string_view text);

}  // namespace usher::roster
