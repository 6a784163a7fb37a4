// Goal: whatever the system says to a call about the data directory, opening it fails by name or
// goes well, and a failed attempt leaves nothing that a later one would stumble over.
// Method: the calls that no file or permission makes fail stand here in place of the system's, and
// fail when they are told to. Alone in its program for that.

#include "journal/directory.h"
#include "journal/disk.h"
#include "journal/segment.h"
#include "tests/journal/temporary_directory.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

enum class SystemCall {
    none,
    fstat,
    fstatat,
    fstatfs,
    fsync,
    flock,
    ftruncate,
    pwrite,
    getrandom,
    fdopendir,
    readdir,
    mkdirat,
    openat
};

/// The nth call of this kind from now on fails with `error`.
struct Trouble {
    SystemCall call = SystemCall::none;
    int nth = 1;
    int error = EIO;
};

Trouble trouble;
int calls_seen = 0;
long file_system = 0;           ///< what fstatfs() is to say; 0: the truth
bool types_unknown = false;     ///< readdir() does not tell what kind an entry is of
bool randomness_short = false;  ///< getrandom() gives a byte less, once

bool fails(SystemCall call) {
    if (trouble.call != call || ++calls_seen != trouble.nth) return false;
    errno = trouble.error;
    return true;
}

template <class F>
F* real(const char* name) {
    return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fstat(int fd, struct stat* out) noexcept {
    static auto* const call = real<int(int, struct stat*)>("fstat");
    return fails(SystemCall::fstat) ? -1 : call(fd, out);
}
int fstatat(int directory, const char* name, struct stat* out, int flags) noexcept {
    static auto* const call = real<int(int, const char*, struct stat*, int)>("fstatat");
    return fails(SystemCall::fstatat) ? -1 : call(directory, name, out, flags);
}
int fstatfs(int fd, struct statfs* out) noexcept {
    static auto* const call = real<int(int, struct statfs*)>("fstatfs");
    if (fails(SystemCall::fstatfs)) return -1;
    const int result = call(fd, out);
    if (file_system != 0) out->f_type = file_system;
    return result;
}
int fsync(int fd) {
    static auto* const call = real<int(int)>("fsync");
    return fails(SystemCall::fsync) ? -1 : call(fd);
}
int flock(int fd, int operation) noexcept {
    static auto* const call = real<int(int, int)>("flock");
    return fails(SystemCall::flock) ? -1 : call(fd, operation);
}
int ftruncate(int fd, off_t size) noexcept {
    static auto* const call = real<int(int, off_t)>("ftruncate");
    return fails(SystemCall::ftruncate) ? -1 : call(fd, size);
}
ssize_t pwrite(int fd, const void* from, size_t bytes, off_t offset) {
    static auto* const call = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    return fails(SystemCall::pwrite) ? -1 : call(fd, from, bytes, offset);
}
ssize_t getrandom(void* into, size_t bytes, unsigned flags) {
    static auto* const call = real<ssize_t(void*, size_t, unsigned)>("getrandom");
    if (fails(SystemCall::getrandom)) return -1;
    return call(into, std::exchange(randomness_short, false) ? bytes - 1 : bytes, flags);
}
DIR* fdopendir(int fd) {
    static auto* const call = real<DIR*(int)>("fdopendir");
    return fails(SystemCall::fdopendir) ? nullptr : call(fd);
}
dirent* readdir(DIR* directory) {
    static auto* const call = real<dirent*(DIR*)>("readdir");
    if (fails(SystemCall::readdir)) return nullptr;
    auto* const entry = call(directory);
    if (types_unknown && entry != nullptr) entry->d_type = DT_UNKNOWN;
    return entry;
}
int mkdirat(int directory, const char* name, mode_t mode) noexcept {
    static auto* const call = real<int(int, const char*, mode_t)>("mkdirat");
    return fails(SystemCall::mkdirat) ? -1 : call(directory, name, mode);
}

int openat(int directory, const char* name, int flags, ...) {
    static auto* const call = real<int(int, const char*, int, mode_t)>("openat");
    if (fails(SystemCall::openat)) return -1;
    std::va_list more;
    va_start(more, flags);
    const auto mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return call(directory, name, flags, mode);
}

}  // extern "C"

namespace usher::journal::testing {
namespace {

namespace fs = std::filesystem;

class SystemCalls : public ::testing::Test {
  protected:
    void TearDown() override {
        trouble = {};
        file_system = 0;
        types_unknown = randomness_short = false;
    }
    Result<std::unique_ptr<DataDirectory>> open(bool allow_remote = false) {
        DirectoryOptions options;
        options.path = path();
        options.shards = 2;
        options.allow_remote = allow_remote;
        return DataDirectory::open(options);
    }
    static void fail(SystemCall call, int nth = 1, int error = EIO) {
        trouble = {call, nth, error};
        calls_seen = 0;
    }
    std::string path() const { return place_.path() + "/data"; }

