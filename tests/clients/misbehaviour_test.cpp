// Goal: a server that ends, hangs or talks nonsense is told apart in words, the connection is of no
// use from then on, and nothing of the nonsense comes through as an answer.
#include <gtest/gtest.h>

#include <atomic>

#include "clients/cpp/connection.h"
#include "tests/clients/scripted_server.h"

namespace usher::testing {
namespace {

using namespace protocol;
using namespace std::chrono_literals;
using client::Connection;
using client::within;

const std::string unknown =
    "; one request is unanswered and its outcome unknown: send it again with the same key";

/// What call() says when the server, after hello and one request, does `misbehave`.
std::string fault_of(std::function<void(ServerSide&, std::uint64_t)> misbehave,
                     std::chrono::milliseconds patience = 5s) {
    ScriptedServer server{[&](ServerSide& side) {
        side.greet();
        misbehave(side, side.next()->correlation);
        side.wait_for_close();
    }};
    auto connection = Connection::over(server.client_socket(), within(5s));
    EXPECT_TRUE(connection);
    const Request request{"acme", {}, {}, Close{"T-1"}};
    const auto answer = (*connection)->call(request, within(patience));
    EXPECT_FALSE(answer);
    if (answer) return "an answer";
    EXPECT_EQ(answer.error().code, ExitCode::io);
    // From here on the same fault, whatever is asked.
    const auto received = (*connection)->receive(within(0s));
    EXPECT_FALSE(received);
    EXPECT_EQ(received.error().message, answer.error().message);
    (*connection)->send(request);
    EXPECT_FALSE((*connection)->flush(within(1s)));
    return answer.error().message;
}

TEST(Misbehaviour, AServerThatClosesIsToldApart) {
    EXPECT_EQ(fault_of([](ServerSide& side, std::uint64_t) { side.close(); }),
              "the server closed the connection" + unknown);
}

TEST(Misbehaviour, AServerThatClosesInTheMiddleOfAnAnswerIsToldApart) {
    for (const std::size_t size : std::initializer_list<std::size_t>{1, 31, 32, 60})
        EXPECT_EQ(fault_of([size](ServerSide& side, std::uint64_t correlation) {
                      const auto frame = side.frame_of(correlation, assigned_to("anna"));
                      side.raw(std::span{frame}.first(size));
                      side.close();
                  }),
                  "the server closed the connection in the middle of an answer" + unknown);
}

TEST(Misbehaviour, AServerThatDoesNotAnswerIsGivenUpAtTheDeadline) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(fault_of([](ServerSide&, std::uint64_t) {}, 30ms),
              "the server did not answer within the deadline" + unknown);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 30ms);
}

TEST(Misbehaviour, GarbageIsNoAnswer) {
    EXPECT_EQ(fault_of([](ServerSide& side, std::uint64_t) {
                  side.raw(std::string{"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"});
              }),
              "the server sent what is no answer: frame: has version 32, only 1 is spoken here" +
                  unknown);
}

TEST(Misbehaviour, AnAnswerWithAFlippedBitIsNoAnswer) {
    EXPECT_EQ(fault_of([](ServerSide& side, std::uint64_t correlation) {
                  auto frame = side.frame_of(correlation, assigned_to("anna"));
                  frame[50] ^= std::byte{1};
                  side.raw(frame);
              }),
              "the server sent what is no answer: frame: its checksum does not match its content" +
                  unknown);
}

TEST(Misbehaviour, APayloadThatIsNoReplyIsNoAnswer) {
    EXPECT_EQ(
        fault_of([](ServerSide& side, std::uint64_t correlation) {
            std::vector<std::byte> frame(header_bytes + 16, std::byte{0xFF});
            seal(frame, FrameKind::reply, correlation);
            side.raw(frame);
        }),
        "the server sent what is no answer: reply: is broken, too deep, or without a needed field" +
            unknown);
}

