// One line of a schedule: "mon-fri 09:00-17:00". Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "engine/definition.h"

namespace usher::roster {

/// What is wrong with a line, and what to do.
struct HoursFault {
    std::string message;
    std::string hint;
};

/// DAYS HH:MM-HH:MM, DAYS a list with commas of days (mon … sun) and ranges of days, which may run
/// over the end of the week. 24:00 is an end only.
std::variant<engine::DailySpan, HoursFault> parse_hours(std::string_view line);

}  // namespace usher::roster
