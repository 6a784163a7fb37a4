// What a client that trusts nobody writes down: for each ticket the state that was acknowledged
// last, and the one request whose answer had not come when the daemon died. After a restart a
// ticket must be as acknowledged, or as that one request leaves it; anything else is a loss.
//
// Tickets are numbers from 0, agents likewise. Plain values, one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::crash {

using Agent = std::uint32_t;

/// A ticket as the daemon shows it.
struct Seen {
    bool exists = false;
    bool open = false;
    std::optional<Agent> owner;

    bool operator==(const Seen&) const = default;
};

enum class Deed : std::uint8_t { route, close, reopen, assign };

/// As requests and events call it.
std::string_view name_of(Deed deed);

class Ledger {
  public:
    std::size_t size() const { return entries_.size(); }

    /// Room for one more; gives its number.
    std::uint32_t add();

    bool waits(std::uint32_t ticket) const { return entries_[ticket].asked.has_value(); }
    const Seen& known(std::uint32_t ticket) const { return entries_[ticket].known; }

    /// A request was sent. At most one at a time for a ticket.
    void asked(std::uint32_t ticket, Deed deed, Agent to = 0);

    /// Its answer came: for `route`, with the agent that it names (nobody: unassigned).
    void answered(std::uint32_t ticket, std::optional<Agent> agent = std::nullopt);

    /// The ticket after a restart. What is wrong with it, in words; nothing if it may be so. It is
    /// then what is known, and nothing is asked any more.
    std::optional<std::string> found(std::uint32_t ticket, const Seen& seen);

    /// The answers that have been written down.
    std::uint64_t answers() const { return answers_; }

  private:
    struct Asked {
        Deed deed = Deed::route;
        Agent to = 0;
    };
    struct Entry {
        Seen known;
        std::optional<Asked> asked;
    };

    static bool may_have_become(const Entry& entry, const Seen& seen);

    std::vector<Entry> entries_;
    std::uint64_t answers_ = 0;
};

/// "agent 3, open", "nobody, closed", "unknown"
std::string text_of(const Seen& seen);

}  // namespace usher::crash
