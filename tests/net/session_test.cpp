// Sessions as a peer sees them: over a loopback socket, with a desk that echoes. What is sent is
// raw bytes, whole and in pieces, good and bad.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>

#include "protocol/frame.h"
#include "tests/net/harness.h"

namespace usher::net::testing {
namespace {

using protocol::Reject;

Bytes payload_of(const Bytes& frame) {
    return {frame.begin() + static_cast<std::ptrdiff_t>(protocol::header_bytes), frame.end()};
}

Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// The connection and the daemon are still there.
void expect_alive(RawClient& client) {
    const auto frame = request_frame(4711);
    ASSERT_TRUE(client.send(frame));
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->correlation, 4711u);
    const auto expected = payload_of(frame);
    ASSERT_GE(reply->payload.size(), expected.size());  // some desks pad
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), reply->payload.begin()));
}

TEST(Session, AnswersAFrameSplitAtEveryByte) {
    EchoServer server;
    RawClient client(server.endpoint());
    const auto two = request_frame(1, 48) + request_frame(2, 80);
    for (std::size_t at = 1; at < two.size(); ++at) {
        const std::span all(two);
        ASSERT_TRUE(client.send(all.first(at)));
        // Both halves must not arrive in one read.
        ASSERT_TRUE(server.await_count("bytes_in", (at - 1) * two.size() + at));
        ASSERT_TRUE(client.send(all.subspan(at)));
        for (const std::uint64_t expected : {1u, 2u}) {
            const auto reply = client.receive();
            ASSERT_TRUE(reply) << "split at " << at;
            EXPECT_EQ(reply->correlation, expected);
            EXPECT_EQ(reply->payload, payload_of(request_frame(expected, expected == 1 ? 48 : 80)));
        }
    }
}

TEST(Session, AnswersAThousandFramesThatComeAtOnceInTheirOrder) {
    EchoServer server;
    RawClient client(server.endpoint());
    Bytes all;
    for (std::uint64_t n = 0; n < 1000; ++n) all = std::move(all) + request_frame(n, 16 + n % 200);
    ASSERT_TRUE(client.send(all));
    for (std::uint64_t n = 0; n < 1000; ++n) {
        const auto reply = client.receive();
        ASSERT_TRUE(reply);
        ASSERT_EQ(reply->correlation, n);
        ASSERT_EQ(reply->payload, payload_of(request_frame(n, 16 + n % 200)));
    }
}

TEST(Session, TakesAFrameAsLargeAsTheLimitAndGoesOnWithSmallOnes) {
    EchoServer server;
    RawClient client(server.endpoint());
    const auto large = request_frame(7, protocol::frame_bytes_max);
    ASSERT_TRUE(client.send(large));
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->payload, payload_of(large));
    expect_alive(client);
}

TEST(Session, RefusesATooLargeFrameAndLivesOn) {
    EchoServer server;
    RawClient client(server.endpoint());
    std::thread sender([&] { client.send(request_frame(9, protocol::frame_bytes_max + 16)); });
    const auto refused = client.receive_decoded();
    sender.join();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, Reject::frame_too_large);
    EXPECT_EQ(refused->correlation, 9u);
    expect_alive(client);
    EXPECT_EQ(server.desk().taken(), 1u);
}

TEST(Session, ClosesOverAnAbsurdLengthWithoutBelievingIt) {
    EchoServer server;
    RawClient client(server.endpoint());
    auto frame = request_frame(9);
    const std::uint32_t absurd = 0xFFFFFFF0;
    std::memcpy(frame.data(), &absurd, sizeof absurd);
    ASSERT_TRUE(client.send(frame));
    const auto refused = client.receive_decoded();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, Reject::frame_too_large);
    EXPECT_TRUE(client.await_end());
    EXPECT_EQ(server.desk().taken(), 0u);
}

struct BadFrame {
    const char* name;
    std::size_t at;
    std::uint8_t value;
    Reject reject;
};

class BadFrames : public ::testing::TestWithParam<BadFrame> {};

TEST_P(BadFrames, AreAnsweredAndTheConnectionIsClosedAfterWhatCameBefore) {
    EchoServer server;
    RawClient client(server.endpoint());
    auto bad = request_frame(2);
    bad[GetParam().at] = std::byte{GetParam().value};
    ASSERT_TRUE(client.send(request_frame(1) + bad + request_frame(3)));
    const auto good = client.receive();
    ASSERT_TRUE(good);
    EXPECT_EQ(good->correlation, 1u);
    const auto refused = client.receive_decoded();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, GetParam().reject);
    EXPECT_FALSE(refused->message.empty());
    EXPECT_TRUE(client.await_end());
    EXPECT_EQ(server.desk().taken(), 1u);
    EXPECT_EQ(server.count("frames_refused"), 1u);

    RawClient other(server.endpoint());
    expect_alive(other);
}

