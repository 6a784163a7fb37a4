#include "bench/load/endpoint.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/expect.h"
#include "clients/cpp/connection.h"
#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"

namespace usher::bench {

namespace {

constexpr std::chrono::seconds patience{10};

/// A first frame for a server that answers every frame with some frame: like usherd, it hangs up on
/// those who never say anything.
Result<void> knock(const client::Socket& socket) {
    protocol::RequestWriter writer;
    protocol::Request ping;
    ping.body = protocol::Ping{};
    const auto frame = writer.frame(0, ping);
    const auto written = socket.write(frame);
    if (!written) return written.error();
    EXPECT(*written == frame.size());  // an empty socket has room for it
    std::vector<std::byte> reply(protocol::frame_bytes_max);
    std::size_t filled = 0;
    for (;;) {
        const auto ready = socket.wait(true, false, client::within(patience));
        if (!ready) return ready.error();
        if (*ready == client::Readiness::passed)
            return fault(ExitCode::unavailable, socket.peer() + " does not answer");
        const auto got = socket.read(std::span(reply).subspan(filled));
        if (!got) return got.error();
        filled += *got;
        const auto cut = protocol::cut(std::span(reply).first(filled), protocol::frame_bytes_max);
        if (std::holds_alternative<protocol::Frame>(cut)) return {};
        if (const auto* refusal = std::get_if<protocol::Refusal>(&cut))
            return fault(ExitCode::data, socket.peer() + " sent no frame: " + refusal->message);
    }
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
    Endpoint endpoint;
    endpoint.name = text;
    auto address = text;
    if (const auto equals = text.find('='); equals != std::string_view::npos && equals > 0) {
        endpoint.name = text.substr(0, equals);
        address = text.substr(equals + 1);
    }
    auto parsed = client::parse_endpoint(address);
    if (!parsed) return parsed.error();
    endpoint.address = std::move(*parsed);
    return endpoint;
}

Result<client::Socket> connect_to(const Endpoint& endpoint, bool floor) {
    auto socket = client::Socket::connect(endpoint.address, client::within(patience));
    if (!socket) return fault(ExitCode::unavailable, std::move(socket.error().message));
    if (floor) {
        if (auto done = knock(*socket); !done) return done.error();
        return socket;
    }
    // The library greets on a second descriptor of the same connection, and closes only that.
    const int second = dup(socket->fd());
    if (second < 0)
        return system_fault(ExitCode::io, "cannot duplicate the socket to " + endpoint.name, errno);
    const auto greeted = client::Connection::over(client::Socket(second, endpoint.name),
                                                  client::within(patience), "usher-bench");
    if (!greeted) return fault(ExitCode::unavailable, greeted.error().message);
    return socket;
}

}  // namespace usher::bench
