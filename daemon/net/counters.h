// What a core counts. Only its own thread writes; whoever answers `status` reads them from another
// thread, a moment late at worst. One cache line apart from the next core's.
#pragma once

#include <atomic>
#include <cstdint>

namespace usher::net {

class Count {
  public:
    void add(std::uint64_t n = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void take(std::uint64_t n = 1) {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

struct alignas(128) Counters {
    Count turns;        ///< of the core's loop
    Count connections;  ///< open now
    Count connections_accepted;
    Count connections_refused;  ///< too many of them, or no descriptor left
    Count connections_evicted;  ///< slow readers, and those over a bound
    Count connections_timed_out;
    Count frames_refused;  ///< bad_frame, frame_too_large, unsupported_version
    Count requests;        ///< taken, each of a batch too
    Count batches;         ///< frames of several requests
    Count answers;
    Count bytes_in;
    Count bytes_out;
    Count mail_sent;         ///< messages to other cores
    Count requests_crossed;  ///< requests in them: of accounts that another core owns
    Count overloaded;        ///< requests refused because another core's mailbox was full
};

/// Calls `visit(name, count)` for each of them, in the order above.
template <class Visit>
void each_count(const Counters& of, Visit visit) {
    visit("turns", of.turns);
    visit("connections", of.connections);
    visit("connections_accepted", of.connections_accepted);
    visit("connections_refused", of.connections_refused);
    visit("connections_evicted", of.connections_evicted);
    visit("connections_timed_out", of.connections_timed_out);
    visit("frames_refused", of.frames_refused);
    visit("requests", of.requests);
    visit("batches", of.batches);
    visit("answers", of.answers);
    visit("bytes_in", of.bytes_in);
    visit("bytes_out", of.bytes_out);
    visit("mail_sent", of.mail_sent);
    visit("requests_crossed", of.requests_crossed);
    visit("overloaded", of.overloaded);
}

}  // namespace usher::net
