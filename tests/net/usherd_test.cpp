// The real program: how it starts, what it says, how it ends, and what it refuses to begin with.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/net/harness.h"
#include "tests/net/program.h"

namespace usher::net::testing {
namespace {

using Lines = std::vector<std::string>;

class Usherd : public ::testing::Test {
  protected:
    std::string data() const { return directory_.path("data"); }
    std::string socket() const { return data() + "/usherd.sock"; }

    Lines command(const Lines& more = {}) const {
        Lines all{USHERD, "--data-dir", data(), "--cores", "2", "--durability", "written"};
        if (more.empty())
            return plus(all, {"--listen", "unix:" + socket(), "--listen", "127.0.0.1:0"});
        return plus(all, more);
    }
    static Lines plus(Lines all, const Lines& more) {
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    static std::string read_file(const std::string& path) {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }
    /// Both lines; the second is the TCP endpoint.
    static std::string await_ready(Program& daemon) {
        const auto first = daemon.line();
        const auto second = daemon.line();
        if (first && second && second->starts_with("listening ")) return second->substr(10);
        daemon.send(SIGKILL);
        daemon.wait();
        ADD_FAILURE() << "it does not listen: " << daemon.errors();
        return "";
    }
    static bool answers(const std::string& endpoint) {
        RawClient client(endpoint);
        protocol::Request ping;
        ping.body = protocol::Ping{};
        client.send(encoded(1, ping));
        const auto answer = client.receive_decoded();
        return answer && answer->outcome == protocol::Outcome::done;
    }

    TemporaryDirectory directory_;
};

TEST_F(Usherd, SaysWhereItListensAnswersThereAndEndsWithZeroOnTerm) {
    Program daemon(command());
    EXPECT_EQ(daemon.line(), "listening unix " + socket());
    const auto second = daemon.line();
    ASSERT_TRUE(second);
    ASSERT_TRUE(second->starts_with("listening tcp 127.0.0.1:")) << *second;
    const auto tcp = second->substr(10);
    EXPECT_EQ(read_file(data() + "/endpoints"), "unix " + socket() + "\n" + tcp + "\n");
    EXPECT_TRUE(answers(tcp));
    EXPECT_TRUE(answers("unix " + socket()));
    daemon.send(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
    EXPECT_FALSE(std::filesystem::exists(socket()));
    EXPECT_FALSE(std::filesystem::exists(data() + "/endpoints"));
}

TEST_F(Usherd, EndsWithZeroOnIntAndStaysOnHangup) {
    Program daemon(command());
    const auto endpoint = await_ready(daemon);
    daemon.send(SIGHUP);
    EXPECT_TRUE(answers(endpoint));
    daemon.send(SIGINT);
    EXPECT_EQ(daemon.wait(), 0);
    const auto said = daemon.errors();
    EXPECT_NE(said.find("hangup_ignored"), std::string::npos) << said;
    EXPECT_NE(said.find("signal=INT"), std::string::npos) << said;
}

TEST_F(Usherd, StartsAgainAfterKillNineOverItsOwnStaleSocket) {
    {
        Program daemon(command());
        await_ready(daemon);
        daemon.send(SIGKILL);
        EXPECT_EQ(daemon.wait(), -SIGKILL);
    }
    ASSERT_TRUE(std::filesystem::exists(socket()));
    Program again(command());
    EXPECT_TRUE(answers(await_ready(again)));
    EXPECT_TRUE(answers("unix " + socket()));
}

TEST_F(Usherd, RefusesADataDirectoryThatAnotherOneHas) {
    Program first(command());
    const auto endpoint = await_ready(first);
    Program second(command());
    EXPECT_EQ(second.wait(), 75);
    EXPECT_FALSE(second.errors().empty());
    EXPECT_TRUE(answers(endpoint));
    EXPECT_TRUE(answers("unix " + socket()));
}

TEST_F(Usherd, RefusesAPortThatAnotherOneHas) {
    Program first(command());
    const auto endpoint = await_ready(first).substr(4);
    Program second({USHERD, "--data-dir", directory_.path("other"), "--listen", endpoint});
    EXPECT_EQ(second.wait(), 73);
    EXPECT_NE(second.errors().find(endpoint), std::string::npos);
}

TEST_F(Usherd, RefusesToLeaveTheMachine) {
    Program daemon(command({"--listen", "0.0.0.0:0"}));
    EXPECT_EQ(daemon.wait(), 78);
    EXPECT_NE(daemon.errors().find("no authentication"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(Usherd, RefusesToChangeTheClockOfADataDirectory) {
    {
        Program daemon(command({"--listen", "unix:" + directory_.path("s"), "--clock", "trace"}));
        ASSERT_TRUE(daemon.line());
        daemon.send(SIGTERM);
        EXPECT_EQ(daemon.wait(), 0);
    }
    Program daemon(command({"--listen", "unix:" + directory_.path("s"), "--clock", "wall"}));
    EXPECT_EQ(daemon.wait(), 78);
    EXPECT_NE(daemon.errors().find("clock"), std::string::npos);
}

TEST_F(Usherd, EndsWithSixtyFourWhenUsedWrongly) {
    Program daemon({USHERD, "--frobnicate"});
    EXPECT_EQ(daemon.wait(), 64);
    EXPECT_NE(daemon.errors().find("--help"), std::string::npos);
}

TEST_F(Usherd, ChecksAConfigurationWithoutTouchingAnything) {
    const auto file = directory_.path("usherd.toml");
    std::ofstream(file) << "data_dir = '" << data() << "'\ncores = 1\n";
    Program good({USHERD, "--config", file, "--check-config"});
    EXPECT_EQ(good.line(), "data_dir = " + data());
    EXPECT_EQ(good.wait(), 0);
    std::ofstream(file) << "cores = 0\nlisten = ['0.0.0.0:1']\nwhat = 1\n";
    Program bad({USHERD, "--config", file, "--check-config"});
    EXPECT_EQ(bad.wait(), 78);
    const auto said = bad.errors();
    EXPECT_NE(said.find(file + ":1:9: cores"), std::string::npos) << said;
    EXPECT_NE(said.find(file + ":2:10: listen"), std::string::npos) << said;
    EXPECT_NE(said.find(file + ":3:1: unknown key 'what'"), std::string::npos) << said;
    EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(Usherd, OutlivesARushThatTakesAllItsDescriptors) {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "UBSan asks with a pipe whether memory can be read, and takes the lack of a "
                    "descriptor for a no: the daemon would be stopped by its sanitizer";
#endif
    auto limited = Lines{"/bin/sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\""};
    Program daemon(plus(limited, command()));
    const auto endpoint = await_ready(daemon);
    {
        std::vector<std::unique_ptr<RawClient>> rush;
        for (int n = 0; n < 100; ++n) rush.push_back(std::make_unique<RawClient>(endpoint));
        EXPECT_TRUE(rush.back()->await_end());  // accepted and closed, not left to wait
    }
    bool answered = false;
    for (int n = 0; n < 1'000 && !answered; ++n) answered = answers(endpoint);
    EXPECT_TRUE(answered);
    daemon.send(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
    EXPECT_NE(daemon.errors().find("no file descriptor left"), std::string::npos);
}

TEST_F(Usherd, TellsSystemdWhenItIsReadyAndWhenItStops) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = directory_.path("notify");
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const Descriptor notified(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(notified.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    const timeval patient{20, 0};
    ::setsockopt(notified.get(), SOL_SOCKET, SO_RCVTIMEO, &patient, sizeof patient);
    const auto next = [&notified] {
        std::array<char, 512> text{};
        const auto got = ::recv(notified.get(), text.data(), text.size(), 0);
        return std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    };
    Program daemon(command(), {"NOTIFY_SOCKET=" + path, "JOURNAL_STREAM=1:1"});
    EXPECT_EQ(next().substr(0, 8), "READY=1\n");
    await_ready(daemon);
    daemon.send(SIGTERM);
    EXPECT_EQ(next().substr(0, 11), "STOPPING=1\n");
    EXPECT_EQ(daemon.wait(), 0);
    EXPECT_EQ(daemon.errors().substr(0, 12), "<6>starting ");
}

}  // namespace
}  // namespace usher::net::testing
