// The disk as the journal sees it: a few calls on files within directories, as thin as the system's
// own. Two disks exist: the machine's (posix_disk) and the tests' one that remembers what was
// synced and loses the rest. Calls answer as the kernel does inside: 0 or a count, or a negative
// errno. Nothing here retries, follows a symbolic link or touches what it was not named.
//
// Any thread may call; one descriptor must not be closed while another thread uses it.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace usher::journal {

enum class OpenFor : std::uint8_t {
    reading_device,  ///< what the device holds, not what the page cache says of it
    reading,         ///< through the page cache, beside a writer
    writing,         ///< an existing file
    creating,        ///< a new one, or an existing one emptied
    directory,
};

struct DirectoryEntry {
    enum class Kind : std::uint8_t { file, directory, other };

    std::string name;
    Kind kind = Kind::other;  ///< a symbolic link, a socket … is `other`
};

class Disk {
  public:
    virtual ~Disk() = default;

    /// A descriptor, to be given to close(). Reading from the device wants buffers, offsets and
    /// lengths that are multiples of 4096.
    virtual int open(int directory, const std::string& name, OpenFor purpose) = 0;
    virtual int close(int fd) = 0;

    virtual std::int64_t read(int fd, std::span<std::byte> into, std::uint64_t offset) = 0;
    virtual std::int64_t write(int fd, std::span<const std::byte> from, std::uint64_t offset) = 0;
    virtual std::int64_t size(int fd) = 0;
    virtual int truncate(int fd, std::uint64_t size) = 0;

    virtual int sync_contents(int fd) = 0;  ///< fdatasync: contents, and the size if it grew
    virtual int sync(int fd) = 0;           ///< fsync; of a directory: its names
    /// What memory keeps of a file that was synced makes room: it will hardly be read soon.
    virtual void drop_cached(int) {}

    virtual int rename(int directory, const std::string& from, const std::string& to) = 0;
    virtual int remove(int directory, const std::string& name) = 0;
    virtual int make_directory(int directory, const std::string& name) = 0;
    virtual int list(int directory, std::vector<DirectoryEntry>& out) = 0;
};

/// The machine's own. Lives as long as the program.
Disk& posix_disk();

/// A descriptor that is closed with its owner (whose errors then do not matter).
class OwnedFd {
  public:
    OwnedFd() = default;
    OwnedFd(Disk& disk, int fd) : disk_(&disk), fd_(fd) {}
    OwnedFd(OwnedFd&& other) noexcept : disk_(other.disk_), fd_(other.release()) {}
    OwnedFd& operator=(OwnedFd&& other) noexcept;
    OwnedFd(const OwnedFd&) = delete;
    OwnedFd& operator=(const OwnedFd&) = delete;
    ~OwnedFd() { reset(); }

    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    int release();
    void reset();
    /// Closes it and says how that went: 0 or a negative errno.
    int close();

  private:
    Disk* disk_ = nullptr;
    int fd_ = -1;
};

/// All of `from`, through short writes and interruptions. 0 or a negative errno.
int write_all(Disk& disk, int fd, std::span<const std::byte> from, std::uint64_t offset);

/// As much as there is up to all of `into`, for files opened for reading_device. The count or a
/// negative errno.
std::int64_t read_all(Disk& disk, int fd, std::span<std::byte> into, std::uint64_t offset);

/// "NAME: what: strerror": the fault of a call that gave `negative_errno`.
Fault disk_fault(const std::string& name, const char* what, std::int64_t negative_errno);

}  // namespace usher::journal
