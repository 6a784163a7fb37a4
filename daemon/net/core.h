// A core: one thread, its loop, its connections. Nothing of it is shared; other threads reach it
// through adopt() and its bell.
//
// One turn of the loop, the order of which is the point:
//   1. sleep until something happens (a crew that spins looks again at once), then run everything
//      that is ready: each connection reads once, cuts its frames and hands them to the desk;
//   2. the desk finishes the turn: mail is read, shards commit what all connections have brought,
//      and deliver the answers;
//   3. every connection that was touched sends its answers with one write, and only then reads on.
// So all that was ready in a turn shares one commit, and nobody is read faster than answered.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <list>
#include <vector>

#include "base/result.h"
#include "net/bell.h"
#include "net/counters.h"
#include "net/desk.h"
#include "net/handler_memory.h"
#include "net/limits.h"
#include "net/listener.h"
#include "net/sessions.h"

namespace usher::net {

/// What the cores of a daemon share.
struct Crew {
    explicit Crew(std::uint32_t count, bool never_sleep = false)
        : cores(count), spin(never_sleep) {}

    const std::uint32_t cores;
    const bool spin;                            ///< no core ever sleeps: it looks again instead
    std::atomic<std::uint32_t> connections{0};  ///< of all cores; bounded by connections_max
    std::atomic<bool> stopping{false};
    std::atomic<std::uint32_t> drained{0};  ///< cores without connections, once stopping
    std::vector<Bell*> bells;               ///< of all cores

    void ring_all() {
        for (auto* bell : bells) bell->ring();
    }
};

class Core final : public ReplyPort {
  public:
    Core(std::uint32_t number, const Limits& limits, Crew& crew);
    ~Core() override;

    std::uint32_t number() const { return number_; }
    Bell& bell() { return bell_; }
    const Counters& counters() const { return counters_; }
    Counters& counters() { return counters_; }

    // Before run(), on any one thread.
    void use(Desk& desk) { host_.desk = &desk; }
    void listen(Descriptor socket, Listener::Accepted accepted);

    /// The loop, until crew.stopping is set (and the bell rung) and every core has drained; then
    /// the desk is closed. Whatever fault comes out of it is final for the daemon.
    Result<void> run();

    /// Takes over a connection; its thread only.
    void adopt(Descriptor connection);
    /// The same from another core's thread.
    void adopt_from_afar(Descriptor connection);

    void deliver(std::uint64_t session, std::span<const std::byte> frame) override;
    bool is_local(std::uint64_t session) override;

    /// Bytes ever allocated by this core's thread (memory.h); nullptr before run() and where
    /// nobody counts.
    const std::uint64_t* ever_allocated() const { return ever_allocated_.load(); }

  private:
    struct OnBell;

    void run_what_is_ready();
    void finish_sessions();
    void resume_sessions();
    void await_bell();
    void await_sweep();
    void sweep();
    void begin_to_stop();
    bool may_leave();
    void leave();

    std::uint32_t number_;
    const Limits& limits_;
    Crew& crew_;
    Counters counters_;
    Bell bell_;
    HandlerMemory bell_memory_;  ///< outlives io_
    boost::asio::io_context io_{1};
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> bell_wait_;
    boost::asio::steady_timer timer_;
    SessionHost host_;
    Sessions sessions_;
    std::list<Listener> listeners_;
    std::vector<std::uint64_t> resuming_;  ///< sessions with frames left over
    std::vector<std::uint64_t> resumed_;   ///< those of this turn
    bool work_left_ = false;
    bool bell_awaited_ = false;
    bool stop_begun_ = false;
    bool counted_as_drained_ = false;
    std::uint32_t stop_sweep_ = 0;
    std::atomic<const std::uint64_t*> ever_allocated_{nullptr};
};

}  // namespace usher::net
