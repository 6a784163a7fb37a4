#include "clients/cpp/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace usher::client {
namespace {

/// What poll() takes: rounded up, so that a deadline is never missed by a busy loop before it.
int milliseconds_left(Deadline deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

Fault no_connection(const Endpoint& endpoint, int error) {
    auto found = system_fault(ExitCode::io, "no connection to " + endpoint.text(), error);
    if (error == ECONNREFUSED || error == ENOENT) found.message += " (is usherd running?)";
    return found;
}

/// Poll once, again after a signal; 0: the deadline has passed.
int poll_until(int fd, short events, Deadline deadline, short& ready) {
    for (;;) {
        pollfd asked{fd, events, 0};
        const int count = ::poll(&asked, 1, milliseconds_left(deadline));
        if (count < 0 && errno == EINTR) continue;
        ready = asked.revents;
        return count;
    }
}

/// Connects `socket` to an address; what errno says, 0 if all is well.
int connect_by(int fd, const sockaddr* address, socklen_t size, Deadline deadline) {
    // A unix socket with a full backlog says EAGAIN and has nothing to poll for: ask again.
    while (::connect(fd, address, size) != 0) {
        if (errno == EINPROGRESS) break;
        if (errno != EAGAIN && errno != EINTR) return errno;
        if (milliseconds_left(deadline) == 0) return ETIMEDOUT;
        if (errno == EAGAIN) ::poll(nullptr, 0, 1);
    }
    short ready = 0;
    const int count = poll_until(fd, POLLOUT, deadline, ready);
    if (count == 0) return ETIMEDOUT;
    if (count < 0) return errno;
    int error = 0;
    socklen_t error_size = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) != 0) return errno;
    return error;
}

Socket open_socket(int family, const Endpoint& endpoint) {
    return Socket{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), endpoint.text()};
}

Result<Socket> connect_unix(const Endpoint& endpoint, Deadline deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (endpoint.path.size() >= sizeof address.sun_path)
        return fault(ExitCode::usage, "the path of " + endpoint.text() + " is longer than " +
                                          std::to_string(sizeof address.sun_path - 1) +
                                          " bytes, which is all that a unix socket can have");
    std::memcpy(address.sun_path, endpoint.path.data(), endpoint.path.size());
    auto socket = open_socket(AF_UNIX, endpoint);
    if (socket.fd() < 0) return no_connection(endpoint, errno);
    const int error = connect_by(socket.fd(), reinterpret_cast<const sockaddr*>(&address),
                                 sizeof address, deadline);
    if (error != 0) return no_connection(endpoint, error);
    return socket;
}

Result<Socket> connect_tcp(const Endpoint& endpoint, Deadline deadline) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int failed = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &wanted, &first);
    if (failed != 0)
        return fault(ExitCode::io,
                     "no connection to " + endpoint.text() + ": " + ::gai_strerror(failed));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses{first, ::freeaddrinfo};
    int error = EADDRNOTAVAIL;
    for (const auto* at = first; at != nullptr; at = at->ai_next) {
        auto socket = open_socket(at->ai_family, endpoint);
        if (socket.fd() < 0) {
            error = errno;
            continue;
        }
        const int yes = 1;
        ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        error = connect_by(socket.fd(), at->ai_addr, at->ai_addrlen, deadline);
        if (error == 0) return socket;
    }
    return no_connection(endpoint, error);
}

}  // namespace

Result<Socket> Socket::connect(const Endpoint& endpoint, Deadline deadline) {
    return endpoint.path.empty() ? connect_tcp(endpoint, deadline)
                                 : connect_unix(endpoint, deadline);
}

Socket::~Socket() {
    if (fd_ >= 0) ::close(fd_);
}

Result<Readiness> Socket::wait(bool read, bool write, Deadline deadline) const {
    const auto events = static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0));
    short ready = 0;
    const int count = poll_until(fd_, events, deadline, ready);
    if (count < 0) return system_fault(ExitCode::io, "waiting for " + peer_, errno);
    if (count == 0) return Readiness::passed;
    // An error or a hang-up shows itself in the read or write that follows.
    const bool ended = (ready & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    const bool readable = read && (ended || (ready & POLLIN) != 0);
    const bool writable = write && (ended || (ready & POLLOUT) != 0);
    if (readable && writable) return Readiness::both;
    return readable ? Readiness::readable : Readiness::writable;
}

Result<std::size_t> Socket::read(std::span<std::byte> into) const {
    for (;;) {
        const auto count = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
        if (count > 0) return static_cast<std::size_t>(count);
        if (count == 0) return fault(ExitCode::io, peer_ + " closed the connection");
        if (errno == EAGAIN) return std::size_t{0};
        if (errno != EINTR) return system_fault(ExitCode::io, "reading from " + peer_, errno);
    }
}

Result<std::size_t> Socket::write(std::span<const std::byte> from) const {
    for (;;) {
        const auto count = ::send(fd_, from.data(), from.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno == EAGAIN) return std::size_t{0};
        if (errno != EINTR) return system_fault(ExitCode::io, "writing to " + peer_, errno);
    }
}

}  // namespace usher::client
