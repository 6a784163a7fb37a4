// One connection of the load client: a course of requests (each round takes one step of each of
// several tickets, so that some are always open), a buffer to send from, one to receive into, and
// what is under way. Requests are counted from the instant that the caller says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "base/result.h"
#include "bench/load/reply_check.h"
#include "bench/load/work.h"
#include "clients/cpp/socket.h"
#include "protocol/batch.h"

namespace usher::bench {

/// What a window sees, added up over all connections.
struct Tally {
    Histogram latency;
    std::uint64_t replies = 0;
    std::uint64_t errors = 0;
    std::vector<std::string> first_errors;  ///< at most `first_errors_max`
    std::uint64_t last_reply_ns = 0;
    std::uint64_t request_frames = 0;
    std::uint64_t request_bytes = 0;
    std::uint64_t reply_bytes = 0;
    std::array<std::uint64_t, verb_count> replies_of{};      ///< by verb
    std::array<std::uint64_t, verb_count> reply_bytes_of{};  ///< likewise

    static constexpr std::size_t first_errors_max = 5;
    void error(std::string what);
};

class Connection {
  public:
    /// `number` keeps the tickets of connections apart. With `frames_only` replies are counted and
    /// their correlation is checked, but what they say is not looked at. `batch`: requests that are
    /// sent at the same time go into one frame, up to so many; 1: each has its own.
    Connection(client::Socket socket, std::uint32_t number, std::uint32_t limit, bool frames_only,
               std::string server, std::uint32_t batch = 1);

    bool can_add() const { return in_flight_ < limit_ && !ring_[next_ & mask_].waiting; }
    std::uint32_t in_flight() const { return in_flight_; }
    int fd() const { return socket_.fd(); }

    /// Appends the next request of the course to what will be sent.
    void add(Work& work, std::uint64_t counted_from_ns);
    /// Appends what is left to do of tickets that the course has begun; false: nothing is left.
    bool add_rest(Work& work, std::uint64_t counted_from_ns);

    /// Sends what was added. True: all is gone; false: the socket is full, call again.
    Result<bool> flush(Tally& tally);

    /// Takes what has arrived; gives the number of replies.
    Result<std::uint32_t> receive(ReplyCheck& check, Tally& tally);

    /// Requests sent since the connection began.
    std::uint64_t sent() const { return next_; }

  private:
    struct InFlight {
        std::uint64_t counted_from_ns = 0;
        std::uint64_t correlation = 0;
        Verb verb = Verb::route;
        bool waiting = false;
    };

    void end_frame();
    void put(Work& work, Verb verb, std::uint64_t ticket, std::uint64_t counted_from_ns);
    void take(std::uint64_t correlation, std::span<const std::byte> payload, std::uint64_t now,
              ReplyCheck& check, Tally& tally);

    client::Socket socket_;
    std::uint64_t first_ticket_;
    std::uint32_t limit_;
    bool frames_only_;
    std::string server_;

    std::vector<InFlight> ring_;  ///< by correlation
    std::uint64_t mask_;
    std::uint64_t next_ = 0;  ///< correlation
    std::uint32_t in_flight_ = 0;

    std::uint64_t round_ = 0;
    std::size_t step_ = 0;
    bool closing_ = false;       ///< no new tickets are begun any more
    std::uint64_t tickets_ = 0;  ///< that were begun until then

    std::uint32_t batch_max_;
    protocol::BatchWriter batch_;  ///< at the end of out_
    std::vector<std::byte> out_;
    std::size_t out_sent_ = 0;
    std::uint64_t out_frames_ = 0;
    std::vector<std::byte> in_;
    std::size_t in_filled_ = 0;
};

}  // namespace usher::bench
