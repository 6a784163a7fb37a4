// A session without a core around it: what happens between two of its steps, which over a socket
// and a running loop would be a matter of luck.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

#include "net/session.h"
#include "protocol/frame.h"
#include "tests/net/harness.h"

namespace usher::net::testing {
namespace {

/// Answers within take(), as the daemon answers a hello.
class PromptDesk final : public Desk {
  public:
    void take(std::uint64_t, const protocol::Frame& frame) override {
        std::array<std::byte, protocol::header_bytes> reply{};
        protocol::seal(reply, protocol::FrameKind::reply, frame.correlation);
        session->reply(reply);
    }
    void settle() override {}
    void forget(std::uint64_t) override { ++forgotten; }
    Result<bool> finish_turn() override { return false; }
    bool may_sleep() override { return true; }
    void wake_up() override {}
    void tick() override {}
    Result<void> close() override { return {}; }

    Session* session = nullptr;
    int forgotten = 0;
};

TEST(SessionAlone, AnAnswerThatIsAboutToLeaveIsNotHeldAgainstAPeerThatWasQuietForLong) {
    Limits limits;
    Counters counters;
    PromptDesk desk;
    SessionHost host{limits, counters};
    host.desk = &desk;
    host.buffer_bytes_left = 1 << 20;

    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    const Descriptor peer(ends[1]);
    boost::asio::io_context io;
    const boost::asio::generic::stream_protocol protocol(AF_UNIX, 0);
    Session session(host, 1, Session::Socket(io, protocol, ends[0]));
    desk.session = &session;
    session.open();

    host.sweep += limits.stall_seconds * sweeps_per_second + 10;
    const auto request = request_frame(7);
    ASSERT_EQ(::send(peer.get(), request.data(), request.size(), 0),
              static_cast<ssize_t>(request.size()));
    for (int n = 0; n < 100 && host.touched.empty(); ++n) io.run_one_for(std::chrono::seconds(1));
    session.sweep();  // in the same turn, before the answer has left
    session.finish_turn();
    host.touched.clear();
    EXPECT_EQ(desk.forgotten, 0);
    std::array<std::byte, 256> reply{};
    EXPECT_EQ(::recv(peer.get(), reply.data(), reply.size(), MSG_DONTWAIT),
              static_cast<ssize_t>(protocol::header_bytes));

    session.close("test");
    io.restart();
    for (int n = 0; n < 100 && !session.gone(); ++n) io.run_one_for(std::chrono::seconds(1));
}

}  // namespace
}  // namespace usher::net::testing
