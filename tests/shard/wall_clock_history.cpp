#include "tests/shard/wall_clock_history.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "shard/wall_clock.h"
#include "tests/support/random.h"

namespace usher::shard::testing {
namespace {

using usher::testing::Random;

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

/// A boot clock, and a wall that is off by whatever somebody has set.
class TwoClocks {
  public:
    explicit TwoClocks(Random& random) : random_(random) {}

    ClockReading read() const { return {{1'800'000'000'000 + boot_ + off_}, {boot_}}; }

    void go_on() {
        const auto kind = random_.below(100);
        boot_ += kind < 70   ? random_.between(0, 20 * second)
                 : kind < 97 ? random_.between(0, 5 * minute)
                             : random_.between(0, 9 * hour);  // the lid was shut
        if (random_.chance(30)) off_ += random_.between(-40, 40);
        if (random_.chance(6)) off_ += random_.between(-minute, minute);
        if (random_.chance(4)) step();
        if (random_.chance(2)) off_ = 0;
    }

  private:
    void step() {
        const std::vector<std::int64_t> sizes{minute - 1, minute,   minute + 1, 2 * minute,
                                              hour - 1,   hour,     hour + 1,   5 * hour,
                                              2 * day,    400 * day};
        off_ += random_.one_of(sizes) * (random_.chance(50) ? 1 : -1);
    }

    Random& random_;
    std::int64_t boot_ = 5 * hour;
    std::int64_t off_ = 0;
};

class Judge {
  public:
    explicit Judge(ClockReading first) : readings_{first}, used_(first.wall) {}

    std::optional<std::string> look(ClockReading now, Instant used, Met& met) {
        const auto at_pace = used_ + (now.boot - readings_.back().boot);
        const auto ahead = (now.wall - at_pace).ms;
        readings_.push_back(now);
        const auto before = used_;
        used_ = used;
        if (used < before) return kept(false, "time went back");
        if (ahead < -minute) {
            ++met.held_behind;
            doubts_ = false;
            if (ahead < -day) return kept(used == at_pace, "far behind, not at boot time's pace");
            if (used == now.wall && 2 * (used - before).ms >= (at_pace - before).ms) {
                ++met.caught_up;
                return std::nullopt;
            }
            // To a millisecond of what was left over.
            const auto off_half_ms = 2 * (used - before).ms - (at_pace - before).ms;
            return kept(std::abs(off_half_ms) <= 1, "behind, and not at half of boot time's pace");
        }
        if (ahead < hour) {
            met.corrections += ahead != 0;
            met.back_in_doubt += doubts_ && ahead <= minute;
            doubts_ = false;
            return kept(used == std::max(before, now.wall), "not the wall's time");
        }
        return far_ahead(now, used, at_pace, met);
    }

  private:
    std::optional<std::string> far_ahead(ClockReading now, Instant used, Instant at_pace,
                                         Met& met) {
        const auto apart_ms = farthest_apart_in_ten_minutes(now);
        if (!doubts_) doubted_since_ = now.boot;
        doubts_ = true;
        const bool long_enough = now.boot - doubted_since_ >= seconds(600);
        if (used == now.wall) {
            doubts_ = false;
            ++met.believed;
            return kept(long_enough && apart_ms <= 2 * minute, "believed too early");
        }
        ++met.held_ahead;
        if (used != at_pace) return kept(false, "neither believed nor at boot time's pace");
        return kept(!must_be_believed(now), "not believed though it rests");
    }

    /// Whenever the ten minutes began last: the wall has rested for three times as long, and was
    /// looked at in each third.
    bool must_be_believed(ClockReading now) const {
        return now.boot - doubted_since_ >= seconds(1800) && rests_since(now, 1800) &&
               was_looked_at(now, 610, 1200) && was_looked_at(now, 1210, 1800);
    }

    static std::int64_t off(ClockReading at) { return (at.wall - at.boot).ms; }

    std::int64_t farthest_apart_in_ten_minutes(ClockReading now) const {
        std::int64_t apart_ms = 0;
        for (auto at = readings_.rbegin(); at != readings_.rend(); ++at) {
            if (now.boot - at->boot >= seconds(600)) break;
            apart_ms = std::max(apart_ms, std::abs(off(now) - off(*at)));
        }
        return apart_ms;
    }

    bool rests_since(ClockReading now, std::int64_t how_long_s) const {
        for (auto at = readings_.rbegin(); at != readings_.rend(); ++at) {
            if (now.boot - at->boot > seconds(how_long_s)) break;
            if (std::abs(off(now) - off(*at)) > minute / 2) return false;
        }
        return true;
    }

    bool was_looked_at(ClockReading now, std::int64_t from_s, std::int64_t to_s) const {
        return std::any_of(readings_.begin(), readings_.end(), [&](ClockReading at) {
            const auto ago = now.boot - at.boot;
            return ago >= seconds(from_s) && ago <= seconds(to_s);
        });
    }

    std::optional<std::string> kept(bool promise, const char* else_it_is) const {
        if (promise) return std::nullopt;
        const auto& now = readings_.back();
        return std::string(else_it_is) + ": reading " + std::to_string(readings_.size()) +
               ", wall " + std::to_string(now.wall.ms) + ", boot " + std::to_string(now.boot.ms) +
               ", used " + std::to_string(used_.ms);
    }

    std::vector<ClockReading> readings_;
    Instant used_;
    bool doubts_ = false;
    Instant doubted_since_{};
};

}  // namespace

std::optional<std::string> broken_promise(std::uint64_t seed, Met& met) {
    Random random(seed);
    TwoClocks clocks(random);
    WallClock clock(clocks.read(), {});
    Judge judge(clocks.read());
    for (int i = 0; i < 2000; ++i) {
        clocks.go_on();
        const auto reading = clocks.read();
        if (auto broken = judge.look(reading, clock.read(reading), met)) return broken;
        if (clock.wall_ahead() != reading.wall - clock.read(reading))
            return "it shows another distance than there is";
    }
    return std::nullopt;
}

}  // namespace usher::shard::testing
