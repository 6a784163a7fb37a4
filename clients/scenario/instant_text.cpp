#include "clients/scenario/instant_text.h"

#include <date/date.h>

#include <algorithm>
#include <chrono>

namespace usher::scenario {
namespace {

using std::chrono::milliseconds;
using SystemInstant = std::chrono::time_point<std::chrono::system_clock, milliseconds>;

constexpr std::string_view shape_wrong =
    "is not of the form 2026-03-02T09:00:00Z or 2026-03-02T10:00:00.500+01:00";

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Walks over the text; the first thing that does not fit makes everything after it fail too.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}

    unsigned digits(std::size_t count) {
        unsigned value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (text_.empty() || !is_digit(text_.front())) return fail();
            value = value * 10 + static_cast<unsigned>(text_.front() - '0');
            text_.remove_prefix(1);
        }
        return value;
    }

    char one_of(std::string_view choices) {
        if (text_.empty() || choices.find(text_.front()) == std::string_view::npos) {
            fail();
            return '\0';
        }
        const char found = text_.front();
        text_.remove_prefix(1);
        return found;
    }

    /// ".5" is 500; digits beyond the third are read and dropped. No point: 0.
    unsigned fraction_ms() {
        if (text_.empty() || text_.front() != '.') return 0;
        text_.remove_prefix(1);
        if (text_.empty() || !is_digit(text_.front())) return fail();
        unsigned value = 0;
        for (unsigned weight = 100; !text_.empty() && is_digit(text_.front()); weight /= 10) {
            value += weight * static_cast<unsigned>(text_.front() - '0');
            text_.remove_prefix(1);
        }
        return value;
    }

    bool ended() const { return !failed_ && text_.empty(); }

  private:
    unsigned fail() {
        failed_ = true;
        text_ = {};
        return 0;
    }

    std::string_view text_;
    bool failed_ = false;
};

const SystemInstant first_instant = date::sys_days{date::year{0} / 1 / 1};
const SystemInstant last_instant = date::sys_days{date::year{10000} / 1 / 1} - milliseconds{1};

struct Written {
    unsigned year, month, day, hour, minute, second, ms;
    int offset_minutes;
};

int signed_offset(char sign, unsigned hours, unsigned minutes) {
    const auto total = static_cast<int>(hours * 60 + minutes);
    return sign == '-' ? -total : total;
}

std::string_view first_wrong(const Written& w, unsigned offset_hour, unsigned offset_minute) {
    const date::year_month_day day{date::year{static_cast<int>(w.year)}, date::month{w.month},
                                   date::day{w.day}};
    if (!day.ok()) return "names a day that is not in the calendar";
    if (w.hour > 23) return "has an hour beyond 23";
    if (w.minute > 59) return "has a minute beyond 59";
    if (w.second > 60) return "has a second beyond 59";
    if (offset_hour > 23 || offset_minute > 59) return "has an offset beyond 23:59";
    return {};
}

}  // namespace

InstantReading read_instant(std::string_view text) {
    Cursor cursor(text);
    Written w{};
    w.year = cursor.digits(4);
    cursor.one_of("-");
    w.month = cursor.digits(2);
    cursor.one_of("-");
    w.day = cursor.digits(2);
    cursor.one_of("Tt");
    w.hour = cursor.digits(2);
    cursor.one_of(":");
    w.minute = cursor.digits(2);
    cursor.one_of(":");
    w.second = cursor.digits(2);
    w.ms = cursor.fraction_ms();
    const char zone = cursor.one_of("Zz+-");
    unsigned offset_hour = 0;
    unsigned offset_minute = 0;
    if (zone == '+' || zone == '-') {
        offset_hour = cursor.digits(2);
        cursor.one_of(":");
        offset_minute = cursor.digits(2);
    }
    if (!cursor.ended()) return {std::nullopt, shape_wrong};
    if (const auto wrong = first_wrong(w, offset_hour, offset_minute); !wrong.empty()) {
        return {std::nullopt, wrong};
    }

    const date::sys_days day =
        date::year{static_cast<int>(w.year)} / date::month{w.month} / date::day{w.day};
    const auto midnight_ms = static_cast<std::int64_t>(day.time_since_epoch().count()) * 86'400'000;
    const std::int64_t seconds_of_day = w.hour * 3600 + w.minute * 60 + w.second;
    Instant instant{midnight_ms + seconds_of_day * 1000 + w.ms};
    instant = instant - seconds(signed_offset(zone, offset_hour, offset_minute) * 60);
    if (w.second == 60) {
        // Only the last minute of a UTC day can have one; what it stands for has no milliseconds.
        instant = instant - Span{w.ms};
        if (instant.ms % 86'400'000 != 0) return {std::nullopt, "has a second beyond 59"};
    }

    const SystemInstant at{milliseconds{instant.ms}};
    if (at < first_instant || at > last_instant) {
        return {std::nullopt, "is outside of the years 0000 to 9999 in UTC"};
    }
    return {instant, {}};
}

std::string instant_text(Instant instant) {
    const SystemInstant at =
        std::clamp(SystemInstant{milliseconds{instant.ms}}, first_instant, last_instant);
    const auto day = date::floor<date::days>(at);
    const date::year_month_day civil{day};
    const auto year = static_cast<unsigned>(static_cast<int>(civil.year()));
    const auto of_day = static_cast<unsigned>((at - day).count());

    std::string text;
    text.reserve(24);
    const auto put = [&text](unsigned value, unsigned weight, char behind) {
        for (; weight != 0; weight /= 10) text += static_cast<char>('0' + value / weight % 10);
        text += behind;
    };
    put(year, 1000, '-');
    put(static_cast<unsigned>(civil.month()), 10, '-');
    put(static_cast<unsigned>(civil.day()), 10, 'T');
    put(of_day / 3'600'000, 10, ':');
    put(of_day / 60'000 % 60, 10, ':');
    const unsigned ms = of_day % 1000;
    put(of_day / 1000 % 60, 10, ms == 0 ? 'Z' : '.');
    if (ms != 0) put(ms, 100, 'Z');
    return text;
}

}  // namespace usher::scenario