INSTANTIATE_TEST_SUITE_P(All, BadFrames,
                         ::testing::Values(BadFrame{"checksum", 4, 0x5A, Reject::bad_frame},
                                           BadFrame{"payload", 40, 0xEE, Reject::bad_frame},
                                           BadFrame{"version", 8, 2, Reject::unsupported_version},
                                           BadFrame{"kind", 9, 77, Reject::bad_frame},
                                           BadFrame{"flags", 10, 1, Reject::bad_frame},
                                           BadFrame{"reserved", 12, 1, Reject::bad_frame}),
                         [](const auto& param) { return param.param.name; });

TEST(Session, RefusesAFrameOfTheServersOwnKind) {
    EchoServer server;
    RawClient client(server.endpoint());
    auto forged = request_frame(5);
    protocol::seal(forged, protocol::FrameKind::reply, 5);
    ASSERT_TRUE(client.send(forged));
    const auto refused = client.receive_decoded();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, Reject::bad_frame);
    EXPECT_TRUE(client.await_end());
}

TEST(Session, SurvivesGarbageOfAnyKind) {
    const char* given = std::getenv("USHER_SEED");
    const auto seed = given != nullptr ? std::stoul(given) : 20260302u;
    std::printf("USHER_SEED=%lu\n", static_cast<unsigned long>(seed));
    std::mt19937 draw(static_cast<std::uint32_t>(seed));
    EchoServer server;
    for (int round = 0; round < 200; ++round) {
        RawClient client(server.endpoint());
        Bytes bytes = draw() % 2 == 0 ? Bytes() : request_frame(1, draw() % 300);
        const auto garbage = draw() % 400;
        for (std::size_t i = 0; i < garbage; ++i) bytes.push_back(static_cast<std::byte>(draw()));
        // A broken bit within what would be a good frame, too.
        if (!bytes.empty())
            bytes[draw() % bytes.size()] ^= static_cast<std::byte>(1u << draw() % 8);
        client.send(bytes);
        client.end_sending();
        ASSERT_TRUE(client.await_end()) << "round " << round;
    }
    RawClient client(server.endpoint());
    expect_alive(client);
    EXPECT_TRUE(server.await_count("connections", 1));
}

TEST(Session, ForgetsATruncatedFrameAndAnswersWhatCameBeforeIt) {
    EchoServer server;
    RawClient client(server.endpoint());
    const auto frame = request_frame(2, 500);
    ASSERT_TRUE(client.send(request_frame(1) + Bytes(frame.begin(), frame.end() - 1)));
    client.end_sending();
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->correlation, 1u);
    EXPECT_TRUE(client.await_end());
    EXPECT_EQ(server.desk().taken(), 1u);
    EXPECT_TRUE(server.desk().await_forgotten(1));
}

