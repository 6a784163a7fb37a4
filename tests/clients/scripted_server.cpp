#include "tests/clients/scripted_server.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "base/expect.h"
#include "protocol/batch.h"
#include "protocol/limits.h"

namespace usher::testing {

using namespace protocol;

ServerSide::ServerSide(int fd) : fd_(fd) {
    const timeval patience{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

ServerSide::~ServerSide() {
    close();
}

void ServerSide::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::optional<ServerSide::Asked> ServerSide::next() {
    const auto ask = [this](std::uint64_t correlation, std::span<const std::byte> payload,
                            std::size_t size) {
        taken_.assign(payload.begin(), payload.end());
        input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(size));
        const auto parsed = parser_.parse(taken_);
        EXPECT(parsed);
        return Asked{correlation, parsed.request};
    };
    for (;;) {
        if (left_of_batch_ > 0) {
            const auto item = first_item(std::span{input_}.first(left_of_batch_));
            left_of_batch_ -= item.size;
            ++batches_.back();
            return ask(item.correlation, item.payload, item.size);
        }
        const auto cutting = cut(input_, frame_bytes_max);
        if (const auto* frame = std::get_if<Frame>(&cutting)) {
            if (frame->kind == FrameKind::request) {
                ++single_frames_;
                return ask(frame->correlation, frame->payload, frame->size);
            }
            EXPECT(frame->kind == FrameKind::batch && !check_batch(*frame, batch_requests_max));
            left_of_batch_ = frame->payload.size();
            batches_.push_back(0);
            input_.erase(input_.begin(), input_.begin() + header_bytes);
            continue;
        }
        std::array<std::byte, 4096> chunk;
        const auto count = ::recv(fd_, chunk.data(), chunk.size(), 0);
        if (count <= 0) return std::nullopt;
        input_.insert(input_.end(), chunk.begin(), chunk.begin() + count);
    }
}

std::vector<std::byte> ServerSide::frame_of(std::uint64_t correlation, const Answer& answer) {
    const auto frame = writer_.frame(correlation, answer);
    return {frame.begin(), frame.end()};
}

void ServerSide::answer(std::uint64_t correlation, const Answer& answer) {
    raw(writer_.frame(correlation, answer));
}

void ServerSide::raw(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void ServerSide::raw(const std::string& bytes) {
    raw(std::as_bytes(std::span{bytes}));
}

void ServerSide::greet() {
    greet({1, "scripted 1", "memory", "trace", 262'144, 1'024, 1});
}

void ServerSide::greet(const HelloView& said) {
    const auto asked = next();
    EXPECT(asked && std::holds_alternative<Hello>(asked->request->body));
    Answer answer;
    answer.placement.outcome = Outcome::done;
    answer.hello = said;
    this->answer(asked->correlation, answer);
}

void ServerSide::wait_for_close() {
    while (next()) {
    }
}

ScriptedServer::ScriptedServer(Script script) {
    int ends[2] = {-1, -1};
    EXPECT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    client_fd_ = ends[0];
    thread_ = std::thread{[fd = ends[1], script = std::move(script)] {
        ServerSide side{fd};
        script(side);
    }};
}

ScriptedServer::ScriptedServer(int listening_fd, Script script) {
    thread_ = std::thread{[listening_fd, script = std::move(script)] {
        ServerSide side{::accept4(listening_fd, nullptr, nullptr, SOCK_CLOEXEC)};
        script(side);
    }};
}

ScriptedServer::~ScriptedServer() {
    if (client_fd_ >= 0) ::close(client_fd_);
    thread_.join();
}

client::Socket ScriptedServer::client_socket() {
    const int fd = std::exchange(client_fd_, -1);
    return client::Socket{fd, "the server"};
}

Answer assigned_to(std::string_view agent) {
    Answer answer;
    answer.placement.outcome = Outcome::assigned;
    answer.placement.owner = {OwnerKind::agent, agent};
    return answer;
}

}  // namespace usher::testing
