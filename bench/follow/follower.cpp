#include "bench/follow/follower.h"

#include <cstring>
#include <variant>

#include "protocol/frame.h"
#include "protocol/limits.h"

namespace usher::bench {
namespace {

constexpr std::uint32_t page_events = 256;
constexpr std::uint32_t wait_ms = 10'000;
constexpr std::uint64_t in_vain_ns = 10'000'000;
constexpr std::size_t input_bytes = 256 * 1024;

}  // namespace

Result<void> Follower::begin() {
    auto socket = connect_to(endpoint_, false);
    if (!socket) return socket.error();
    socket_.emplace(std::move(*socket));
    in_.resize(input_bytes);
    filled_ = 0;
    return ask();
}

Result<void> Follower::ask() {
    protocol::Request request;
    request.account = account_;
    request.body = protocol::Follow{place_, page_events, place_ ? wait_ms : 0};
    const auto frame = writer_.frame(++correlation_, request);
    const auto sent = socket_->write(frame);
    if (!sent) return sent.error();
    if (*sent != frame.size())
        return fault(ExitCode::io, "a socket has no room for one request of a follower");
    return {};
}

Result<void> Follower::take() {
    const auto got = socket_->read(std::span(in_).subspan(filled_));
    if (!got) return got.error();
    filled_ += *got;
    std::size_t begin = 0;
    for (;;) {
        const auto arrived = std::span(in_).subspan(begin, filled_ - begin);
        const auto cut = protocol::cut(arrived, protocol::reply_bytes_max);
        if (const auto* more = std::get_if<protocol::Incomplete>(&cut)) {
            std::memmove(in_.data(), arrived.data(), arrived.size());
            filled_ = arrived.size();
            if (more->need > in_.size()) in_.resize(more->need);
            return {};
        }
        const auto* frame = std::get_if<protocol::Frame>(&cut);
        if (frame == nullptr) return fault(ExitCode::data, "a follower was sent what is no frame");
        const auto parsed = parser_.parse(frame->payload);
        if (!parsed) return fault(ExitCode::data, "to a follower: " + parsed.message);
        begin += frame->size;
        if (auto taken = take(*parsed.answer); !taken) return taken;
        // A stuck one knows now from where it will ask, and never reads again.
        if (is_stuck()) return {};
        if (auto asked = ask(); !asked) return asked;
    }
}

Result<void> Follower::take(const protocol::Answer& answer) {
    if (answer.reject != protocol::Reject::none || !answer.through || !answer.events)
        return fault(ExitCode::data, "a follower was refused: " +
                                         std::string(protocol::reject_name(answer.reject)) + " " +
                                         answer.message);
    if (place_) {
        ++pages_;
        events_ += answer.events->size();
        auto expected = *place_;
        for (const auto& event : *answer.events) gaps_ += event.seq == expected++ ? 0 : 1;
        gaps_ += *answer.through + 1 == expected ? 0 : 1;
    }
    place_ = *answer.through + 1;
    return {};
}

void Follower::ask_in_vain(std::uint64_t now_ns) {
    if (now_ns - asked_ns_ < in_vain_ns) return;
    asked_ns_ = now_ns;
    protocol::Request request;
    request.account = account_;
    request.body = protocol::Follow{place_, page_events, wait_ms};
    // Whether it is taken is nothing to one that is stuck; its end is noticed by who polls.
    [[maybe_unused]] const auto sent = socket_->write(writer_.frame(++correlation_, request));
}

Result<void> Follower::come_back() {
    ++cuts_;
    stuck_ = false;
    return begin();
}

}  // namespace usher::bench