TEST(Misbehaviour, ARequestIsNoAnswer) {
    EXPECT_EQ(fault_of([](ServerSide& side, std::uint64_t correlation) {
                  RequestWriter writer;
                  side.raw(writer.frame(correlation, {{}, {}, {}, Ping{}}));
              }),
              "the server sent a frame that is no answer" + unknown);
}

TEST(Misbehaviour, AnAnswerToWhatWasNeverAskedIsNoAnswer) {
    EXPECT_EQ(
        fault_of([](ServerSide& side, std::uint64_t) { side.answer(99, assigned_to("anna")); }),
        "the server answered request 99, which was never asked" + unknown);
}

TEST(Misbehaviour, AnAnswerToAnEarlierRequestIsNoAnswerToThisOne) {
    EXPECT_EQ(fault_of([](ServerSide& side, std::uint64_t correlation) {
                  side.answer(correlation - 1, assigned_to("anna"));
              }),
              "the server answered request 1 where it was asked request 2");
}

TEST(Misbehaviour, TheServersLastWordsAreTheFault) {
    EXPECT_EQ(fault_of([](ServerSide& side, std::uint64_t) {
                  Answer last;
                  last.refuse(Reject::shutting_down,
                              "usherd is stopping; connect again in a moment");
                  side.answer(0, last);
                  side.close();
              }),
              "the server ended the connection: shutting_down: usherd is stopping; connect again "
              "in a moment" +
                  unknown);
}

TEST(Misbehaviour, TheServersLastWordsAreHeardWhileWriting) {
    std::atomic<bool> gone = false;
    ScriptedServer server{[&](ServerSide& side) {
        side.greet();
        Answer last;
        last.refuse(Reject::bad_frame, "frame: its checksum does not match its content");
        side.answer(0, last);
        side.close();
        gone = true;
        gone.notify_one();
    }};
    auto connection = Connection::over(server.client_socket(), within(5s));
    ASSERT_TRUE(connection) << connection.error().message;
    gone.wait(false);
    (*connection)->send({"acme", {}, {}, Close{"T-1"}});
    const auto flushed = (*connection)->flush(within(5s));
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().message,
              "the server ended the connection: bad_frame: frame: its checksum does not match its "
              "content" +
                  unknown);
}

TEST(Misbehaviour, AServerThatTakesNothingIsGivenUpAtTheDeadline) {
    std::atomic<bool> done = false;
    ScriptedServer server{[&](ServerSide& side) {
        side.greet();
        done.wait(false);
    }};
    auto connection = Connection::over(server.client_socket(), within(5s));
    ASSERT_TRUE(connection) << connection.error().message;
    const std::string text(100'000, '#');
    for (int i = 0; i < 50; ++i)
        (*connection)->send({"acme", {}, {}, ApplyPart{"roster.toml", text}});
    const auto flushed = (*connection)->flush(within(50ms));
    done = true;
    done.notify_one();
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().message,
              "the server did not take the requests within the deadline; 50 requests are "
              "unanswered and their "
              "outcome unknown: send them again with the same keys");
}

TEST(Misbehaviour, ARefusedHelloSaysWhy) {
    ScriptedServer server{[](ServerSide& side) {
        const auto asked = side.next();
        Answer refusal;
        refusal.refuse(Reject::unsupported_version, "version 1 is not spoken any more");
        side.answer(asked->correlation, refusal);
    }};
    const auto connection = Connection::over(server.client_socket(), within(5s));
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().message,
              "the server refused hello: unsupported_version: version 1 is not spoken any more");
}

TEST(Misbehaviour, AnAnswerToHelloWithoutHelloSaysSo) {
    ScriptedServer server{
        [](ServerSide& side) { side.answer(side.next()->correlation, assigned_to("anna")); }};
    const auto connection = Connection::over(server.client_socket(), within(5s));
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().message, "the server did not answer hello: it is no usherd");
}

}  // namespace
}  // namespace usher::testing
