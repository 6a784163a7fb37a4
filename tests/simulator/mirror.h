// What one account should say: the twin, told the same requests in the order in which they were
// carried out, and taken back to what a crash has left.
//
// The twin answers when the shard's answer has come. What a crash left unanswered is told to it
// afterwards if its facts have survived, so that after a recovery the two stand at the same place.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "tests/twin/history.h"
#include "tests/twin/twin.h"

namespace usher::simulator {

/// A request that was handed to the shard.
struct Asked {
    std::uint64_t correlation = 0;
    boost::json::object line;  ///< of a scenario; empty: the account's first roster
    std::int64_t at_ms = 0;    ///< when it was carried out
    std::uint64_t seq_before = 0;
    std::uint64_t seq_after = 0;
    bool wrote = false;    ///< facts
    bool delayed = false;  ///< it may not have been carried out at once

    bool founds() const { return line.empty(); }
};

class Mirror {
  public:
    /// `ticks`: time passes in the shard by itself. What it has brought since the request before is
    /// then not what a tick shows.
    Mirror(const twin::History& history, bool ticks) : history_(history), ticks_(ticks) {}

    /// The shard has answered so. Empty, or how the two differ.
    std::string compare(const Asked& asked, const boost::json::object& got, std::uint64_t seq);

    /// A request was refused after it had waited: time may have brought something that no answer
    /// shows.
    void time_passed_unseen() { unseen_ = true; }

    /// Only what has come up to `seq` has survived; the shard's account then stands at `now_ms`.
    /// `unanswered`: in the order in which it was asked.
    void roll_back(std::uint64_t seq, const std::deque<Asked>& unanswered,
                   std::optional<std::int64_t> now_ms);

    /// A crash has left a request half carried out: what follows cannot be told any more.
    bool lost() const { return lost_; }
    void lose() { lost_ = true; }

    /// The last answer was a part of the list that `line` goes on with.
    bool knows_cursor_for(const boost::json::object& line) const;
    void forget_cursor();
    /// For the shard: its own.
    const std::string& shard_cursor() const { return shard_next_; }

    std::uint64_t compared() const { return compared_; }

  private:
    struct Told {
        boost::json::object line;
        std::int64_t at_ms = 0;
        std::uint64_t seq = 0;
        bool wrote = false;
    };

    boost::json::object tell(const boost::json::object& line, std::int64_t at_ms);
    void found(std::int64_t at_ms);

    boost::json::value comparable(const boost::json::object& answer) const;

    const twin::History& history_;
    bool ticks_;
    bool unseen_ = false;
    std::optional<twin::Twin> twin_;
    std::optional<twin::Twin> settled_;  ///< as it was recovered, before `told_`
    std::vector<Told> told_;
    std::string twin_next_, shard_next_;
    boost::json::object list_;  ///< the line whose answer gave the cursors
    std::uint64_t compared_ = 0;
    bool lost_ = false;
};

}  // namespace usher::simulator
