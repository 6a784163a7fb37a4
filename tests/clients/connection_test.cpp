// Goal: calls and pipelines get their answers, whatever the pace of the server.
#include "clients/cpp/connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "tests/clients/scripted_server.h"

namespace usher::testing {
namespace {

using namespace protocol;
using namespace std::chrono_literals;
using client::Connection;
using client::within;

Request close_of(std::string_view ticket) {
    return {"acme", {}, {}, Close{ticket}};
}

std::unique_ptr<Connection> connect(ScriptedServer& server) {
    auto connection = Connection::over(server.client_socket(), within(5s), "a test");
    EXPECT_TRUE(connection) << connection.error().message;
    return connection ? std::move(*connection) : nullptr;
}

TEST(Connection, SaysHelloAndKeepsWhatTheServerSays) {
    ScriptedServer server{[](ServerSide& side) {
        const auto asked = side.next();
        EXPECT_EQ(std::get<Hello>(asked->request->body).client, "a test");
        EXPECT_EQ(std::get<Hello>(asked->request->body).version, 1U);
        Answer answer;
        answer.hello = HelloView{1, "usherd 9", "synced", "wall", 1000, 7, 2};
        side.answer(asked->correlation, answer);
    }};
    const auto connection = connect(server);
    EXPECT_EQ(connection->hello().server, "usherd 9");
    EXPECT_EQ(connection->hello().durability, "synced");
    EXPECT_EQ(connection->hello().in_flight_max, 7U);
}

TEST(Connection, CallsAndGetsAnswersAndRefusals) {
    ScriptedServer server{[](ServerSide& side) {
        side.greet();
        auto asked = side.next();
        EXPECT_EQ(asked->request->account, "acme");
        EXPECT_EQ(std::get<Close>(asked->request->body).ticket, "T-1");
        side.answer(asked->correlation, assigned_to("anna"));
        asked = side.next();
        Answer refusal;
        refusal.refuse(Reject::unknown_ticket, "there is no ticket T-2");
        side.answer(asked->correlation, refusal);
    }};
    const auto connection = connect(server);
    const auto first = connection->call(close_of("T-1"), within(5s));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ((*first)->placement.owner.key, "anna");
    const auto second = connection->call(close_of("T-2"), within(5s));
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ((*second)->reject, Reject::unknown_ticket);
    EXPECT_EQ((*second)->message, "there is no ticket T-2");
}

TEST(Connection, PipelinesInTheOrderOfArrival) {
    constexpr std::uint64_t count = 1000;
    ScriptedServer server{[](ServerSide& side) {
        side.greet();
        std::vector<std::uint64_t> correlations;
        while (correlations.size() < count) correlations.push_back(side.next()->correlation);
        std::swap(correlations[3], correlations[4]);  // two accounts: no order between them
        for (const auto correlation : correlations)
            side.answer(correlation, assigned_to(std::to_string(correlation)));
    }};
    const auto connection = connect(server);
    std::vector<std::uint64_t> sent;
    for (std::uint64_t i = 0; i < count; ++i) sent.push_back(connection->send(close_of("T")));
    EXPECT_EQ(connection->in_flight(), count);
    std::swap(sent[3], sent[4]);
    ASSERT_TRUE(connection->flush(within(5s)));
    for (const auto correlation : sent) {
        const auto received = connection->receive(within(5s));
        ASSERT_TRUE(received) << received.error().message;
        ASSERT_TRUE(*received);
        EXPECT_EQ((*received)->correlation, correlation);
        EXPECT_EQ((*received)->answer->placement.owner.key, std::to_string(correlation));
    }
    EXPECT_EQ(connection->in_flight(), 0U);
}

TEST(Connection, DoesNotMindAnswersThatComeByteByByte) {
    ScriptedServer server{[](ServerSide& side) {
        side.greet();
        const auto asked = side.next();
        for (const auto byte : side.frame_of(asked->correlation, assigned_to("bo")))
            side.raw(std::span{&byte, 1});
    }};
    const auto connection = connect(server);
    const auto answer = connection->call(close_of("T"), within(5s));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ((*answer)->placement.owner.key, "bo");
}

TEST(Connection, TakesAnswersThatAreLargerThanItsBuffer) {
    ScriptedServer server{[](ServerSide& side) {
        side.greet();
        for (const std::size_t size : std::initializer_list<std::size_t>{10'000, 3, 20'000}) {
            const auto asked = side.next();
            Answer answer;
            answer.tickets = std::vector<std::string_view>(
                size, std::string_view{"a ticket with a rather long key"});
            side.answer(asked->correlation, answer);
        }
    }};
    const auto connection = connect(server);
    for (const std::size_t size : std::initializer_list<std::size_t>{10'000, 3, 20'000}) {
        const auto answer = connection->call(close_of("T"), within(5s));
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ((*answer)->tickets->size(), size);
    }
}

TEST(Connection, FlushReadsWhileItWritesSoThatBothSidesGoOn) {
    constexpr int count = 3000;
    ScriptedServer server{[](ServerSide& side) {
        side.greet();
        Answer wide;  // far more bytes back than forth: a client that only wrote would block both
        wide.tickets = std::vector<std::string_view>(
            100, std::string_view{"0123456789012345678901234567890123456789"});
        for (int i = 0; i < count; ++i) side.answer(side.next()->correlation, wide);
    }};
    const auto connection = connect(server);
    for (int i = 0; i < count; ++i) connection->send(close_of("T"));
    const auto flushed = connection->flush(within(20s));
    ASSERT_TRUE(flushed) << flushed.error().message;
    for (int i = 0; i < count; ++i) {
        const auto received = connection->receive(within(5s));
        ASSERT_TRUE(received && *received);
    }
    EXPECT_EQ(connection->in_flight(), 0U);
}

TEST(Connection, ReceiveComesBackEmptyHandedAtItsDeadlineAndCanBeAskedAgain) {
    std::atomic<bool> go = false;
    ScriptedServer server{[&](ServerSide& side) {
        side.greet();
        const auto asked = side.next();
        const auto frame = side.frame_of(asked->correlation, assigned_to("anna"));
        side.raw(std::span{frame}.first(20));  // a part of it must not get lost
        go.wait(false);
        side.raw(std::span{frame}.subspan(20));
    }};
    const auto connection = connect(server);
    connection->send(close_of("T"));
    ASSERT_TRUE(connection->flush(within(5s)));
    const auto nothing = connection->receive(within(20ms));
    go = true;
    go.notify_one();
    ASSERT_TRUE(nothing) << nothing.error().message;
    EXPECT_FALSE(*nothing);
    const auto received = connection->receive(within(5s));
    ASSERT_TRUE(received && *received);
    EXPECT_EQ((*received)->answer->placement.owner.key, "anna");
}

struct Listening {
    int fd;
    std::string endpoint;
    ~Listening() { ::close(fd); }
};

Listening listen_tcp() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(fd, any, sizeof address), 0);
    EXPECT_EQ(::listen(fd, 8), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd, any, &size), 0);
    return {fd, "127.0.0.1:" + std::to_string(ntohs(address.sin_port))};
}

