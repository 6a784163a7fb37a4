#include "tests/bench/fake_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <variant>

#include "base/expect.h"
#include "protocol/batch.h"
#include "protocol/frame.h"
#include "protocol/limits.h"

namespace usher::bench {

FakeServer::FakeServer(const Misbehaviour& misbehaviour) : misbehaviour_(misbehaviour) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT(bind(listener_, raw, size) == 0 && listen(listener_, 64) == 0);
    EXPECT(getsockname(listener_, raw, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

std::string FakeServer::endpoint() const {
    return "127.0.0.1:" + std::to_string(port_);
}

void FakeServer::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

void FakeServer::run() {
    std::map<int, std::vector<std::byte>> connections;
    while (!stopping_) {
        std::vector<pollfd> polled = {{listener_, POLLIN, 0}};
        for (const auto& [fd, in] : connections) polled.push_back({fd, POLLIN, 0});
        if (poll(polled.data(), polled.size(), 10) <= 0) continue;
        if (polled[0].revents != 0) connections[accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)];
        for (std::size_t i = 1; i < polled.size(); ++i) {
            if (polled[i].revents == 0 || serve(polled[i].fd, connections[polled[i].fd])) continue;
            close(polled[i].fd);
            connections.erase(polled[i].fd);
        }
    }
    for (const auto& [fd, in] : connections) close(fd);
    close(listener_);
}

bool FakeServer::serve(int fd, std::vector<std::byte>& in) {
    const auto filled = in.size();
    in.resize(filled + 65'536);
    const auto got = recv(fd, in.data() + filled, 65'536, 0);
    if (got <= 0) return false;
    in.resize(filled + static_cast<std::size_t>(got));
    std::size_t at = 0;
    std::size_t frames = 0;
    for (;; ++frames) {
        const auto cut = protocol::cut(std::span(in).subspan(at), protocol::frame_bytes_max);
        const auto* frame = std::get_if<protocol::Frame>(&cut);
        if (frame == nullptr) {
            EXPECT(std::holds_alternative<protocol::Incomplete>(cut));
            break;
        }
        if (!serve_frame(fd, *frame)) return false;
        at += frame->size;
    }
    frames_at_once_max_ = std::max(frames_at_once_max_, frames);
    in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
}

bool FakeServer::serve_frame(int fd, const protocol::Frame& frame) {
    ++frames_;
    if (frame.kind == protocol::FrameKind::request)
        return serve_request(fd, frame.correlation, frame.payload);
    EXPECT(frame.kind == protocol::FrameKind::batch &&
           !protocol::check_batch(frame, batch_requests_max));
    for (auto rest = frame.payload; !rest.empty();) {
        const auto item = protocol::first_item(rest);
        if (!serve_request(fd, item.correlation, item.payload)) return false;
        rest = rest.subspan(item.size);
    }
    return true;
}

bool FakeServer::serve_request(int fd, std::uint64_t correlation,
                               std::span<const std::byte> payload) {
    const auto parsed = parser_.parse(payload);
    EXPECT(parsed.request != nullptr);
    return answer(fd, correlation, *parsed.request);
}

bool FakeServer::answer(int fd, std::uint64_t correlation, const protocol::Request& request) {
    const bool counts = !protocol::subject_of(request.body).ticket.empty();
    const auto number = counts ? ++requests_ : 0;
    const auto now_at = [&](std::uint64_t at) { return counts && at != 0 && number == at; };
    if (now_at(misbehaviour_.stall_at))
        std::this_thread::sleep_for(std::chrono::milliseconds{misbehaviour_.stall_ms});
    if (now_at(misbehaviour_.hang_up_at)) return false;
    if (now_at(misbehaviour_.noise_at)) {
        const std::vector<std::byte> noise(64, std::byte{0xEE});
        send_all(fd, noise);
        return true;
    }
    auto decided = decide(request);
    if (counts && misbehaviour_.silent_from != 0 && number >= misbehaviour_.silent_from)
        return true;
    if (now_at(misbehaviour_.unassigned_at)) {
        decided.placement = {};
        decided.placement.outcome = protocol::Outcome::unassigned;
        decided.placement.reason = protocol::Reason::none_available;
    }
    const auto frame = writer_.frame(correlation, decided);
    send_all(fd, frame);
    if (now_at(misbehaviour_.twice_at)) send_all(fd, frame);
    return true;
}

protocol::Answer FakeServer::decide(const protocol::Request& request) {
    protocol::Answer answer;
    answer.at_ms = 1'700'000'000'000 + static_cast<std::int64_t>(sequence_);
    answer.seq = ++sequence_;
    answer.placement.outcome = protocol::Outcome::done;
    if (std::holds_alternative<protocol::Hello>(request.body)) {
        answer.hello =
            protocol::HelloView{1, "fake", "memory", "wall", 262'144, 1024, 1, batch_requests_max};
    } else if (const auto* part = std::get_if<protocol::ApplyPart>(&request.body)) {
        roster_ += part->text;
    } else if (std::holds_alternative<protocol::ApplyCommit>(request.body)) {
        if (misbehaviour_.refuse_roster)
            answer.refuse(protocol::Reject::bad_roster, "the roster has errors");
    } else if (std::holds_alternative<protocol::Status>(request.body)) {
        answer.entries = std::vector<protocol::StatusEntry>{
            {"shard 0", "sequence", std::to_string(sequence_)}, {"daemon", "version", "0.1.0"}};
    } else if (const auto subject = protocol::subject_of(request.body); !subject.ticket.empty()) {
        return decide_ticket(request, std::string(subject.ticket));
    }
    return answer;
}

protocol::Answer FakeServer::decide_ticket(const protocol::Request& request,
                                           const std::string& ticket) {
    protocol::Answer answer;
    answer.at_ms = 1'700'000'000'000 + static_cast<std::int64_t>(sequence_);
    answer.seq = ++sequence_;
    const bool open = open_.contains(ticket);
    const auto assigned = [&] {
        agent_ = "agent-" + std::to_string(sequence_ % 1000);
        answer.placement.outcome = protocol::Outcome::assigned;
        answer.placement.owner = {protocol::OwnerKind::agent, agent_};
    };
    if (std::holds_alternative<protocol::Route>(request.body)) {
        if (open || closed_.contains(ticket))
            answer.refuse(protocol::Reject::ticket_exists, "there is such a ticket");
        else
            assigned();
        open_.insert(ticket);
    } else if (std::holds_alternative<protocol::Reopen>(request.body)) {
        closed_.erase(ticket);
        open_.insert(ticket);
        answer.placement.outcome = protocol::Outcome::status;
        answer.status = "open";
    } else if (!open) {
        answer.refuse(protocol::Reject::unknown_ticket, "there is no such open ticket");
    } else if (std::holds_alternative<protocol::Close>(request.body)) {
        open_.erase(ticket);
        closed_.insert(ticket);
        answer.placement.outcome = protocol::Outcome::status;
        answer.status = "closed";
    } else if (std::holds_alternative<protocol::Transfer>(request.body)) {
        assigned();
    } else {
        answer.placement.outcome = protocol::Outcome::done;
    }
    return answer;
}

void FakeServer::send_all(int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

}  // namespace usher::bench
