// Watches a desk from outside, by its events alone: who holds what, what waits, and since when
// nobody has it. What it says of an agent is the twin's to say (tests/twin): hours, seats, teams,
// limits, windows; nothing of the daemon is asked. Rules 2, 3, 5 to 10, 13 and 38. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/twin/world.h"
#include "tests/year/desk.h"

namespace usher::year {

/// How long tickets had no agent: from the first routing that gave an open ticket to nobody until
/// an agent has it, or it is closed. A transfer in between that finds nobody either does not begin
/// anew. What nobody has when the year ends counts up to its last line.
struct Unowned {
    std::vector<twin::Ms> lengths;  ///< of all that have ended
    std::size_t taken = 0;          ///< ended with an agent
    std::size_t closed = 0;         ///< ended with the ticket
    std::size_t left = 0;           ///< nobody had it when the year ended
};

class Watch {
  public:
    explicit Watch(const std::string& roster);

    /// What one line has brought, `type` being that of its ticket if it has one. What is wrong, in
    /// words; empty: nothing. Wrong is a ticket that waits although somebody eligible is free, one
    /// that time gave out at another instant than the one that made it possible, and an agent who
    /// got one by rule 38 without being free.
    std::string see(twin::Ms at, const std::vector<Happening>& happened, const std::string& type);

    /// At the end; no more is seen after it.
    Unowned unowned();
    std::size_t waiting_now() const;
    std::size_t entered() const { return entered_; }      ///< times that a ticket began to wait
    std::size_t given_out() const { return given_out_; }  ///< of those, given to an agent
    std::size_t checks() const { return checks_; }        ///< questions whether somebody was free

  private:
    struct Work {
        std::string channel;
        std::string type;
        std::string agent;  ///< empty: none
        twin::Ms assigned_at = 0;
        bool open = true;
        bool waits = false;
        std::optional<twin::Ms> unowned_since;
    };
    /// Open tickets that count now, of one agent.
    struct Load {
        std::int64_t total = 0;
        std::map<std::string, std::int64_t> of_type;
    };

    Work& work_of(const std::string& ticket);
    std::string take_in(const Happening& one, const std::string& type);
    std::string given(const Happening& one, const Work& work);
    void turned(const Happening& one, Work& work);
    void owned(Work& work, twin::Ms at);
    void end_unowned(Work& work, twin::Ms at, std::size_t& how);
    std::map<std::string, Load> loads() const;
    bool full(const Load& load, const twin::Agent& agent, const std::string& type) const;
    bool available(const twin::Agent& agent);
    /// Who could take work of this channel and type now; nullptr: nobody.
    const twin::Agent* taker(const std::string& channel, const std::string& type,
                             const std::map<std::string, Load>& loads);

    twin::World world_;
    std::map<std::string, Work> work_;    ///< open tickets by their keys
    std::map<std::string, Work> closed_;  ///< those that may be opened again
    std::map<std::string, bool> available_;
    twin::Ms available_at_ = -1;
    Unowned unowned_;
    std::size_t entered_ = 0;
    std::size_t given_out_ = 0;
    std::size_t checks_ = 0;
};

}  // namespace usher::year
