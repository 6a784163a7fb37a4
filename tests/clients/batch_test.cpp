// Goal: requests that are gathered into batches arrive as they were sent, in their order, however
// many go into a frame and whatever the server takes.
#include <gtest/gtest.h>

#include "clients/cpp/connection.h"
#include "tests/clients/scripted_server.h"

namespace usher::testing {
namespace {

using namespace protocol;
using namespace std::chrono_literals;
using client::Connection;
using client::within;

HelloView takes_batches(std::uint32_t requests_max, std::uint32_t frame_bytes_max = 262'144) {
    return {1, "scripted 1", "memory", "trace", frame_bytes_max, 1'024, 1, requests_max};
}

std::unique_ptr<Connection> connect(ScriptedServer& server) {
    auto connection = Connection::over(server.client_socket(), within(5s), "a test");
    EXPECT_TRUE(connection) << connection.error().message;
    return connection ? std::move(*connection) : nullptr;
}

/// Answers every request with its own ticket's key; what came in which frames goes to the caller
/// when the client has closed.
struct Seen {
    std::size_t single_frames = 0;
    std::vector<std::size_t> batches;
};
ScriptedServer::Script answering(const HelloView& greeting, Seen& seen) {
    return [greeting, &seen](ServerSide& side) {
        side.greet(greeting);
        while (const auto asked = side.next())
            side.answer(asked->correlation,
                        assigned_to(std::get<Close>(asked->request->body).ticket));
        seen = {side.single_frames() - 1, side.batches()};  // without hello
    };
}

/// Sends closes of these tickets, and takes the answers.
void close_all(Connection& connection, const std::vector<std::string>& tickets) {
    std::vector<std::uint64_t> sent;
    for (const auto& ticket : tickets)
        sent.push_back(connection.send({"acme", {}, {}, Close{ticket}}));
    ASSERT_TRUE(connection.flush(within(5s)));
    for (std::size_t i = 0; i < tickets.size(); ++i) {
        const auto received = connection.receive(within(5s));
        ASSERT_TRUE(received) << received.error().message;
        ASSERT_TRUE(*received);
        EXPECT_EQ((*received)->correlation, sent[i]);
        EXPECT_EQ((*received)->answer->placement.owner.key, tickets[i]);
    }
    EXPECT_EQ(connection.in_flight(), 0U);
}

std::vector<std::string> tickets(std::size_t count) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back("T-" + std::to_string(i));
    return keys;
}

/// What the server gets when `count` closings are gathered by `asked`, of which `granted` may be.
Seen gathered(const HelloView& takes, std::uint32_t asked, std::uint32_t granted,
              std::size_t count) {
    Seen seen;
    {
        ScriptedServer server{answering(takes, seen)};
        const auto connection = connect(server);
        EXPECT_EQ(connection->gather(asked), granted);
        close_all(*connection, tickets(count));
    }
    return seen;
}

TEST(Gathered, RequestsGoIntoFramesOfSoManyAndTheRestWithTheFlush) {
    Seen seen;
    {
        ScriptedServer server{answering(takes_batches(1024), seen)};
        const auto connection = connect(server);
        EXPECT_EQ(connection->gather(16), 16U);
        close_all(*connection, tickets(40));
        close_all(*connection, tickets(1));
        const Request one{"acme", {}, {}, Close{"T"}};
        const auto answer = connection->call(one, within(5s));  // a call is gathered with nobody
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(connection->gather(1), 1U);
        close_all(*connection, tickets(3));
    }
    EXPECT_EQ(seen.batches, (std::vector<std::size_t>{16, 16, 8, 1, 1}));
    EXPECT_EQ(seen.single_frames, 3U);
}

TEST(Gathered, RequestsThatWereNotFlushedYetKeepTheirOrderWhenTheNumberChanges) {
    Seen seen;
    {
        ScriptedServer server{answering(takes_batches(1024), seen)};
        const auto connection = connect(server);
        connection->gather(8);
        for (const auto* ticket : {"a", "b", "c"})
            connection->send({"acme", {}, {}, Close{ticket}});
        connection->gather(1);
        connection->send({"acme", {}, {}, Close{"d"}});
        ASSERT_TRUE(connection->flush(within(5s)));
        for (const std::string ticket : {"a", "b", "c", "d"}) {
            const auto received = connection->receive(within(5s));
            ASSERT_TRUE(received && *received);
            EXPECT_EQ((*received)->answer->placement.owner.key, ticket);
        }
    }
    EXPECT_EQ(seen.batches, (std::vector<std::size_t>{3}));
    EXPECT_EQ(seen.single_frames, 1U);
}

TEST(Gathered, RequestsOfAServerThatTakesNoBatchesGoInFramesOfTheirOwn) {
    const auto seen = gathered(takes_batches(0), 16, 1, 20);
    EXPECT_TRUE(seen.batches.empty());
    EXPECT_EQ(seen.single_frames, 20U);
}

TEST(Gathered, RequestsAreNoMoreInAFrameThanTheServerTakes) {
    EXPECT_EQ(gathered(takes_batches(5), 16, 5, 12).batches, (std::vector<std::size_t>{5, 5, 2}));
}

TEST(Gathered, RequestsMakeNoFrameLongerThanTheServerTakes) {
    RequestWriter writer;
    const auto payload =
        writer.frame(1, {"acme", {}, {}, Close{"T-0"}}).size() - protocol::header_bytes;
    const auto three = 3 * (batch_item_header_bytes + payload);
    const auto takes = [](std::size_t frame_bytes_max) {
        return takes_batches(1024, static_cast<std::uint32_t>(frame_bytes_max));
    };
    EXPECT_EQ(gathered(takes(three + 15), 100, 100, 8).batches,
              (std::vector<std::size_t>{3, 3, 2}));

    // One that fits as a frame of its own, but not with the header that a batch gives it.
    const auto seen = gathered(takes(payload), 100, 100, 2);
    EXPECT_TRUE(seen.batches.empty());
    EXPECT_EQ(seen.single_frames, 2U);
}

TEST(Gathered, ABatchThatIsRefusedAsAWholeEndsTheConnectionByName) {
    ScriptedServer server{[](ServerSide& side) {
        side.greet(takes_batches(1024));
        side.next();
        Answer refused;
        refused.refuse(Reject::frame_too_large, "batch: has more than 1 requests");
        side.answer(0, refused);
        side.wait_for_close();
    }};
    const auto connection = connect(server);
    connection->gather(2);
    connection->send({"acme", {}, {}, Close{"a"}});
    connection->send({"acme", {}, {}, Close{"b"}});
    ASSERT_TRUE(connection->flush(within(5s)));
    const auto received = connection->receive(within(5s));
    ASSERT_FALSE(received);
    EXPECT_NE(received.error().message.find("frame_too_large: batch: has more than 1 requests"),
              std::string::npos);
    EXPECT_NE(received.error().message.find("2 requests are unanswered"), std::string::npos);
}

}  // namespace
}  // namespace usher::testing
