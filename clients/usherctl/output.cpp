#include "clients/usherctl/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace usher::ctl {

Output::Output(int fd, bool owned, std::string name)
    : fd_(fd), owned_(owned), name_(std::move(name)) {}

Output::Output(Output&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      owned_(std::exchange(other.owned_, false)),
      name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)),
      fault_(std::move(other.fault_)) {}

Output::~Output() {
    if (fd_ < 0) return;
    flush();
    if (owned_) ::close(fd_);
}

Output Output::standard() {
    return {STDOUT_FILENO, false, "standard output"};
}

Result<Output> Output::open(const std::string& path) {
    if (path.empty() || path == "-") return standard();
    constexpr mode_t mode = 0644;
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0) return system_fault(ExitCode::io, "cannot write " + path, errno);
    return Output{fd, true, path};
}

void Output::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty() && !fault_) {
        const auto count = ::write(fd_, rest.data(), rest.size());
        if (count >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            fault_ = system_fault(ExitCode::io, "cannot write " + name_, errno);
        }
    }
    buffer_.clear();
}

Result<void> Output::finish() {
    flush();
    if (fault_) return *fault_;
    return {};
}

bool Output::is_terminal() const {
    return ::isatty(fd_) == 1;
}

}  // namespace usher::ctl
