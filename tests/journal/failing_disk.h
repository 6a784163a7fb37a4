// Another disk, of which one call goes wrong: any of them, those that only read too, counted from
// 1; or all from that one on; or of one kind of call alone. One thread.
#pragma once

#include "journal/disk.h"

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace usher::journal::testing {

enum class DiskCall : std::uint8_t {
    open,
    close,
    read,
    write,
    size,
    truncate,
    sync_contents,
    sync,
    rename,
    remove,
    make_directory,
    list
};

enum class Going : std::uint8_t {
    wrong_once,  ///< that call fails with EIO
    down,        ///< that call and all that follow fail with EIO
    astray,      ///< that call says it went well; if it writes, one bit of it is wrong
};

class FailingDisk : public Disk {
  public:
    FailingDisk(Disk& disk, Going going, std::uint64_t nth, std::optional<DiskCall> only = {})
        : disk_(disk), going_(going), nth_(nth), only_(only) {}

    /// What the first call was that went wrong; nothing while none has.
    std::optional<DiskCall> failed() const { return failed_; }

    int open(int directory, const std::string& name, OpenFor purpose) override {
        return fails(DiskCall::open) ? -EIO : disk_.open(directory, name, purpose);
    }
    /// A descriptor is gone whatever close() says.
    int close(int fd) override {
        const bool wrong = fails(DiskCall::close);
        const int error = disk_.close(fd);
        return wrong ? -EIO : error;
    }
    std::int64_t read(int fd, std::span<std::byte> into, std::uint64_t offset) override {
        return fails(DiskCall::read) ? -EIO : disk_.read(fd, into, offset);
    }
    std::int64_t write(int fd, std::span<const std::byte> from, std::uint64_t offset) override {
        if (!fails(DiskCall::write)) return disk_.write(fd, from, offset);
        if (going_ != Going::astray) return -EIO;
        std::vector<std::byte> wrong(from.begin(), from.end());
        wrong[wrong.size() / 2] ^= std::byte{1};
        return disk_.write(fd, wrong, offset);
    }
    std::int64_t size(int fd) override { return fails(DiskCall::size) ? -EIO : disk_.size(fd); }
    int truncate(int fd, std::uint64_t size) override {
        return fails(DiskCall::truncate) ? -EIO : disk_.truncate(fd, size);
    }
    /// Nothing is synced that goes well: no power is cut here, and syncs take their time.
    int sync_contents(int) override { return fails(DiskCall::sync_contents) ? -EIO : 0; }
    int sync(int) override { return fails(DiskCall::sync) ? -EIO : 0; }
    int rename(int directory, const std::string& from, const std::string& to) override {
        return fails(DiskCall::rename) ? -EIO : disk_.rename(directory, from, to);
    }
    int remove(int directory, const std::string& name) override {
        return fails(DiskCall::remove) ? -EIO : disk_.remove(directory, name);
    }
    int make_directory(int directory, const std::string& name) override {
        return fails(DiskCall::make_directory) ? -EIO : disk_.make_directory(directory, name);
    }
    int list(int directory, std::vector<DirectoryEntry>& out) override {
        return fails(DiskCall::list) ? -EIO : disk_.list(directory, out);
    }

  private:
    bool fails(DiskCall call) {
        if (only_ && call != *only_) return false;
        ++calls_;
        if (going_ == Going::down ? calls_ < nth_ : calls_ != nth_) return false;
        if (!failed_) failed_ = call;
        return going_ != Going::astray || call == DiskCall::write;
    }

    Disk& disk_;
    Going going_;
    std::uint64_t nth_;
    std::optional<DiskCall> only_;
    std::uint64_t calls_ = 0;
    std::optional<DiskCall> failed_;
};

}  // namespace usher::journal::testing
