// Time as usher knows it: whole milliseconds. An Instant counts from the Unix epoch, UTC;
// a Span is the distance of two. Both are plain values; arithmetic never wraps in the years
// 0000 to 9999, which is all that a parser lets in.
#pragma once

#include <compare>
#include <cstdint>

namespace usher {

struct Span {
    std::int64_t ms = 0;

    friend constexpr auto operator<=>(Span, Span) = default;
};

struct Instant {
    std::int64_t ms = 0;

    friend constexpr auto operator<=>(Instant, Instant) = default;
    friend constexpr Instant operator+(Instant at, Span by) { return {at.ms + by.ms}; }
    friend constexpr Instant operator-(Instant at, Span by) { return {at.ms - by.ms}; }
    friend constexpr Span operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
};

constexpr Span seconds(std::int64_t n) {
    return {n * 1000};
}
constexpr Span days(std::int64_t n) {
    return {n * 86'400'000};
}

}  // namespace usher
