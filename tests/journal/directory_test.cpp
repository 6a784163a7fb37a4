// The data directory: made once, kept as it is, had by one daemon at a time, and refused with a
// reason when it is not what it should be.

#include "journal/directory.h"
#include "journal/meta.h"
#include "tests/journal/temporary_directory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace usher::journal::testing {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

class Directory : public ::testing::Test {
  protected:
    Result<std::unique_ptr<DataDirectory>> open(DirectoryOptions options = {}) {
        options.path = path();
        options.now = Instant{1'700'000'000'000};
        return DataDirectory::open(options);
    }
    void refuse(ExitCode code, const std::string& must_say, const DirectoryOptions& options = {}) {
        const auto opened = open(options);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, code) << opened.error().message;
        EXPECT_NE(opened.error().message.find(must_say), std::string::npos)
            << opened.error().message;
    }
    std::string path() const { return place_.path() + "/data"; }
    std::string path(const std::string& name) const { return path() + "/" + name; }

  private:
    TemporaryDirectory place_;
};

TEST_F(Directory, IsMadeAsAskedAndFoundAgain) {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    {
        const auto made = open({.shards = 3, .clock = Clock::trace});
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_TRUE((*made)->fresh());
        EXPECT_EQ((*made)->meta().shards, 3u);
        high = (*made)->meta().instance_high;
        low = (*made)->meta().instance_low;
        EXPECT_EQ((*made)->shard_name(2), path("shard-02"));
        EXPECT_EQ((*made)->identity(2).shard, 2);
        EXPECT_GE((*made)->shard_fd(2), 0);
    }
    for (const auto& name : {"shard-00/journal", "shard-02/snapshot"}) {
        EXPECT_TRUE(fs::is_directory(path(name)));
        struct stat status {};
        ASSERT_EQ(::stat(path(name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777u, 0700u);
    }
    const auto found = open({.shards = 1, .clock = Clock::trace});
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE((*found)->fresh());
    EXPECT_EQ((*found)->meta().shards, 3u);  // fixed; the wish for one is a warning
    EXPECT_EQ((*found)->meta().created, Instant{1'700'000'000'000});
    EXPECT_EQ((*found)->meta().instance_high, high);
    EXPECT_EQ((*found)->meta().instance_low, low);
    bool warned = false;
    for (const auto& line : (*found)->warnings()) warned |= line.find("3 shards") != line.npos;
    EXPECT_TRUE(warned);
    EXPECT_NE(high, 0u);
    EXPECT_EQ(high >> 12 & 0xF, 4u);
    EXPECT_EQ(low >> 62, 2u);
}

TEST_F(Directory, BelongsToOneDaemonAtATime) {
    auto first = open();
    ASSERT_TRUE(first);
    refuse(ExitCode::locked, "pid " + std::to_string(::getpid()));
    first->reset();
    EXPECT_TRUE(open());
}

TEST_F(Directory, HeldByWhoLeftNoNumberIsInUseAllTheSame) {
    ASSERT_TRUE(open());
    for (const auto& [text, must_say] :
         {std::pair{"", "(pid unknown)"}, {"12", "(pid 12)"}, {"\n\n", "(pid )"}}) {
        write_text(path("LOCK"), text);
        const int fd = ::open(path("LOCK").c_str(), O_RDWR | O_CLOEXEC);
        ASSERT_EQ(::flock(fd, LOCK_EX | LOCK_NB), 0);
        refuse(ExitCode::locked, must_say);
        ::close(fd);
    }
}

TEST_F(Directory, IsFreedWhenItsHolderIsKilled) {
    ASSERT_TRUE(open());
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto held = open();
        const char byte = held ? '1' : '0';
        if (::write(ready[1], &byte, 1) == 1) ::pause();
        ::_exit(1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(byte, '1');
    refuse(ExitCode::locked, "pid " + std::to_string(child));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(open());
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_F(Directory, OfAnotherClockIsRefused) {
    ASSERT_TRUE(open());
    refuse(ExitCode::config, "was made with clock wall", {.clock = Clock::trace});
}

TEST_F(Directory, ThatIsNotThereIsMadeOnlyIfWanted) {
    refuse(ExitCode::cannot_create, path(), {.create = false});
    fs::create_directory(path());
    fs::permissions(path(), fs::perms::owner_all);
    refuse(ExitCode::config, "no META", {.create = false});
    EXPECT_FALSE(fs::exists(path("META")));
}

TEST_F(Directory, ThatCannotBeMadeSaysSo) {
    DirectoryOptions options;
    options.path = path("a/b/c");
    const auto opened = DataDirectory::open(options);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ExitCode::cannot_create);
    write_text(path(), "a file");
    refuse(ExitCode::cannot_create, "Not a directory");
}

TEST_F(Directory, WritableByOthersIsRefusedReadableIsAWarning) {
    ASSERT_TRUE(open());
    fs::permissions(path(), fs::perms::owner_all | fs::perms::group_read);
    const auto readable = open();
    ASSERT_TRUE(readable);
    ASSERT_FALSE((*readable)->warnings().empty());
    EXPECT_NE((*readable)->warnings().front().find("chmod 0700"), std::string::npos);
    fs::permissions(path(), fs::perms::all);
    refuse(ExitCode::config, "others may write here");
}

TEST_F(Directory, OfSomebodyElseIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
    ASSERT_TRUE(open());
    ASSERT_EQ(::chown(path().c_str(), 12345, 12345), 0);
    refuse(ExitCode::config, "belongs to user 12345");
}

TEST_F(Directory, UnknownNamesAtTheTopAreAWarning) {
    ASSERT_TRUE(open());
    for (int n = 0; n < 20; ++n) write_text(path("notes-" + std::to_string(n)), "");
    write_text(path("usherd.sock"), "");
    const auto opened = open();
    ASSERT_TRUE(opened);
    std::size_t about_names = 0;
    for (const auto& line : (*opened)->warnings())
        about_names += line.find("not ours") != line.npos;
    EXPECT_EQ(about_names, 20u);
}

TEST_F(Directory, EveryFlippedBitOfMetaIsRefused) {
    ASSERT_TRUE(open());
    const auto text = text_of(path("META"));
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        auto flipped = text;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        const auto meta = decode_meta(flipped, "META");
        ASSERT_FALSE(meta) << bit;
        ASSERT_EQ(meta.error().code, ExitCode::data);
    }
    for (std::size_t length = 0; length < text.size(); ++length) {
        ASSERT_FALSE(decode_meta(std::string_view(text).substr(0, length), "META")) << length;
    }
    write_text(path("META"), text.substr(0, text.size() / 2));
    refuse(ExitCode::data, "META: damaged");
}

TEST_F(Directory, OfANewerFormatIsRefusedWithBothVersions) {
    ASSERT_TRUE(open());
    auto meta = *read_meta(path());
    meta.format = 7;
    write_text(path("META"), encode_meta(meta));
    refuse(ExitCode::data, "has format 7, this program knows 1");
}

TEST_F(Directory, WithoutMetaButWithAJournalIsRefused) {
    ASSERT_TRUE(open());
    write_text(path("shard-00/journal/00000000000000000001.uj"), "x");
    fs::remove(path("META"));
    refuse(ExitCode::data, "META: missing");
}

TEST_F(Directory, WhoseMakingWasInterruptedIsMadeAgain) {
    ASSERT_TRUE(open());
    fs::remove(path("META"));
    fs::remove(path("shard-00/snapshot"));
    fs::remove(path("shard-00/journal"));
    const auto again = open();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE((*again)->fresh());
    EXPECT_TRUE(fs::is_directory(path("shard-00/snapshot")));
    EXPECT_TRUE(fs::is_directory(path("shard-00/journal")));
}

TEST_F(Directory, LinksAreNotFollowed) {
    ASSERT_TRUE(open());
    fs::rename(path("shard-00"), path("elsewhere"));
    fs::create_directory_symlink("elsewhere", path("shard-00"));
    refuse(ExitCode::data, "shard-00");
    fs::remove(path("shard-00"));
    refuse(ExitCode::data, "shard-00");
    fs::rename(path("elsewhere"), path("shard-00"));
    ASSERT_TRUE(open());
    fs::rename(path("META"), path("meta"));
    fs::create_symlink("meta", path("META"));
    refuse(ExitCode::io, "META");
    fs::remove(path("LOCK"));
    fs::create_symlink("meta", path("LOCK"));
    refuse(ExitCode::cannot_create, "LOCK");
    EXPECT_NE(text_of(path("meta")).find("instance"), std::string::npos);  // not written through
}

TEST_F(Directory, AFifoInAFilesPlaceDoesNotHoldUsUp) {
    ASSERT_TRUE(open());
    fs::remove(path("META"));
    ASSERT_EQ(::mkfifo(path("META").c_str(), 0600), 0);
    refuse(ExitCode::io, "META");
}

TEST_F(Directory, EndpointsAreReplacedAsAWhole) {
    const auto opened = open();
    ASSERT_TRUE(opened);
    ASSERT_TRUE((*opened)->write_endpoints("tcp 127.0.0.1:7447\n"));
    EXPECT_EQ(text_of(path("endpoints")), "tcp 127.0.0.1:7447\n");
    ASSERT_TRUE((*opened)->write_endpoints("unix\n"));
    EXPECT_EQ(text_of(path("endpoints")), "unix\n");
    EXPECT_FALSE(fs::exists(path("endpoints.tmp")));
    ASSERT_TRUE((*opened)->remove_endpoints());
    ASSERT_TRUE((*opened)->remove_endpoints());
    EXPECT_FALSE(fs::exists(path("endpoints")));
    fs::create_directory(path("endpoints"));  // somebody else's
    const auto kept = (*opened)->remove_endpoints();
    ASSERT_FALSE(kept);
    EXPECT_NE(kept.error().message.find("endpoints: cannot be removed"), std::string::npos);
}

TEST_F(Directory, WithoutMetaCannotBeRead) {
    EXPECT_EQ(read_meta(path()).error().code, ExitCode::io);
    ASSERT_TRUE(open());
    ASSERT_TRUE(read_meta(path()));
    fs::remove(path("META"));
    const auto meta = read_meta(path());
    ASSERT_FALSE(meta);
    EXPECT_NE(meta.error().message.find("META: cannot be opened"), std::string::npos);
}

TEST_F(Directory, NoticesThatItWasReplacedUnderneath) {
    const auto opened = open();
    ASSERT_TRUE(opened);
    ASSERT_TRUE((*opened)->still_ours());
    fs::remove(path("LOCK"));
    EXPECT_FALSE((*opened)->still_ours());
    write_text(path("LOCK"), "1\n");
    EXPECT_FALSE((*opened)->still_ours());
    fs::rename(path(), path() + "-moved");
    EXPECT_FALSE((*opened)->still_ours());
    fs::create_directory(path());  // another one of the same name
    EXPECT_FALSE((*opened)->still_ours());
    fs::remove(path());
    fs::create_directory_symlink("/proc", path());  // on another device
    EXPECT_FALSE((*opened)->still_ours());
}

}  // namespace
}  // namespace usher::journal::testing
