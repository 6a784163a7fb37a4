#include "net/listening.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace usher::net {
namespace {

constexpr int backlog = 4096;  ///< the kernel cuts it to net.core.somaxconn

bool switch_on(int fd, int option) {
    const int on = 1;
    return ::setsockopt(fd, SOL_SOCKET, option, &on, sizeof on) == 0;
}

Fault cannot_listen(const std::string& where, int error) {
    auto fault = system_fault(ExitCode::cannot_create, "cannot listen on " + where, error);
    if (error == EADDRINUSE)
        fault.message += "; is another usherd running? Choose another address with --listen";
    if (error == EACCES) fault.message += "; ports below 1024 need CAP_NET_BIND_SERVICE";
    return fault;
}

std::uint16_t port_of(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
    in_port_t port = 0;
    const auto offset = bound.ss_family == AF_INET6 ? offsetof(sockaddr_in6, sin6_port)
                                                    : offsetof(sockaddr_in, sin_port);
    std::memcpy(&port, reinterpret_cast<const char*>(&bound) + offset, sizeof port);
    return ntohs(port);
}

void set_port(TcpAddress& address, std::uint16_t port) {
    address.port = port;
    const auto on_wire = htons(port);
    const auto offset = address.socket_address.ss_family == AF_INET6
                            ? offsetof(sockaddr_in6, sin6_port)
                            : offsetof(sockaddr_in, sin_port);
    std::memcpy(reinterpret_cast<char*>(&address.socket_address) + offset, &on_wire,
                sizeof on_wire);
}

/// The first socket binds without SO_REUSEPORT, so that a port on which another daemon listens
/// (also one that shares it willingly) is refused; it begins to share only then.
Result<Descriptor> bind_tcp(const TcpAddress& address, bool first, bool shared) {
    Descriptor socket(
        ::socket(address.socket_address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) return cannot_listen(address.text(), errno);
    if (!switch_on(socket.get(), SO_REUSEADDR)) return cannot_listen(address.text(), errno);
    if (!first && !switch_on(socket.get(), SO_REUSEPORT))
        return cannot_listen(address.text(), errno);
    const auto* raw = reinterpret_cast<const sockaddr*>(&address.socket_address);
    if (::bind(socket.get(), raw, address.socket_address_size) != 0)
        return cannot_listen(address.text(), errno);
    if (first && shared && !switch_on(socket.get(), SO_REUSEPORT))
        return cannot_listen(address.text(), errno);
    return socket;
}

Result<Listening> listen_tcp(TcpAddress address, std::uint32_t cores) {
    std::vector<Descriptor> sockets;
    for (std::uint32_t core = 0; core < cores; ++core) {
        auto socket = bind_tcp(address, core == 0, cores > 1);
        if (!socket) return socket.error();
        if (core == 0) set_port(address, port_of(socket->get()));
        sockets.push_back(std::move(*socket));
    }
    for (const auto& socket : sockets)
        if (::listen(socket.get(), backlog) != 0) return cannot_listen(address.text(), errno);
    return Listening{address, std::move(sockets)};
}

sockaddr_un unix_socket_address(const std::string& path) {
    sockaddr_un raw{};
    raw.sun_family = AF_UNIX;
    std::memcpy(raw.sun_path, path.data(), path.size());
    return raw;
}

/// Whether somebody answers there: then the file is not ours to remove.
bool somebody_listens(const sockaddr_un& raw) {
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!probe.is_open()) return true;
    const auto* address = reinterpret_cast<const sockaddr*>(&raw);
    return ::connect(probe.get(), address, sizeof raw) == 0 || errno != ECONNREFUSED;
}

Result<void> clear_stale_file(const std::string& path, const sockaddr_un& raw) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return {};
        return cannot_listen("unix:" + path, errno);
    }
    if (!S_ISSOCK(found.st_mode))
        return fault(ExitCode::cannot_create, "cannot listen on unix:" + path +
                                                  ": there is a file that is no socket; "
                                                  "remove it or choose another path");
    if (somebody_listens(raw)) return cannot_listen("unix:" + path, EADDRINUSE);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return cannot_listen("unix:" + path, errno);
    return {};
}

Result<Listening> listen_unix(const UnixAddress& address) {
    const auto where = "unix:" + address.path;
    const auto raw = unix_socket_address(address.path);
    if (auto cleared = clear_stale_file(address.path, raw); !cleared) return cleared.error();
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) return cannot_listen(where, errno);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&raw), sizeof raw) != 0)
        return cannot_listen(where, errno);
    // Nobody can connect before listen(): the mode is right from the first connection on.
    if (::chmod(address.path.c_str(), 0660) != 0 || ::listen(socket.get(), backlog) != 0)
        return cannot_listen(where, errno);
    std::vector<Descriptor> sockets;
    sockets.push_back(std::move(socket));
    return Listening{address, std::move(sockets)};
}

}  // namespace

Result<Listening> listen_on(const Address& address, std::uint32_t cores) {
    if (const auto* tcp = std::get_if<TcpAddress>(&address)) return listen_tcp(*tcp, cores);
    return listen_unix(std::get<UnixAddress>(address));
}

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
    struct stat made {};
    if (::lstat(path_.c_str(), &made) == 0) {
        device_ = made.st_dev;
        inode_ = made.st_ino;
    }
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

SocketFile::~SocketFile() {
    struct stat found {};
    if (path_.empty() || ::lstat(path_.c_str(), &found) != 0) return;
    if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace usher::net
