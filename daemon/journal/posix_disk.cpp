#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "base/planted.h"
#include "journal/disk.h"

namespace usher::journal {
namespace {

// O_NONBLOCK: opening a FIFO that somebody planted must not wait for its other end.
constexpr int common_flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

int answer(int result) {
    return result < 0 ? -errno : result;
}

/// O_DIRECT where the file system has it. Where it has not (tmpfs), what the cache holds is dropped
/// first, so that a page that could not be written back is not taken for one that was.
int open_device(int directory, const char* name) {
    if (PLANTED(page_cache_believed))
        return answer(::openat(directory, name, O_RDONLY | common_flags));
    const int direct = ::openat(directory, name, O_RDONLY | O_DIRECT | common_flags);
    if (direct >= 0 || errno != EINVAL) return answer(direct);
    const int buffered = ::openat(directory, name, O_RDONLY | common_flags);
    if (buffered >= 0) ::posix_fadvise(buffered, 0, 0, POSIX_FADV_DONTNEED);
    return answer(buffered);
}

/// Nothing but a plain file is worth a descriptor: a FIFO or a device in our place is refused.
int plain_file_only(int fd) {
    if (fd < 0) return fd;
    struct stat status {};
    int error = 0;
    if (::fstat(fd, &status) != 0) {
        error = errno;
    } else if (!S_ISREG(status.st_mode)) {
        error = EINVAL;
    }
    if (error == 0) return fd;
    ::close(fd);
    return -error;
}

DirectoryEntry::Kind kind_of(int directory, const dirent& entry) {
    unsigned type = entry.d_type;
    if (type == DT_UNKNOWN) {
        struct stat status {};
        if (::fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
            type = S_ISREG(status.st_mode) ? DT_REG : S_ISDIR(status.st_mode) ? DT_DIR : DT_UNKNOWN;
        }
    }
    if (type == DT_REG) return DirectoryEntry::Kind::file;
    return type == DT_DIR ? DirectoryEntry::Kind::directory : DirectoryEntry::Kind::other;
}

class PosixDisk final : public Disk {
  public:
    int open(int directory, const std::string& name, OpenFor purpose) override {
        switch (purpose) {
            case OpenFor::reading_device:
                return plain_file_only(open_device(directory, name.c_str()));
            case OpenFor::reading:
                return plain_file_only(
                    answer(::openat(directory, name.c_str(), O_RDONLY | common_flags)));
            case OpenFor::writing:
                return plain_file_only(
                    answer(::openat(directory, name.c_str(), O_RDWR | common_flags)));
            case OpenFor::creating:
                return plain_file_only(answer(::openat(
                    directory, name.c_str(), O_RDWR | O_CREAT | O_TRUNC | common_flags, 0600)));
            case OpenFor::directory:
                return answer(
                    ::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | common_flags));
        }
        return -EINVAL;
    }

    int close(int fd) override { return answer(::close(fd)); }

    std::int64_t read(int fd, std::span<std::byte> into, std::uint64_t offset) override {
        const auto done = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
        return done < 0 ? -errno : done;
    }

    std::int64_t write(int fd, std::span<const std::byte> from, std::uint64_t offset) override {
        const auto done = ::pwrite(fd, from.data(), from.size(), static_cast<off_t>(offset));
        return done < 0 ? -errno : done;
    }

    std::int64_t size(int fd) override {
        struct stat status {};
        return ::fstat(fd, &status) != 0 ? -errno : status.st_size;
    }

    int truncate(int fd, std::uint64_t size) override {
        return answer(::ftruncate(fd, static_cast<off_t>(size)));
    }

    int sync_contents(int fd) override { return answer(::fdatasync(fd)); }
    int sync(int fd) override { return answer(::fsync(fd)); }
    void drop_cached(int fd) override { ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); }

    int rename(int directory, const std::string& from, const std::string& to) override {
        return answer(::renameat(directory, from.c_str(), directory, to.c_str()));
    }

    int remove(int directory, const std::string& name) override {
        return answer(::unlinkat(directory, name.c_str(), 0));
    }

    int make_directory(int directory, const std::string& name) override {
        return answer(::mkdirat(directory, name.c_str(), 0700));
    }

    int list(int directory, std::vector<DirectoryEntry>& out) override {
        // fdopendir takes its descriptor over and moves its position: give it one of its own.
        const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (own < 0) return -errno;
        const auto close = [](DIR* stream) { ::closedir(stream); };
        const std::unique_ptr<DIR, decltype(close)> stream{::fdopendir(own)};
        if (stream == nullptr) {
            const int error = errno;
            ::close(own);
            return -error;
        }
        out.clear();
        for (;;) {
            errno = 0;
            const dirent* const entry = ::readdir(stream.get());
            if (entry == nullptr) return -errno;
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..") continue;
            out.push_back({std::string(name), kind_of(directory, *entry)});
        }
    }
};

}  // namespace

Disk& posix_disk() {
    static PosixDisk disk;
    return disk;
}

}  // namespace usher::journal
