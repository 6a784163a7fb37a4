#include "net/listener.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/log.h"

namespace usher::net {
namespace {

Descriptor open_reserve() {
    return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Listener::Listener(boost::asio::io_context& io, Descriptor socket, const Limits& limits,
                   Counters& counters, Accepted accepted)
    : socket_(io, socket.release()),
      reserve_(open_reserve()),
      limits_(limits),
      counters_(counters),
      accepted_(std::move(accepted)) {}

void Listener::listen_on() {
    if (waiting_ || resting_ || closed_) return;
    waiting_ = true;
    socket_.async_wait(decltype(socket_)::wait_read,
                       [this](const boost::system::error_code& error) {
                           waiting_ = false;
                           if (!error && !closed_) accept_some();
                       });
}

void Listener::close() {
    if (closed_) return;
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Listener::accept_some() {
    for (std::uint32_t n = 0; n < limits_.accepts_per_turn; ++n) {
        Descriptor connection(
            ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (connection.is_open()) {
            counters_.connections_accepted.add();
            accepted_(std::move(connection));
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) return refuse_one();
        if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        // Whatever else (ECONNABORTED, EPROTO, …) is the end of that one connection only.
    }
}

/// Another core (or the journal) may be quicker and take the descriptor that we give up: then the
/// connection waits, and so do we.
void Listener::refuse_one() {
    counters_.connections_refused.add();
    log::about_peer("connection_refused", {{"why", "no file descriptor left"}});
    reserve_.reset();
    Descriptor refused(::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC));
    resting_ = !refused.is_open();
    refused.reset();
    reserve_ = open_reserve();
}

void Listener::recover() {
    resting_ = false;
    if (!reserve_.is_open()) reserve_ = open_reserve();
}

}  // namespace usher::net
