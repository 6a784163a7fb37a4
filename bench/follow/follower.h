// One that follows an account: asks for what comes next as soon as it has what came before, and
// looks that numbers are one apart (of routes and closings every fact is an event). A stuck one
// asks once and again and never reads; when it has been cut off it comes back as one that reads,
// from where it was. One thread; nothing here waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/load/endpoint.h"
#include "protocol/encode.h"
#include "protocol/parse.h"

namespace usher::bench {

class Follower {
  public:
    Follower(Endpoint endpoint, std::string account, bool stuck)
        : endpoint_(std::move(endpoint)), account_(std::move(account)), stuck_(stuck) {}

    /// Connects (and waits for that), and asks where the account is.
    Result<void> begin();

    int fd() const { return socket_->fd(); }
    /// It never reads; poll for its end alone (POLLRDHUP).
    bool is_stuck() const { return stuck_ && place_.has_value(); }

    /// There is something to read.
    Result<void> take();
    /// Of a stuck one: asks once more, if it has not done so for a while and the socket has room.
    void ask_in_vain(std::uint64_t now_ns);
    /// Of a stuck one: the daemon has closed the connection. Comes back.
    Result<void> come_back();

    std::uint64_t events() const { return events_; }
    std::uint64_t pages() const { return pages_; }
    std::uint64_t gaps() const { return gaps_; }
    std::uint32_t cuts() const { return cuts_; }
    std::uint64_t place() const { return place_.value_or(0); }

  private:
    Result<void> ask();
    Result<void> take(const protocol::Answer& answer);

    Endpoint endpoint_;
    std::string account_;
    bool stuck_;
    std::optional<client::Socket> socket_;
    protocol::RequestWriter writer_;
    protocol::ReplyParser parser_;
    std::uint64_t correlation_ = 0;
    std::optional<std::uint64_t> place_;  ///< the next number
    std::vector<std::byte> in_;
    std::size_t filled_ = 0;
    std::uint64_t events_ = 0;
    std::uint64_t pages_ = 0;
    std::uint64_t gaps_ = 0;
    std::uint32_t cuts_ = 0;
    std::uint64_t asked_ns_ = 0;  ///< in vain
};

}  // namespace usher::bench
