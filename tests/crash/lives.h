// The lives of one follower: on a thread of its own it is started, killed at an instant that chance
// chooses, sometimes left dead for a while, and started again, whatever becomes of the daemon.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>

#include "tests/crash/follower.h"
#include "tests/support/random.h"

namespace usher::crash {

struct LivesLimits {
    unsigned kills = 100;
    std::int64_t life_min_ms = 5;
    std::int64_t life_max_ms = 200;
    std::int64_t absence_max_ms =
        600;  ///< after one kill in eight or so; else it comes back at once
};

class Lives {
  public:
    Lives(FollowerOptions options, const LivesLimits& limits, std::uint64_t seed)
        : follower_(std::move(options)), limits_(limits), random_(seed) {}

    void begin();

    unsigned kills() const { return kills_; }
    /// All kills have been done, or something went wrong, and the thread is ending.
    bool over() const { return over_; }

    /// Waits for the thread. From here on the follower is the caller's.
    void join();
    Follower& follower() { return follower_; }
    const std::optional<Fault>& fault() const { return fault_; }
    /// Kills after which there was more in the file than after the one before.
    unsigned fruitful() const { return fruitful_; }

  private:
    Result<void> live_once();
    void await_growth(std::uint64_t size) const;

    Follower follower_;
    LivesLimits limits_;
    testing::Random random_;
    unsigned fruitful_ = 0;
    std::optional<Fault> fault_;
    std::atomic<unsigned> kills_ = 0;
    std::atomic<bool> over_ = false;
    std::jthread thread_;
};

}  // namespace usher::crash
