#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstring>
#include <optional>

namespace usher::net {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t unix_path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
    return port;
}

bool fill_socket_address(TcpAddress& address) {
    const auto host = address.host == "localhost" ? std::string("127.0.0.1") : address.host;
    sockaddr_in v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(address.port);
        std::memcpy(&address.socket_address, &v4, sizeof v4);
        address.socket_address_size = sizeof v4;
        return true;
    }
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return false;
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&address.socket_address, &v6, sizeof v6);
    address.socket_address_size = sizeof v6;
    return true;
}

std::variant<Address, std::string> parse_unix(std::string_view path) {
    if (path.empty()) return "has no path; write unix:/run/usher/usherd.sock";
    if (path.size() > unix_path_bytes_max)
        return "has a path of " + std::to_string(path.size()) + " bytes, the system allows " +
               std::to_string(unix_path_bytes_max);
    if (path.find('\0') != path.npos) return "has a zero byte in its path";
    return Address{UnixAddress{std::string(path)}};
}

}  // namespace

bool TcpAddress::is_loopback() const {
    if (socket_address.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &socket_address, sizeof v4);
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    sockaddr_in6 v6;
    std::memcpy(&v6, &socket_address, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
}

std::string TcpAddress::text() const {
    const bool bracketed = host.find(':') != host.npos;
    return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::variant<Address, std::string> parse_address(std::string_view text) {
    if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
    const auto colon = text.rfind(':');
    if (colon == text.npos) return "has no port; write HOST:PORT or unix:PATH";
    auto host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (!bracketed && host.find(':') != host.npos)
        return "has an IPv6 address without brackets; write [" + std::string(host) + "]:PORT";

    TcpAddress address;
    address.host = host;
    const auto port = parse_port(text.substr(colon + 1));
    if (!port)
        return "has the port '" + std::string(text.substr(colon + 1)) +
               "'; a port is a number from 0 (any free one) to 65535";
    address.port = *port;
    if (!fill_socket_address(address))
        return "has the host '" + address.host +
               "'; write an IP address such as 127.0.0.1, or localhost";
    return Address{address};
}

std::variant<Address, std::string> address_of_core(const Address& address, std::uint32_t core) {
    if (const auto* local = std::get_if<UnixAddress>(&address))
        return parse_unix(local->path + ".core-" + std::to_string(core));
    auto tcp = std::get<TcpAddress>(address);
    tcp.port = 0;
    fill_socket_address(tcp);
    return Address{tcp};
}

std::string endpoint_text(const Address& address) {
    if (const auto* tcp = std::get_if<TcpAddress>(&address)) return tcp->text();
    return std::string(unix_prefix) + std::get<UnixAddress>(address).path;
}

std::string endpoint_line(const Address& address) {
    if (const auto* tcp = std::get_if<TcpAddress>(&address)) return "tcp " + tcp->text();
    return "unix " + std::get<UnixAddress>(address).path;
}

}  // namespace usher::net
