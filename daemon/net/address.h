// Where the daemon listens, as people write it: `127.0.0.1:7447`, `[::1]:7447`, `localhost:0`,
// `unix:/run/usher/usherd.sock`.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace usher::net {

struct TcpAddress {
    std::string host;        ///< as written, without brackets
    std::uint16_t port = 0;  ///< 0: any free one
    sockaddr_storage socket_address{};
    socklen_t socket_address_size = 0;

    bool is_loopback() const;
    /// "127.0.0.1:7447", "[::1]:7447"
    std::string text() const;
};

struct UnixAddress {
    std::string path;
};

using Address = std::variant<TcpAddress, UnixAddress>;

/// The address, or what is wrong with the text and what to write instead. No name service is
/// asked: a host is an IP address or `localhost`.
std::variant<Address, std::string> parse_address(std::string_view text);

/// The same address for one core alone: any free port of the host, or PATH.core-N; or why there is
/// none (a path that would be too long).
std::variant<Address, std::string> address_of_core(const Address& address, std::uint32_t core);

/// "127.0.0.1:7447" or "unix:/run/usher/usherd.sock", as clients take it.
std::string endpoint_text(const Address& address);

/// "tcp 127.0.0.1:7447" or "unix /run/usher/usherd.sock": as printed and written to `endpoints`.
std::string endpoint_line(const Address& address);

}  // namespace usher::net
