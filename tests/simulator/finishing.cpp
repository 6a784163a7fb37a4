// The end of a simulated history: nothing fails any more, and everything that was asked must be
// answered, everything that waits and can be routed must be routed.
#include <boost/json/object.hpp>

#include "tests/simulator/simulation.h"

namespace usher::simulator {

namespace json = boost::json;

namespace {

constexpr int turns_max = 20'000;

}  // namespace

void Simulation::finish() {
    trace_.say("everything is repaired");
    swarm_.flip_percent = 0;
    for (auto& weight : swarm_.weights) weight = 0;
    if (machine_.is_up() && machine_.has_stopped()) end_by_kill();
    machine_.repair();
    if (!machine_.is_up()) restart();
    answer_all();
    for (const auto& customer : customers_) route_all(*customer);
    for (const auto& customer : customers_) follow_to_the_end(*customer);
    // And once more from the disk.
    close();
    if (machine_.is_up()) throw Broken("a sound disk, but the shard does not end");
    restart();
    close();
}

void Simulation::answer_all() {
    for (int turn = 0; turn < turns_max; ++turn) {
        end_turn();
        check_complaints();
        if (!machine_.is_up()) throw Broken("a sound disk, but the shard has ended");
        bool waits = machine_.shard().is_draining();
        for (const auto& customer : customers_) waits |= !customer->in_flight().empty();
        if (!waits) return;
    }
    throw Broken("there are requests that nobody answers");
}

/// Everybody is there and may have any number: the twin says what has to wait even so.
void Simulation::route_all(Customer& customer) {
    const auto* account = account_of(customer);
    if (account == nullptr) return;
    std::vector<std::string> agents, inboxes;
    for (const auto number : account->agent_at)
        agents.push_back(account->definition.agents[number.value].key);
    for (const auto& inbox : account->definition.inboxes) inboxes.push_back(inbox.key);
    const auto at = is_wall() ? customer.at_now() : customer.latest_at(account->now.ms);
    const auto say = [&](json::object line) {
        line["at"] = at;
        send(customer, line);
        answer_all();
    };
    for (const auto& agent : agents) {
        say({{"do", "availability"}, {"agent", agent}, {"set", "available"}});
        say({{"do", "capacity"},
             {"agent", agent},
             {"total", nullptr},
             {"calling", nullptr},
             {"messaging", nullptr},
             {"email", nullptr}});
    }
    for (const auto& inbox : inboxes) say({{"do", "backlog"}, {"inbox", inbox}});
    for (const auto& agent : agents) say({{"do", "get_agent"}, {"agent", agent}});
}

void Simulation::follow_to_the_end(Customer& customer) {
    const auto* account = account_of(customer);
    if (account == nullptr) return;
    auto& follower = customer.follower();
    for (int turn = 0; follower.waits() && turn < 20; ++turn) {
        machine_.shard().tick_followers();
        answer_all();
    }
    if (follower.waits()) throw Broken("a follower waits for ever");
    for (int turn = 0; turn < turns_max; ++turn) {
        if (!follower.waits()) {
            if (follower.told_through() == account->seq) return;
            protocol::Request request;
            request.account = customer.account();
            const auto correlation = ++correlation_;
            request.body = follower.ask_for_the_rest(correlation);
            machine_.shard().submit(request, correlation, {0, follower_session},
                                    Instant{clock_ms_});
        }
        end_turn();
        check_complaints();
    }
    throw Broken("a follower does not get to the end");
}

}  // namespace usher::simulator
