// Between the sessions of a core and whoever answers their requests. A session cuts frames and
// hands each to the desk; the desk gives every one of them exactly one reply, in this turn or a
// later one, through the ReplyPort. Two desks exist: shard_desk (the daemon's) and the floor of
// the benches, which measures what sockets cost. All calls come on the core's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "base/instant.h"
#include "base/result.h"
#include "protocol/frame.h"

namespace usher::net {

/// Where a desk's replies go: the sessions of its core.
class ReplyPort {
  public:
    virtual ~ReplyPort() = default;

    /// One whole reply frame; it leaves at the end of the turn. A session that is gone is no
    /// error: its peer asks again. The bytes are copied.
    virtual void deliver(std::uint64_t session, std::span<const std::byte> frame) = 0;

    /// Whether its peer came through a unix socket; false of one that is gone.
    virtual bool is_local(std::uint64_t) { return false; }
};

class Desk {
  public:
    virtual ~Desk() = default;

    /// One frame of kind `request`, cut but not yet verified; the view is good until settle().
    virtual void take(std::uint64_t session, const protocol::Frame& frame) = 0;

    /// The frames of this read have all been taken: what was put off is done now.
    virtual void settle() = 0;

    /// The session has closed: what was kept for it goes.
    virtual void forget(std::uint64_t session) = 0;

    /// The end of a turn: mail is read, what was taken is made safe and answered. True: there is
    /// more to do, do not sleep. A fault is final: nothing may leave any more.
    virtual Result<bool> finish_turn() = 0;

    /// What finish_turn() answered has been sent as far as the sockets took it.
    virtual void turn_ended() {}

    /// Before sleeping: false if something has come in the meantime. From true on whoever brings
    /// something rings the core's bell.
    virtual bool may_sleep() = 0;
    virtual void wake_up() = 0;
    /// When there is something to be done though nothing comes; none: only when something does.
    virtual std::optional<std::chrono::steady_clock::time_point> sleep_until() const {
        return std::nullopt;
    }

    /// About twice a second.
    virtual void tick() = 0;

    /// The daemon is about to stop: whatever waits without need is answered in the next turn.
    virtual void begin_to_stop() {}

    /// After the last turn of all cores: nothing will be taken any more.
    virtual Result<void> close() = 0;
};

}  // namespace usher::net
