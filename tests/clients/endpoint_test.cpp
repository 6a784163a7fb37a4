#include "clients/cpp/endpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace usher::testing {
namespace {

using client::find_endpoint;
using client::parse_endpoint;

class DataDirectory {
  public:
    explicit DataDirectory(std::string_view endpoints)
        : path_(std::filesystem::path{::testing::TempDir()} /
                ("usher-endpoints-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
        std::ofstream{path_ / "endpoints"} << endpoints;
    }
    ~DataDirectory() { std::filesystem::remove_all(path_); }
    std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

TEST(Endpoint, ReadsWhatListenTakes) {
    for (const std::string_view text :
         {"127.0.0.1:7447", "[::1]:7447", "router.example:1", "unix:/run/x.sock"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_TRUE(endpoint) << endpoint.error().message;
        EXPECT_EQ(endpoint->text(), text);
    }
    EXPECT_EQ(parse_endpoint("[::1]:7447")->host, "::1");
}

TEST(Endpoint, SaysWhatARightOneLooksLike) {
    for (const std::string_view text :
         {"", "localhost", "localhost:", ":7447", "localhost:0", "localhost:65536",
          "localhost:http", "::1:7447", "[]:7447", "unix:", "localhost:74 47"}) {
        const auto endpoint = parse_endpoint(text);
        ASSERT_FALSE(endpoint) << text;
        EXPECT_EQ(endpoint.error().code, ExitCode::usage);
        EXPECT_EQ(endpoint.error().message,
                  "'" + std::string{text} +
                      "' is no endpoint: write HOST:PORT (127.0.0.1:7447, [::1]:7447) "
                      "or unix:PATH (unix:/run/usher/usherd.sock)");
    }
}

TEST(Endpoint, OfADataDirectoryIsItsSocketIfItHasOne) {
    const DataDirectory both{"tcp 127.0.0.1:4711\nunix /tmp/a socket.sock\ntcp [::1]:4712\n"};
    EXPECT_EQ(find_endpoint(both.path())->text(), "unix:/tmp/a socket.sock");
    const DataDirectory tcp{"tcp 127.0.0.1:4711\ntcp [::1]:4712\n"};
    EXPECT_EQ(find_endpoint(tcp.path())->text(), "127.0.0.1:4711");
}

TEST(Endpoint, OfADirectoryWithoutOneIsAFaultThatNamesTheFile) {
    const DataDirectory empty{"admin 127.0.0.1:7448\n"};
    const auto nothing = find_endpoint(empty.path());
    ASSERT_FALSE(nothing);
    EXPECT_EQ(
        nothing.error().message,
        empty.path() + "/endpoints has neither a line 'unix PATH' nor a line 'tcp HOST:PORT'");
    const auto nowhere = find_endpoint("/nowhere");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, ExitCode::io);
    EXPECT_NE(nowhere.error().message.find("/nowhere/endpoints cannot be read"), std::string::npos);
}

TEST(Endpoint, WithoutADirectoryIsThatOfTheEnvironmentOrTheUsualOne) {
    const DataDirectory directory{"tcp 127.0.0.1:4711\n"};
    ::setenv("USHER_DATA_DIR", directory.path().c_str(), 1);
    EXPECT_EQ(find_endpoint("")->text(), "127.0.0.1:4711");
    ::unsetenv("USHER_DATA_DIR");
    const bool installed = std::filesystem::is_socket(client::default_socket_path);
    const auto usual = installed ? "unix:" + std::string{client::default_socket_path}
                                 : std::string{client::default_tcp_endpoint};
    EXPECT_EQ(find_endpoint("")->text(), usual);
}

}  // namespace
}  // namespace usher::testing
