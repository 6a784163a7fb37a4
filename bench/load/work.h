// What the load client asks for: tickets that are routed, closed and so on in rounds, on a roster
// of its own. Every request of a kind is one frame made in advance (many for `route`, each with
// other skills), into which only ticket key, correlation and checksum are written when it is sent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/answer.h"

namespace usher::bench {

enum class Verb : std::uint8_t { route, get_ticket, transfer, close, reopen };
inline constexpr std::size_t verb_count = 5;
std::string_view verb_name(Verb verb);

/// The outcome that a request of the mix must have; anything else is an error.
protocol::Outcome expected_outcome(Verb verb);

struct WorkOptions {
    std::string account = "bench";
    std::string mix = "route,close";  ///< what is done with each ticket, in order
    std::uint32_t agents = 1000;
    std::uint32_t skills = 40;     ///< in the roster; each held by half of the agents
    std::uint32_t ask_skills = 3;  ///< asked by each route
    std::uint32_t held = 16;       ///< rounds of a connection between two steps of one ticket
    std::uint64_t seed = 1;
};

/// A request as it goes over the wire, but for three places.
struct Stencil {
    std::vector<std::byte> frame;
    std::size_t ticket_at = 0;
};

inline constexpr std::size_t ticket_key_bytes = 16;

class Work {
  public:
    /// Refuses a mix that cannot be asked for with an outcome that is known beforehand.
    static Result<Work> plan(const WorkOptions& options);

    const WorkOptions& options() const { return options_; }
    const std::vector<Verb>& mix() const { return mix_; }

    /// The roster that the requests are about.
    const std::string& roster() const { return roster_; }

    /// The bytes of the verb's next request for a ticket of number `ticket`: good until the next
    /// call. Numbers have 48 bits.
    const std::vector<std::byte>& frame(Verb verb, std::uint64_t ticket, std::uint64_t correlation);

    /// Its payload alone, for a batch.
    std::span<const std::byte> payload(Verb verb, std::uint64_t ticket);

    /// Bytes of a request frame, the same for all of a verb. 0 of a verb that is not in the mix.
    std::size_t frame_bytes(Verb verb) const;

  private:
    Work() = default;
    void draw_roster();
    void make_stencils();
    Stencil& fill(Verb verb, std::uint64_t ticket);

    WorkOptions options_;
    std::vector<Verb> mix_;
    std::string roster_;
    std::vector<std::vector<std::uint32_t>> skills_of_;  ///< by agent, ascending
    std::array<std::vector<Stencil>, verb_count> stencils_;
    std::size_t next_route_ = 0;
    std::string run_;  ///< the first characters of every ticket key of this run
};

}  // namespace usher::bench
