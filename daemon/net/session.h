// One connection. It reads into one buffer, cuts the frames in it, hands them to the desk, gathers
// the answers and sends them at the end of the turn with one direct write. What does not fit into
// the socket waits for it, and until then nothing more is read: a peer that does not read stops
// being read, and is closed when its answers pass their bound.
//
// A batch is checked as a whole when its frame is whole, and then taken request by request, as if
// each had come in its own frame: what bounds frames (in flight, a turn's share) bounds these, and
// a batch may be taken in several turns.
//
// Nothing that a peer sends can do more than close its own connection. Bad fields are the desk's
// to refuse (the connection lives on); a stream that is out of step is answered and closed.
//
// A session belongs to its core's thread. It may be destroyed once gone(): closed, and no
// operation of Asio's refers to it any more.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/counters.h"
#include "net/desk.h"
#include "net/handler_memory.h"
#include "net/limits.h"
#include "protocol/encode.h"

namespace usher::net {

class Session;

/// What the sessions of a core have in common.
struct SessionHost {
    const Limits& limits;
    Counters& counters;
    Desk* desk = nullptr;
    protocol::ReplyWriter writer{};
    std::uint64_t buffer_bytes_left = 0;  ///< of this core's share of buffers_mib_max
    std::uint32_t sweep = 0;              ///< the sessions' clock: sweeps so far
    bool stopping = false;                ///< take nothing more, answer, close
    std::vector<Session*> touched{};      ///< in this turn: to be finished at its end
};

class Session {
  public:
    using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                                    boost::asio::io_context::executor_type>;

    Session(SessionHost& host, std::uint64_t id, Socket socket);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    std::uint64_t id() const { return id_; }

    /// Over a unix socket.
    bool is_local() const;

    /// The first read.
    void open();

    /// One of the replies that the desk owes.
    void reply(std::span<const std::byte> frame);

    /// Sends what has been gathered; then reads on, waits for the socket, or closes.
    void finish_turn();

    /// Whether frames were left in the buffer (too many for one turn) and may be taken now: the
    /// core calls take_frames() in its next turn, without sleeping in between.
    bool wants_turn() const { return more_ && may_take() && unsent() == 0; }
    void take_frames();

    /// Looks at the deadlines; called at every sweep.
    void sweep();

    /// The daemon stops: to be closed once what is in flight is answered.
    void await_end() { touch(); }

    void close(std::string_view reason);
    bool gone() const { return closed_ && operations_ == 0; }

  private:
    struct OnRead;
    struct OnWritable;

    bool may_take() const;
    std::size_t unsent() const { return out_.size() - sent_; }
    std::span<const std::byte> arrived() const { return {in_.get() + begin_, end_ - begin_}; }
    bool answers_are_out() const { return in_flight_ == 0 && unsent() == 0; }

    void touch();
    bool take_one();
    bool open_batch(const protocol::Frame& frame);
    bool take_of_batch();
    bool hand_over(const protocol::Frame& request);
    void refuse(const protocol::Refusal& refusal);
    void say(const protocol::Refusal& refusal);
    void append(std::span<const std::byte> frame);
    bool reserve(std::uint64_t more);
    bool make_room();
    void send_and_go_on();
    void read_on();
    void on_read(const boost::system::error_code& error, std::size_t size);
    void write_out();
    void await_writable();
    void on_writable(const boost::system::error_code& error);
    void say_goodbye();
    void evict(std::string_view reason);
    void time_out(std::string_view reason);
    std::string peer() const;

    SessionHost& host_;
    std::uint64_t id_;
    Socket socket_;

    std::unique_ptr<std::byte[]> in_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  ///< of what has not been cut yet
    std::size_t end_ = 0;
    std::size_t need_ = 0;        ///< bytes from begin_ until the next frame is whole
    std::size_t batch_left_ = 0;  ///< bytes of a checked batch that begin at begin_
    std::uint64_t skip_ = 0;      ///< bytes of an oversized frame still to throw away
    std::unique_ptr<protocol::Refusal> last_word_;  ///< of a stream out of step
    std::vector<std::byte> out_;
    std::size_t sent_ = 0;         ///< of out_
    std::uint32_t in_flight_ = 0;  ///< taken, not yet answered

    bool touched_ = false;
    bool more_ = false;    ///< the buffer may hold a whole frame
    bool filled_ = false;  ///< the last read took all the room there was
    bool reading_ = false;
    bool waiting_writable_ = false;
    bool peer_ended_ = false;  ///< it will send no more, but may read
    bool closing_ = false;     ///< out of step: take nothing, answer, close
    bool discarding_ = false;  ///< said goodbye: reading only to throw away
    bool closed_ = false;
    bool had_frame_ = false;
    std::uint32_t operations_ = 0;  ///< of Asio's, under way

    // In sweeps.
    std::uint32_t opened_at_;
    std::uint32_t last_read_at_;
    std::uint32_t frame_began_at_ = 0;
    std::uint32_t last_sent_at_ = 0;
    std::uint32_t goodbye_at_ = 0;

    HandlerMemory read_memory_;
    HandlerMemory write_memory_;
};

}  // namespace usher::net
