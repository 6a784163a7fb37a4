#include "tests/crash/lives.h"

#include <chrono>

namespace usher::crash {

using std::chrono::milliseconds;

namespace {
constexpr milliseconds growth_patience{50};
}  // namespace

/// So that many a kill falls between two pieces of what is being written.
void Lives::await_growth(std::uint64_t size) const {
    const auto deadline = std::chrono::steady_clock::now() + growth_patience;
    while (follower_.file_bytes() == size && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::microseconds(20));
}

void Lives::begin() {
    thread_ = std::jthread([this](const std::stop_token& stop) {
        while (!stop.stop_requested() && kills_ < limits_.kills && !fault_)
            if (const auto lived = live_once(); !lived) fault_ = lived.error();
        over_ = true;
    });
}

Result<void> Lives::live_once() {
    const auto kept = follower_.kept_bytes();
    if (const auto started = follower_.start(); !started) return started.error();
    std::this_thread::sleep_for(
        milliseconds(random_.between(limits_.life_min_ms, limits_.life_max_ms)));
    if (random_.chance(50)) await_growth(follower_.file_bytes());
    const auto killed = follower_.kill();
    if (!killed) return killed.error();
    if (!*killed) {  // no daemon was there
        std::this_thread::sleep_for(milliseconds(20));
        return {};
    }
    if (follower_.kept_bytes() > kept) ++fruitful_;
    ++kills_;
    if (random_.chance(12))
        std::this_thread::sleep_for(milliseconds(random_.between(0, limits_.absence_max_ms)));
    return {};
}

void Lives::join() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace usher::crash