Listening listen_unix(const std::string& path, int backlog) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    ::unlink(path.c_str());
    EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd, backlog), 0);
    return {fd, "unix:" + path};
}

std::string temporary_path() {
    return ::testing::TempDir() + "usher-client-" + std::to_string(::getpid());
}

TEST(Connection, IsMadeOverTcpAndOverAUnixSocket) {
    const auto path = temporary_path();
    const auto tcp = listen_tcp();
    const auto local = listen_unix(path, 8);
    for (const auto* listening : {&tcp, &local}) {
        ScriptedServer server{listening->fd, [](ServerSide& side) { side.greet(); }};
        const auto connection = Connection::open(listening->endpoint, within(5s));
        ASSERT_TRUE(connection) << connection.error().message;
        EXPECT_EQ((*connection)->hello().server, "scripted 1");
    }
    ::unlink(path.c_str());
}

TEST(Connection, ThatNobodyListensToIsAFaultThatSaysSo) {
    const auto nobody = Connection::open("unix:/nowhere/usherd.sock", within(5s));
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code, ExitCode::io);
    EXPECT_EQ(nobody.error().message,
              "no connection to unix:/nowhere/usherd.sock: No such file or directory (is usherd "
              "running?)");
    std::string endpoint;
    { endpoint = listen_tcp().endpoint; }  // was free a moment ago, and nobody listens there now
    const auto refused = Connection::open(endpoint, within(5s));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "no connection to " + endpoint + ": Connection refused (is usherd running?)");
    const auto bad = Connection::open("localhost", within(5s));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, ExitCode::usage);
    const auto too_long = Connection::open("unix:/" + std::string(200, 'x'), within(5s));
    ASSERT_FALSE(too_long);
    EXPECT_EQ(too_long.error().code, ExitCode::usage);
}

TEST(Connection, ThatIsNotTakenWithinTheDeadlineIsAFault) {
    const auto path = temporary_path() + "-full";
    const auto listening = listen_unix(path, 0);
    const auto endpoint = *client::parse_endpoint(listening.endpoint);
    const auto first = client::Socket::connect(endpoint, within(5s));  // fills the backlog of one
    ASSERT_TRUE(first) << first.error().message;
    const auto second = client::Socket::connect(endpoint, within(30ms));
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("timed out"), std::string::npos)
        << second.error().message;
    const auto silent =
        Connection::over(client::Socket{::dup(first->fd()), "the server"}, within(30ms));
    ASSERT_FALSE(silent);
    EXPECT_EQ(
        silent.error().message,
        "the server did not answer within the deadline; one request is unanswered and its outcome "
        "unknown: send it again with the same key");
    ::unlink(path.c_str());
}

}  // namespace
}  // namespace usher::testing
