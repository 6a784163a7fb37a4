// The instant that counts under `--clock wall`, worked out from two clocks: the wall's, which
// people and time servers set, and boot time, which nobody sets and which goes on while the
// machine sleeps. Pure: it is given readings and answers instants, which never go back.
//
// As long as the wall keeps pace with boot time, the instant is the wall's. Where it does not, what
// counts is how far it is from where boot time would have brought the instant:
//
//   up to a minute           the wall is followed; behind, time stands still until it is there
//   up to a day behind       time goes on at half of boot time's pace until the wall has caught up
//   more behind              time goes on at boot time's pace: at half of it shifts would be wrong
//                            for longer than anybody can wait
//   less than an hour ahead  the wall is followed
//   an hour or more ahead    it is not believed: time goes on at boot time's pace, until the wall
//                            has kept pace with boot time for ten minutes, or is back
//
// One thread.
#pragma once

#include <cstdint>

#include "base/instant.h"

namespace usher::shard {

struct ClockReading {
    Instant wall;
    Instant boot;  ///< since the machine has started
};

/// What a reading has shown that somebody should know of.
enum class ClockNews : std::uint8_t {
    none,
    behind,           ///< the wall has stepped back
    behind_at_start,  ///< it is behind what has been kept
    taken,            ///< it has stepped ahead by less than an hour
    doubted,          ///< by an hour or more
    believed,         ///< it has kept its pace since then
    as_before,        ///< it is back where boot time expects it
};

class WallClock {
  public:
    static constexpr Span correction_max = seconds(60);
    static constexpr Span waited_for_max = seconds(86'400);
    static constexpr Span doubted_from = seconds(3600);
    static constexpr Span believed_after = seconds(600);

    /// The wall is taken as it is, unless it is behind `latest`, the latest instant that was kept.
    WallClock(ClockReading first, Instant latest);

    /// Whether the wall has kept pace with boot time since the last reading. If not it has
    /// stepped, or the thread has slept between its looks at the two clocks: another look tells.
    bool keeps_pace(ClockReading now) const;

    /// The instant that counts.
    Instant read(ClockReading now);

    // Of the last reading.
    ClockNews news() const { return news_; }
    Span step() const { return step_; }  ///< of the wall; ahead is positive
    /// How far the wall is ahead of the instant that counts; negative: behind.
    Span wall_ahead() const { return last_.wall - used_; }
    /// Whether the wall is so far behind that it will not catch up by itself.
    bool is_far_behind() const { return wall_ahead().ms < -waited_for_max.ms; }

    // Since the beginning.
    std::uint64_t steps() const { return steps_; }
    std::uint64_t news_count() const { return news_count_; }

  private:
    enum class Way : std::uint8_t { follows, behind, doubts };

    Span passed_until(ClockReading now) const;
    Span step_at(ClockReading now) const;
    Span half_of(Span passed);
    static Way way_of(Span ahead);
    bool is_still_doubted(ClockReading now) const;
    ClockNews find_news(Way was, Span ahead, bool doubt_is_new) const;

    ClockReading last_;
    Instant used_;
    Way way_ = Way::follows;
    std::int64_t odd_ms_ = 0;  ///< of what has been halved: 0 or 1
    ClockReading doubted_{};   ///< the first reading after the step that is not believed
    Span step_{};
    ClockNews news_ = ClockNews::none;
    std::uint64_t steps_ = 0;
    std::uint64_t news_count_ = 0;
};

}  // namespace usher::shard
