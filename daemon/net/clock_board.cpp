#include "net/clock_board.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/expect.h"

namespace usher::net {

void ClockBoard::furnish(std::uint32_t cores) {
    EXPECT(cores_ == 0);
    places_ = std::make_unique<Place[]>(cores);
    cores_ = cores;
}

void ClockBoard::show_steps(std::uint32_t core, std::uint64_t steps) {
    EXPECT(core < cores_);
    places_[core].steps.store(steps, std::memory_order_relaxed);
}

void ClockBoard::show_wall_ahead(std::uint32_t core, std::int64_t ms) {
    EXPECT(core < cores_);
    places_[core].wall_ahead_ms.store(ms, std::memory_order_relaxed);
}

ClockBoard::Tell ClockBoard::tells(std::uint64_t number, std::int64_t boot_ms) {
    const std::scoped_lock lock(mutex_);
    if (number <= told_) return Tell::no;
    told_ = number;
    if (lines_ == 0 || boot_ms - minute_boot_ms_ >= 60'000) {
        minute_boot_ms_ = boot_ms;
        lines_ = 0;
    }
    if (lines_ == lines_per_minute_max) return Tell::no;
    return ++lines_ == lines_per_minute_max ? Tell::yes_and_then_no_more : Tell::yes;
}

void ClockBoard::status(std::vector<protocol::StatusEntry>& out) const {
    std::uint64_t steps = 0;
    std::int64_t ahead_ms = 0;
    for (std::uint32_t core = 0; core < cores_; ++core) {
        steps = std::max(steps, places_[core].steps.load(std::memory_order_relaxed));
        const auto here_ms = places_[core].wall_ahead_ms.load(std::memory_order_relaxed);
        if (std::abs(here_ms) > std::abs(ahead_ms)) ahead_ms = here_ms;
    }
    out.push_back({"daemon", "clock_steps", std::to_string(steps)});
    out.push_back({"daemon", "clock_held_ms", std::to_string(ahead_ms)});
}

}  // namespace usher::net
