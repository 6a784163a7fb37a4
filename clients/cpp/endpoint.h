// Where a daemon listens: "unix:PATH" or "HOST:PORT" ("[::1]:7447" for IPv6), as `usherd --listen`
// takes it; and how to find the daemon of this machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace usher::client {

inline constexpr std::string_view default_socket_path = "/run/usher/usherd.sock";
inline constexpr std::string_view default_tcp_endpoint = "127.0.0.1:7447";

struct Endpoint {
    std::string path;  ///< of a unix socket; empty: host and port
    std::string host;
    std::string port;

    /// As parse_endpoint() takes it.
    std::string text() const;
};

/// A fault (ExitCode::usage) says what a right one looks like.
Result<Endpoint> parse_endpoint(std::string_view text);

/// The daemon whose data directory is `data_dir`: its file `endpoints` (lines "unix PATH" and
/// "tcp HOST:PORT") tells; a socket is preferred. A fault (ExitCode::io) if there is no such file
/// or nothing in it. With an empty `data_dir`: the directory that the environment names as
/// USHER_DATA_DIR; without that, /run/usher/usherd.sock if it is there, else 127.0.0.1:7447.
Result<Endpoint> find_endpoint(std::string_view data_dir);

}  // namespace usher::client
