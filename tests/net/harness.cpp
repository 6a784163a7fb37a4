#include "tests/net/harness.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "base/expect.h"
#include "net/address.h"
#include "protocol/batch.h"
#include "protocol/encode.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/parse.h"

namespace usher::net::testing {
namespace {

Bytes echo_of(const protocol::Frame& frame, std::size_t bytes_min) {
    Bytes reply(std::max(protocol::header_bytes + frame.payload.size(), bytes_min));
    std::copy(frame.payload.begin(), frame.payload.end(),
              reply.begin() + static_cast<std::ptrdiff_t>(protocol::header_bytes));
    protocol::seal(reply, protocol::FrameKind::reply, frame.correlation);
    return reply;
}

bool await_readable(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    return ::poll(&waiting, 1, static_cast<int>(ms)) == 1;
}

}  // namespace

Bytes request_frame(std::uint64_t correlation, std::size_t size) {
    Bytes frame(protocol::header_bytes + size);
    for (std::size_t i = protocol::header_bytes; i < frame.size(); ++i)
        frame[i] = static_cast<std::byte>((correlation * 31 + i) & 0xFF);
    protocol::seal(frame, protocol::FrameKind::request, correlation);
    return frame;
}

Bytes batch_frame(const std::vector<Bytes>& frames) {
    Bytes batch;
    protocol::BatchWriter writer;
    for (const auto& bytes : frames) {
        const auto cut = protocol::cut(bytes, protocol::frame_bytes_ceiling);
        const auto& frame = std::get<protocol::Frame>(cut);
        writer.add(batch, frame.correlation, frame.payload);
    }
    writer.close(batch);
    return batch;
}

Bytes encoded(std::uint64_t correlation, const protocol::Request& request) {
    protocol::RequestWriter writer;
    const auto frame = writer.frame(correlation, request);
    return {frame.begin(), frame.end()};
}

TemporaryDirectory::TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "net-XXXXXX").string();
    EXPECT(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}
TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}
std::string TemporaryDirectory::path(const std::string& name) const {
    return name.empty() ? path_.string() : (path_ / name).string();
}

// EchoDesk

void EchoDesk::hold_answers() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
}

void EchoDesk::release_answers() {
    {
        const std::lock_guard lock(mutex_);
        holding_ = false;
    }
    bell_.ring();
}

std::size_t EchoDesk::taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
}

std::size_t EchoDesk::forgotten() const {
    const std::lock_guard lock(mutex_);
    return forgotten_;
}

bool EchoDesk::await_taken(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return taken_ >= count; });
}

bool EchoDesk::await_forgotten(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return forgotten_ >= count; });
}

void EchoDesk::take(std::uint64_t session, const protocol::Frame& frame) {
    auto reply = echo_of(frame, reply_bytes_);
    const std::lock_guard lock(mutex_);
    ++taken_;
    held_.push_back({session, std::move(reply)});
    changed_.notify_all();
}

void EchoDesk::forget(std::uint64_t) {
    const std::lock_guard lock(mutex_);
    ++forgotten_;
    changed_.notify_all();
}

Result<bool> EchoDesk::finish_turn() {
    std::vector<Held> released;
    {
        const std::lock_guard lock(mutex_);
        if (holding_) return false;
        released.swap(held_);
    }
    for (const auto& held : released) sessions_.deliver(held.session, held.frame);
    return false;
}

// EchoServer

EchoServer::EchoServer(const Limits& limits, std::size_t reply_bytes, bool spin) : limits_(limits) {
    auto server = Server::create(1, limits_, spin);
    EXPECT(server.has_value());
    server_ = std::move(*server);
    server_->furnish([&](Server::Place at) {
        auto desk = std::make_unique<EchoDesk>(at.sessions, at.bell, reply_bytes);
        desk_ = desk.get();
        return desk;
    });
    const auto address = parse_address("127.0.0.1:0");
    EXPECT(server_->listen({std::get<Address>(address)}).has_value());
    server_->start([](const Fault& fault) {
        std::fprintf(stderr, "fault: %s\n", fault.message.c_str());
        std::abort();
    });
}

EchoServer::~EchoServer() {
    stop();
}

void EchoServer::stop() {
    if (!stopped_) server_->stop();
    stopped_ = true;
}

std::uint64_t EchoServer::count(const std::string& name) const {
    std::vector<protocol::StatusEntry> lines;
    server_->status(lines);
    for (const auto& line : lines)
        if (line.name == name) return std::stoull(line.value);
    EXPECT(false);
    return 0;
}

bool EchoServer::await_count(const std::string& name, std::uint64_t value) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (count(name) != value) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

// RawClient

RawClient::RawClient(const std::string& endpoint, int receive_buffer_bytes) {
    const auto space = endpoint.find(' ');
    const auto text = endpoint.substr(0, space) == "unix" ? "unix:" + endpoint.substr(space + 1)
                                                          : endpoint.substr(space + 1);
    const auto parsed = parse_address(text);
    const auto& address = std::get<Address>(parsed);
    sockaddr_storage raw{};
    socklen_t size = 0;
    if (const auto* tcp = std::get_if<TcpAddress>(&address)) {
        raw = tcp->socket_address;
        size = tcp->socket_address_size;
    } else {
        sockaddr_un path{};
        path.sun_family = AF_UNIX;
        std::get<UnixAddress>(address).path.copy(path.sun_path, sizeof path.sun_path - 1);
        std::memcpy(&raw, &path, sizeof path);
        size = sizeof path;
    }
    socket_ = Descriptor(::socket(raw.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer_bytes > 0)
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                     sizeof receive_buffer_bytes);
    EXPECT(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&raw), size) == 0);
}

bool RawClient::send(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
}

std::size_t RawClient::send_what_fits(std::span<const std::byte> bytes) {
    std::size_t total = 0;
    while (total < bytes.size()) {
        const auto sent = ::send(socket_.get(), bytes.data() + total, bytes.size() - total,
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) break;
        total += static_cast<std::size_t>(sent);
    }
    return total;
}

bool RawClient::fill() {
    if (!await_readable(socket_.get())) return false;
    std::array<std::byte, 65'536> chunk;
    const auto got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (got <= 0) return false;
    in_.insert(in_.end(), chunk.begin(), chunk.begin() + got);
    return true;
}

std::optional<Reply> RawClient::receive() {
    for (;;) {
        const auto cut = protocol::cut(in_, protocol::reply_bytes_max);
        if (const auto* frame = std::get_if<protocol::Frame>(&cut)) {
            Reply reply{frame->correlation, {frame->payload.begin(), frame->payload.end()}};
            in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(frame->size));
            return reply;
        }
        if (std::holds_alternative<protocol::Refusal>(cut) || !fill()) return std::nullopt;
    }
}

std::optional<RawClient::Decoded> RawClient::receive_decoded() {
    const auto reply = receive();
    if (!reply) return std::nullopt;
    protocol::ReplyParser parser;
    const auto parsed = parser.parse(reply->payload);
    if (!parsed) return std::nullopt;
    return Decoded{reply->correlation, parsed.answer->reject, parsed.answer->outcome(),
                   parsed.answer->message};
}

bool RawClient::await_end() {
    std::array<std::byte, 65'536> ignored;
    while (await_readable(socket_.get())) {
        const auto got = ::recv(socket_.get(), ignored.data(), ignored.size(), 0);
        if (got <= 0) return true;
    }
    return false;
}

void RawClient::end_sending() {
    ::shutdown(socket_.get(), SHUT_WR);
}

}  // namespace usher::net::testing
