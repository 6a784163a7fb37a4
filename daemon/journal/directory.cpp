#include "journal/directory.h"

#include "base/expect.h"
#include "journal/disk.h"
#include "journal/meta.h"
#include "journal/segment.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace usher::journal {
namespace {

constexpr std::size_t meta_bytes_max = 4096;
constexpr const char* endpoints_name = "endpoints";

struct FileSystem {
    std::uint32_t magic;
    const char* name;
};
// From statfs(2); none of them keeps the promises that fdatasync and rename make here.
constexpr std::array<FileSystem, 5> remote_file_systems = {{{0x6969, "NFS"},
                                                            {0xFF534D42, "CIFS"},
                                                            {0xFE534D42, "SMB2"},
                                                            {0x517B, "SMB"},
                                                            {0x65735546, "FUSE"}}};
constexpr std::array<FileSystem, 2> doubtful_file_systems = {
    {{0x01021994, "tmpfs, which a restart of the machine empties"},
     {0x794C7630, "overlayfs, which may be gone with its container"}}};

bool is_shard_name(std::string_view name) {
    for (std::uint32_t shard = 0; shard < shards_max; ++shard) {
        if (name == shard_directory_name(shard)) return true;
    }
    return false;
}

bool is_known_name(std::string_view name) {
    constexpr std::array<std::string_view, 7> known = {
        "LOCK", "META", "META.tmp", "endpoints", "endpoints.tmp", "ballast", "lost+found"};
    return std::find(known.begin(), known.end(), name) != known.end() || is_shard_name(name) ||
           name.ends_with(".sock");
}

const FileSystem* find(std::span<const FileSystem> among, std::uint32_t magic) {
    const auto at = std::find_if(among.begin(), among.end(),
                                 [&](const FileSystem& one) { return one.magic == magic; });
    return at == among.end() ? nullptr : &*at;
}

bool same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

/// The steps of DataDirectory::open, in order.
class DirectoryOpening {
  public:
    explicit DirectoryOpening(const DirectoryOptions& options)
        : options_(options), made_(new DataDirectory) {
        made_->path_ = options.path;
    }

    Result<std::unique_ptr<DataDirectory>> run() {
        for (auto step : {&DirectoryOpening::open_path, &DirectoryOpening::check_owner,
                          &DirectoryOpening::check_file_system, &DirectoryOpening::lock,
                          &DirectoryOpening::look_around, &DirectoryOpening::read_or_make,
                          &DirectoryOpening::open_shards}) {
            if (auto done = (this->*step)(); !done) return done.error();
        }
        return std::move(made_);
    }

  private:
    Result<void> open_path();
    Result<void> check_owner();
    Result<void> check_file_system();
    Result<void> lock();
    Result<void> look_around();
    Result<void> read_or_make();
    Result<void> make();
    Result<void> make_shard(std::uint32_t shard);
    Result<void> take(const Meta& meta);
    Result<void> open_shards();

    const std::string& path() const { return options_.path; }

