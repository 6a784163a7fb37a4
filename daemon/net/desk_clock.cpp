#include "net/desk_clock.h"

#include <time.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/expect.h"
#include "net/log.h"

namespace usher::net {
namespace {

using shard::ClockNews;

Instant reading_of(clockid_t clock) {
    timespec at{};
    EXPECT(::clock_gettime(clock, &at) == 0);
    return {at.tv_sec * 1000 + at.tv_nsec / 1'000'000};
}

/// "+400d 00:00:00.000"
std::string text_of(Span by) {
    const auto ms = std::llabs(by.ms);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%c%lldd %02lld:%02lld:%02lld.%03lld",
                  by.ms < 0 ? '-' : '+', ms / 86'400'000, ms / 3'600'000 % 24, ms / 60'000 % 60,
                  ms / 1000 % 60, ms % 1000);
    return text.data();
}

const char* event_of(ClockNews news) {
    if (news == ClockNews::believed) return "clock_believed";
    return news == ClockNews::as_before ? "clock_as_before" : "clock_step";
}

std::string what_follows(ClockNews news, bool is_far_behind) {
    const char* const without_it =
        is_far_behind ? "time goes on at the pace of the boot clock: set the wall clock right, or "
                        "stop usherd until it has caught up"
                      : "time goes on at half its pace until the wall clock has caught up";
    switch (news) {
        case ClockNews::behind:
            return without_it;
        case ClockNews::behind_at_start:
            return std::string("the wall clock is behind what is kept: ") + without_it;
        case ClockNews::taken:
        case ClockNews::believed:
            return "taken";
        case ClockNews::doubted:
            return "not believed: time goes on at the pace of the boot clock until the wall clock "
                   "has kept that pace for ten minutes or is back; a restart takes it as it is";
        case ClockNews::as_before:
            return "the wall clock is followed again";
        case ClockNews::none:
            break;
    }
    return "";
}

}  // namespace

shard::ClockReading read_clocks() {
    return {reading_of(CLOCK_REALTIME), reading_of(CLOCK_BOOTTIME)};
}

DeskClock::DeskClock(std::uint32_t core, ClockBoard& board, Beginning beginning,
                     shard::ClockReading (*read)())
    : core_(core),
      board_(board),
      judges_(beginning.judges),
      read_(read),
      clock_(read_(), judges_ ? beginning.latest : Instant{}) {
    if (clock_.news() != ClockNews::none) tell(read_().boot);
    show();
}

Instant DeskClock::now() {
    auto reading = read_();
    if (!judges_) return reading.wall;
    // A thread that was stopped between its looks at the two clocks has seen no step.
    if (!clock_.keeps_pace(reading)) [[unlikely]]
        reading = read_();
    const auto now = clock_.read(reading);
    if (clock_.news() != ClockNews::none) [[unlikely]]
        tell(reading.boot);
    if (clock_.wall_ahead().ms != shown_ahead_ms_) [[unlikely]]
        show();
    return now;
}

void DeskClock::tell(Instant boot) {
    board_.show_steps(core_, clock_.steps());
    const auto told = board_.tells(clock_.news_count(), boot.ms);
    if (told == ClockBoard::Tell::no) return;
    const auto news = clock_.news();
    log::warning(event_of(news), {{"wall_by", text_of(clock_.step())},
                                  {"wall_ahead", text_of(clock_.wall_ahead())},
                                  {"then", what_follows(news, clock_.is_far_behind())}});
    if (told == ClockBoard::Tell::yes_and_then_no_more)
        log::warning("clock_lines_left_out",
                     {{"why", "the wall clock does not rest; no more of it within this minute"}});
}

void DeskClock::show() {
    shown_ahead_ms_ = clock_.wall_ahead().ms;
    board_.show_wall_ahead(core_, shown_ahead_ms_);
}

}  // namespace usher::net
