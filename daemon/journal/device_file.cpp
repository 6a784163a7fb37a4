#include "journal/device_file.h"

#include <algorithm>

namespace usher::journal {
namespace {

// What is asked for alone costs little; whoever reads on is read ahead of, further each time.
constexpr std::size_t ahead_bytes_min = 4096;
constexpr std::size_t ahead_bytes_max = 1024 * 1024;

}  // namespace

Result<DeviceFile> DeviceFile::open(Disk& disk, int directory, const std::string& file,
                                    std::string full_name, OpenFor how) {
    OwnedFd fd{disk, disk.open(directory, file, how)};
    if (!fd.is_open()) return disk_fault(full_name, "cannot be opened", fd.get());
    const auto size = disk.size(fd.get());
    if (size < 0) return disk_fault(full_name, "has no size", size);
    return DeviceFile{disk, std::move(fd), std::move(full_name), static_cast<std::uint64_t>(size)};
}

Result<std::span<const std::byte>> DeviceFile::at(std::uint64_t offset, std::size_t bytes) {
    const auto available = offset < size_ ? size_ - offset : 0;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, available));
    if (wanted == 0) return std::span<const std::byte>{};
    const auto window_end = window_offset_ + window_bytes_.size();
    if (offset < window_offset_ || offset + wanted > window_end) {
        const auto start = offset / AlignedBytes::alignment * AlignedBytes::alignment;
        const auto lead = static_cast<std::size_t>(offset - start);
        const bool reads_on = window_end != 0 && offset >= window_offset_ && offset <= window_end;
        ahead_bytes_ = reads_on ? std::min(ahead_bytes_ * 2, ahead_bytes_max) : ahead_bytes_min;
        // No more than the file has, so that a small file costs little memory.
        const auto to_end =
            static_cast<std::size_t>(std::min<std::uint64_t>(ahead_bytes_, size_ - start));
        const auto room = window_.room(std::max(lead + wanted, to_end));
        const auto got = read_all(*disk_, fd_.get(), room, start);
        if (got < 0) {
            const auto what = "cannot be read at byte " + std::to_string(start);
            return disk_fault(name_, what.c_str(), got);
        }
        window_offset_ = start;
        window_bytes_ = room.first(static_cast<std::size_t>(got));
        if (window_bytes_.size() < lead + wanted) {
            return fault(ExitCode::io, name_ + ": became shorter while it was read");
        }
    }
    return window_bytes_.subspan(static_cast<std::size_t>(offset - window_offset_), wanted);
}

}  // namespace usher::journal