    const DirectoryOptions& options_;
    std::unique_ptr<DataDirectory> made_;
    Disk& disk_ = posix_disk();
    bool has_meta_ = false;
    std::string foreign_;  ///< a name that is there though META is not
};

Result<void> DirectoryOpening::open_path() {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    made_->fd_ = ::open(path().c_str(), flags);
    if (made_->fd_ < 0 && errno == ENOENT && options_.create) {
        if (::mkdir(path().c_str(), 0700) != 0 && errno != EEXIST) {  // another may be as far
            return system_fault(ExitCode::cannot_create, path(), errno);
        }
        made_->fd_ = ::open(path().c_str(), flags);
        const int parent = ::openat(made_->fd_, "..", flags);
        const int error = parent < 0 || ::fsync(parent) != 0 ? errno : 0;
        if (parent >= 0) ::close(parent);
        if (error != 0) return system_fault(ExitCode::cannot_create, path(), error);
    }
    if (made_->fd_ < 0) return system_fault(ExitCode::cannot_create, path(), errno);
    return {};
}

Result<void> DirectoryOpening::check_owner() {
    struct stat status {};
    if (::fstat(made_->fd_, &status) != 0) return system_fault(ExitCode::io, path(), errno);
    if (status.st_uid != ::geteuid()) {
        return fault(ExitCode::config, path() + ": belongs to user " +
                                           std::to_string(status.st_uid) + ", usherd runs as " +
                                           std::to_string(::geteuid()) +
                                           "; run it as the owner or give the directory away");
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return fault(ExitCode::config, path() + ": others may write here; chmod 0700 " + path());
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        made_->warnings_.push_back(path() + ": others may look in here; chmod 0700 " + path());
    }
    return {};
}

Result<void> DirectoryOpening::check_file_system() {
    struct statfs status {};
    if (::fstatfs(made_->fd_, &status) != 0) return system_fault(ExitCode::io, path(), errno);
    const auto magic = static_cast<std::uint32_t>(status.f_type);
    if (const auto* remote = find(remote_file_systems, magic)) {
        const auto what = path() + ": lies on " + remote->name;
        if (!options_.allow_remote) {
            return fault(ExitCode::config,
                         what + ", where a confirmed write may be lost; use a local disk");
        }
        made_->warnings_.push_back(what + ", where a confirmed write may be lost");
    }
    if (const auto* doubtful = find(doubtful_file_systems, magic)) {
        made_->warnings_.push_back(path() + ": lies on " + doubtful->name);
    }
    return {};
}

Result<void> DirectoryOpening::lock() {
    const int fd =
        ::openat(made_->fd_, "LOCK", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0) return system_fault(ExitCode::cannot_create, path() + "/LOCK", errno);
    made_->lock_fd_ = fd;
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_fault(ExitCode::io, path() + "/LOCK", errno);
        std::array<char, 32> pid{};
        const auto got = ::pread(fd, pid.data(), pid.size() - 1, 0);
        std::string holder = got > 0 ? pid.data() : "unknown";
        while (!holder.empty() && holder.back() == '\n') holder.pop_back();
        return fault(ExitCode::locked, path() + ": in use by another usherd (pid " + holder +
                                           "); stop it first, or use another directory");
    }
    const auto text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd, 0) != 0 ||
        ::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        return system_fault(ExitCode::cannot_create, path() + "/LOCK", errno);
    }
    return {};
}

Result<void> DirectoryOpening::look_around() {
    std::vector<DirectoryEntry> entries;
    if (const int error = disk_.list(made_->fd_, entries); error != 0) {
        return disk_fault(path(), "cannot be listed", error);
    }
    for (const auto& entry : entries) {
        has_meta_ = has_meta_ || entry.name == meta_name;
        if (!is_known_name(entry.name)) {
            made_->warnings_.push_back(path() + "/" + entry.name + ": not ours, left alone");
        }
        if (!is_shard_name(entry.name)) continue;
        // A directory whose making was interrupted has empty shards; one with work in it has lost
        // its META.
        const auto journal = entry.name + "/journal";
        const OwnedFd fd{disk_, disk_.open(made_->fd_, journal, OpenFor::directory)};
        std::vector<DirectoryEntry> segments;
        if (fd.is_open() && disk_.list(fd.get(), segments) == 0 && !segments.empty()) {
            foreign_ = journal;
        }
    }
    return {};
}

Result<void> DirectoryOpening::read_or_make() {
    if (has_meta_) {
        const auto text =
            read_small_file(disk_, made_->fd_, meta_name, path() + "/META", meta_bytes_max);
        if (!text) return text.error();
        const auto meta = decode_meta(*text, path() + "/META");
        if (!meta) return meta.error();
        return take(*meta);
    }
    if (!foreign_.empty()) {
        return fault(ExitCode::data, path() + "/META: missing, though " + foreign_ +
                                         " holds a journal. Nothing was changed; put it back");
    }
    if (!options_.create) {
        return fault(ExitCode::config, path() + ": no usher data directory (it has no META)");
    }
    return make();
}

Result<void> DirectoryOpening::take(const Meta& meta) {
    if (meta.clock != options_.clock) {
        const auto name = [](Clock clock) { return clock == Clock::wall ? "wall" : "trace"; };
        return fault(ExitCode::config, path() + ": was made with clock " + name(meta.clock) +
                                           ", which is fixed; usherd was started with " +
                                           name(options_.clock));
    }
    if (meta.shards != options_.shards) {
        made_->warnings_.push_back(path() + ": was made with " + std::to_string(meta.shards) +
                                   " shards, which is fixed; " + std::to_string(options_.shards) +
                                   " were asked for");
    }
    made_->meta_ = meta;
    return {};
}

