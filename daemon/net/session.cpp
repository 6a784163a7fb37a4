#include "net/session.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/expect.h"
#include "net/log.h"
#include "net/peer.h"
#include "protocol/batch.h"

namespace usher::net {
namespace {

namespace asio = boost::asio;

// A quiet connection costs little; one that fills its buffer gets a larger one, up to what a turn
// can use. Beyond that only an unfinished frame makes it grow, and never by what it claims.
constexpr std::size_t buffer_bytes_first = 4 * 1024;
constexpr std::size_t buffer_bytes_busy = 64 * 1024;
constexpr std::size_t output_bytes_kept = 256 * 1024;
constexpr std::uint32_t goodbye_sweeps = 2;

}  // namespace

struct Session::OnRead {
    Session* session;
    using allocator_type = HandlerAllocator<void>;
    allocator_type get_allocator() const { return allocator_type(session->read_memory_); }
    void operator()(const boost::system::error_code& error, std::size_t size) const {
        session->on_read(error, size);
    }
};

struct Session::OnWritable {
    Session* session;
    using allocator_type = HandlerAllocator<void>;
    allocator_type get_allocator() const { return allocator_type(session->write_memory_); }
    void operator()(const boost::system::error_code& error) const { session->on_writable(error); }
};

Session::Session(SessionHost& host, std::uint64_t id, Socket socket)
    : host_(host),
      id_(id),
      socket_(std::move(socket)),
      opened_at_(host.sweep),
      last_read_at_(host.sweep) {
    host_.counters.connections.add();
}

Session::~Session() {
    EXPECT(gone());
    host_.buffer_bytes_left += capacity_ + out_.capacity();
    host_.counters.connections.take();
}

bool Session::is_local() const {
    boost::system::error_code unknown;
    const auto end = socket_.local_endpoint(unknown);
    return !unknown && end.protocol().family() == AF_UNIX;
}

void Session::open() {
    read_on();
}

void Session::touch() {
    if (touched_) return;
    touched_ = true;
    host_.touched.push_back(this);
}

bool Session::may_take() const {
    return !closed_ && !closing_ && !host_.stopping && in_flight_ < host_.limits.in_flight_max;
}

void Session::take_frames() {
    auto left = host_.limits.frames_per_turn;
    more_ = false;
    need_ = 0;
    while (begin_ < end_ || skip_ > 0) {
        if (skip_ > 0) {
            const auto skipped = std::min<std::uint64_t>(skip_, end_ - begin_);
            skip_ -= skipped;
            begin_ += skipped;
            if (begin_ == end_) break;
        }
        if (left-- == 0 || !may_take()) {
            more_ = true;
            break;
        }
        if (!take_one()) break;
    }
    host_.desk->settle();
    touch();
}

/// False: there is no whole frame, or none will be taken any more.
bool Session::take_one() {
    if (batch_left_ > 0) return take_of_batch();
    const auto cut = protocol::cut(arrived(), host_.limits.frame_bytes_max);
    if (const auto* frame = std::get_if<protocol::Frame>(&cut)) {
        if (frame->kind == protocol::FrameKind::batch) return open_batch(*frame);
        begin_ += frame->size;
        if (frame->kind == protocol::FrameKind::request) return hand_over(*frame);
        refuse({protocol::Reject::bad_frame, "frame: is no request", frame->correlation, 0});
        return false;
    }
    if (const auto* refusal = std::get_if<protocol::Refusal>(&cut)) {
        refuse(*refusal);
        return !closing_;
    }
    need_ = std::get<protocol::Incomplete>(cut).need;
    return false;
}

bool Session::hand_over(const protocol::Frame& request) {
    frame_began_at_ = host_.sweep;
    had_frame_ = true;
    ++in_flight_;
    host_.counters.requests.add();
    host_.desk->take(id_, request);
    return !closed_;
}

bool Session::open_batch(const protocol::Frame& frame) {
    if (const auto refused = protocol::check_batch(frame, host_.limits.batch_requests_max)) {
        refuse(*refused);
        return !closing_ && !closed_;
    }
    host_.counters.batches.add();
    begin_ += protocol::header_bytes;
    batch_left_ = frame.payload.size();
    return take_of_batch();
}

bool Session::take_of_batch() {
    const auto item = protocol::first_item(arrived().first(batch_left_));
    begin_ += item.size;
    batch_left_ -= item.size;
    return hand_over({item.correlation, protocol::FrameKind::request, item.payload, item.size});
}

/// The peer is told in any case. Where the stream is still in step the connection lives on; else
/// the refusal is our last word, behind the answers to what came before.
void Session::refuse(const protocol::Refusal& refusal) {
    host_.counters.frames_refused.add();
    const auto skip_max = std::uint64_t{host_.limits.skip_mib_max} << 20;
    if (refusal.skip == 0 || refusal.skip > skip_max) {
        closing_ = true;
        last_word_ = std::make_unique<protocol::Refusal>(refusal);
        log::about_peer("connection_refused", {{"peer", peer()}, {"why", refusal.message}});
        return;
    }
    skip_ = refusal.skip;
    frame_began_at_ = host_.sweep;
    say(refusal);
}

void Session::say(const protocol::Refusal& refusal) {
    protocol::Answer answer;
    answer.refuse(refusal.reject, refusal.message);
    append(host_.writer.frame(refusal.correlation, answer));
}

void Session::reply(std::span<const std::byte> frame) {
    EXPECT(in_flight_ > 0);  // a desk answers what it took, once
    --in_flight_;
    host_.counters.answers.add();
    append(frame);
    if (!closed_) touch();
}

void Session::append(std::span<const std::byte> frame) {
    if (closed_) return;
    if (unsent() > host_.limits.output_bytes_max) return evict("slow_reader");
    if (unsent() == 0) last_sent_at_ = host_.sweep;  // from now on something waits to be taken
    if (sent_ > out_.size() / 2) {
        out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(sent_));
        sent_ = 0;
    }
    if (const auto size = out_.size() + frame.size(); size > out_.capacity()) {
        const auto old = out_.capacity();
        const auto grown = std::max({size, 2 * old, buffer_bytes_first});
        if (!reserve(grown - old)) return evict("buffers_full");
        out_.reserve(grown);
    }
    out_.insert(out_.end(), frame.begin(), frame.end());
}

