// A connection to usherd for programs that may wait: blocking calls with deadlines, one thread.
//
//     auto connection = Connection::open("unix:/run/usher/usherd.sock", within(2s), "my gateway");
//     if (!connection) return complain(connection.error().message);
//     auto answer = (*connection)->call(request, within(1s));
//
// Refusals are answers (answer->reject). A Fault means that the connection is of no use any more:
// every later call gives the same one. Requests that were not answered by then have an unknown
// outcome: open a new connection and send them again with the same `key` (docs/protocol.md).
// Nothing throws.
//
// An answer, and the views in it, stand until the next call(), flush() or receive().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "clients/cpp/socket.h"
#include "protocol/answer.h"
#include "protocol/batch.h"
#include "protocol/encode.h"
#include "protocol/parse.h"
#include "protocol/request.h"

namespace usher::client {

class Connection {
  public:
    /// Connects to "unix:PATH" or "HOST:PORT" and says hello under the name `client`.
    static Result<std::unique_ptr<Connection>> open(std::string_view endpoint, Deadline deadline,
                                                    std::string_view client = "usher client");
    static Result<std::unique_ptr<Connection>> open(const Endpoint& endpoint, Deadline deadline,
                                                    std::string_view client = "usher client");

    /// Connects, asks which core owns `account`, and goes to that core's own endpoint if the
    /// daemon has such (usherd --core-endpoints): its requests need not be carried from core to
    /// core then. Where that endpoint cannot be reached (behind a tunnel, say) it stays where it
    /// is. The connection is good for every account in any case.
    static Result<std::unique_ptr<Connection>> open_at_owner(
        const Endpoint& endpoint, std::string_view account, Deadline deadline,
        std::string_view client = "usher client");

    /// The same over a socket that is connected already.
    static Result<std::unique_ptr<Connection>> over(Socket socket, Deadline deadline,
                                                    std::string_view client = "usher client");

    /// What the server said of itself.
    const protocol::HelloView& hello() const { return hello_; }

    /// Sends one request and waits for its answer. Nothing may be in flight. When the deadline
    /// passes the connection is given up, because the outcome is unknown.
    Result<const protocol::Answer*> call(const protocol::Request& request, Deadline deadline);

    // Pipelining: any number of send(), one flush(), then receive() for each.

    /// Puts a request into the output; gives the correlation that its answer will carry.
    std::uint64_t send(const protocol::Request& request);

    /// From now on send() gathers up to `requests` requests into one frame (a batch): less to read
    /// for the server, nothing else changes. Gives how many it will be: at most what the server
    /// takes, 1 (a frame each, as at first) if it takes no batches. flush() ends a batch early.
    std::uint32_t gather(std::uint32_t requests);

    /// Writes all that was sent; reads answers meanwhile, so that neither side can block the other.
    Result<void> flush(Deadline deadline);

    struct Received {
        std::uint64_t correlation = 0;
        const protocol::Answer* answer = nullptr;
    };
    /// The next answer in the order of arrival (within an account: the order of the requests);
    /// nullopt when the deadline passes, which changes nothing: ask again.
    Result<std::optional<Received>> receive(Deadline deadline);

    /// Requests that were sent and have no answer yet.
    std::uint64_t in_flight() const { return in_flight_; }

  private:
    explicit Connection(Socket socket);

    /// Says hello, of an account if one is given.
    static Result<std::unique_ptr<Connection>> greeted(Socket socket, std::string_view account,
                                                       Deadline deadline, std::string_view client);
    Result<void> greet(std::string_view account, std::string_view client, Deadline deadline);
    Result<std::optional<Received>> next_buffered();
    Result<void> read_some();
    Result<void> write_some();
    void put_into_batch(std::span<const std::byte> frame);
    Fault broken(std::string message);
    Fault ended(std::string message);

    Socket socket_;
    protocol::HelloView hello_;
    protocol::RequestWriter writer_;
    protocol::ReplyParser parser_;
    std::uint64_t last_correlation_ = 0;
    std::uint64_t in_flight_ = 0;
    std::uint32_t gathered_max_ = 1;  ///< requests in a frame
    protocol::BatchWriter batch_;     ///< at the end of output_
    std::vector<std::byte> output_;
    std::size_t written_ = 0;  ///< of output_
    std::vector<std::byte> input_;
    std::size_t input_begin_ = 0;  ///< what is before it was handed out
    std::size_t input_end_ = 0;
    std::size_t input_need_ = 0;  ///< bytes from input_begin_ that the next frame takes
    std::optional<Fault> fault_;
};

}  // namespace usher::client
