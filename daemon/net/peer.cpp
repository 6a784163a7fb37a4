#include "net/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace usher::net {
namespace {

std::string unix_peer(int fd) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return "unix";
    return "unix pid=" + std::to_string(who.pid) + " uid=" + std::to_string(who.uid);
}

}  // namespace

std::string peer_of(int fd) {
    sockaddr_storage raw{};
    socklen_t size = sizeof raw;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&raw), &size) != 0) return "unknown";
    if (raw.ss_family == AF_UNIX) return unix_peer(fd);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (raw.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &raw, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        return std::string(text.data()) + ":" + std::to_string(ntohs(v4.sin_port));
    }
    if (raw.ss_family != AF_INET6) return "unknown";
    sockaddr_in6 v6;
    std::memcpy(&v6, &raw, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(v6.sin6_port));
}

}  // namespace usher::net
