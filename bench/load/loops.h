// When a connection may send its next request: three answers. The contestant's loop asks after
// every reply and, for those that keep time themselves, on every turn.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/load/connection.h"
#include "bench/load/schedule.h"
#include "bench/load/work.h"

namespace usher::bench {

class Loop {
  public:
    virtual ~Loop() = default;

    /// Adds to `connection` (the `number`-th) all that it may send at `now`; true if that is any.
    virtual bool fill(Connection& connection, std::uint32_t number, std::uint64_t now) = 0;
    /// Connections to be filled at `now` although no reply came: [0, count) modulo the number of
    /// connections, counted on from where the last call ended. 0 for loops driven by replies.
    virtual std::uint64_t released(std::uint64_t now) = 0;
    /// Nothing will be sent any more, whatever comes.
    virtual bool ended(std::uint64_t now) const = 0;
};

/// As many requests under way as the connection may have, until the time or number is used up.
class ClosedLoop final : public Loop {
  public:
    ClosedLoop(Work& work, std::uint64_t ends_ns, std::uint64_t requests)
        : work_(work), ends_ns_(ends_ns), left_(requests) {}

    bool fill(Connection& connection, std::uint32_t, std::uint64_t now) override {
        bool added = false;
        while (!ended(now) && connection.can_add()) {
            connection.add(work_, now);
            --left_;
            added = true;
        }
        return added;
    }
    std::uint64_t released(std::uint64_t) override { return 0; }
    bool ended(std::uint64_t now) const override { return left_ == 0 || now >= ends_ns_; }

  private:
    Work& work_;
    std::uint64_t ends_ns_;
    std::uint64_t left_;
};

/// Request i goes to connection i modulo their number when it is due; a connection that is full
/// sends it later, but it counts from when it was due.
class OpenLoop final : public Loop {
  public:
    OpenLoop(Work& work, const Schedule& schedule, std::uint32_t connections)
        : work_(work), schedule_(schedule), connections_(connections), sent_(connections) {}

    bool fill(Connection& connection, std::uint32_t number, std::uint64_t) override {
        bool added = false;
        while (connection.can_add()) {
            const auto request = sent_[number] * connections_ + number;
            if (request >= released_) break;
            connection.add(work_, schedule_.at_ns(request));
            ++sent_[number];
            ++sent_in_all_;
            added = true;
        }
        return added;
    }
    std::uint64_t released(std::uint64_t now) override {
        const auto due = schedule_.due(now);
        const auto more = due - released_;
        released_ = due;
        return more;
    }
    bool ended(std::uint64_t) const override { return sent_in_all_ == schedule_.requests(); }

  private:
    Work& work_;
    Schedule schedule_;
    std::uint64_t connections_;
    std::vector<std::uint64_t> sent_;  ///< by connection
    std::uint64_t sent_in_all_ = 0;
    std::uint64_t released_ = 0;
};

/// The rest of every ticket's round.
class FinishLoop final : public Loop {
  public:
    explicit FinishLoop(Work& work) : work_(work) {}

    bool fill(Connection& connection, std::uint32_t, std::uint64_t now) override {
        bool added = false;
        while (connection.can_add() && connection.add_rest(work_, now)) added = true;
        return added;
    }
    std::uint64_t released(std::uint64_t) override { return 0; }
    bool ended(std::uint64_t) const override { return true; }

  private:
    Work& work_;
};

}  // namespace usher::bench
