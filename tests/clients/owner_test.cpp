// Goal: a client that is told which endpoint owns its account goes there, and one that is not, or
// that cannot, works where it is.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "clients/cpp/connection.h"
#include "tests/clients/scripted_server.h"

namespace usher::testing {
namespace {

using namespace protocol;
using namespace std::chrono_literals;
using client::Connection;
using client::within;

/// A unix socket that listens, and its file, for as long as it stands.
class Place {
  public:
    explicit Place(const std::string& name)
        : path_(::testing::TempDir() + "usher-owner-" + std::to_string(::getpid()) + name),
          fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path_.data(), path_.size());
        ::unlink(path_.c_str());
        EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(fd_, 8), 0);
    }
    ~Place() {
        ::close(fd_);
        ::unlink(path_.c_str());
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    int fd() const { return fd_; }
    std::string text() const { return "unix:" + path_; }
    client::Endpoint endpoint() const { return {path_, {}, {}}; }

  private:
    std::string path_;
    int fd_;
};

HelloView greeting(const std::string& server, const std::string& endpoint = {}) {
    HelloView said{1, server, "memory", "trace", 262'144, 1'024, 3};
    said.endpoint = endpoint;
    return said;
}

/// Is greeted in the name of acme, says `endpoint`; then answers what comes.
ScriptedServer::Script telling(const std::string& endpoint) {
    return [endpoint](ServerSide& side) {
        const auto asked = side.next();
        if (!asked) return;
        EXPECT_TRUE(std::holds_alternative<Hello>(asked->request->body));
        EXPECT_EQ(asked->request->account, "acme");
        Answer answer;
        answer.placement.outcome = Outcome::done;
        answer.hello = greeting("first", endpoint);
        side.answer(asked->correlation, answer);
        while (const auto more = side.next()) side.answer(more->correlation, assigned_to("bo"));
    };
}

std::string server_reached(const Place& first) {
    const auto connection = Connection::open_at_owner(first.endpoint(), "acme", within(5s));
    EXPECT_TRUE(connection) << connection.error().message;
    return connection ? (*connection)->hello().server : "";
}

TEST(Owner, IsGoneToWhereItHasAnEndpoint) {
    const Place first("-a");
    const Place second("-b");
    ScriptedServer one{first.fd(), telling(second.text())};
    ScriptedServer two{second.fd(), [](ServerSide& side) { side.greet(greeting("second")); }};
    EXPECT_EQ(server_reached(first), "second");
}

TEST(Owner, IsWhoWasAskedWhereNoEndpointIsTold) {
    const Place first("-a");
    ScriptedServer one{first.fd(), telling("")};
    EXPECT_EQ(server_reached(first), "first");
}

TEST(Owner, IsWhoWasAskedWhereItTellsOfItself) {
    const Place first("-a");
    ScriptedServer one{first.fd(), telling(first.text())};
    EXPECT_EQ(server_reached(first), "first");
}

TEST(Owner, ThatCannotBeReachedIsDoneWithout) {
    const Place first("-a");
    ScriptedServer one{first.fd(), telling("unix:/nowhere/usherd.sock.core-1")};
    const auto connection = Connection::open_at_owner(first.endpoint(), "acme", within(5s));
    ASSERT_TRUE(connection) << connection.error().message;
    const Request request{"acme", {}, {}, Close{"T"}};
    const auto answer = (*connection)->call(request, within(5s));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ((*answer)->placement.owner.key, "bo");
}

}  // namespace
}  // namespace usher::testing
