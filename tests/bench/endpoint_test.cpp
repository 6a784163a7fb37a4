#include "bench/load/endpoint.h"

#include <gtest/gtest.h>

namespace usher::bench {
namespace {

TEST(Endpoint, IsAHostAndAPort) {
    const auto endpoint = parse_endpoint("127.0.0.1:7447");
    ASSERT_TRUE(endpoint.has_value());
    EXPECT_EQ(endpoint->name, "127.0.0.1:7447");
    EXPECT_EQ(endpoint->address.host, "127.0.0.1");
    EXPECT_EQ(endpoint->address.port, "7447");
    EXPECT_TRUE(endpoint->address.path.empty());
}

TEST(Endpoint, MayHaveAName) {
    const auto endpoint = parse_endpoint("written=localhost:7447");
    ASSERT_TRUE(endpoint.has_value());
    EXPECT_EQ(endpoint->name, "written");
    EXPECT_EQ(endpoint->address.host, "localhost");
}

TEST(Endpoint, MayBeAUnixSocket) {
    const auto endpoint = parse_endpoint("u=unix:/run/usher/socket");
    ASSERT_TRUE(endpoint.has_value());
    EXPECT_EQ(endpoint->name, "u");
    EXPECT_EQ(endpoint->address.path, "/run/usher/socket");
    EXPECT_TRUE(endpoint->address.host.empty());
}

TEST(Endpoint, TakesTheBracketsOffAnIpv6Address) {
    const auto endpoint = parse_endpoint("[::1]:7447");
    ASSERT_TRUE(endpoint.has_value());
    EXPECT_EQ(endpoint->address.host, "::1");
    EXPECT_EQ(endpoint->address.port, "7447");
}

TEST(Endpoint, RefusesWhatIsNone) {
    for (const auto* text : {"", "localhost", ":7447", "localhost:", "unix:", "a=", "a=b"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_FALSE(endpoint.has_value()) << text;
        EXPECT_NE(endpoint.error().message.find("HOST:PORT"), std::string::npos);
    }
}

TEST(Endpoint, SaysWhichServerIsNotThere) {
    const auto endpoint = parse_endpoint("there=unix:/nonexistent/socket");
    ASSERT_TRUE(endpoint.has_value());
    const auto socket = connect_to(*endpoint, false);
    ASSERT_FALSE(socket.has_value());
    EXPECT_EQ(socket.error().code, ExitCode::unavailable);
    EXPECT_NE(socket.error().message.find("/nonexistent/socket"), std::string::npos);
}

}  // namespace
}  // namespace usher::bench