/// META comes last: with it the directory is complete.
Result<void> DirectoryOpening::make() {
    EXPECT(options_.shards >= 1 && options_.shards <= shards_max);
    const auto high = random_64();
    const auto low = random_64();
    if (!high || !low) return !high ? high.error() : low.error();
    Meta meta;
    meta.format = meta_format;
    // The bits that make 128 random ones a UUID of version 4.
    meta.instance_high = (*high & ~std::uint64_t{0xF000}) | 0x4000;
    meta.instance_low = (*low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);
    meta.created = options_.now;
    meta.shards = options_.shards;
    meta.clock = options_.clock;
    for (std::uint32_t shard = 0; shard < meta.shards; ++shard) {
        if (auto made = make_shard(shard); !made) return made;
    }
    if (const int error = disk_.sync(made_->fd_); error != 0) {
        return disk_fault(path(), "cannot be synced", error);
    }
    auto written = replace_file(disk_, made_->fd_, path(), meta_name, encode_meta(meta));
    if (!written) return written;
    made_->meta_ = meta;
    made_->fresh_ = true;
    return {};
}

Result<void> DirectoryOpening::make_shard(std::uint32_t shard) {
    const auto name = shard_directory_name(shard);
    for (const auto& directory : {name, name + "/journal", name + "/snapshot"}) {
        const int error = disk_.make_directory(made_->fd_, directory);
        if (error != 0 && error != -EEXIST) {
            return system_fault(ExitCode::cannot_create, path() + "/" + directory, -error);
        }
    }
    const OwnedFd fd{disk_, disk_.open(made_->fd_, name, OpenFor::directory)};
    const int error = fd.is_open() ? disk_.sync(fd.get()) : fd.get();
    if (error != 0) return disk_fault(path() + "/" + name, "cannot be synced", error);
    return {};
}

Result<void> DirectoryOpening::open_shards() {
    for (std::uint32_t shard = 0; shard < made_->meta_.shards; ++shard) {
        const auto name = shard_directory_name(shard);
        const int fd = disk_.open(made_->fd_, name, OpenFor::directory);
        // What a link leads to is not followed either (ELOOP).
        if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
            return fault(ExitCode::data, path() + "/" + name + ": is missing or no directory (" +
                                             std::strerror(-fd) +
                                             "). Nothing was changed; put it back");
        if (fd < 0) return disk_fault(path() + "/" + name, "cannot be opened", fd);
        made_->shard_fds_.push_back(fd);
    }
    return {};
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const DirectoryOptions& options) {
    return DirectoryOpening{options}.run();
}

DataDirectory::~DataDirectory() {
    for (const int fd : shard_fds_) ::close(fd);
    if (lock_fd_ >= 0) ::close(lock_fd_);  // the lock goes with it
    if (fd_ >= 0) ::close(fd_);
}

Identity DataDirectory::identity(std::uint32_t shard) const {
    EXPECT(shard < meta_.shards);
    return {meta_.instance_high, meta_.instance_low, static_cast<std::uint16_t>(shard)};
}

int DataDirectory::shard_fd(std::uint32_t shard) const {
    return shard_fds_.at(shard);
}

std::string DataDirectory::shard_name(std::uint32_t shard) const {
    return path_ + "/" + shard_directory_name(shard);
}

Result<void> DataDirectory::write_endpoints(std::string_view text) {
    return replace_file(posix_disk(), fd_, path_, endpoints_name, text);
}

Result<void> DataDirectory::remove_endpoints() {
    const int error = posix_disk().remove(fd_, endpoints_name);
    if (error != 0 && error != -ENOENT) {
        return disk_fault(path_ + "/" + endpoints_name, "cannot be removed", error);
    }
    return {};
}

Result<void> DataDirectory::still_ours() const {
    struct stat held {};
    struct stat named {};
    const auto replaced = [&](const std::string& name) {
        return fault(ExitCode::io, name + ": was moved or replaced while usherd was running");
    };
    if (::fstat(fd_, &held) != 0 || ::stat(path_.c_str(), &named) != 0 || !same_file(held, named)) {
        return replaced(path_);
    }
    if (::fstat(lock_fd_, &held) != 0 || ::fstatat(fd_, "LOCK", &named, AT_SYMLINK_NOFOLLOW) != 0 ||
        !same_file(held, named)) {
        return replaced(path_ + "/LOCK");
    }
    return {};
}

Result<Meta> read_meta(const std::string& path) {
    auto& disk = posix_disk();
    const OwnedFd fd{disk, disk.open(AT_FDCWD, path + "/.", OpenFor::directory)};
    if (!fd.is_open()) return disk_fault(path, "cannot be opened", fd.get());
    const auto text = read_small_file(disk, fd.get(), meta_name, path + "/META", meta_bytes_max);
    if (!text) return text.error();
    return decode_meta(*text, path + "/META");
}

}  // namespace usher::journal
