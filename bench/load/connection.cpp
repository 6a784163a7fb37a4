#include "bench/load/connection.h"

#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "bench/load/clock.h"
#include "protocol/frame.h"
#include "protocol/limits.h"

namespace usher::bench {

void Tally::error(std::string what) {
    ++errors;
    if (first_errors.size() < first_errors_max) first_errors.push_back(std::move(what));
}

Connection::Connection(client::Socket socket, std::uint32_t number, std::uint32_t limit,
                       bool frames_only, std::string server, std::uint32_t batch)
    : socket_(std::move(socket)),
      first_ticket_(std::uint64_t{number} << 34U),
      limit_(limit),
      frames_only_(frames_only),
      server_(std::move(server)),
      ring_(std::bit_ceil(std::size_t{limit})),
      mask_(ring_.size() - 1),
      batch_max_(batch),
      in_(protocol::frame_bytes_max + protocol::header_bytes) {}

void Connection::put(Work& work, Verb verb, std::uint64_t ticket, std::uint64_t counted_from_ns) {
    auto& slot = ring_[next_ & mask_];
    slot = {counted_from_ns, next_, verb, true};
    if (batch_max_ > 1) {
        batch_.add(out_, next_, work.payload(verb, first_ticket_ + ticket));
        if (batch_.requests() == batch_max_) end_frame();
    } else {
        const auto& frame = work.frame(verb, first_ticket_ + ticket, next_);
        out_.insert(out_.end(), frame.begin(), frame.end());
        ++out_frames_;
    }
    ++next_;
    ++in_flight_;
}

void Connection::end_frame() {
    if (batch_.requests() == 0) return;
    batch_.close(out_);
    ++out_frames_;
}

void Connection::add(Work& work, std::uint64_t counted_from_ns) {
    // Step s of round r is about the ticket that was routed s × held rounds before.
    const auto& mix = work.mix();
    for (;;) {
        const auto verb = mix[step_];
        const auto behind = std::uint64_t{step_} * work.options().held;
        const bool begun = behind <= round_;
        const auto ticket = round_ - behind;
        if (++step_ == mix.size()) {
            step_ = 0;
            ++round_;
        }
        if (begun) return put(work, verb, ticket, counted_from_ns);
    }
}

bool Connection::add_rest(Work& work, std::uint64_t counted_from_ns) {
    // As if rounds went on, but no new ticket is begun. The first call ends the round under way.
    const auto& mix = work.mix();
    const auto held = std::uint64_t{work.options().held};
    if (!closing_) {
        closing_ = true;
        tickets_ = step_ == 0 ? round_ : round_ + 1;
    }
    const auto last_round = tickets_ + held * (mix.size() - 1);
    while (round_ < last_round) {
        const auto verb = mix[step_];
        const auto behind = std::uint64_t{step_} * held;
        const bool begun = behind <= round_ && round_ - behind < tickets_;
        const auto ticket = round_ - behind;
        if (++step_ == mix.size()) {
            step_ = 0;
            ++round_;
        }
        if (!begun) continue;
        put(work, verb, ticket, counted_from_ns);
        return true;
    }
    return false;
}

Result<bool> Connection::flush(Tally& tally) {
    end_frame();
    while (out_sent_ < out_.size()) {
        const auto sent = ::send(fd(), out_.data() + out_sent_, out_.size() - out_sent_,
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EINTR) continue;
            if (errno == EAGAIN) return false;
            return system_fault(ExitCode::unavailable, "sending to " + server_ + " failed", errno);
        }
        out_sent_ += static_cast<std::size_t>(sent);
    }
    tally.request_bytes += out_.size();
    tally.request_frames += std::exchange(out_frames_, 0);
    out_.clear();
    out_sent_ = 0;
    return true;
}

void Connection::take(std::uint64_t correlation, std::span<const std::byte> payload,
                      std::uint64_t now, ReplyCheck& check, Tally& tally) {
    auto& slot = ring_[correlation & mask_];
    if (!slot.waiting || slot.correlation != correlation) {
        tally.error("a reply to request " + std::to_string(correlation) +
                    ", which waits for none: answered twice, or never asked");
        return;
    }
    slot.waiting = false;
    --in_flight_;
    ++tally.replies;
    const auto verb = static_cast<std::size_t>(slot.verb);
    ++tally.replies_of[verb];
    tally.reply_bytes_of[verb] += protocol::header_bytes + payload.size();
    tally.latency.record(now > slot.counted_from_ns ? now - slot.counted_from_ns : 0);
    if (frames_only_) return;
    if (auto wrong = check.fault_of(slot.verb, payload)) tally.error(std::move(*wrong));
}

Result<std::uint32_t> Connection::receive(ReplyCheck& check, Tally& tally) {
    const auto got = ::recv(fd(), in_.data() + in_filled_, in_.size() - in_filled_, MSG_DONTWAIT);
    if (got < 0) {
        if (errno == EAGAIN || errno == EINTR) return 0U;
        return system_fault(ExitCode::unavailable, "receiving from " + server_ + " failed", errno);
    }
    if (got == 0) return fault(ExitCode::unavailable, server_ + " closed a connection");
    const auto now = now_ns();
    in_filled_ += static_cast<std::size_t>(got);

    std::uint32_t taken = 0;
    std::size_t at = 0;
    while (at < in_filled_) {
        const auto cut = protocol::cut(std::span(in_).subspan(at, in_filled_ - at),
                                       in_.size() - protocol::header_bytes);
        if (std::holds_alternative<protocol::Incomplete>(cut)) break;
        if (const auto* refusal = std::get_if<protocol::Refusal>(&cut))
            return fault(ExitCode::data, server_ + " sent what is no frame: " + refusal->message);
        const auto& frame = std::get<protocol::Frame>(cut);
        take(frame.correlation, frame.payload, now, check, tally);
        at += frame.size;
        ++taken;
    }
    std::memmove(in_.data(), in_.data() + at, in_filled_ - at);
    in_filled_ -= at;
    tally.reply_bytes += at;
    tally.last_reply_ns = now;
    return taken;
}

}  // namespace usher::bench
