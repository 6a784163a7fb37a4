// Working hours and opening hours (rules 9 and 20): whether a weekly schedule covers an instant,
// and when that may change next. Integer arithmetic over the zone's table of transitions; no zone
// database, so the same account definition gives the same edges on every machine.
//
// Wall-clock hours hold across daylight saving. A local time that a gap skips is moved forward by
// the gap; one that exists twice starts at its first and ends at its second occurrence.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/definition.h"

namespace usher::engine {

/// The zone's offset from UTC at an instant, in seconds.
std::int32_t offset_at(const Zone& zone, Instant at);

/// The local day of an instant: days since 1970-01-01.
std::int64_t local_day(const Zone& zone, Instant at);

/// The instant of a local time given in minutes since 1970-01-01 00:00 local.
enum class Fold : std::uint8_t { first, second };
Instant instant_of_local(const Zone& zone, std::int64_t local_minutes, Fold fold);

bool covers(const Zone& zone, std::span<const DailySpan> spans, Instant at);

/// The first start or end of a span after `at`. Empty: there is none.
std::optional<Instant> next_boundary(const Zone& zone, std::span<const DailySpan> spans,
                                     Instant at);

/// Whether a calling channel with these hours is open (rule 20).
bool is_open(const Zone& zone, const OpeningHours& opening, Instant at);

/// The next instant after `at` at which is_open() may say something else. Empty: there is none.
std::optional<Instant> next_edge(const Zone& zone, const OpeningHours& opening, Instant at);

}  // namespace usher::engine
