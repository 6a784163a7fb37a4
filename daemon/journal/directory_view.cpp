#include "journal/directory_view.h"

#include "journal/meta.h"

#include <fcntl.h>

namespace usher::journal {
namespace {

constexpr std::size_t meta_bytes_max = 4096;

}  // namespace

Result<DirectoryView> DirectoryView::open(Disk& disk, const std::string& path) {
    OwnedFd top{disk, disk.open(AT_FDCWD, path + "/.", OpenFor::directory)};
    if (!top.is_open()) return disk_fault(path, "cannot be opened", top.get());
    const auto meta_path = path + "/META";
    const auto text = read_small_file(disk, top.get(), meta_name, meta_path, meta_bytes_max);
    if (!text) return text.error();
    const auto meta = decode_meta(*text, meta_path);
    if (!meta) return meta.error();
    return DirectoryView(disk, path, std::move(top), *meta);
}

std::string DirectoryView::shard_name(std::uint32_t shard) const {
    return path_ + "/" + shard_directory_name(shard);
}

Result<OwnedFd> DirectoryView::open_shard(std::uint32_t shard) const {
    OwnedFd fd{*disk_, disk_->open(top_.get(), shard_directory_name(shard), OpenFor::directory)};
    if (!fd.is_open()) return disk_fault(shard_name(shard), "cannot be opened", fd.get());
    return fd;
}

}  // namespace usher::journal
