#include "engine/schedule.h"

#include <algorithm>

#include "base/expect.h"

namespace usher::engine {

namespace {

constexpr std::int64_t minutes_per_day = 1440;
// A span starts on its day and ends on the next at the latest; a zone's offset and gap move it by
// less than a day and a half. So days further away than this cannot cover an instant.
constexpr std::int64_t days_around = 3;
// Every weekday comes within a week; a gap can empty a span once, not twice in a row.
constexpr std::int64_t days_ahead = 17;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/// 0 is Monday; 1970-01-01 was a Thursday.
std::uint32_t weekday(std::int64_t day) {
    return static_cast<std::uint32_t>(((day + 3) % 7 + 7) % 7);
}

std::size_t segment_of(const Zone& zone, std::int64_t utc_s) {
    const auto after = std::upper_bound(
        zone.transitions.begin(), zone.transitions.end(), utc_s,
        [](std::int64_t at, const Transition& transition) { return at < transition.at_s; });
    EXPECT(after != zone.transitions.begin());
    return static_cast<std::size_t>(after - zone.transitions.begin()) - 1;
}

struct UtcSpan {
    Instant from;
    Instant until;
};

/// A daily span on the local day on which it starts; empty if it does not exist that day.
std::optional<UtcSpan> on_day(const Zone& zone, const DailySpan& span, std::int64_t day) {
    if ((span.weekdays >> weekday(day) & 1U) == 0) return std::nullopt;
    const auto end_day = span.until_minute <= span.from_minute ? day + 1 : day;
    const auto from = instant_of_local(zone, day * minutes_per_day + span.from_minute, Fold::first);
    const auto until =
        instant_of_local(zone, end_day * minutes_per_day + span.until_minute, Fold::second);
    if (from >= until) return std::nullopt;
    return UtcSpan{from, until};
}

}  // namespace

std::int32_t offset_at(const Zone& zone, Instant at) {
    return zone.transitions[segment_of(zone, floor_div(at.ms, 1000))].offset_s;
}

std::int64_t local_day(const Zone& zone, Instant at) {
    return floor_div(floor_div(at.ms, 1000) + offset_at(zone, at), 86'400);
}

Instant instant_of_local(const Zone& zone, std::int64_t local_minutes, Fold fold) {
    const auto& table = zone.transitions;
    const auto local_s = local_minutes * 60;
    const auto near = segment_of(zone, local_s);
    const auto begin = near > 2 ? near - 2 : 0;
    const auto end = std::min(near + 3, table.size());

    std::optional<std::int64_t> found;
    for (auto i = begin; i < end; ++i) {
        const auto utc_s = local_s - table[i].offset_s;
        const bool inside =
            utc_s >= table[i].at_s && (i + 1 == table.size() || utc_s < table[i + 1].at_s);
        if (!inside) continue;
        if (!found || fold == Fold::second) found = utc_s;
    }
    if (!found) {
        // In a gap: with the offset from before it, the clock reads the time moved forward by it.
        for (auto i = begin; i + 1 < end; ++i)
            if (local_s - table[i].offset_s >= table[i + 1].at_s &&
                local_s - table[i + 1].offset_s < table[i + 1].at_s)
                found = local_s - table[i].offset_s;
    }
    EXPECT(found.has_value());
    return {*found * 1000};
}

bool covers(const Zone& zone, std::span<const DailySpan> spans, Instant at) {
    const auto today = local_day(zone, at);
    for (auto day = today - days_around; day <= today + 1; ++day)
        for (const auto& span : spans)
            if (const auto utc = on_day(zone, span, day); utc && utc->from <= at && at < utc->until)
                return true;
    return false;
}

std::optional<Instant> next_boundary(const Zone& zone, std::span<const DailySpan> spans,
                                     Instant at) {
    const auto today = local_day(zone, at);
    std::optional<Instant> next;
    const auto consider = [&](Instant boundary) {
        if (boundary > at && (!next || boundary < *next)) next = boundary;
    };
    for (auto day = today - days_around; day <= today + days_ahead; ++day) {
        for (const auto& span : spans)
            if (const auto utc = on_day(zone, span, day)) {
                consider(utc->from);
                consider(utc->until);
            }
        // Whatever later days hold begins at least a day and a half after this one began.
        if (next && local_day(zone, *next) + 2 <= day) break;
    }
    return next;
}

bool is_open(const Zone& zone, const OpeningHours& opening, Instant at) {
    const auto& closed = opening.closed_days;
    return !std::binary_search(closed.begin(), closed.end(), local_day(zone, at)) &&
           covers(zone, opening.hours.spans, at);
}

std::optional<Instant> next_edge(const Zone& zone, const OpeningHours& opening, Instant at) {
    auto next = next_boundary(zone, opening.hours.spans, at);
    const auto consider = [&](Instant edge) {
        if (edge > at && (!next || edge < *next)) next = edge;
    };
    const auto& closed = opening.closed_days;
    const auto today = local_day(zone, at);
    const auto coming = std::lower_bound(closed.begin(), closed.end(), today);
    // A closed day begins and ends at midnight, wherever a gap or a repetition puts that. The
    // second of two: today may be a closed day, with its end and the next one's beginning to come.
    for (auto day = coming; day != closed.end() && day - coming < 2; ++day)
        for (const auto midnight : {*day, *day + 1})
            for (const auto fold : {Fold::first, Fold::second})
                consider(instant_of_local(zone, midnight * minutes_per_day, fold));
    // A change of the clock may itself change the day.
    const auto segment = segment_of(zone, floor_div(at.ms, 1000)) + 1;
    if (coming != closed.end() && segment < zone.transitions.size())
        consider({zone.transitions[segment].at_s * 1000});
    return next;
}

}  // namespace usher::engine
