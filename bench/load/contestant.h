// A server under load, and all connections to it. A window is one stretch of load: it begins with
// nothing under way and ends when everything that was sent is answered. One thread; blocks in epoll
// or, when `spin` is asked for, polls without ever sleeping (for a client with a core of its own).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "bench/load/connection.h"
#include "bench/load/cpu.h"
#include "bench/load/endpoint.h"
#include "bench/load/loops.h"
#include "bench/load/reply_check.h"
#include "bench/load/work.h"

namespace usher::bench {

struct ContestantOptions {
    std::uint32_t connections = 32;
    std::uint32_t in_flight_max = 16;    ///< of each connection
    std::uint32_t first_connection = 0;  ///< number of the first: they are unique within a run
    std::uint32_t batch = 1;             ///< requests in a frame, at most
    bool floor = false;                  ///< a server that only echoes: replies mean nothing
    bool spin = false;                   ///< an open loop spins anyway: it keeps time
    std::uint64_t patience_ns = 10'000'000'000;  ///< without any reply: the server is given up
    std::optional<pid_t> server_pid;
};

struct WindowPlan {
    std::uint64_t length_ns = 0;  ///< closed loop: no new requests after it
    std::uint64_t requests = 0;   ///< closed loop: instead of a length, if not 0
    std::uint64_t rate = 0;       ///< a second: open loop for length_ns; 0: closed loop
};

struct Window {
    Tally tally;
    double seconds = 0;             ///< from the first request to the last reply
    std::optional<CpuTime> server;  ///< used in it
};

class Contestant {
  public:
    static Result<std::unique_ptr<Contestant>> connect(const Endpoint& endpoint,
                                                       const ContestantOptions& options);

    ~Contestant();
    Contestant(const Contestant&) = delete;
    Contestant& operator=(const Contestant&) = delete;

    const Endpoint& endpoint() const { return endpoint_; }
    bool floor() const { return options_.floor; }

    Result<Window> run(Work& work, const WindowPlan& plan);

    /// Ends the rounds of all tickets that are still open.
    Result<Window> finish(Work& work);

  private:
    Contestant(Endpoint endpoint, const ContestantOptions& options)
        : endpoint_(std::move(endpoint)), options_(options) {}

    Result<Window> measure(Loop& loop, bool spin);
    Result<void> drive(Loop& loop, bool spin, Tally& tally);
    Result<void> fill(Loop& loop, std::uint32_t number, std::uint64_t now, Tally& tally);
    Result<void> receive(Loop& loop, std::uint32_t number, Tally& tally);
    Result<void> flush(std::uint32_t number, Tally& tally);
    Result<void> out_of_patience() const;

    Endpoint endpoint_;
    ContestantOptions options_;
    std::vector<Connection> connections_;
    std::vector<bool> waits_to_send_;  ///< by connection: its socket is full
    std::uint64_t in_flight_ = 0;
    int epoll_ = -1;
    ReplyCheck check_;
};

}  // namespace usher::bench
