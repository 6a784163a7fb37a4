// A file read in any stretch of it, through a window that follows; past the page cache unless it is
// opened otherwise. One thread.
#pragma once

#include "base/result.h"
#include "journal/aligned.h"
#include "journal/disk.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace usher::journal {

class DeviceFile {
  public:
    /// `full_name` is for messages.
    static Result<DeviceFile> open(Disk& disk, int directory, const std::string& file,
                                   std::string full_name, OpenFor how = OpenFor::reading_device);

    std::uint64_t size() const { return size_; }
    const std::string& name() const { return name_; }

    /// The bytes at `offset`: `bytes` of them, or fewer at the end of the file. Valid until the
    /// next call.
    Result<std::span<const std::byte>> at(std::uint64_t offset, std::size_t bytes);

  private:
    DeviceFile(Disk& disk, OwnedFd fd, std::string name, std::uint64_t size) noexcept
        : disk_(&disk), fd_(std::move(fd)), name_(std::move(name)), size_(size) {}

    Disk* disk_;
    OwnedFd fd_;
    std::string name_;
    std::uint64_t size_;
    AlignedBytes window_;
    std::uint64_t window_offset_ = 0;
    std::size_t ahead_bytes_ = 0;
    std::span<const std::byte> window_bytes_;
};

}  // namespace usher::journal
