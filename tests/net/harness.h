// What the tests of net share: a desk that echoes (or holds back) what it is given, a server around
// it on a loopback port, and a client that speaks in raw bytes and never waits for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "net/bell.h"
#include "net/descriptor.h"
#include "net/desk.h"
#include "net/limits.h"
#include "net/server.h"
#include "protocol/answer.h"
#include "protocol/request.h"

namespace usher::net::testing {

using Bytes = std::vector<std::byte>;

inline constexpr auto patience = std::chrono::seconds(20);

/// A sealed request frame with `size` payload bytes that depend on the correlation.
Bytes request_frame(std::uint64_t correlation, std::size_t size = 64);
/// Those frames' payloads in one frame of kind `batch`.
Bytes batch_frame(const std::vector<Bytes>& frames);
/// A real request, encoded.
Bytes encoded(std::uint64_t correlation, const protocol::Request& request);

/// Directory that goes with its owner; short enough for a unix socket.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    std::string path(const std::string& name = "") const;

  private:
    std::filesystem::path path_;
};

/// Answers each request with its own payload, `reply_bytes` long at least. May be told to hold the
/// answers back; the test's thread lets them go.
class EchoDesk final : public Desk {
  public:
    EchoDesk(ReplyPort& sessions, Bell& bell, std::size_t reply_bytes)
        : sessions_(sessions), bell_(bell), reply_bytes_(reply_bytes) {}

    // Of the test's thread.
    void hold_answers();
    void release_answers();
    std::size_t taken() const;
    std::size_t forgotten() const;
    bool await_taken(std::size_t count) const;
    bool await_forgotten(std::size_t count) const;

    void take(std::uint64_t session, const protocol::Frame& frame) override;
    void settle() override {}
    void forget(std::uint64_t session) override;
    Result<bool> finish_turn() override;
    bool may_sleep() override { return true; }
    void wake_up() override {}
    void tick() override {}
    Result<void> close() override { return {}; }

  private:
    struct Held {
        std::uint64_t session;
        Bytes frame;
    };

    ReplyPort& sessions_;
    Bell& bell_;
    std::size_t reply_bytes_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::size_t taken_ = 0;
    std::size_t forgotten_ = 0;
    bool holding_ = false;
    std::vector<Held> held_;
};

/// One core, an echo desk, a TCP port or a unix socket.
class EchoServer {
  public:
    explicit EchoServer(const Limits& limits = {}, std::size_t reply_bytes = 0, bool spin = false);
    ~EchoServer();

    EchoDesk& desk() { return *desk_; }
    const std::string& endpoint() const { return server_->endpoints().front(); }
    /// A line of Server::status().
    std::uint64_t count(const std::string& name) const;
    bool await_count(const std::string& name, std::uint64_t value) const;
    void stop();

  private:
    Limits limits_;
    std::unique_ptr<Server> server_;
    EchoDesk* desk_ = nullptr;
    bool stopped_ = false;
};

struct Reply {
    std::uint64_t correlation = 0;
    Bytes payload;
};

class RawClient {
  public:
    /// "tcp 127.0.0.1:1234" or "unix PATH", as a server's endpoints() say.
    explicit RawClient(const std::string& endpoint, int receive_buffer_bytes = 0);

    bool send(std::span<const std::byte> bytes);
    /// What went out before the socket was full.
    std::size_t send_what_fits(std::span<const std::byte> bytes);
    /// The next whole frame; nothing at the end of the stream or when patience is out.
    std::optional<Reply> receive();
    /// The same, decoded.
    struct Decoded {
        std::uint64_t correlation = 0;
        protocol::Reject reject = protocol::Reject::none;
        protocol::Outcome outcome = protocol::Outcome::none;
        std::string message;
    };
    std::optional<Decoded> receive_decoded();
    /// Whether the server ends the connection (with or without a reset) before patience is out.
    bool await_end();
    void end_sending();
    int fd() const { return socket_.get(); }

  private:
    bool fill();

    Descriptor socket_;
    Bytes in_;
};

}  // namespace usher::net::testing
