// Several requests in one frame, as a peer sees it: each is answered as if it had come alone, and
// the bounds of frames are those of the requests in them.
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "protocol/batch.h"
#include "protocol/frame.h"
#include "tests/net/harness.h"

namespace usher::net::testing {
namespace {

using protocol::Reject;

std::vector<Bytes> frames(std::uint64_t from, std::uint64_t until, std::size_t size = 48) {
    std::vector<Bytes> all;
    for (auto n = from; n < until; ++n) all.push_back(request_frame(n, size));
    return all;
}

Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

void expect_answers(RawClient& client, std::uint64_t from, std::uint64_t until,
                    std::size_t size = 48) {
    for (auto n = from; n < until; ++n) {
        const auto reply = client.receive();
        ASSERT_TRUE(reply) << n;
        ASSERT_EQ(reply->correlation, n);
        const auto asked = request_frame(n, size);
        ASSERT_EQ(reply->payload, Bytes(asked.begin() + protocol::header_bytes, asked.end()));
    }
}

TEST(Batch, IsAnsweredRequestByRequestInOrder) {
    EchoServer server;
    RawClient client(server.endpoint());
    // Also of payloads that are no multiple of 16, and between frames of one request.
    ASSERT_TRUE(client.send(request_frame(0) + batch_frame(frames(1, 101, 45)) +
                            request_frame(101) + batch_frame(frames(102, 103))));
    expect_answers(client, 0, 1, 64);
    expect_answers(client, 1, 101, 45);
    expect_answers(client, 101, 102, 64);
    expect_answers(client, 102, 103);
    EXPECT_EQ(server.count("requests"), 103u);
    EXPECT_EQ(server.count("answers"), 103u);
    EXPECT_EQ(server.count("batches"), 2u);
}

TEST(Batch, MayBeSplitAtEveryByteAndNothingIsTakenBeforeItIsWhole) {
    EchoServer server;
    RawClient client(server.endpoint());
    const auto batch = batch_frame(frames(1, 4, 20));
    for (std::size_t at = 1; at < batch.size(); ++at) {
        const auto taken = server.desk().taken();
        ASSERT_TRUE(client.send(std::span(batch).first(at)));
        ASSERT_TRUE(server.await_count("bytes_in", (at - 1) * batch.size() + at));
        ASSERT_EQ(server.desk().taken(), taken) << "split at " << at;
        ASSERT_TRUE(client.send(std::span(batch).subspan(at)));
        expect_answers(client, 1, 4, 20);
    }
}

TEST(Batch, IsTakenInPiecesWhereMoreWouldBeInFlightThanMay) {
    Limits limits;
    limits.in_flight_max = 10;
    EchoServer server(limits);
    server.desk().hold_answers();
    RawClient client(server.endpoint());
    ASSERT_TRUE(client.send(batch_frame(frames(0, 35)) + batch_frame(frames(35, 41))));
    ASSERT_TRUE(server.desk().await_taken(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(server.desk().taken(), 10u);  // and not one more
    server.desk().release_answers();
    expect_answers(client, 0, 41);
}

TEST(Batch, IsTakenOverSeveralTurnsWhereATurnHasFewer) {
    Limits limits;
    limits.frames_per_turn = 3;
    EchoServer server(limits);
    RawClient client(server.endpoint());
    ASSERT_TRUE(client.send(batch_frame(frames(0, 100))));
    client.end_sending();
    expect_answers(client, 0, 100);
    EXPECT_TRUE(client.await_end());
    EXPECT_GE(server.count("turns"), 100u / 3);
}

TEST(Batch, LargerThanTheUsualBufferIsTaken) {
    EchoServer server;
    RawClient client(server.endpoint());
    const auto batch = batch_frame(frames(0, 240, 1000));
    ASSERT_LE(batch.size(), protocol::frame_bytes_max + protocol::header_bytes);
    ASSERT_TRUE(client.send(batch + request_frame(240)));
    expect_answers(client, 0, 240, 1000);
    expect_answers(client, 240, 241, 64);
}

TEST(Batch, WithMoreRequestsThanTheLimitIsRefusedOnceAndTheConnectionLivesOn) {
    Limits limits;
    limits.batch_requests_max = 3;
    EchoServer server(limits);
    RawClient client(server.endpoint());
    auto batch = batch_frame(frames(1, 5));
    protocol::seal(batch, protocol::FrameKind::batch, 77);
    ASSERT_TRUE(client.send(batch + batch_frame(frames(5, 8))));
    const auto refused = client.receive_decoded();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, Reject::frame_too_large);
    EXPECT_EQ(refused->correlation, 77u);
    EXPECT_EQ(refused->message, "batch: has more than 3 requests; none of them was carried out");
    expect_answers(client, 5, 8);
    EXPECT_EQ(server.desk().taken(), 3u);
    EXPECT_EQ(server.count("frames_refused"), 1u);
    EXPECT_EQ(server.count("batches"), 1u);
}

struct BadBatch {
    const char* name;
    std::size_t at;  ///< of the payload
    std::uint32_t value;
    const char* message;
};

class BadBatches : public ::testing::TestWithParam<BadBatch> {};

TEST_P(BadBatches, ChangeNothingAndCloseTheConnectionAfterWhatCameBefore) {
    EchoServer server;
    RawClient client(server.endpoint());
    auto bad = batch_frame(frames(2, 5));
    std::memcpy(bad.data() + protocol::header_bytes + GetParam().at, &GetParam().value, 4);
    protocol::seal(bad, protocol::FrameKind::batch, 77);
    ASSERT_TRUE(client.send(request_frame(1) + bad + request_frame(9)));
    expect_answers(client, 1, 2, 64);
    const auto refused = client.receive_decoded();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, Reject::bad_frame);
    EXPECT_EQ(refused->correlation, 77u);
    EXPECT_EQ(refused->message, GetParam().message);
    EXPECT_TRUE(client.await_end());
    EXPECT_EQ(server.desk().taken(), 1u);  // not even the sound requests before the bad one
}

INSTANTIATE_TEST_SUITE_P(
    All, BadBatches,
    ::testing::Values(
        BadBatch{"length_of_the_last", 128, 4096, "batch: ends in the middle of request 3"},
        BadBatch{"length_of_the_first", 0, 0xFFFFFFFF, "batch: ends in the middle of request 1"},
        BadBatch{"reserved_of_the_last", 132, 1,
                 "batch: the reserved bytes of request 3 must be zero"}),
    [](const auto& param) { return param.param.name; });

TEST(Batch, WithoutARequestClosesTheConnection) {
    EchoServer server;
    RawClient client(server.endpoint());
    Bytes empty(protocol::header_bytes);
    protocol::seal(empty, protocol::FrameKind::batch, 77);
    ASSERT_TRUE(client.send(empty));
    const auto refused = client.receive_decoded();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->reject, Reject::bad_frame);
    EXPECT_EQ(refused->message, "batch: has no request");
    EXPECT_TRUE(client.await_end());
}

TEST(Batch, IsAnsweredAsFarAsItWasTakenWhenTheServerStops) {
    Limits limits;
    limits.in_flight_max = 2;
    EchoServer server(limits);
    server.desk().hold_answers();
    RawClient client(server.endpoint());
    ASSERT_TRUE(client.send(batch_frame(frames(0, 5))));
    ASSERT_TRUE(server.desk().await_taken(2));
    std::thread stopping([&] { server.stop(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    server.desk().release_answers();
    expect_answers(client, 0, 2);
    EXPECT_TRUE(client.await_end());
    stopping.join();
    EXPECT_EQ(server.desk().taken(), 2u);
}

}  // namespace
}  // namespace usher::net::testing
