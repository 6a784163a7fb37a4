#include "tests/simulator/simulation.h"

#include <algorithm>

#include "tests/simulator/chance.h"

namespace usher::simulator {

namespace {

constexpr const char* names[] = {"acme", "bolt", "crux"};

Swarm swarm_of(Random& random) {
    return draw_swarm(random);
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, std::uint64_t events, Reached& reached, bool aloud)
    : events_(events),
      random_(seed * 0x2545F4914F6CDD1D + 1),
      reached_(reached),
      trace_(aloud),
      swarm_(swarm_of(random_)),
      machine_(swarm_, random_, reached_, trace_) {
    seed_the_kernel(seed);
    const auto steps = static_cast<std::size_t>(events / swarm_.accounts + 10);
    for (std::size_t i = 0; i < swarm_.accounts; ++i)
        customers_.push_back(std::make_unique<Customer>(
            names[i], twin::invent_history(seed * 3 + i, steps), !is_wall(), reached_));
    clock_ms_ = latest_ms_ = customers_.front()->first_at_ms();
}

Verdict Simulation::run() {
    Verdict verdict;
    try {
        for (; verdict.events < events_; ++verdict.events) {
            if (!machine_.is_up()) restart();
            do_deed(draw_deed(swarm_, random_));
            check_complaints();
        }
        finish();
    } catch (const std::exception& broken) {
        verdict.broken = broken.what();
        trace_.say(verdict.broken);
    }
    verdict.requests = requests_;
    verdict.restarts = machine_.lives();
    for (const auto& customer : customers_) verdict.compared += customer->mirror().compared();
    verdict.trace_hash = trace_.hash();
    return verdict;
}

void Simulation::complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = what;
}

void Simulation::check_complaints() {
    if (!complaint_.empty()) throw Broken(complaint_);
}

const engine::Account* Simulation::account_of(const Customer& customer) {
    return machine_.shard().engine().account(customer.account());
}

void Simulation::do_deed(Deed deed) {
    switch (deed) {
        case Deed::ask:
            return ask(any_customer());
        case Deed::repeat: {
            auto& customer = any_customer();
            if (const auto line = customer.again(random_); line && customer.has_room())
                send(customer, *line);
            return;
        }
        case Deed::end_turn:
            return end_turn();
        case Deed::follow:
            return follow(any_customer());
        case Deed::tick:
            return tick();
        case Deed::tick_followers:
            return machine_.shard().tick_followers();
        case Deed::close:
            return close();
        default:
            return disturb(deed);
    }
}

void Simulation::disturb(Deed deed) {
    constexpr std::int64_t hour_ms = 3'600'000;
    switch (deed) {
        case Deed::set_clock_back:
            set_clock(clock_ms_ -
                      random_.one_of(std::vector<std::int64_t>{1, 1000, hour_ms, 24 * hour_ms}) *
                          random_.between(1, 400));
            trace_.say("the clock is set back");
            return reached_.at(Point::clock_back);
        case Deed::set_clock_forward:
            set_clock(clock_ms_ + random_.one_of(std::vector<std::int64_t>{1000, hour_ms}) *
                                      random_.between(1, 100));
            return reached_.at(Point::clock_forward);
        case Deed::kill:
            return end_by_kill();
        case Deed::cut_power:
            draining_when_it_ended_ = machine_.shard().is_draining();
            return machine_.cut_power();
        case Deed::stop_soon:
            return machine_.stop_soon();
        case Deed::fail_a_call:
            return machine_.fail_a_call();
        case Deed::fail_for_long:
            return machine_.fail_for_long();
        case Deed::fill_disk:
            return machine_.fill_disk();
        case Deed::lie:
            return machine_.lie();
        default:
            return;
    }
}

void Simulation::end_by_kill() {
    draining_when_it_ended_ = machine_.shard().is_draining();
    machine_.kill();
}

void Simulation::end_turn() {
    draining_when_it_ended_ = machine_.shard().is_draining();
    machine_.end_turn(*this);
}

void Simulation::close() {
    draining_when_it_ended_ = false;
    machine_.close(*this);
}

void Simulation::set_clock(std::int64_t ms) {
    clock_ms_ = ms;
    latest_ms_ = std::max(latest_ms_, ms);
}

void Simulation::tick() {
    if (is_wall()) set_clock(clock_ms_ + random_.between(0, 5000));
    machine_.shard().tick(Instant{clock_ms_});
}

void Simulation::restart() {
    for (int attempt = 0;; ++attempt) {
        if (attempt > 3 || random_.chance(50)) machine_.repair();
        const bool stop = attempt < 3 && swarm_.weight(Deed::stop_soon) > 0 && random_.chance(20);
        if (stop) machine_.stop_soon();
        if (const auto seq = machine_.start()) return go_on_from(*seq, draining_when_it_ended_);
        if (attempt > 10) throw Broken("it does not start on a disk that was repaired");
    }
}

void Simulation::go_on_from(std::uint64_t seq, bool was_draining) {
    if (was_draining) reached_.at(Point::killed_while_draining);
    if (machine_.shard().is_draining()) throw Broken("it drains before anybody has asked");
    for (const auto& customer : customers_) {
        const auto* account = account_of(*customer);
        if (was_draining) customer->mirror().lose();
        const auto now =
            account == nullptr ? std::nullopt : std::optional<std::int64_t>(account->now.ms);
        customer->mirror().roll_back(seq, customer->in_flight(), now);
        if (customer->existed && account == nullptr) reached_.at(Point::account_founded_again);
        customer->restarted(swarm_.retry_percent, random_);
        complain(customer->follower().restarted(account == nullptr ? 0 : account->seq,
                                                machine_.suffix_was_lost()));
        if (is_wall() && account != nullptr && account->now.ms > clock_ms_)
            reached_.at(Point::restarted_with_earlier_clock);
    }
    check_complaints();
}

}  // namespace usher::simulator
