// Where the time of a request goes. One in 1,024 of those that a core takes is stamped on its way;
// the others cost a count. At most one is under way at a time. One thread owns it.
//
//   read      its frame was cut from what had arrived → its turn, behind those that came with it
//   decide    … → the engine has decided and applied, the answer is encoded
//   append    … → its facts were handed to the kernel              (not in `memory`)
//   sync      … → the disk has them                                (`synced` alone)
//   write     … → its answer was handed to the kernel, or to the core whose connection asked
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/histogram.h"

namespace usher::shard {

enum class Stage : std::uint8_t { read, decide, append, sync, write };
inline constexpr std::size_t stage_count = 5;
inline constexpr std::array<const char*, stage_count> stage_names{"read", "decide", "append",
                                                                  "sync", "write"};

class Stages {
  public:
    static constexpr std::uint32_t one_in = 1024;

    /// Counts a request; true: this one is stamped, from now.
    bool begins() { return ++count_ % one_in == 0 && begins_now(); }

    /// The stamped one goes elsewhere, and is not followed there.
    void drop() { at_ = At::nowhere; }

    void turn_came() { pass(Stage::read); }

    /// Its answer waits until facts of `shard` up to `seq` are safe.
    void decided(std::uint32_t shard, std::uint64_t seq);

    /// For the shard whose facts the stamped one waits for; null for all others.
    Stages* of_shard(std::uint32_t shard) {
        const bool waits = at_ == At::decided || at_ == At::written;
        return waits && shard == shard_ ? this : nullptr;
    }

    void written(std::uint64_t through_seq);
    void synced(std::uint64_t through_seq);
    void released(std::uint64_t through_seq);

    /// All answers of this turn have been sent.
    void sent() {
        if (at_ == At::released) end();
    }

    const Histogram& spent_ns(Stage stage) const {
        return spent_ns_[static_cast<std::size_t>(stage)];
    }

  private:
    using Clock = std::chrono::steady_clock;
    enum class At : std::uint8_t { nowhere, taken, decided, written, released };

    bool begins_now();
    void pass(Stage stage);
    void end();

    std::uint32_t count_ = 0;
    At at_ = At::nowhere;
    std::uint32_t shard_ = 0;
    std::uint64_t seq_ = 0;
    Clock::time_point last_;
    std::array<Histogram, stage_count> spent_ns_;
};

}  // namespace usher::shard
