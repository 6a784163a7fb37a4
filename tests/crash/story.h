// What must be told of an account: the deeds that a client asked for on one connection at a time,
// in order, each with whether it was acknowledged. A deed is one event. What was acknowledged must
// be told exactly once and in its place; what was asked for and never answered (the daemon was
// killed) may be told there too, or not at all; nothing else may be told.
//
// Tickets and agents are the ledger's numbers. Plain values, one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/crash/ledger.h"

namespace usher::crash {

/// An event of a ticket, as a follower has seen it.
struct Told {
    std::uint32_t ticket = 0;
    Deed deed = Deed::route;
    std::optional<Agent> agent;  ///< of a route or an assignment

    bool operator==(const Told&) const = default;
};

class Story {
  public:
    /// A request was sent; gives its place, for answered(). The agent of a route is the daemon's to
    /// choose.
    std::size_t asked(std::uint32_t ticket, Deed deed, Agent to);
    void answered(std::size_t place, std::optional<Agent> agent);

    std::uint64_t acknowledged() const { return acknowledged_; }

    /// The next event that somebody was told of. What is wrong with it, in words; after that there
    /// is nothing more to be learned from this story.
    std::optional<std::string> told(const Told& event);

    /// There are no more events. What was acknowledged and never told, in words.
    std::optional<std::string> ended() const;

  private:
    struct Asked {
        Told deed;
        bool acknowledged = false;
    };

    static bool fits(const Asked& asked, const Told& event);
    const Asked* next_acknowledged() const;

    std::vector<Asked> asked_;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t told_ = 0;
    /// Up to where in asked_ the events may have come: several places where something unanswered
    /// may be told now or be asked again later. In order.
    std::vector<std::size_t> reached_{0};
};

/// "close of ticket 7", "route of ticket 7 to agent 3"
std::string text_of(const Told& told);

}  // namespace usher::crash
