// What it costs to hand requests to another core: both ends on one core (the work alone), and there
// and back between two threads that never sleep (with what the cores' caches take).
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "net/bell.h"
#include "net/mailbox.h"

namespace usher::bench {
namespace {

constexpr std::array<std::byte, 176> frame{};

/// A message with so many requests on its way.
void send(net::Mailbox& home, net::MailRoute& there, std::int64_t requests) {
    auto& message = home.blank();
    for (auto left = requests; left > 0; --left) message.add({}, frame);
    there.send(message);
}

/// Whatever has come is read and sent back empty.
bool take_in(net::Mailbox& mailbox, net::MailRoute& back) {
    auto* message = mailbox.next();
    if (message == nullptr) return false;
    for (const auto& letter : message->letters)
        benchmark::DoNotOptimize(message->content(letter).data());
    back.give_back(*message);
    return true;
}

void hand_over(benchmark::State& state) {
    net::Bell bell;
    net::Mailbox here(0, 1, bell), there(1, 1, bell);
    net::MailRoute to(there), back(here);
    for (auto _ : state) {
        send(here, to, state.range(0));
        take_in(there, back);
        here.reclaim([](const net::Message&) {});
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hand_over)->ArgName("requests")->Arg(1)->Arg(16)->Arg(256);

void there_and_back(benchmark::State& state) {
    net::Bell bell;
    net::Mailbox here(0, 1, bell), there(1, 1, bell);
    std::atomic<bool> done{false};
    std::thread other([&] {
        net::MailRoute back(here);
        while (!done.load(std::memory_order_relaxed)) {
            if (!take_in(there, back)) continue;
            send(there, back, state.range(0));
            there.reclaim([](const net::Message&) {});
        }
    });
    net::MailRoute to(there);
    for (auto _ : state) {
        send(here, to, state.range(0));
        while (!take_in(here, to)) {
        }
        here.reclaim([](const net::Message&) {});
    }
    done = true;
    other.join();
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(there_and_back)->ArgName("requests")->Arg(1)->Arg(16)->Arg(256)->UseRealTime();

}  // namespace
}  // namespace usher::bench
