// Goal: a snapshot that somebody changed, checksums and all, is refused or passed over, by name.
// Method: a header, a block or a footer edited and sealed again.

#include "base/checksum.h"
#include "journal/segment.h"
#include "journal/snapshot_file.h"
#include "tests/journal/failing_disk.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

namespace usher::journal::testing {
namespace {

constexpr const char* shard_name = "data/shard-00";

std::string snapshot_file(std::uint64_t seq) {
    return "snapshot/" + numbered_name(seq, snapshot_suffix);
}

Result<void> take(FakeDisk& disk, std::uint64_t seq, std::size_t bytes) {
    auto writer =
        SnapshotWriter::begin(disk, disk.root(), shard_name, test_identity, seq, Instant{1});
    if (!writer) return writer.error();
    const std::vector<std::byte> image(bytes, std::byte{0x5A});
    if (auto appended = (*writer)->append(image); !appended) return appended;
    const auto finished = (*writer)->finish({1, 2});
    return finished ? Result<void>{} : Result<void>{finished.error()};
}

template <class T>
void edit(FakeDisk& disk, std::uint64_t seq, bool at_end, const std::function<void(T&)>& change) {
    auto& bytes = disk.contents(snapshot_file(seq));
    auto* const at = bytes.data() + (at_end ? bytes.size() - sizeof(T) : 0);
    T part{};
    std::memcpy(&part, at, sizeof part);
    change(part);
    part.crc = crc_of(part);
    std::memcpy(at, &part, sizeof part);
    disk.settle();
}

/// Two snapshots, of which the newer one was forged.
std::unique_ptr<FakeDisk> two(const std::function<void(FakeDisk&)>& forge) {
    auto disk = empty_shard();
    EXPECT_TRUE(take(*disk, 10, 100));
    EXPECT_TRUE(take(*disk, 20, 100));
    forge(*disk);
    return disk;
}

Result<LatestSnapshot> latest(FakeDisk& disk) {
    return read_latest_snapshot(disk, disk.root(), shard_name, test_identity);
}

TEST(ForgedSnapshot, OfAnotherPlaceOrTimeIsRefused) {
    using Edit = std::function<void(SnapshotHeader&)>;
    const std::vector<std::pair<Edit, const char*>> all{
        {[](auto& h) { h.endian = 0x04030201; }, "another byte order"},
        {[](auto& h) { h.major = 2; }, "it has format 2.0, this program knows 1.0"},
        {[](auto& h) { h.incompat = 64; }, "incompat 64"},
        {[](auto& h) { h.instance_high += 1; }, "another data directory or shard"},
        {[](auto& h) { h.instance_low += 1; }, "another data directory or shard"},
        {[](auto& h) { h.shard += 1; }, "another data directory or shard"},
    };
    for (const auto& forged : all) {
        const auto& change = forged.first;
        const auto* must_say = forged.second;
        const auto disk = two([&](FakeDisk& d) { edit<SnapshotHeader>(d, 20, false, change); });
        const auto found = latest(*disk);
        ASSERT_FALSE(found) << must_say;
        EXPECT_EQ(found.error().code, ExitCode::data);
        EXPECT_NE(found.error().message.find(must_say), std::string::npos) << found.error().message;
        EXPECT_EQ(disk->open_descriptors(), 0U);
    }
}

void expect_passed_over(FakeDisk& disk, const std::string& must_say) {
    auto found = latest(disk);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_TRUE(found->reader) << must_say;
    EXPECT_EQ(found->reader->seq(), 10U) << must_say;
    ASSERT_EQ(found->warnings.size(), 1U);
    EXPECT_NE(found->warnings[0].find(must_say), std::string::npos) << found->warnings[0];
}

TEST(ForgedSnapshot, WithAnEndThatIsNotItsOwnIsPassedOver) {
    using Edit = std::function<void(SnapshotFooter&)>;
    const char* const another = "its end belongs to another snapshot";
    const char* const not_those = "its blocks are not those that its end speaks of";
    const std::vector<std::pair<Edit, const char*>> all{
        {[](auto& f) { f.nonce += 1; }, another},
        {[](auto& f) { f.seq += 1; }, another},
        {[](auto& f) { f.state_time_ms += 1; }, another},
        {[](auto& f) { f.blocks += 1; }, not_those},
        {[](auto& f) { f.bytes += 1; }, not_those},
        {[](auto& f) { f.total_crc += 1; }, not_those},
    };
    for (const auto& forged : all) {
        const auto& change = forged.first;
        const auto* must_say = forged.second;
        const auto disk = two([&](FakeDisk& d) { edit<SnapshotFooter>(d, 20, true, change); });
        expect_passed_over(*disk, must_say);
    }
}

TEST(ForgedSnapshot, WhoseBlockGoesOnIntoItsEndIsPassedOver) {
    const auto disk = two([](FakeDisk& d) {
        auto& bytes = d.contents(snapshot_file(20));
        SnapshotBlockHeader block{};
        auto* const at = bytes.data() + header_block_bytes;
        std::memcpy(&block, at, sizeof block);
        block.bytes += 8;
        const std::span contents{at + sizeof block, block.bytes};
        block.crc = crc_of(block, contents);
        std::memcpy(at, &block, sizeof block);
        const auto total = crc32c(contents);
        edit<SnapshotFooter>(d, 20, true, [&](auto& footer) {
            footer.bytes += 8;
            footer.total_crc = total;
        });
    });
    expect_passed_over(*disk, "its blocks are not those that its end speaks of");
}

TEST(Snapshot, WithABlockThatCannotBeWrittenIsAFaultAtOnce) {
    const auto disk = empty_shard();
    auto writer =
        SnapshotWriter::begin(*disk, disk->root(), shard_name, test_identity, 20, Instant{});
    ASSERT_TRUE(writer);
    disk->fail(Call::write, disk->calls(Call::write) + 1, ENOSPC);
    const auto appended = (*writer)->append(std::vector<std::byte>(snapshot_block_bytes));
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, ExitCode::io);
    writer->reset();
    EXPECT_TRUE(disk->names("snapshot").empty());
}

}  // namespace
}  // namespace usher::journal::testing