TEST(Session, ReadsNoMoreThanTheLimitOfUnansweredRequests) {
    Limits limits;
    limits.in_flight_max = 10;
    EchoServer server(limits);
    server.desk().hold_answers();
    RawClient client(server.endpoint());
    Bytes all;
    for (std::uint64_t n = 0; n < 35; ++n) all = std::move(all) + request_frame(n);
    ASSERT_TRUE(client.send(all));
    ASSERT_TRUE(server.desk().await_taken(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(server.desk().taken(), 10u);  // and not one more
    server.desk().release_answers();
    for (std::uint64_t n = 0; n < 35; ++n) {
        const auto reply = client.receive();
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->correlation, n);
    }
}

TEST(Session, TakesALimitedNumberOfFramesATurnAndAllInTheEnd) {
    Limits limits;
    limits.frames_per_turn = 3;
    EchoServer server(limits);
    RawClient client(server.endpoint());
    Bytes all;
    for (std::uint64_t n = 0; n < 100; ++n) all = std::move(all) + request_frame(n, 16);
    ASSERT_TRUE(client.send(all));
    client.end_sending();
    for (std::uint64_t n = 0; n < 100; ++n) {
        const auto reply = client.receive();
        ASSERT_TRUE(reply);
        ASSERT_EQ(reply->correlation, n);
    }
    EXPECT_TRUE(client.await_end());
}

TEST(Session, EvictsAReaderWhoseAnswersPassTheirBound) {
    Limits limits;
    limits.output_bytes_max = 256 * 1024;
    EchoServer server(limits, 64 * 1024);
    server.desk().hold_answers();
    RawClient slow(server.endpoint(), 4096);
    RawClient other(server.endpoint());
    Bytes all;
    for (std::uint64_t n = 0; n < 400; ++n) all = std::move(all) + request_frame(n);
    ASSERT_TRUE(slow.send(all));
    ASSERT_TRUE(server.desk().await_taken(400));
    server.desk().release_answers();
    EXPECT_TRUE(server.await_count("connections_evicted", 1));
    EXPECT_TRUE(server.await_count("connections", 1));
    expect_alive(other);
}

TEST(Session, StopsReadingAPeerThatDoesNotRead) {
    EchoServer server({}, 64 * 1024);
    RawClient stubborn(server.endpoint(), 4096);
    const auto frame = request_frame(1, 4096);
    std::size_t sent = 0;
    for (int n = 0; n < 20'000 && stubborn.send_what_fits(frame) == frame.size(); ++n) ++sent;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    while (stubborn.send_what_fits(frame) == frame.size()) ++sent;
    EXPECT_LT(server.desk().taken(), 2'000u);
    EXPECT_LT(sent, 20'000u);
    RawClient other(server.endpoint());
    expect_alive(other);
}

TEST(Session, IsClosedWhenNoWholeRequestComesInTime) {
    Limits limits;
    limits.first_frame_seconds = 1;
    EchoServer server(limits);
    RawClient silent(server.endpoint());
    RawClient busy(server.endpoint());
    expect_alive(busy);
    EXPECT_TRUE(silent.await_end());
    EXPECT_EQ(server.count("connections_timed_out"), 1u);
    expect_alive(busy);
}

TEST(Session, IsClosedWhenAFrameIsNotFinishedInTimeHoweverManyBytesTrickleIn) {
    Limits limits;
    limits.frame_seconds = 1;
    EchoServer server(limits);
    RawClient client(server.endpoint());
    expect_alive(client);
    const auto frame = request_frame(1, 4096);
    for (std::size_t at = 0; at < frame.size() && server.count("connections") == 1; ++at) {
        client.send(std::span(frame).subspan(at, 1));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(client.await_end());
    EXPECT_EQ(server.count("connections_timed_out"), 1u);
}

TEST(Session, IsClosedWhenIdleTooLong) {
    Limits limits;
    limits.idle_seconds = 1;
    EchoServer server(limits);
    RawClient client(server.endpoint());
    expect_alive(client);
    EXPECT_TRUE(client.await_end());
    EXPECT_EQ(server.count("connections_timed_out"), 1u);
}

TEST(Session, IsRefusedBeyondTheLimitOfConnections) {
    Limits limits;
    limits.connections_max = 2;
    EchoServer server(limits);
    RawClient one(server.endpoint());
    expect_alive(one);
    {
        RawClient two(server.endpoint());
        expect_alive(two);
        RawClient three(server.endpoint());
        EXPECT_TRUE(three.await_end());
    }
    ASSERT_TRUE(server.await_count("connections", 1));
    RawClient again(server.endpoint());
    expect_alive(again);
}

TEST(Session, IsAnsweredWhatIsInFlightWhenTheServerStops) {
    EchoServer server;
    server.desk().hold_answers();
    RawClient client(server.endpoint());
    RawClient idle(server.endpoint());
    ASSERT_TRUE(client.send(request_frame(1) + request_frame(2)));
    ASSERT_TRUE(server.desk().await_taken(2));
    std::thread stopping([&] { server.stop(); });
    EXPECT_TRUE(idle.await_end());
    server.desk().release_answers();
    EXPECT_TRUE(client.receive());
    EXPECT_TRUE(client.receive());
    EXPECT_TRUE(client.await_end());
    stopping.join();
}

TEST(Session, DoesNotHoldUpAStopLongerThanTheDrainDeadline) {
    Limits limits;
    limits.drain_seconds = 1;
    EchoServer server(limits);
    server.desk().hold_answers();
    RawClient client(server.endpoint());
    ASSERT_TRUE(client.send(request_frame(1)));
    ASSERT_TRUE(server.desk().await_taken(1));
    const auto began = std::chrono::steady_clock::now();
    server.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
    EXPECT_TRUE(client.await_end());
}

}  // namespace
}  // namespace usher::net::testing
