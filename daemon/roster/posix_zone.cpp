#include "roster/posix_zone.h"

#include <chrono>
#include <cstddef>

namespace usher::roster {
namespace {

class Cursor {
  public:
    explicit Cursor(std::string_view text) : left_(text) {}

    bool at_end() const { return left_.empty(); }
    bool next_is(char c) const { return !left_.empty() && left_.front() == c; }

    bool skip(char c) {
        if (!next_is(c)) return false;
        left_.remove_prefix(1);
        return true;
    }

    // "CET" or "<+0330>".
    bool skip_name() {
        std::size_t size = 0;
        if (skip('<')) {
            size = left_.find('>');
            if (size == std::string_view::npos) return false;
            left_.remove_prefix(size + 1);
            return true;
        }
        while (size < left_.size() && is_letter(left_[size])) ++size;
        left_.remove_prefix(size);
        return size >= 3;
    }

    std::optional<int> number() {
        std::size_t size = 0;
        int out = 0;
        while (size < left_.size() && size < 3 && left_[size] >= '0' && left_[size] <= '9') {
            out = out * 10 + (left_[size++] - '0');
        }
        left_.remove_prefix(size);
        return size == 0 ? std::nullopt : std::optional{out};
    }

    // [+-]h[:m[:s]] in seconds.
    std::optional<std::int32_t> time() {
        const bool minus = next_is('-');
        if (minus || next_is('+')) left_.remove_prefix(1);
        const auto hours = number();
        if (!hours) return std::nullopt;
        std::int32_t out = *hours * 3600;
        for (std::int32_t unit = 60; unit >= 1 && skip(':'); unit /= 60) {
            const auto part = number();
            if (!part) return std::nullopt;
            out += *part * unit;
        }
        return minus ? -out : out;
    }

    std::optional<YearlyChange> change() {
        if (!skip(',')) return std::nullopt;
        YearlyChange out;
        if (skip('M')) {
            const auto month = number();
            const auto week = skip('.') ? number() : std::nullopt;
            const auto day = skip('.') ? number() : std::nullopt;
            if (!month || !week || !day) return std::nullopt;
            if (*month < 1 || *month > 12 || *week < 1 || *week > 5 || *day > 6)
                return std::nullopt;
            out.month = *month;
            out.week = *week;
            out.day = *day;
        } else {
            out.kind =
                skip('J') ? YearlyChange::Kind::day_without_leap : YearlyChange::Kind::day_of_year;
            const auto day = number();
            if (!day || *day > 365) return std::nullopt;
            out.day = *day;
        }
        if (skip('/')) {
            const auto at = time();
            if (!at) return std::nullopt;
            out.time_s = *at;
        }
        return out;
    }

  private:
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

    std::string_view left_;
};

// The local second, from the epoch, at which the change of that year falls.
std::int64_t local_second(const YearlyChange& change, int year_number) {
    using namespace std::chrono;
    const year y{year_number};
    sys_days day = sys_days{y / January / 1};
    switch (change.kind) {
        case YearlyChange::Kind::day_of_year:
            day += std::chrono::days{change.day};
            break;
        case YearlyChange::Kind::day_without_leap:
            day += std::chrono::days{change.day - 1 + (y.is_leap() && change.day >= 60 ? 1 : 0)};
            break;
        case YearlyChange::Kind::weekday_of_month: {
            const auto m = y / month{static_cast<unsigned>(change.month)};
            const weekday wanted{static_cast<unsigned>(change.day)};
            day = change.week == 5 ? sys_days{m / wanted[last]}
                                   : sys_days{m / wanted[static_cast<unsigned>(change.week)]};
            break;
        }
    }
    return std::int64_t{day.time_since_epoch().count()} * 86'400 + change.time_s;
}

}  // namespace

std::array<engine::Transition, 2> PosixZone::transitions(int year) const {
    const engine::Transition summer{local_second(to_summer, year) - standard_s, summer_s};
    const engine::Transition standard{local_second(to_standard, year) - summer_s, standard_s};
    if (summer.at_s < standard.at_s) return {summer, standard};
    return {standard, summer};
}

std::optional<PosixZone> parse_posix_zone(std::string_view text) {
    Cursor cursor(text);
    PosixZone out;
    if (!cursor.skip_name()) return std::nullopt;
    const auto west_of_utc = cursor.time();
    if (!west_of_utc || !cursor.skip_name()) return std::nullopt;
    out.standard_s = -*west_of_utc;
    out.summer_s = out.standard_s + 3600;
    if (!cursor.next_is(',')) {
        const auto summer_west = cursor.time();
        if (!summer_west) return std::nullopt;
        out.summer_s = -*summer_west;
    }
    const auto to_summer = cursor.change();
    const auto to_standard = cursor.change();
    if (!to_summer || !to_standard || !cursor.at_end()) return std::nullopt;
    out.to_summer = *to_summer;
    out.to_standard = *to_standard;
    return out;
}

}  // namespace usher::roster
