// A server for the tests of the load client: it speaks the protocol, remembers which tickets are
// open, and misbehaves on demand. It runs on a thread of its own and listens on a free loopback
// port. The counts may be read once it was stopped.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "protocol/encode.h"
#include "protocol/parse.h"

namespace usher::bench {

/// Which requests about tickets (1 is the first) get what; 0: none.
struct Misbehaviour {
    std::uint64_t stall_at = 0;  ///< sleeps before this one, once
    std::uint32_t stall_ms = 0;
    std::uint64_t unassigned_at = 0;  ///< finds nobody
    std::uint64_t twice_at = 0;       ///< is answered twice
    std::uint64_t hang_up_at = 0;     ///< closes the connection instead
    std::uint64_t silent_from = 0;    ///< never answers again
    std::uint64_t noise_at = 0;       ///< sends what is no frame
    bool refuse_roster = false;
};

class FakeServer {
  public:
    explicit FakeServer(const Misbehaviour& misbehaviour = {});
    ~FakeServer() { stop(); }

    static constexpr std::uint32_t batch_requests_max = 64;

    /// As --connect takes it.
    std::string endpoint() const;
    void stop();

    std::uint64_t requests() const { return requests_; }
    std::uint64_t frames() const { return frames_; }
    std::size_t open_tickets() const { return open_.size(); }
    std::size_t frames_at_once_max() const { return frames_at_once_max_; }
    const std::string& roster() const { return roster_; }

  private:
    void run();
    bool serve(int fd, std::vector<std::byte>& in);
    bool serve_frame(int fd, const protocol::Frame& frame);
    bool serve_request(int fd, std::uint64_t correlation, std::span<const std::byte> payload);
    bool answer(int fd, std::uint64_t correlation, const protocol::Request& request);
    protocol::Answer decide(const protocol::Request& request);
    protocol::Answer decide_ticket(const protocol::Request& request, const std::string& ticket);
    static void send_all(int fd, std::span<const std::byte> bytes);

    Misbehaviour misbehaviour_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::uint64_t requests_ = 0;
    std::uint64_t frames_ = 0;
    std::size_t frames_at_once_max_ = 0;
    std::unordered_set<std::string> open_;
    std::unordered_set<std::string> closed_;
    std::string roster_;
    std::uint64_t sequence_ = 0;
    std::string agent_;
    protocol::RequestParser parser_;
    protocol::ReplyWriter writer_;
    std::thread thread_;
};

}  // namespace usher::bench