/// Takes from the core's share of buffer memory.
bool Session::reserve(std::uint64_t more) {
    if (host_.buffer_bytes_left < more) return false;
    host_.buffer_bytes_left -= more;
    return true;
}

/// Moves what is unfinished to the front (so that frames stay aligned) and sees to it that a read
/// has room. False: the connection was closed, there is no memory left for it.
bool Session::make_room() {
    const auto left = end_ - begin_;
    if (begin_ > 0 && left > 0) std::memmove(in_.get(), in_.get() + begin_, left);
    begin_ = 0;
    end_ = left;

    auto wanted = std::max(capacity_, buffer_bytes_first);
    if (filled_) wanted = std::max(wanted, std::min(2 * capacity_, buffer_bytes_busy));
    if (left == capacity_ && need_ > capacity_) wanted = std::min(2 * capacity_, need_ + 15);
    if (left == 0 && capacity_ > buffer_bytes_busy) wanted = buffer_bytes_busy;
    filled_ = false;
    if (wanted == capacity_) return true;

    if (wanted > capacity_ && !reserve(wanted - capacity_)) {
        evict("buffers_full");
        return false;
    }
    if (wanted < capacity_) host_.buffer_bytes_left += capacity_ - wanted;
    auto roomier = std::make_unique_for_overwrite<std::byte[]>(wanted);
    if (left > 0) std::memcpy(roomier.get(), in_.get(), left);
    in_ = std::move(roomier);
    capacity_ = wanted;
    return true;
}

void Session::read_on() {
    if (reading_ || !make_room()) return;
    EXPECT(end_ < capacity_);
    reading_ = true;
    ++operations_;
    socket_.async_read_some(asio::buffer(in_.get() + end_, capacity_ - end_), OnRead{this});
}

void Session::on_read(const boost::system::error_code& error, std::size_t size) {
    --operations_;
    reading_ = false;
    touch();
    if (closed_) return;
    if (error) {
        if (error != asio::error::eof) return close("reset");
        peer_ended_ = true;
        return;
    }
    host_.counters.bytes_in.add(size);
    last_read_at_ = host_.sweep;
    if (closing_ || host_.stopping) return;
    if (begin_ == end_ && skip_ == 0) frame_began_at_ = host_.sweep;
    end_ += size;
    filled_ = end_ == capacity_;
    take_frames();
}

