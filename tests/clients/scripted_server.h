// A server of one connection that does what a test tells it, on a thread of its own. It is stopped
// and joined at its end; it waits at most five seconds for anything.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "clients/cpp/socket.h"
#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/parse.h"

namespace usher::testing {

/// The server's end of the connection.
class ServerSide {
  public:
    explicit ServerSide(int fd);
    ~ServerSide();
    ServerSide(const ServerSide&) = delete;
    ServerSide& operator=(const ServerSide&) = delete;

    struct Asked {
        std::uint64_t correlation = 0;
        const protocol::Request* request = nullptr;
    };
    /// The next request; nullopt when the client has closed.
    std::optional<Asked> next();

    void answer(std::uint64_t correlation, const protocol::Answer& answer);
    std::vector<std::byte> frame_of(std::uint64_t correlation, const protocol::Answer& answer);
    void raw(std::span<const std::byte> bytes);
    void raw(const std::string& bytes);
    void close();

    /// Takes hello and answers as a good server does.
    void greet();
    /// The same, and says of itself what `said` does.
    void greet(const protocol::HelloView& said);

    /// What came so far: frames of one request, and batches with how many were in each.
    std::size_t single_frames() const { return single_frames_; }
    const std::vector<std::size_t>& batches() const { return batches_; }

    /// Waits until the client closes.
    void wait_for_close();

  private:
    int fd_;
    std::vector<std::byte> input_;
    std::size_t left_of_batch_ = 0;  ///< bytes at the begin of input_
    std::size_t single_frames_ = 0;
    std::vector<std::size_t> batches_;
    std::vector<std::byte> taken_;
    protocol::RequestParser parser_;
    protocol::ReplyWriter writer_;
};

class ScriptedServer {
  public:
    using Script = std::function<void(ServerSide&)>;

    /// Over a pair of sockets: client_socket() is the other end.
    explicit ScriptedServer(Script script);
    /// Over a listening socket, whose only connection it takes.
    ScriptedServer(int listening_fd, Script script);
    ~ScriptedServer();

    client::Socket client_socket();

  private:
    int client_fd_ = -1;
    std::thread thread_;
};

protocol::Answer assigned_to(std::string_view agent);

}  // namespace usher::testing
