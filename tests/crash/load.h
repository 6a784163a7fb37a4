// The client that keeps the ledger: sends routes, closings, reopenings and assignments as fast as
// they are answered, and asks after every ticket when the daemon is back. One thread; the
// connection is the caller's.
#pragma once

#include <string>
#include <vector>

#include "clients/cpp/connection.h"
#include "tests/crash/ledger.h"
#include "tests/crash/story.h"
#include "tests/support/random.h"

namespace usher::crash {

struct LoadLimits {
    std::uint32_t accounts = 3;          ///< so that every shard has work
    std::uint32_t agents = 8;            ///< of each account
    std::uint32_t tickets_max = 20'000;  ///< then only those that are there are worked on
    std::uint32_t in_flight_max = 64;
    std::uint32_t pause_max_us = 0;  ///< between two windows of requests; 0: none
};

class Load {
  public:
    Load(std::uint64_t seed, const LoadLimits& limits);

    /// Brings the accounts into being. A refusal is a fault here.
    Result<void> apply(client::Connection& connection);

    /// Works until the connection breaks, which is what it waits for: the daemon is killed. Then
    /// takes what was answered before. A fault: an answer that should not have been.
    Result<void> work(client::Connection& connection);

    /// Looks at every ticket. What was lost, in words, the first few; a fault if it could not look.
    struct Verdict {
        std::uint64_t checked = 0;
        std::uint64_t lost = 0;
        std::vector<std::string> first_losses;
    };
    Result<Verdict> check(client::Connection& connection);

    const Ledger& ledger() const { return ledger_; }

    /// From now on, what must be told of each account is written down too.
    void keep_stories() { stories_.resize(accounts_.size()); }
    Story& story(std::size_t account) { return stories_[account]; }
    const std::vector<std::string>& accounts() const { return accounts_; }

  private:
    struct Sent {
        std::uint64_t correlation = 0;
        std::uint32_t ticket = 0;
        Deed deed = Deed::route;
        std::size_t place = 0;  ///< in the account's story
    };

    Story* story_of(std::uint32_t ticket);
    void send_next(client::Connection& connection);
    Result<bool> take(const client::Connection::Received& received);
    void judge(Verdict& verdict, std::uint32_t ticket, const Seen& seen);
    const std::string& account_of(std::uint32_t ticket) const;
    const std::string& key_of(std::uint32_t ticket);
    std::optional<Agent> agent_of(const protocol::Owner& owner) const;

    LoadLimits limits_;
    testing::Random random_;
    Ledger ledger_;
    std::vector<Story> stories_;  ///< by account; empty: nobody wants them
    std::vector<std::string> accounts_;
    std::vector<std::string> agents_;
    std::vector<std::string> keys_;  ///< of tickets, made once
    std::vector<Sent> sent_;         ///< in flight: by correlation modulo its size
};

}  // namespace usher::crash
