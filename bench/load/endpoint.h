// A server as it is named on the command line: [NAME=]HOST:PORT or [NAME=]unix:PATH.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "clients/cpp/endpoint.h"
#include "clients/cpp/socket.h"

namespace usher::bench {

struct Endpoint {
    std::string name;  ///< for the tables; without a NAME the address itself
    client::Endpoint address;
};

Result<Endpoint> parse_endpoint(std::string_view text);

/// A connected socket. An usherd is greeted over it, so that it may stay idle until its turn comes;
/// with a `floor` any frame is exchanged for the same reason.
Result<client::Socket> connect_to(const Endpoint& endpoint, bool floor);

}  // namespace usher::bench
