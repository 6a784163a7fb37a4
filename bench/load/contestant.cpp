#include "bench/load/contestant.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "bench/load/clock.h"

namespace usher::bench {

namespace {

constexpr std::uint64_t no_end = ~std::uint64_t{0};

Result<void> watch(int epoll, int operation, int fd, std::uint32_t number, bool writable) {
    epoll_event event{};
    event.events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.u32 = number;
    if (epoll_ctl(epoll, operation, fd, &event) != 0)
        return system_fault(ExitCode::io, "epoll refuses a connection", errno);
    return {};
}

}  // namespace

Result<std::unique_ptr<Contestant>> Contestant::connect(const Endpoint& endpoint,
                                                        const ContestantOptions& options) {
    std::unique_ptr<Contestant> contestant(new Contestant(endpoint, options));
    contestant->epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (contestant->epoll_ < 0)
        return system_fault(ExitCode::io, "cannot make an epoll set", errno);
    contestant->waits_to_send_.resize(options.connections);
    for (std::uint32_t number = 0; number < options.connections; ++number) {
        auto socket = connect_to(endpoint, options.floor);
        if (!socket) return socket.error();
        const int fd = socket->fd();
        if (auto done = watch(contestant->epoll_, EPOLL_CTL_ADD, fd, number, false); !done)
            return done.error();
        contestant->connections_.emplace_back(std::move(*socket), options.first_connection + number,
                                              options.in_flight_max, options.floor, endpoint.name,
                                              options.batch);
    }
    return contestant;
}

Contestant::~Contestant() {
    if (epoll_ >= 0) close(epoll_);
}

Result<Window> Contestant::run(Work& work, const WindowPlan& plan) {
    const auto now = now_ns();
    if (plan.rate != 0) {
        const auto requests = static_cast<Wide>(plan.rate) * plan.length_ns / 1'000'000'000U;
        const Schedule schedule(now, plan.rate, static_cast<std::uint64_t>(requests));
        OpenLoop loop(work, schedule, options_.connections);
        return measure(loop, true);
    }
    ClosedLoop loop(work, plan.requests == 0 ? now + plan.length_ns : no_end,
                    plan.requests == 0 ? no_end : plan.requests);
    return measure(loop, options_.spin);
}

Result<Window> Contestant::finish(Work& work) {
    FinishLoop loop(work);
    return measure(loop, options_.spin);
}

Result<Window> Contestant::measure(Loop& loop, bool spin) {
    Window window;
    CpuTime before;
    if (options_.server_pid) {
        auto time = cpu_time(*options_.server_pid);
        if (!time) return time.error();
        before = *time;
    }
    const auto start = now_ns();
    window.tally.last_reply_ns = start;
    if (auto done = drive(loop, spin, window.tally); !done) return done.error();
    window.seconds = static_cast<double>(window.tally.last_reply_ns - start) / 1e9;
    if (options_.server_pid) {
        auto after = cpu_time(*options_.server_pid);
        if (!after) return after.error();
        window.server =
            CpuTime{after->used_ns - before.used_ns, after->waited_ns - before.waited_ns};
    }
    return window;
}

Result<void> Contestant::drive(Loop& loop, bool spin, Tally& tally) {
    const auto count = static_cast<std::uint32_t>(connections_.size());
    auto now = now_ns();
    auto due = loop.released(now);
    for (std::uint32_t number = 0; number < count; ++number)
        if (auto done = fill(loop, number, now, tally); !done) return done;
    auto next = due % count;  // the connection whose turn it is when time releases a request

    const int wait_ms = spin ? 0 : 100;
    std::array<epoll_event, 256> events{};
    while (in_flight_ != 0 || !loop.ended(now)) {
        const int ready = epoll_wait(epoll_, events.data(), events.size(), wait_ms);
        if (ready < 0 && errno != EINTR)
            return system_fault(ExitCode::io, "waiting for replies failed", errno);
        for (int i = 0; i < ready; ++i) {
            const auto& event = events[static_cast<std::size_t>(i)];
            if (auto done = receive(loop, event.data.u32, tally); !done) return done;
        }
        now = now_ns();
        due = loop.released(now);
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(due, count); ++i) {
            const auto number = static_cast<std::uint32_t>((next + i) % count);
            if (auto done = fill(loop, number, now, tally); !done) return done;
        }
        next = (next + due) % count;
        if (in_flight_ != 0 && now - tally.last_reply_ns > options_.patience_ns)
            return out_of_patience();
    }
    return {};
}

Result<void> Contestant::fill(Loop& loop, std::uint32_t number, std::uint64_t now, Tally& tally) {
    auto& connection = connections_[number];
    const auto before = connection.in_flight();
    if (!loop.fill(connection, number, now)) return {};
    in_flight_ += connection.in_flight() - before;
    return waits_to_send_[number] ? Result<void>{} : flush(number, tally);
}

Result<void> Contestant::receive(Loop& loop, std::uint32_t number, Tally& tally) {
    auto& connection = connections_[number];
    if (waits_to_send_[number])
        if (auto done = flush(number, tally); !done) return done;
    const auto before = connection.in_flight();
    const auto taken = connection.receive(check_, tally);
    if (!taken) return taken.error();
    in_flight_ -= before - connection.in_flight();
    if (*taken == 0) return {};
    return fill(loop, number, tally.last_reply_ns, tally);
}

Result<void> Contestant::flush(std::uint32_t number, Tally& tally) {
    const auto& connection = connections_[number];
    const auto gone = connections_[number].flush(tally);
    if (!gone) return gone.error();
    if (waits_to_send_[number] == !*gone) return {};
    waits_to_send_[number] = !*gone;
    return watch(epoll_, EPOLL_CTL_MOD, connection.fd(), number, !*gone);
}

Result<void> Contestant::out_of_patience() const {
    return fault(ExitCode::unavailable, endpoint_.name + " left " + std::to_string(in_flight_) +
                                            " requests without an answer for " +
                                            std::to_string(options_.patience_ns / 1'000'000'000U) +
                                            " s");
}

}  // namespace usher::bench
