#include "tests/crash/daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

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
            std::to_string(options.snapshot_journal_mib),
            "--log-level",
            "warning"};
}

}  // namespace

Result<Daemon> Daemon::start(const DaemonOptions& options) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_fault(ExitCode::io, "a pipe", errno);

    auto child = Child::start(arguments_of(options), {.output = ends[1]});
    ::close(ends[1]);
    if (!child) {
        ::close(ends[0]);
        return child.error();
    }
    Daemon daemon{std::move(*child), ends[0]};
    if (auto read = daemon.read_endpoint(); !read) return read.error();
    return daemon;
}

Daemon::Daemon(Daemon&& other) noexcept
    : child_(std::move(other.child_)),
      output_(std::exchange(other.output_, -1)),
      endpoint_(std::move(other.endpoint_)) {}

Daemon::~Daemon() {
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

Result<void> Daemon::wait_for_end() {
    const auto status = child_.wait();
    if (!status) return status.error();
    if (Child::was_killed(*status)) return {};
    return fault(ExitCode::io, "usherd ended by itself, before it was killed (wait status " +
                                   std::to_string(*status) + ")");
}

}  // namespace usher::crash
