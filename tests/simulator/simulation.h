// One simulated history: accounts and their customers, a shard on a machine that fails, and an
// oracle beside it. Everything follows from the seed and the number of events.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocol/parse.h"
#include "shard/port.h"
#include "tests/simulator/customer.h"
#include "tests/simulator/machine.h"
#include "tests/simulator/reached.h"
#include "tests/simulator/swarm.h"
#include "tests/simulator/trace.h"

namespace usher::simulator {

struct Verdict {
    std::string broken;  ///< empty: everything held
    std::uint64_t events = 0;
    std::uint64_t requests = 0;
    std::uint64_t compared = 0;  ///< answers with the twin's
    std::uint64_t restarts = 0;
    std::uint64_t trace_hash = 0;
};

class Simulation final : private shard::Outlet {
  public:
    Simulation(std::uint64_t seed, std::uint64_t events, Reached& reached, bool aloud);

    /// The whole history, or until something does not hold.
    Verdict run();

  private:
    void deliver(shard::Origin to, std::span<const std::byte> frame) override;
    void take_answer(Customer& customer, std::uint64_t correlation, const protocol::Answer& answer);
    void note_answer(const Asked& asked, const protocol::Answer& answer);
    void complain(const std::string& what);
    void check_complaints();

    // What may happen.
    void do_deed(Deed deed);
    void ask(Customer& customer);
    void found(Customer& customer);
    void send(Customer& customer, const boost::json::object& line);
    void submit(Customer& customer, const scenario::Line& read, Asked asked);
    void keep_asked(Customer& customer, Asked asked);
    void follow(Customer& customer);
    void tick();
    void set_clock(std::int64_t ms);
    void end_turn();
    void end_by_kill();
    void close();
    void disturb(Deed deed);

    /// Until the shard is up again; then everything is held against what it has recovered.
    void restart();
    void go_on_from(std::uint64_t seq, bool was_draining);

    // The end: everything is whole again, and all that was asked must be done.
    void finish();
    void answer_all();
    void route_all(Customer& customer);
    void follow_to_the_end(Customer& customer);

    Customer& any_customer() { return *customers_[random_.below(customers_.size())]; }
    bool is_wall() const { return swarm_.clock == shard::ClockMode::wall; }
    const engine::Account* account_of(const Customer& customer);

    // Followers have a connection of their own.
    static constexpr std::uint64_t gateway_session = 1;
    static constexpr std::uint64_t follower_session = 2;

    std::uint64_t events_;
    Random random_;
    Reached& reached_;
    Trace trace_;
    Swarm swarm_;
    Machine machine_;
    std::vector<std::unique_ptr<Customer>> customers_;
    std::int64_t clock_ms_ = 0;
    std::int64_t latest_ms_ = 0;  ///< that the clock has ever shown
    std::uint64_t correlation_ = 0;
    std::uint64_t requests_ = 0;
    bool draining_when_it_ended_ = false;
    std::string complaint_;
    protocol::ReplyParser parser_;
};

}  // namespace usher::simulator
