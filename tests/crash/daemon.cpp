#include "tests/crash/daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string_view>
#include <utility>

namespace usher::crash {
namespace {

constexpr std::chrono::seconds start_patience{30};
constexpr std::string_view listening = "listening tcp ";

/// The rest of the first line that begins with `listening`; empty: it has not been said yet.
std::string endpoint_in(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return {};
        const auto line = text.substr(0, end);
        if (line.starts_with(listening)) return std::string(line.substr(listening.size()));
        text.remove_prefix(end + 1);
    }
    return {};
}

std::vector<std::string> arguments_of(const DaemonOptions& options) {
    return {options.program,
            "--data-dir",
            options.directory,
            "--durability",
            options.durability,
            "--shards",
            std::to_string(options.shards),
            "--listen",
            "127.0.0.1:0",
            "--snapshot-journal-mib",
            "1",  // so that many a kill falls within one
            "--log-level",
            "warning"};
}

}  // namespace

Result<Daemon> Daemon::start(const DaemonOptions& options) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_fault(ExitCode::io, "a pipe", errno);

    auto words = arguments_of(options);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
        ::close(ends[0]);
        return system_fault(ExitCode::io, options.program, error);
    }
    Daemon daemon{pid, ends[0]};
    if (auto read = daemon.read_endpoint(); !read) return read.error();
    return daemon;
}

Daemon::Daemon(Daemon&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      output_(std::exchange(other.output_, -1)),
      endpoint_(std::move(other.endpoint_)) {}

Daemon::~Daemon() {
    if (pid_ > 0) {
        kill();
        ::waitpid(pid_, nullptr, 0);
    }
    if (output_ >= 0) ::close(output_);
}

Result<void> Daemon::read_endpoint() {
    const auto deadline = std::chrono::steady_clock::now() + start_patience;
    std::string said;
    while (endpoint_.empty()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd wait{output_, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0)
            return fault(ExitCode::io, "usherd does not listen after half a minute");
        std::array<char, 4096> piece{};
        const auto count = ::read(output_, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0)
            return fault(ExitCode::io, "usherd ended before it listened; what it said is above");
        said.append(piece.data(), static_cast<std::size_t>(count));
        endpoint_ = endpoint_in(said);
    }
    return {};
}

void Daemon::kill() const {
    ::kill(pid_, SIGKILL);
}

Result<void> Daemon::wait_for_end() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) return system_fault(ExitCode::io, "waiting for usherd", errno);
    pid_ = 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return {};
    return fault(ExitCode::io, "usherd ended by itself, before it was killed (wait status " +
                                   std::to_string(status) + ")");
}

}  // namespace usher::crash
