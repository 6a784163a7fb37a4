#include "journal/disk.h"

#include <cerrno>
#include <utility>

namespace usher::journal {
namespace {

constexpr std::int64_t device_block_bytes = 4096;

}  // namespace

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
    if (this != &other) {
        reset();
        disk_ = other.disk_;
        fd_ = other.release();
    }
    return *this;
}

int OwnedFd::release() {
    return std::exchange(fd_, -1);
}

void OwnedFd::reset() {
    if (is_open()) disk_->close(release());
}

int OwnedFd::close() {
    return is_open() ? disk_->close(release()) : 0;
}

int write_all(Disk& disk, int fd, std::span<const std::byte> from, std::uint64_t offset) {
    while (!from.empty()) {
        const auto done = disk.write(fd, from, offset);
        if (done == -EINTR || done == -EAGAIN) continue;
        if (done < 0) return static_cast<int>(done);
        if (done == 0) return -EIO;  // the system promises progress or an error
        from = from.subspan(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
    return 0;
}

std::int64_t read_all(Disk& disk, int fd, std::span<std::byte> into, std::uint64_t offset) {
    std::int64_t total = 0;
    while (!into.empty()) {
        const auto done = disk.read(fd, into, offset);
        if (done == -EINTR || done == -EAGAIN) continue;
        if (done < 0) return done;
        if (done == 0) break;
        total += done;
        into = into.subspan(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
        // A device gives whole blocks until its file's end, and takes no offset within one.
        if (done % device_block_bytes != 0) break;
    }
    return total;
}

Fault disk_fault(const std::string& name, const char* what, std::int64_t negative_errno) {
    return system_fault(ExitCode::io, name + ": " + what, static_cast<int>(-negative_errno));
}

}  // namespace usher::journal
