#include "clients/cpp/connection.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/expect.h"
#include "protocol/frame.h"
#include "protocol/limits.h"

namespace usher::client {
namespace {

constexpr std::size_t input_bytes_at_first = 64 * 1024;
// Answers that pile up while flush() is still writing; beyond this it only writes.
constexpr std::size_t input_bytes_while_writing = 64 * 1024 * 1024;

}  // namespace

Connection::Connection(Socket socket) : socket_(std::move(socket)), input_(input_bytes_at_first) {}

Result<std::unique_ptr<Connection>> Connection::open(std::string_view endpoint, Deadline deadline,
                                                     std::string_view client) {
    auto parsed = parse_endpoint(endpoint);
    if (!parsed) return std::move(parsed).error();
    return open(*parsed, deadline, client);
}

Result<std::unique_ptr<Connection>> Connection::open(const Endpoint& endpoint, Deadline deadline,
                                                     std::string_view client) {
    auto socket = Socket::connect(endpoint, deadline);
    if (!socket) return std::move(socket).error();
    return over(std::move(*socket), deadline, client);
}

Result<std::unique_ptr<Connection>> Connection::over(Socket socket, Deadline deadline,
                                                     std::string_view client) {
    return greeted(std::move(socket), {}, deadline, client);
}

Result<std::unique_ptr<Connection>> Connection::open_at_owner(const Endpoint& endpoint,
                                                              std::string_view account,
                                                              Deadline deadline,
                                                              std::string_view client) {
    auto socket = Socket::connect(endpoint, deadline);
    if (!socket) return std::move(socket).error();
    auto first = greeted(std::move(*socket), account, deadline, client);
    if (!first) return first;
    const auto& owner = (*first)->hello().endpoint;
    if (owner.empty() || owner == endpoint.text()) return first;
    auto there = open(owner, deadline, client);
    return there ? std::move(there) : std::move(first);
}

Result<std::unique_ptr<Connection>> Connection::greeted(Socket socket, std::string_view account,
                                                        Deadline deadline,
                                                        std::string_view client) {
    std::unique_ptr<Connection> connection{new Connection{std::move(socket)}};
    auto answered = connection->greet(account, client, deadline);
    if (!answered) return std::move(answered).error();
    return connection;
}

Result<void> Connection::greet(std::string_view account, std::string_view client,
                               Deadline deadline) {
    protocol::Request request;
    request.account = account;
    request.body = protocol::Hello{protocol::protocol_version, client};
    const auto answer = call(request, deadline);
    if (!answer) return answer.error();
    if ((*answer)->reject != protocol::Reject::none)
        return broken(socket_.peer() +
                      " refused hello: " + std::string{protocol::reject_name((*answer)->reject)} +
                      ": " + (*answer)->message);
    if (!(*answer)->hello) return broken(socket_.peer() + " did not answer hello: it is no usherd");
    hello_ = *(*answer)->hello;
    return {};
}

Fault Connection::broken(std::string message) {
    if (in_flight_ == 1)
        message +=
            "; one request is unanswered and its outcome unknown: send it again with the same key";
    if (in_flight_ > 1)
        message += "; " + std::to_string(in_flight_) +
                   " requests are unanswered and their outcome unknown: send them again with the "
                   "same keys";
    fault_ = fault(ExitCode::io, std::move(message));
    return *fault_;
}

/// The socket is of no use any more; what the server said last may tell why.
Fault Connection::ended(std::string message) {
    const auto unanswered = in_flight_;
    if (input_end_ < input_.size())
        if (const auto count = socket_.read(std::span{input_}.subspan(input_end_)))
            input_end_ += *count;
    for (auto last = next_buffered(); !fault_ && *last; last = next_buffered()) {
    }
    if (fault_) return *fault_;
    in_flight_ = unanswered;
    const bool in_the_middle = input_end_ != input_begin_;
    return broken(std::move(message) + (in_the_middle ? " in the middle of an answer" : ""));
}

std::uint64_t Connection::send(const protocol::Request& request) {
    const auto frame = writer_.frame(++last_correlation_, request);
    if (gathered_max_ > 1)
        put_into_batch(frame);
    else
        output_.insert(output_.end(), frame.begin(), frame.end());
    ++in_flight_;
    return last_correlation_;
}

std::uint32_t Connection::gather(std::uint32_t requests) {
    batch_.close(output_);
    gathered_max_ = std::clamp(requests, 1U, std::max(1U, hello_.batch_requests_max));
    return gathered_max_;
}

/// A request that is too long beside others goes in a batch of its own, one that is too long for
/// any batch as the frame that it is: the requests stay in their order.
void Connection::put_into_batch(std::span<const std::byte> frame) {
    const auto payload = frame.subspan(protocol::header_bytes);
    if (batch_.bytes_with(payload) > hello_.frame_bytes_max) batch_.close(output_);
    if (batch_.bytes_with(payload) > hello_.frame_bytes_max) {
        output_.insert(output_.end(), frame.begin(), frame.end());
        return;
    }
    batch_.add(output_, last_correlation_, payload);
    if (batch_.requests() == gathered_max_) batch_.close(output_);
}

Result<const protocol::Answer*> Connection::call(const protocol::Request& request,
                                                 Deadline deadline) {
    EXPECT(in_flight_ == 0);
    const auto correlation = send(request);
    if (auto flushed = flush(deadline); !flushed) return std::move(flushed).error();
    auto received = receive(deadline);
    if (!received) return std::move(received).error();
    if (!*received) return broken(socket_.peer() + " did not answer within the deadline");
    if ((*received)->correlation != correlation)
        return broken(socket_.peer() + " answered request " +
                      std::to_string((*received)->correlation) + " where it was asked request " +
                      std::to_string(correlation));
    return (*received)->answer;
}

Result<void> Connection::flush(Deadline deadline) {
    batch_.close(output_);
    while (!fault_ && written_ < output_.size()) {
        const bool room = input_end_ - input_begin_ < input_bytes_while_writing;
        const auto ready = socket_.wait(room, true, deadline);
        if (!ready) return broken(ready.error().message);
        if (*ready == Readiness::passed)
            return broken(socket_.peer() + " did not take the requests within the deadline");
        if (*ready != Readiness::writable)
            if (auto read = read_some(); !read) return read;
        if (*ready != Readiness::readable)
            if (auto wrote = write_some(); !wrote) return wrote;
    }
    if (fault_) return *fault_;
    output_.clear();
    written_ = 0;
    return {};
}

Result<std::optional<Connection::Received>> Connection::receive(Deadline deadline) {
    for (;;) {
        if (fault_) return *fault_;
        auto buffered = next_buffered();
        if (!buffered || *buffered) return buffered;
        const auto ready = socket_.wait(true, false, deadline);
        if (!ready) return broken(ready.error().message);
        if (*ready == Readiness::passed) return std::optional<Received>{};
        if (auto read = read_some(); !read) return std::move(read).error();
    }
}

/// The first whole answer that was read; nullopt if more bytes are needed.
Result<std::optional<Connection::Received>> Connection::next_buffered() {
    using namespace protocol;
    const auto cutting =
        cut(std::span{input_}.subspan(input_begin_, input_end_ - input_begin_), reply_bytes_max);
    if (const auto* incomplete = std::get_if<Incomplete>(&cutting)) {
        input_need_ = incomplete->need;
        return std::optional<Received>{};
    }
    if (const auto* refusal = std::get_if<Refusal>(&cutting))
        return broken(socket_.peer() + " sent what is no answer: " + refusal->message);

    const auto& frame = std::get<Frame>(cutting);
    input_begin_ += frame.size;
    if (frame.kind != FrameKind::reply)
        return broken(socket_.peer() + " sent a frame that is no answer");
    auto parsed = parser_.parse(frame.payload);
    if (!parsed) return broken(socket_.peer() + " sent what is no answer: " + parsed.message);
    // Correlation 0 is never ours: the server speaks of the whole connection, and ends it.
    if (frame.correlation == 0)
        return broken(socket_.peer() +
                      " ended the connection: " + std::string{reject_name(parsed.answer->reject)} +
                      ": " + parsed.answer->message);
    if (frame.correlation > last_correlation_ || in_flight_ == 0)
        return broken(socket_.peer() + " answered request " + std::to_string(frame.correlation) +
                      ", which was never asked");
    --in_flight_;
    return std::optional{Received{frame.correlation, parsed.answer}};
}

/// Makes room behind what is unread, then reads once.
Result<void> Connection::read_some() {
    const auto unread = input_end_ - input_begin_;
    if (unread == 0) {
        input_begin_ = input_end_ = 0;
    } else if (input_begin_ + input_need_ > input_.size() || input_end_ == input_.size()) {
        std::memmove(input_.data(), input_.data() + input_begin_, unread);
        input_begin_ = 0;
        input_end_ = unread;
    }
    if (input_need_ > input_.size() || input_end_ == input_.size())
        input_.resize(std::max(input_need_, 2 * input_.size()));
    const auto count = socket_.read(std::span{input_}.subspan(input_end_));
    if (!count) return ended(count.error().message);
    input_end_ += *count;
    return {};
}

Result<void> Connection::write_some() {
    const auto count = socket_.write(std::span{output_}.subspan(written_));
    if (!count) return ended(count.error().message);
    written_ += *count;
    return {};
}

}  // namespace usher::client
