// Dates and times of day as a roster writes them. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace usher::roster {

/// Days since 1970-01-01 of "YYYY-MM-DD"; nothing if that is no date.
std::optional<std::int32_t> parse_day(std::string_view text);

/// Milliseconds from 1970-01-01T00:00 on the local clock of "YYYY-MM-DDTHH:MM[:SS[.fraction]]", a
/// space allowed for the T, digits beyond milliseconds cut off; nothing if it is anything else,
/// such as a time with a zone.
std::optional<std::int64_t> parse_local_time(std::string_view text);

/// Minutes since midnight of "HH:MM", from 00:00 to 24:00.
std::optional<std::uint16_t> parse_minute(std::string_view text);

}  // namespace usher::roster
