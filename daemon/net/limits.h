// Every bound of the network side, by name, in one struct. A full thing refuses or closes by name;
// nothing grows without an entry here. The configuration's [limits] may lower most of them; they
// are printed by `usherd --check-config` and, at debug level, at start.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/limits.h"

namespace usher::net {

/// Deadlines are counted in sweeps over the connections, not in readings of a clock: a daemon that
/// was stopped for a minute does not find everybody late.
inline constexpr std::uint32_t sweeps_per_second = 2;

struct Limits {
    std::uint32_t connections_max = 16'384;  ///< of the daemon; more are closed at once
    std::uint32_t frame_bytes_max = protocol::frame_bytes_max;        ///< payload of one frame
    std::uint32_t batch_requests_max = protocol::batch_requests_max;  ///< in one frame
    std::uint32_t in_flight_max = 1'024;  ///< unanswered requests of a connection, then
                                          ///< nothing more is read from it
    std::uint32_t output_bytes_max = 4u
                                     << 20;  ///< unsent answers of a connection, then it is closed
    std::uint32_t buffers_mib_max = 256;     ///< all buffers of all connections together
    std::uint32_t roster_mib_max = 256;      ///< rosters that arrive in parts, all together
    std::uint32_t first_frame_seconds = 3;   ///< from accept to the first whole request
    std::uint32_t frame_seconds = 5;         ///< from a frame's first byte to its last
    std::uint32_t idle_seconds = 90;         ///< without a byte from the peer
    std::uint32_t stall_seconds = 20;        ///< without the peer taking a byte of what waits
    std::uint32_t drain_seconds = 5;         ///< for what is in flight when the daemon stops
    std::uint32_t frames_per_turn = 256;     ///< of one connection, then the others
    std::uint32_t accepts_per_turn = 64;     ///< of one listener
    std::uint32_t mail_per_turn = 256;       ///< messages of other cores
    std::uint32_t mail_frames_max = 16'384;  ///< requests that one core has waiting at another
    std::uint32_t mail_mib_max = 64;         ///< likewise, in bytes
    std::uint32_t skip_mib_max = 16;         ///< of an oversized frame that is read and thrown
                                             ///< away; a larger one closes the connection
};

/// Calls `visit(name, limit, at_least, at_most)` for each of them, in the order above.
template <class L, class Visit>
void each_limit(L& limits, Visit visit) {
    constexpr std::uint32_t most = 1u << 31;
    visit("connections_max", limits.connections_max, 1u, 1'000'000u);
    visit("frame_bytes_max", limits.frame_bytes_max, 1024u,
          static_cast<std::uint32_t>(protocol::frame_bytes_ceiling));
    visit("batch_requests_max", limits.batch_requests_max, 1u, 65'536u);
    visit("in_flight_max", limits.in_flight_max, 1u, 65'536u);
    visit("output_bytes_max", limits.output_bytes_max, 64u * 1024, 64u << 20);
    visit("buffers_mib_max", limits.buffers_mib_max, 1u, 65'536u);
    visit("roster_mib_max", limits.roster_mib_max, 1u, 4'096u);
    visit("first_frame_seconds", limits.first_frame_seconds, 1u, 3'600u);
    visit("frame_seconds", limits.frame_seconds, 1u, 3'600u);
    visit("idle_seconds", limits.idle_seconds, 1u, 86'400u);
    visit("stall_seconds", limits.stall_seconds, 1u, 3'600u);
    visit("drain_seconds", limits.drain_seconds, 0u, 60u);
    visit("frames_per_turn", limits.frames_per_turn, 1u, 65'536u);
    visit("accepts_per_turn", limits.accepts_per_turn, 1u, 65'536u);
    visit("mail_per_turn", limits.mail_per_turn, 1u, 65'536u);
    visit("mail_frames_max", limits.mail_frames_max, 1u, most);
    visit("mail_mib_max", limits.mail_mib_max, 1u, 4'096u);
    visit("skip_mib_max", limits.skip_mib_max, 0u, 1'024u);
}

}  // namespace usher::net
