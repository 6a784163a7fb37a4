#include "tests/simulator/forgetful_disk.h"

#include <cerrno>

#include "base/planted.h"

namespace usher::simulator {

using journal::OpenFor;

int ForgetfulDisk::open(int directory, const std::string& name, OpenFor purpose) {
    if (PLANTED(page_cache_believed) && purpose == OpenFor::reading_device)
        purpose = OpenFor::reading;
    const int fd = disk_.open(directory, name, purpose);
    if (fd >= 0 && purpose == OpenFor::directory) directories_.insert(fd);
    if (fd >= 0 && name.starts_with("watermark")) watermarks_.insert(fd);
    return fd;
}

int ForgetfulDisk::close(int fd) {
    directories_.erase(fd);
    watermarks_.erase(fd);
    return disk_.close(fd);
}

std::int64_t ForgetfulDisk::read(int fd, std::span<std::byte> into, std::uint64_t offset) {
    return disk_.read(fd, into, offset);
}

std::int64_t ForgetfulDisk::write(int fd, std::span<const std::byte> from, std::uint64_t offset) {
    const auto whole = static_cast<std::int64_t>(from.size());
    if (PLANTED(watermark_not_written) && watermarks_.contains(fd)) return whole;
    const auto done = disk_.write(fd, from, offset);
    if (PLANTED(short_write_taken_for_whole) && done > 0) return whole;
    if (PLANTED(enospc_ignored) && done == -ENOSPC) return whole;
    if (PLANTED(write_error_ignored) && done == -EIO) return whole;
    return done;
}

int ForgetfulDisk::truncate(int fd, std::uint64_t size) {
    return disk_.truncate(fd, size);
}

int ForgetfulDisk::sync_contents(int fd) {
    ++syncs_;
    if (PLANTED(sync_forgotten)) return 0;
    if (PLANTED(every_50th_sync_skipped) && syncs_ % 50 == 0) return 0;
    const int error = disk_.sync_contents(fd);
    if (PLANTED(sync_error_ignored) && error != 0) return 0;
    // The second one succeeds, as in a kernel that has dropped what it could not write.
    if (PLANTED(sync_error_retried) && error != 0) return disk_.sync_contents(fd);
    return error;
}

int ForgetfulDisk::sync(int fd) {
    const bool directory = directories_.contains(fd);
    if (PLANTED(directory_sync_forgotten) && directory) return 0;
    if (PLANTED(file_sync_forgotten) && !directory) return 0;
    return disk_.sync(fd);
}

int ForgetfulDisk::rename(int directory, const std::string& from, const std::string& to) {
    return disk_.rename(directory, from, to);
}

int ForgetfulDisk::remove(int directory, const std::string& name) {
    return disk_.remove(directory, name);
}

}  // namespace usher::simulator
