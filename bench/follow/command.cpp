#include "bench/follow/command.h"

#include <poll.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "bench/load/clock.h"

namespace usher::bench {
namespace {

constexpr int look_ms = 10;

volatile std::sig_atomic_t told_to_end = 0;

void end_on_sigterm() {
    struct sigaction action {};
    action.sa_handler = [](int) { told_to_end = 1; };
    ::sigaction(SIGTERM, &action, nullptr);
}

double seconds_since(std::uint64_t began) {
    return static_cast<double>(now_ns() - began) / 1e9;
}

}  // namespace

CLI::App* FollowCommand::declare(CLI::App& app) {
    auto* follow = app.add_subcommand("follow", "Follow an account many times over");
    follow->add_option("--connect", endpoint_, "Server: HOST:PORT or unix:PATH")->required();
    follow->add_option("--account", account_)->capture_default_str();
    follow->add_option("--followers", count_, "Connections that follow, the stuck ones included")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    follow
        ->add_option("--stuck", stuck_,
                     "How many of them ask and never read, until they are cut off")
        ->capture_default_str();
    follow->add_option("--seconds", seconds_, "Or until SIGTERM")->capture_default_str();
    return follow;
}

Result<FollowCommand::Followers> FollowCommand::begin() const {
    auto endpoint = parse_endpoint(endpoint_);
    if (!endpoint) return endpoint.error();
    Followers followers;
    for (std::uint32_t n = 0; n < count_; ++n) {
        followers.push_back(std::make_unique<Follower>(*endpoint, account_, n < stuck_));
        if (auto begun = followers.back()->begin(); !begun) return begun.error();
    }
    return followers;
}

/// One look at all of them.
Result<void> FollowCommand::turn(Followers& followers) const {
    std::vector<pollfd> looks;
    looks.reserve(followers.size());
    for (const auto& follower : followers)
        looks.push_back(
            {follower->fd(), static_cast<short>(follower->is_stuck() ? POLLRDHUP : POLLIN), 0});
    if (::poll(looks.data(), looks.size(), look_ms) < 0 && errno != EINTR)
        return system_fault(ExitCode::io, "poll", errno);
    for (std::size_t n = 0; n < looks.size(); ++n) {
        auto& follower = *followers[n];
        Result<void> done;
        if (follower.is_stuck()) {
            if ((looks[n].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
                done = follower.come_back();
            else
                follower.ask_in_vain(now_ns());
        } else if (looks[n].revents != 0) {
            done = follower.take();
        }
        if (!done) return done;
    }
    return {};
}

void FollowCommand::say(const Followers& followers, double seconds) {
    std::uint64_t events = 0, pages = 0, gaps = 0, cuts = 0, stuck = 0;
    for (const auto& follower : followers) {
        events += follower->events();
        pages += follower->pages();
        gaps += follower->gaps();
        cuts += follower->cuts();
        stuck += follower->is_stuck() ? 1 : 0;
    }
    const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    const auto [least, most] = std::ranges::minmax_element(
        followers, {}, [](const auto& follower) { return follower->place(); });
    std::printf(
        "{\"followers\":%zu,\"seconds\":%.3f,\"events\":%llu,\"pages\":%llu,"
        "\"gaps\":%llu,\"cut\":%llu,\"stuck_still\":%llu,\"place_least\":%llu,"
        "\"place_most\":%llu}\n",
        followers.size(), seconds, number(events), number(pages), number(gaps), number(cuts),
        number(stuck), number((*least)->place()), number((*most)->place()));
}

Result<bool> FollowCommand::run() {
    end_on_sigterm();
    auto followers = begin();
    if (!followers) return followers.error();
    const auto began = now_ns();
    std::printf("following\n");
    std::fflush(stdout);
    while (told_to_end == 0 && seconds_since(began) < seconds_)
        if (auto done = turn(*followers); !done) return done.error();
    say(*followers, seconds_since(began));
    return std::ranges::all_of(*followers,
                               [](const auto& follower) { return follower->gaps() == 0; });
}

}  // namespace usher::bench
