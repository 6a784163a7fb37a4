// Addresses, the sockets opened on them, and what stands in their way.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "net/address.h"
#include "net/listening.h"
#include "tests/net/harness.h"

namespace usher::net {
namespace {

using testing::TemporaryDirectory;

Address address_of(const std::string& text) {
    const auto parsed = parse_address(text);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) ADD_FAILURE() << *wrong;
    return std::get<Address>(parsed);
}

TEST(Address, IsReadInEveryFormThatIsWritten) {
    EXPECT_EQ(endpoint_line(address_of("127.0.0.1:7447")), "tcp 127.0.0.1:7447");
    EXPECT_EQ(endpoint_line(address_of("localhost:0")), "tcp localhost:0");
    EXPECT_EQ(endpoint_line(address_of("[::1]:80")), "tcp [::1]:80");
    EXPECT_EQ(endpoint_line(address_of("unix:/run/usher/usherd.sock")),
              "unix /run/usher/usherd.sock");
}

TEST(Address, OfOneCoreIsAnyPortOfTheHostOrAPathBesideTheShared) {
    const auto of_core = [](const std::string& text, std::uint32_t core) {
        const auto made = address_of_core(address_of(text), core);
        if (const auto* wrong = std::get_if<std::string>(&made)) return "wrong: " + *wrong;
        return endpoint_text(std::get<Address>(made));
    };
    EXPECT_EQ(of_core("127.0.0.1:7447", 2), "127.0.0.1:0");
    EXPECT_EQ(of_core("[::1]:80", 0), "[::1]:0");
    EXPECT_EQ(of_core("unix:/run/s", 12), "unix:/run/s.core-12");
    EXPECT_EQ(of_core("unix:/" + std::string(100, 'x'), 0).substr(0, 24),
              "wrong: has a path of 108");
    // The port is in what the system is asked for, too.
    const auto made = address_of_core(address_of("127.0.0.1:7447"), 0);
    const auto opened = listen_on(std::get<Address>(made), 1);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_NE(std::get<TcpAddress>(opened->address).port, 7447);
}

TEST(Address, KnowsWhetherOtherMachinesReachIt) {
    EXPECT_TRUE(std::get<TcpAddress>(address_of("127.0.0.1:1")).is_loopback());
    EXPECT_TRUE(std::get<TcpAddress>(address_of("127.8.9.10:1")).is_loopback());
    EXPECT_TRUE(std::get<TcpAddress>(address_of("localhost:1")).is_loopback());
    EXPECT_TRUE(std::get<TcpAddress>(address_of("[::1]:1")).is_loopback());
    EXPECT_FALSE(std::get<TcpAddress>(address_of("0.0.0.0:1")).is_loopback());
    EXPECT_FALSE(std::get<TcpAddress>(address_of("192.168.0.1:1")).is_loopback());
    EXPECT_FALSE(std::get<TcpAddress>(address_of("[::]:1")).is_loopback());
}

TEST(Address, SaysWhatIsWrongWithWhatIsNone) {
    const auto wrong = [](const std::string& text) {
        const auto parsed = parse_address(text);
        const auto* said = std::get_if<std::string>(&parsed);
        return said == nullptr ? std::string("nothing") : *said;
    };
    EXPECT_NE(wrong("127.0.0.1").find("no port"), std::string::npos);
    EXPECT_NE(wrong("127.0.0.1:").find("port ''"), std::string::npos);
    EXPECT_NE(wrong("127.0.0.1:65536").find("65535"), std::string::npos);
    EXPECT_NE(wrong("127.0.0.1:7x").find("7x"), std::string::npos);
    EXPECT_NE(wrong("example.org:80").find("example.org"), std::string::npos);
    EXPECT_NE(wrong("::1:80").find("brackets"), std::string::npos);
    EXPECT_NE(wrong("unix:").find("no path"), std::string::npos);
    EXPECT_NE(wrong("unix:/" + std::string(200, 'x')).find("bytes"), std::string::npos);
}

TEST(Listening, FindsAFreePortAndSharesItAmongCores) {
    const auto opened = listen_on(address_of("127.0.0.1:0"), 3);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->sockets.size(), 3u);
    EXPECT_NE(std::get<TcpAddress>(opened->address).port, 0);
}

TEST(Listening, RefusesAPortThatSomebodyListensOnAlsoIfTheyShareIt) {
    for (const std::uint32_t cores : {1u, 2u}) {
        const auto first = listen_on(address_of("127.0.0.1:0"), cores);
        ASSERT_TRUE(first);
        for (const std::uint32_t others : {1u, 2u}) {
            const auto second = listen_on(first->address, others);
            ASSERT_FALSE(second) << cores << " and " << others;
            EXPECT_EQ(second.error().code, ExitCode::cannot_create);
            EXPECT_NE(second.error().message.find("another usherd"), std::string::npos);
        }
    }
}

TEST(Listening, TakesOverASocketFileThatNobodyListensOn) {
    const TemporaryDirectory directory;
    const auto address = address_of("unix:" + directory.path("s"));
    { ASSERT_TRUE(listen_on(address, 1)); }  // closed, as by kill -9: the file stays
    struct stat left {};
    ASSERT_EQ(::stat(directory.path("s").c_str(), &left), 0);
    const auto again = listen_on(address, 1);
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_EQ(::stat(directory.path("s").c_str(), &left), 0);
    EXPECT_EQ(left.st_mode & 0777, 0660u);
}

TEST(Listening, LeavesASocketAloneThatSomebodyListensOn) {
    const TemporaryDirectory directory;
    const auto address = address_of("unix:" + directory.path("s"));
    const auto first = listen_on(address, 1);
    ASSERT_TRUE(first);
    const auto second = listen_on(address, 1);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ExitCode::cannot_create);
    EXPECT_TRUE(std::filesystem::exists(directory.path("s")));
}

TEST(Listening, LeavesAFileAloneThatIsNoSocket) {
    const TemporaryDirectory directory;
    const Descriptor file(::open(directory.path("s").c_str(), O_CREAT | O_WRONLY, 0600));
    const auto refused = listen_on(address_of("unix:" + directory.path("s")), 1);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("no socket"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(directory.path("s")));
}

TEST(Listening, SaysThatADirectoryIsMissing) {
    const TemporaryDirectory directory;
    const auto refused = listen_on(address_of("unix:" + directory.path("no/such/s")), 1);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("No such file"), std::string::npos);
}

TEST(SocketFile, RemovesOnlyWhatIsStillOurs) {
    const TemporaryDirectory directory;
    const auto address = address_of("unix:" + directory.path("s"));
    const auto first = listen_on(address, 1);
    ASSERT_TRUE(first);
    {
        const SocketFile ours(directory.path("s"));
        std::filesystem::rename(directory.path("s"), directory.path("t"));
        ASSERT_TRUE(listen_on(address, 1));  // somebody else's now
    }
    EXPECT_TRUE(std::filesystem::exists(directory.path("s")));
    { const SocketFile theirs(directory.path("t")); }
    EXPECT_FALSE(std::filesystem::exists(directory.path("t")));
}

}  // namespace
}  // namespace usher::net