  private:
    TemporaryDirectory place_;
};

bool warns(const DataDirectory& directory, const std::string& what) {
    return std::ranges::any_of(directory.warnings(), [&](const std::string& line) {
        return line.find(what) != std::string::npos;
    });
}

TEST_F(SystemCalls, OfOpeningMayFailEachAndTheNextAttemptGoesWell) {
    for (const auto call :
         {SystemCall::fstat, SystemCall::fstatfs, SystemCall::fsync, SystemCall::flock,
          SystemCall::ftruncate, SystemCall::pwrite, SystemCall::getrandom, SystemCall::fdopendir,
          SystemCall::readdir, SystemCall::mkdirat, SystemCall::openat})
        for (const bool exists : {false, true})
            for (int nth = 1;; ++nth) {
                SCOPED_TRACE("call " + std::to_string(static_cast<int>(call)) + ", the " +
                             std::to_string(nth) + "th, exists " + std::to_string(exists));
                fs::remove_all(path());
                if (exists) {
                    ASSERT_TRUE(open());
                }
                fail(call, nth);
                const auto opened = open();
                const bool done = calls_seen < nth;
                trouble = {};
                if (!opened) {
                    const auto code = opened.error().code;
                    EXPECT_TRUE(code == ExitCode::io || code == ExitCode::cannot_create);
                    EXPECT_NE(opened.error().message.find("Input/output error"), std::string::npos)
                        << opened.error().message;
                    const auto again = open();
                    ASSERT_TRUE(again) << again.error().message;
                } else if (done) {
                    EXPECT_TRUE(nth > 1 || call != SystemCall::openat) << "is never made";
                    break;
                } else {
                    // What it could not look into is a shard's journal, which was being made.
                    EXPECT_TRUE(call == SystemCall::fdopendir || call == SystemCall::readdir ||
                                call == SystemCall::openat);
                }
            }
}

TEST_F(SystemCalls, ThatSayWhereTheDirectoryLiesAreHeeded) {
    for (const auto& [magic, name] : {std::pair{0x6969L, "NFS"},
                                      {0xFF534D42L, "CIFS"},
                                      {0xFE534D42L, "SMB2"},
                                      {0x517BL, "SMB"},
                                      {0x65735546L, "FUSE"}}) {
        file_system = magic;
        const auto refused = open();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ExitCode::config);
        EXPECT_NE(refused.error().message.find(std::string("lies on ") + name + ", where"),
                  std::string::npos)
            << refused.error().message;
        EXPECT_FALSE(fs::exists(path() + "/META"));
        const auto allowed = open(true);
        ASSERT_TRUE(allowed) << allowed.error().message;
        EXPECT_TRUE(warns(**allowed, std::string("lies on ") + name));
        fs::remove_all(path());
    }
    file_system = 0x01021994;
    const auto opened = open();
    ASSERT_TRUE(opened);
    EXPECT_TRUE(warns(**opened, "tmpfs, which a restart of the machine empties"));
    file_system = 0xEF53;
    const auto ext4 = DataDirectory::open({.path = path() + "4"});
    ASSERT_TRUE(ext4);
    EXPECT_FALSE(warns(**ext4, "lies on"));
}

TEST_F(SystemCalls, ThatDoNotTellTheKindOfAnEntryAreNotNeededForIt) {
    ASSERT_TRUE(open());
    fs::create_symlink("META", path() + "/link");
    types_unknown = true;
    auto& disk = posix_disk();
    const OwnedFd fd{disk, disk.open(AT_FDCWD, path() + "/.", OpenFor::directory)};
    const auto kind_of = [&](const std::string& name) {
        std::vector<DirectoryEntry> entries;
        EXPECT_EQ(disk.list(fd.get(), entries), 0);
        for (const auto& entry : entries)
            if (entry.name == name) return entry.kind;
        ADD_FAILURE() << name;
        return DirectoryEntry::Kind::other;
    };
    EXPECT_EQ(kind_of("META"), DirectoryEntry::Kind::file);
    EXPECT_EQ(kind_of("shard-00"), DirectoryEntry::Kind::directory);
    EXPECT_EQ(kind_of("link"), DirectoryEntry::Kind::other);
}

TEST_F(SystemCalls, ThatFailWhileItIsInUseSayThatItIsNotOursAnyMore) {
    const auto opened = open();
    ASSERT_TRUE(opened);
    ASSERT_TRUE((*opened)->still_ours());
    for (const int nth : {1, 2}) {
        fail(SystemCall::fstat, nth);
        EXPECT_FALSE((*opened)->still_ours()) << nth;
    }
}

TEST_F(SystemCalls, ForRandomnessAreMadeAgainUntilThereIsEnough) {
    fail(SystemCall::getrandom, 1, EINTR);
    EXPECT_TRUE(random_64());
    trouble = {};
    randomness_short = true;
    const auto one = random_64();
    const auto other = random_64();
    ASSERT_TRUE(one && other);
    EXPECT_NE(*one, *other);
    fail(SystemCall::getrandom, 1, ENOSYS);
    const auto none = random_64();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ExitCode::io);
}

}  // namespace
}  // namespace usher::journal::testing
