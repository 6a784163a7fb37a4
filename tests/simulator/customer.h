// One account and those who work with it: a gateway that sends the requests of an invented history
// (and some of them again), one that follows, and what the account should say (the mirror).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "clients/scenario/request_line.h"
#include "tests/simulator/follower.h"
#include "tests/simulator/mirror.h"
#include "tests/simulator/reached.h"
#include "tests/simulator/swarm.h"

namespace usher::simulator {

class Customer {
  public:
    Customer(std::string account, twin::History history, bool dated, Reached& reached);

    const std::string& account() const { return account_; }

    /// The next line of the history, unless there is none left or it has to wait for an answer.
    /// `passed_ms`: by how much the history's clock goes on before it.
    std::optional<boost::json::object> next(std::int64_t& passed_ms);
    /// A line that was sent before, as it was or at the present instant.
    std::optional<boost::json::object> again(Random& random);
    /// What has had no answer when the shard went: some of it is asked again.
    void restarted(std::size_t retry_percent, Random& random);
    /// Later. Not the rest of a list: that would be another list by then.
    void ask_again(const boost::json::object& line);

    bool is_done() const { return at_ == history_.lines.size() && retries_.empty(); }
    bool has_room() const { return in_flight_.size() < in_flight_max; }
    /// Text of the roster file that a line names.
    const std::string& file(const std::string& name) const;
    const std::string& roster() const { return history_.roster; }
    std::int64_t first_at_ms() const;
    std::string at_now() const;
    /// The later of that and `ms`.
    std::string latest_at(std::int64_t ms) const;

    scenario::LineReader& reader() { return reader_; }
    std::deque<Asked>& in_flight() { return in_flight_; }
    Mirror& mirror() { return mirror_; }
    Follower& follower() { return follower_; }
    void sent(const boost::json::object& line);

    bool existed = false;  ///< its account, once

  private:
    static constexpr std::size_t in_flight_max = 64;

    std::string account_;
    twin::History history_;
    Reached& reached_;
    scenario::LineReader reader_;
    Mirror mirror_;
    Follower follower_;
    std::size_t at_ = 0;
    std::int64_t now_ms_ = 0;  ///< the history's
    std::deque<boost::json::object> retries_;
    std::vector<boost::json::object> sent_;
    std::deque<Asked> in_flight_;
};

}  // namespace usher::simulator
