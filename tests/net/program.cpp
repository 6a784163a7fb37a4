#include "tests/net/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/expect.h"
#include "tests/net/harness.h"

namespace usher::net::testing {
namespace {

constexpr int patience_ms = 60'000;

struct Pipe {
    Descriptor read;
    Descriptor write;

    Pipe() {
        std::array<int, 2> ends{};
        EXPECT(::pipe2(ends.data(), O_CLOEXEC) == 0);
        read = Descriptor(ends[0]);
        write = Descriptor(ends[1]);
    }
};

}  // namespace

Program::Program(const std::vector<std::string>& command,
                 const std::vector<std::string>& environment) {
    Pipe out;
    Pipe error;
    std::vector<char*> arguments;
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    EXPECT(pid_ >= 0);
    if (pid_ == 0) {
        ::dup2(out.write.get(), STDOUT_FILENO);
        ::dup2(error.write.get(), STDERR_FILENO);
        for (const auto& setting : environment) ::putenv(const_cast<char*>(setting.c_str()));
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    out_ = std::move(out.read);
    error_ = std::move(error.read);
}

Program::~Program() {
    if (ended_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> Program::line() {
    for (;;) {
        if (const auto end = unread_.find('\n'); end != unread_.npos) {
            auto found = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return found;
        }
        pollfd waiting{out_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, patience_ms) != 1) return std::nullopt;
        std::array<char, 4096> chunk;
        const auto got = ::read(out_.get(), chunk.data(), chunk.size());
        if (got <= 0) return std::nullopt;
        unread_.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

void Program::send(int signal) const {
    ::kill(pid_, signal);
}

std::optional<int> Program::wait() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (!ended_) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_)
            ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        else if (std::chrono::steady_clock::now() > deadline)
            return std::nullopt;
        else
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return ended_;
}

std::string Program::errors() {
    std::string all;
    std::array<char, 4096> chunk;
    for (;;) {
        const auto got = ::read(error_.get(), chunk.data(), chunk.size());
        if (got <= 0) return all;
        all.append(chunk.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace usher::net::testing
