// A gateway that follows an account: always the next event after those it has seen, and now and
// then an old one again. It remembers all that it was told: the story must have no gap, no double,
// and be the same however it is read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "protocol/answer.h"
#include "protocol/request.h"
#include "tests/simulator/reached.h"
#include "tests/support/random.h"

namespace usher::simulator {

class Follower {
  public:
    explicit Follower(Reached& reached) : reached_(reached) {}

    bool waits() const { return correlation_.has_value(); }
    bool waits_for(std::uint64_t correlation) const { return correlation_ == correlation; }

    protocol::Follow ask(std::uint64_t correlation, testing::Random& random);
    /// What comes after all that it was told.
    protocol::Follow ask_for_the_rest(std::uint64_t correlation);

    /// Empty, or what is wrong with it.
    std::string take(const protocol::Answer& answer);

    /// The connection is gone, and with it what was asked. `last_seq`: the account's now;
    /// `may_lose`: something that was told may be gone.
    std::string restarted(std::uint64_t last_seq, bool may_lose);

    std::uint64_t told_through() const { return told_through_; }

  private:
    std::string take_events(const protocol::Answer& answer);

    Reached& reached_;
    std::optional<std::uint64_t> correlation_;
    std::uint64_t asked_from_ = 0;
    bool waited_ = false;
    bool may_be_ahead_ = false;       ///< a power cut has taken what it was told
    std::uint64_t next_ = 0;          ///< 0: the oldest
    std::uint64_t told_through_ = 0;  ///< everything up to here was told, from told_since_ on
    std::uint64_t told_since_ = 1;
    std::map<std::uint64_t, std::string> told_;
};

}  // namespace usher::simulator