/// Touched until the end: a session that closes in here is not entered a second time.
void Session::finish_turn() {
    if (!closed_) send_and_go_on();
    touched_ = false;
}

void Session::send_and_go_on() {
    if (!closed_) write_out();
    if (closed_) return;
    if (unsent() > 0) return await_writable();

    const bool ending = closing_ || host_.stopping || (peer_ended_ && !more_);
    if (ending && in_flight_ == 0) return say_goodbye();
    if (ending || more_ || peer_ended_) return;
    if (in_flight_ < host_.limits.in_flight_max) read_on();
}

void Session::write_out() {
    while (unsent() > 0) {
        const auto written = ::send(socket_.native_handle(), out_.data() + sent_, unsent(),
                                    MSG_NOSIGNAL | MSG_DONTWAIT);
        if (written < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN && errno != EWOULDBLOCK) close("reset");
            return;
        }
        sent_ += static_cast<std::size_t>(written);
        last_sent_at_ = host_.sweep;
        host_.counters.bytes_out.add(static_cast<std::uint64_t>(written));
    }
    out_.clear();
    sent_ = 0;
    if (out_.capacity() > output_bytes_kept) {
        host_.buffer_bytes_left += out_.capacity();
        std::vector<std::byte>().swap(out_);
    }
}

void Session::await_writable() {
    if (waiting_writable_) return;
    waiting_writable_ = true;
    last_sent_at_ = host_.sweep;
    ++operations_;
    socket_.async_wait(Socket::wait_write, OnWritable{this});
}

void Session::on_writable(const boost::system::error_code&) {
    --operations_;
    waiting_writable_ = false;
    touch();
}

/// The peer sees the end after our last answer; what it still sends is read and thrown away for a
/// moment, because closing over unread bytes would take our answer back (TCP's reset).
void Session::say_goodbye() {
    if (const auto word = std::exchange(last_word_, nullptr)) {
        say(*word);
        return send_and_go_on();
    }
    if (peer_ended_) return close("ended");
    if (discarding_) return read_on();
    int unread = 0;
    const bool knows = ::ioctl(socket_.native_handle(), FIONREAD, &unread) == 0;
    if (!closing_ && knows && unread == 0) return close("stopping");
    discarding_ = true;
    goodbye_at_ = host_.sweep;
    begin_ = end_ = need_ = batch_left_ = 0;
    more_ = false;
    ::shutdown(socket_.native_handle(), SHUT_WR);
    read_on();
}

void Session::sweep() {
    if (closed_) return;
    const auto passed = [this](std::uint32_t since, std::uint32_t seconds) {
        return host_.sweep - since > seconds * sweeps_per_second;
    };
    const auto& limits = host_.limits;
    if (discarding_ && host_.sweep - goodbye_at_ > goodbye_sweeps) return close("refused");
    if (unsent() > 0) {
        if (passed(last_sent_at_, limits.stall_seconds)) evict("slow_reader");
        return;
    }
    if (in_flight_ > 0) return;
    if (!had_frame_ && passed(opened_at_, limits.first_frame_seconds))
        return time_out("no_request");
    if ((begin_ < end_ || skip_ > 0) && passed(frame_began_at_, limits.frame_seconds))
        return time_out("unfinished_frame");
    if (passed(last_read_at_, limits.idle_seconds)) time_out("idle");
}

void Session::close(std::string_view reason) {
    if (closed_) return;
    closed_ = true;
    log::debug("connection_closed", {{"session", id_}, {"why", reason}});
    boost::system::error_code ignored;
    socket_.close(ignored);
    host_.desk->forget(id_);
    touch();
}

void Session::evict(std::string_view reason) {
    host_.counters.connections_evicted.add();
    log::about_peer("connection_evicted",
                    {{"peer", peer()}, {"why", reason}, {"unsent_bytes", unsent()}});
    close(reason);
}

void Session::time_out(std::string_view reason) {
    host_.counters.connections_timed_out.add();
    log::about_peer("connection_timed_out", {{"peer", peer()}, {"why", reason}});
    close(reason);
}

std::string Session::peer() const {
    // native_handle() is not const in Asio, though it changes nothing.
    return peer_of(const_cast<Socket&>(socket_).native_handle());
}

}  // namespace usher::net
