#include "shard/wall_clock.h"

#include <algorithm>

#include "base/planted.h"

namespace usher::shard {
namespace {

constexpr bool is_correction(Span by) {
    return by <= WallClock::correction_max && by.ms >= -WallClock::correction_max.ms;
}

}  // namespace

WallClock::WallClock(ClockReading first, Instant latest)
    : last_(first), used_(std::max(first.wall, latest)) {
    step_ = std::min(first.wall - latest, Span{});
    if (is_correction(step_)) return;
    way_ = Way::behind;
    news_ = ClockNews::behind_at_start;
    steps_ = news_count_ = 1;
}

/// A boot clock that went back (a machine restored from a picture of itself) has told nothing.
Span WallClock::passed_until(ClockReading now) const {
    return std::max(now.boot - last_.boot, Span{});
}

Span WallClock::step_at(ClockReading now) const {
    return now.wall - (last_.wall + passed_until(now));
}

/// What is left over goes into the next half.
Span WallClock::half_of(Span passed) {
    const auto sum_ms = passed.ms + odd_ms_;
    odd_ms_ = sum_ms % 2;
    return {sum_ms / 2};
}

bool WallClock::keeps_pace(ClockReading now) const {
    return is_correction(step_at(now));
}

WallClock::Way WallClock::way_of(Span ahead) {
    if (ahead.ms < -correction_max.ms && !PLANTED(step_back_freezes)) return Way::behind;
    if (PLANTED(step_ahead_believed)) return Way::follows;
    return ahead < doubted_from ? Way::follows : Way::doubts;
}

/// Against the first reading after the step, not the last: a wall that runs away has no pace.
bool WallClock::is_still_doubted(ClockReading now) const {
    return is_correction(now.wall - (doubted_.wall + (now.boot - doubted_.boot))) ||
           PLANTED(doubt_not_renewed);
}

Instant WallClock::read(ClockReading now) {
    const auto passed = passed_until(now);
    const auto at_pace = used_ + passed;
    const auto ahead = now.wall - at_pace;
    step_ = step_at(now);
    last_ = now;

    const auto was = way_;
    way_ = way_of(ahead);
    bool doubt_is_new = false;
    if (way_ == Way::doubts) {
        doubt_is_new = was != Way::doubts || !is_still_doubted(now);
        if (doubt_is_new) doubted_ = now;
        if (now.boot - doubted_.boot >= believed_after) way_ = Way::follows;
    }
    if (way_ == Way::follows)
        used_ = std::max(used_, now.wall);
    else if (way_ == Way::behind && ahead.ms >= -waited_for_max.ms && !PLANTED(never_waited_for))
        used_ = std::max(used_ + half_of(passed), now.wall);  // it may have caught up meanwhile
    else
        used_ = at_pace;
    if (PLANTED(step_back_followed) && way_ == Way::behind) used_ = now.wall;

    news_ = way_ == was && is_correction(step_) && !doubt_is_new
                ? ClockNews::none
                : find_news(was, ahead, doubt_is_new);
    if (news_ == ClockNews::none) [[likely]]
        return used_;
    ++news_count_;
    // A wall that is led back slowly is news in the end, but has not stepped.
    if (!is_correction(step_) || way_ != Way::follows) ++steps_;
    return used_;
}

ClockNews WallClock::find_news(Way was, Span ahead, bool doubt_is_new) const {
    if (way_ == Way::behind) return ClockNews::behind;
    if (way_ == Way::doubts) return doubt_is_new ? ClockNews::doubted : ClockNews::none;
    if (!(ahead < doubted_from)) return ClockNews::believed;
    return was != Way::follows && is_correction(ahead) ? ClockNews::as_before : ClockNews::taken;
}

}  // namespace usher::shard
