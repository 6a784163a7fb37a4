// What the clocks of a daemon's cores share: a place for each, from which `status` reads how it
// stands, and the question of who tells the log. Each core works out its instants alone
// (shard/wall_clock.h), so each finds every step of the wall for itself, within a second; but one
// line says it. Touched only where a clock has news, or is not the wall's.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "protocol/answer.h"

namespace usher::net {

class ClockBoard {
  public:
    /// Before the first core runs.
    void furnish(std::uint32_t cores);

    /// Of the core's own thread.
    void show_steps(std::uint32_t core, std::uint64_t steps);
    void show_wall_ahead(std::uint32_t core, std::int64_t ms);

    /// Whether what a core has found is to be logged: it is the `number`th of its news, and no
    /// other core has told as many. A wall that never rests gets some lines a minute, no more;
    /// `boot` says when it is.
    enum class Tell : std::uint8_t { no, yes, yes_and_then_no_more };
    Tell tells(std::uint64_t number, std::int64_t boot_ms);

    /// Lines of the daemon, any thread: how often the wall has stepped, and how far it is from the
    /// instant that counts, where it is farthest.
    void status(std::vector<protocol::StatusEntry>& out) const;

  private:
    static constexpr std::uint32_t lines_per_minute_max = 20;

    struct alignas(128) Place {
        std::atomic<std::uint64_t> steps{0};
        std::atomic<std::int64_t> wall_ahead_ms{0};
    };
    std::unique_ptr<Place[]> places_;
    std::uint32_t cores_ = 0;

    std::mutex mutex_;
    std::uint64_t told_ = 0;
    std::uint32_t lines_ = 0;  ///< of the minute that began at:
    std::int64_t minute_boot_ms_ = 0;
};

}  // namespace usher::net
