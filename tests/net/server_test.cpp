// What a server does when a desk says that the disk has failed, and what it tells of itself.
#include "net/server.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/net/harness.h"

namespace usher::net::testing {
namespace {

/// Answers at once, and then the disk says no: what it answered must not leave.
class DoomedDesk final : public Desk {
  public:
    explicit DoomedDesk(ReplyPort& sessions) : sessions_(sessions) {}

    void take(std::uint64_t session, const protocol::Frame& frame) override {
        Bytes reply(protocol::header_bytes);
        protocol::seal(reply, protocol::FrameKind::reply, frame.correlation);
        sessions_.deliver(session, reply);
        doomed_ = true;
    }
    void settle() override {}
    void forget(std::uint64_t) override {}
    Result<bool> finish_turn() override {
        if (doomed_) return fault(ExitCode::io, "the disk said no");
        return false;
    }
    bool may_sleep() override { return true; }
    void wake_up() override {}
    void tick() override {}
    Result<void> close() override { return {}; }

  private:
    ReplyPort& sessions_;
    bool doomed_ = false;
};

TEST(Server, TellsOfAFaultAtOnceAndLetsNothingLeaveAfterIt) {
    const Limits limits;
    auto server = Server::create(1, limits);
    ASSERT_TRUE(server);
    (*server)->furnish([](Server::Place at) { return std::make_unique<DoomedDesk>(at.sessions); });
    const auto address = parse_address("127.0.0.1:0");
    ASSERT_TRUE((*server)->listen({std::get<Address>(address)}));
    std::promise<Fault> told;
    (*server)->start([&told](const Fault& fault) { told.set_value(fault); });
    RawClient client((*server)->endpoints().front());
    ASSERT_TRUE(client.send(request_frame(1)));
    auto fault = told.get_future();
    ASSERT_EQ(fault.wait_for(patience), std::future_status::ready);
    EXPECT_EQ(fault.get().code, ExitCode::io);
    (*server)->stop();
    server->reset();
    EXPECT_FALSE(client.receive());  // the end, and no answer before it
}

TEST(Server, CountsWhatPassesThroughIt) {
    EchoServer server;
    RawClient client(server.endpoint());
    for (std::uint64_t n = 0; n < 3; ++n) {
        ASSERT_TRUE(client.send(request_frame(n, 64)));
        ASSERT_TRUE(client.receive());
    }
    EXPECT_EQ(server.count("connections"), 1u);
    EXPECT_EQ(server.count("connections_accepted"), 1u);
    EXPECT_EQ(server.count("requests"), 3u);
    EXPECT_EQ(server.count("answers"), 3u);
    EXPECT_EQ(server.count("bytes_in"), 3u * 96);
    EXPECT_TRUE(server.await_count("bytes_out", 3u * 96));  // counted after the write
}

TEST(Server, ThatSpinsTurnsWithoutBeingAskedToAndAnswersAsEver) {
    const auto turns_of = [](bool spin) {
        EchoServer server({}, 0, spin);
        RawClient client(server.endpoint());
        for (std::uint64_t n = 0; n < 3; ++n) {
            EXPECT_TRUE(client.send(request_frame(n, 64)));
            const auto reply = client.receive();
            EXPECT_TRUE(reply && reply->correlation == n);
        }
        const auto before = server.count("turns");
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        const auto turns = server.count("turns") - before;
        server.stop();
        EXPECT_TRUE(client.await_end());
        return turns;
    };
    EXPECT_LT(turns_of(false), 10u);  // its clock ticks twice a second
    EXPECT_GT(turns_of(true), 100u);
}

}  // namespace
}  // namespace usher::net::testing
