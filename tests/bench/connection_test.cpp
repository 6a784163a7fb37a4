// The course of a connection: which step of which ticket comes when.
#include "bench/load/connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "protocol/frame.h"
#include "protocol/limits.h"
#include "protocol/parse.h"

namespace usher::bench {
namespace {

struct Asked {
    std::string verb;
    std::string ticket;
};

class Course : public testing::Test {
  protected:
    void begin(const std::string& mix, std::uint32_t held, std::uint32_t limit = 1024) {
        WorkOptions options;
        options.mix = mix;
        options.held = held;
        options.agents = 10;
        work_.emplace_back(*Work::plan(options));
        std::array<int, 2> pair{};
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
        far_.emplace_back(pair[1], "near");
        connection_.emplace_back(client::Socket(pair[0], "far"), 3, limit, false, "test");
    }
    Connection& connection() { return connection_.front(); }
    Work& work() { return work_.front(); }

    std::vector<Asked> sent() {
        Tally tally;
        EXPECT_TRUE(connection().flush(tally).value());
        std::vector<std::byte> bytes(1 << 20);
        const auto got = recv(far_.back().fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        std::vector<Asked> asked;
        protocol::RequestParser parser;
        for (std::size_t at = 0; got > 0 && at < static_cast<std::size_t>(got);) {
            const auto cut =
                protocol::cut(std::span(bytes).subspan(at, static_cast<std::size_t>(got) - at),
                              protocol::frame_bytes_max);
            const auto& frame = std::get<protocol::Frame>(cut);
            const auto parsed = parser.parse(frame.payload);
            asked.push_back({std::string(protocol::verb_name(parsed.request->body)),
                             std::string(protocol::subject_of(parsed.request->body).ticket)});
            at += frame.size;
        }
        return asked;
    }

    std::vector<Work> work_;
    std::vector<Connection> connection_;
    std::vector<client::Socket> far_;
};

TEST_F(Course, RoutesAndClosesInRoundsAndHoldsTicketsOpen) {
    begin("route,close", 2);
    for (int i = 0; i < 8; ++i) connection().add(work(), 0);
    const auto asked = sent();
    ASSERT_EQ(asked.size(), 8U);
    std::string verbs;
    for (const auto& one : asked) verbs += one.verb[0];
    EXPECT_EQ(verbs, "rrrcrcrc");  // the first close waits until two more tickets are open
    EXPECT_EQ(asked[3].ticket, asked[0].ticket);
    EXPECT_EQ(asked[5].ticket, asked[1].ticket);
    EXPECT_EQ(asked[7].ticket, asked[2].ticket);
}

TEST_F(Course, ClosesAtOnceWhenNothingIsHeld) {
    begin("route,close", 0);
    for (int i = 0; i < 4; ++i) connection().add(work(), 0);
    const auto asked = sent();
    ASSERT_EQ(asked.size(), 4U);
    EXPECT_EQ(asked[1].verb, "close");
    EXPECT_EQ(asked[1].ticket, asked[0].ticket);
    EXPECT_NE(asked[2].ticket, asked[0].ticket);
}

TEST_F(Course, EndsEveryTicketExactlyOnceWhereverItWasBroken) {
    for (int broken_after = 0; broken_after < 23; ++broken_after) {
        work_.clear();
        connection_.clear();
        far_.clear();
        begin("route,transfer,close", 3);
        for (int i = 0; i < broken_after; ++i) connection().add(work(), 0);
        while (connection().add_rest(work(), 0)) {
        }
        std::map<std::string, std::string> course;
        for (const auto& one : sent()) course[one.ticket] += one.verb[0];
        for (const auto& [ticket, verbs] : course) EXPECT_EQ(verbs, "rtc") << broken_after;
    }
}

TEST_F(Course, NeverHasMoreUnderWayThanAllowed) {
    begin("route,close", 1, 5);
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(connection().can_add());
        connection().add(work(), 0);
    }
    EXPECT_FALSE(connection().can_add());
    EXPECT_EQ(connection().in_flight(), 5U);
}

}  // namespace
}  // namespace usher::bench
