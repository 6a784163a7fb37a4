// Who is at the other end of a connection, for the log.
#pragma once

#include <string>

namespace usher::net {

/// "127.0.0.1:51234", "[::1]:51234", "unix pid=4711 uid=1000", or "unknown".
std::string peer_of(int fd);

}  // namespace usher::net
