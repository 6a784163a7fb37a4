#include "net/core.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <chrono>

#include "base/expect.h"
#include "net/log.h"
#include "net/memory.h"
#include "net/peer.h"

namespace usher::net {
namespace {

constexpr auto sweep_interval = std::chrono::milliseconds(1000 / sweeps_per_second);

void set_option(int fd, int level, int option, int value) {
    // A socket that does not know the option (TCP's on a unix socket) goes without.
    ::setsockopt(fd, level, option, &value, sizeof value);
}

/// A peer whose machine is gone is noticed within a minute, whether we send or wait.
void set_tcp_options(int fd) {
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 20'000);
}

}  // namespace

/// The bell rings for every message between cores, so its wait has memory of its own as well.
struct Core::OnBell {
    Core* core;
    using allocator_type = HandlerAllocator<void>;
    allocator_type get_allocator() const { return allocator_type(core->bell_memory_); }
    void operator()(const boost::system::error_code& error) const {
        core->bell_awaited_ = false;
        if (!error) core->bell_.silence();
    }
};

Core::Core(std::uint32_t number, const Limits& limits, Crew& crew)
    : number_(number),
      limits_(limits),
      crew_(crew),
      bell_wait_(io_, ::dup(bell_.fd())),
      timer_(io_),
      host_{limits, counters_} {
    crew.bells.push_back(&bell_);
    host_.buffer_bytes_left = (std::uint64_t{limits.buffers_mib_max} << 20) / crew.cores;
}

Core::~Core() {
    leave();
}

void Core::listen(Descriptor socket, Listener::Accepted accepted) {
    listeners_.emplace_back(io_, std::move(socket), limits_, counters_, std::move(accepted));
}

Result<void> Core::run() {
    ever_allocated_ = ever_allocated_of_this_thread();
    await_sweep();
    while (!may_leave()) {
        for (auto& listener : listeners_) listener.listen_on();
        await_bell();
        run_what_is_ready();
        resume_sessions();
        counters_.turns.add();
        auto more = host_.desk->finish_turn();
        if (!more) return more.error();
        work_left_ = *more;
        finish_sessions();
        host_.desk->turn_ended();
        if (crew_.stopping.load(std::memory_order_acquire)) begin_to_stop();
    }
    auto closed = host_.desk->close();
    leave();
    return closed;
}

/// Bounded: no socket is awaited again within a turn, so each brings one event at most.
void Core::run_what_is_ready() {
    // Who spins never says that it sleeps, so nobody rings for it.
    if (crew_.spin || work_left_ || !resuming_.empty() || !host_.desk->may_sleep()) {
        io_.poll();
        return;
    }
    if (const auto until = host_.desk->sleep_until())
        io_.run_one_until(*until);
    else
        io_.run_one();
    host_.desk->wake_up();
    io_.poll();
}

void Core::resume_sessions() {
    resumed_.swap(resuming_);
    for (const auto id : resumed_)
        if (auto* session = sessions_.find(id)) session->take_frames();
    resumed_.clear();
}

void Core::finish_sessions() {
    for (std::size_t i = 0; i < host_.touched.size(); ++i) {
        auto& session = *host_.touched[i];
        session.finish_turn();
        if (session.gone()) {
            sessions_.erase(session.id());
            crew_.connections.fetch_sub(1, std::memory_order_relaxed);
        } else if (session.wants_turn()) {
            resuming_.push_back(session.id());
        }
    }
    host_.touched.clear();
}

void Core::deliver(std::uint64_t session, std::span<const std::byte> frame) {
    if (auto* found = sessions_.find(session)) found->reply(frame);
}

bool Core::is_local(std::uint64_t session) {
    const auto* found = sessions_.find(session);
    return found != nullptr && found->is_local();
}

void Core::adopt(Descriptor connection) {
    const auto open = crew_.connections.fetch_add(1, std::memory_order_relaxed);
    if (open >= limits_.connections_max || stop_begun_) {
        crew_.connections.fetch_sub(1, std::memory_order_relaxed);
        counters_.connections_refused.add();
        log::about_peer("connection_refused", {{"peer", peer_of(connection.get())},
                                               {"why", "connections_max"},
                                               {"limit", limits_.connections_max}});
        return;
    }
    sockaddr_storage local{};
    socklen_t size = sizeof local;
    ::getsockname(connection.get(), reinterpret_cast<sockaddr*>(&local), &size);
    if (local.ss_family != AF_UNIX) set_tcp_options(connection.get());
    Session::Socket socket(io_.get_executor());
    boost::system::error_code error;
    socket.assign({local.ss_family, 0}, connection.get(), error);
    if (error) {
        crew_.connections.fetch_sub(1, std::memory_order_relaxed);
        counters_.connections_refused.add();
        log::about_peer("connection_refused", {{"why", error.message()}});
        return;
    }
    static_cast<void>(connection.release());
    sessions_.open(host_, std::move(socket)).open();
}

void Core::adopt_from_afar(Descriptor connection) {
    boost::asio::post(io_,
                      [this, held = std::move(connection)]() mutable { adopt(std::move(held)); });
}

void Core::await_bell() {
    if (bell_awaited_) return;
    bell_awaited_ = true;
    bell_wait_.async_wait(decltype(bell_wait_)::wait_read, OnBell{this});
}

void Core::await_sweep() {
    timer_.expires_after(sweep_interval);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        sweep();
        await_sweep();
    });
}

void Core::sweep() {
    ++host_.sweep;
    for (auto& listener : listeners_) listener.recover();
    sessions_.each([](Session& session) { session.sweep(); });
    host_.desk->tick();
}

void Core::begin_to_stop() {
    if (stop_begun_) return;
    stop_begun_ = true;
    stop_sweep_ = host_.sweep;
    host_.stopping = true;
    host_.desk->begin_to_stop();
    for (auto& listener : listeners_) listener.close();
    // From here on nothing is taken; each closes once it has its answers.
    sessions_.each([](Session& session) { session.await_end(); });
    finish_sessions();
}

/// A core that has drained keeps turning: the others may still wait for its shards.
bool Core::may_leave() {
    if (!stop_begun_) return false;
    const auto waited = host_.sweep - stop_sweep_;
    if (waited > limits_.drain_seconds * sweeps_per_second) {
        sessions_.each([](Session& session) { session.close("drain_deadline"); });
        finish_sessions();
    }
    if (sessions_.count() == 0 && !counted_as_drained_) {
        counted_as_drained_ = true;
        crew_.drained.fetch_add(1, std::memory_order_acq_rel);
        crew_.ring_all();
    }
    return counted_as_drained_ && crew_.drained.load(std::memory_order_acquire) == crew_.cores;
}

/// Everything that Asio holds for us ends before the memory it stands in does.
void Core::leave() {
    for (auto& listener : listeners_) listener.close();
    boost::system::error_code ignored;
    bell_wait_.close(ignored);
    timer_.cancel();
    sessions_.each([](Session& session) { session.close("stopped"); });
    io_.restart();
    while (io_.poll() > 0) {
    }
    finish_sessions();
    EXPECT(sessions_.count() == 0);
}

}  // namespace usher::net
