// Files that are not what they should be: foreign, newer, of another machine, links, planted bytes.
// Each is refused by name, with the right code, and nothing is touched.

#include "base/checksum.h"
#include "journal/batch.h"
#include "tests/journal/workload.h"
#include "tests/support/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>

namespace usher::journal::testing {
namespace {

std::unique_ptr<FakeDisk> two_runs() {
    auto disk = empty_shard();
    for (int run = 0; run < 2; ++run) {
        const auto writer = start(*disk);
        EXPECT_TRUE(write_batch(*writer, 3));
        EXPECT_TRUE(writer->sync());
    }
    return disk->after_kill();
}

/// Changes both copies of a segment's header and makes their checksums right again.
void edit_header(FakeDisk& disk, std::uint64_t number,
                 const std::function<void(SegmentHeader&)>& edit) {
    auto& bytes = disk.contents(journal_file(number));
    SegmentHeader header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    edit(header);
    header.crc = crc32c(std::as_bytes(std::span{&header, 1}).first(offsetof(SegmentHeader, crc)));
    std::memcpy(bytes.data(), &header, sizeof header);
    std::memcpy(bytes.data() + header_block_bytes - sizeof header, &header, sizeof header);
}

void edit_watermark(FakeDisk& disk, const std::function<void(WatermarkSlot&)>& edit) {
    auto& bytes = disk.contents("watermark");
    for (const auto offset : watermark_slot_offset) {
        WatermarkSlot slot{};
        std::memcpy(&slot, bytes.data() + offset, sizeof slot);
        edit(slot);
        slot.crc = crc32c(std::as_bytes(std::span{&slot, 1}).first(offsetof(WatermarkSlot, crc)));
        std::memcpy(bytes.data() + offset, &slot, sizeof slot);
    }
}

struct Hostile {
    const char* name;
    std::function<void(FakeDisk&)> harm;
    const char* must_say;  ///< a part of the message
    ExitCode code = ExitCode::data;
};

std::vector<Hostile> hostile_directories() {
    return {
        {"a foreign file in the shard", [](FakeDisk& d) { d.put("notes.txt", {}); }, "notes.txt"},
        {"a foreign file in the journal", [](FakeDisk& d) { d.put("journal/1.uj", {}); },
         "journal/1.uj: does not belong here"},
        {"a number with a letter in it",
         [](FakeDisk& d) { d.put("journal/0000000000000000000x.uj", {}); }, "x.uj"},
        {"a link as a segment",
         [](FakeDisk& d) {
             d.erase(journal_file(1));
             d.put_link(journal_file(1));
         },
         "not a plain file"},
        {"a directory as a segment", [](FakeDisk& d) { d.put_directory(journal_file(9)); },
         "not a plain file"},
        {"a link as the watermark",
         [](FakeDisk& d) {
             d.erase("watermark");
             d.put_link("watermark");
         },
         "watermark: is not what it should be"},
        {"a file as the journal's directory",
         [](FakeDisk& d) {
             d.erase("journal");
             d.put("journal", {});
         },
         "journal: is not what it should be"},
        {"no journal directory", [](FakeDisk& d) { d.erase("journal"); }, "missing"},
    };
}

std::vector<Hostile> hostile_files() {
    return {
        {"an empty file as a segment", [](FakeDisk& d) { d.contents(journal_file(2)).clear(); },
         "shorter than its header"},
        {"zeros as a segment",
         [](FakeDisk& d) {
             auto& bytes = d.contents(journal_file(2));
             bytes.assign(bytes.size(), std::byte{0});
         },
         "no segment"},
        {"a newer format", [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.major = 2; }); },
         "it has format 2.0, this program knows 1.0"},
        {"an unknown incompat feature",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.incompat = 4; }); }, "incompat 4"},
        {"an unknown ro_compat feature",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.ro_compat = 1; }); }, "ro_compat 1"},
        {"another byte order",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.endian = 0x04030201; }); },
         "another byte order"},
        {"another instance",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.instance_low += 1; }); },
         "another data directory"},
        {"another shard", [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.shard = 3; }); },
         "shard 3"},
        {"a renamed segment",
         [](FakeDisk& d) {
             d.put(journal_file(7), d.contents(journal_file(2)));
             d.erase(journal_file(2));
         },
         "it was segment 2"},
        {"a copied segment",
         [](FakeDisk& d) { d.put(journal_file(3), d.contents(journal_file(2))); },
         "it was segment 2"},
    };
}

std::vector<Hostile> hostile_numbers() {
    return {
        {"an alignment of nothing",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.alignment = 0; }); }, "alignment"},
        {"an alignment beyond the header",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.alignment = 8192; }); },
         "alignment of 8192"},
        {"an alignment that is no power of two",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.alignment = 1536; }); },
         "alignment of 1536"},
        {"another instance in its first half",
         [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.instance_high += 1; }); },
         "another data directory"},
        {"both copies of the header damaged",
         [](FakeDisk& d) {
             auto& bytes = d.contents(journal_file(2));
             bytes[20] ^= std::byte{1};
             bytes[header_block_bytes - 20] ^= std::byte{1};
         },
         "both copies of its header are damaged"},
        {"one copy of the header gone, the other damaged",
         [](FakeDisk& d) {
             auto& bytes = d.contents(journal_file(2));
             std::fill_n(bytes.begin(), sizeof(SegmentHeader), std::byte{});
             bytes[header_block_bytes - 20] ^= std::byte{1};
         },
         "both copies of its header are damaged"},
        {"a number of as many digits with another ending",
         [](FakeDisk& d) { d.put("journal/00000000000000000009.us", {}); },
         "journal/00000000000000000009.us: does not belong here"},
        {"a number that no counter reaches",
         [](FakeDisk& d) { d.put("journal/99999999999999999999.uj", {}); },
         "journal/99999999999999999999.uj: does not belong here"},
        {"the watermark of another instance",
         [](FakeDisk& d) { edit_watermark(d, [](auto& slot) { slot.instance_low += 1; }); },
         "watermark: belongs to another data directory or shard"},
        {"the watermark of another shard",
         [](FakeDisk& d) { edit_watermark(d, [](auto& slot) { slot.shard += 1; }); },
         "watermark: belongs to another data directory or shard"},
        {"another epoch", [](FakeDisk& d) { edit_header(d, 2, [](auto& h) { h.epoch += 1; }); },
         "watermark"},
        {"bytes behind a batch of confirmed ones and the newest segment gone",
         [](FakeDisk& d) { d.erase(journal_file(2)); }, "watermark says"},
    };
}

TEST(HostileDirectory, IsRefusedByNameAndLeftAsItIs) {
    auto all = hostile_directories();
    std::ranges::move(hostile_files(), std::back_inserter(all));
    std::ranges::move(hostile_numbers(), std::back_inserter(all));
    for (const auto& hostile : all) {
        SCOPED_TRACE(hostile.name);
        const auto disk = two_runs();
        hostile.harm(*disk);
        const auto before = disk->everything();
        CheckingSink sink;
        const auto recovered = recover_all(*disk, sink);
        ASSERT_FALSE(recovered);
        EXPECT_EQ(recovered.error().code, hostile.code);
        EXPECT_NE(recovered.error().message.find(hostile.must_say), std::string::npos)
            << recovered.error().message;
        EXPECT_NE(recovered.error().message.find("data/shard-00"), std::string::npos);
        EXPECT_EQ(sink.wrong(), 0u);
        EXPECT_EQ(disk->everything(), before);
        EXPECT_EQ(disk->open_descriptors(), 0u);
    }
}

TEST(HostileDirectory, WhatIsNewerButOptionalIsRead) {
    const auto disk = two_runs();
    edit_header(*disk, 2, [](auto& header) {
        header.minor = 9;
        header.compat = 0xFF;
    });
    CheckingSink sink;
    ASSERT_TRUE(recover_all(*disk, sink));
    EXPECT_EQ(sink.last_seq(), 6u);
}

TEST(HostileDirectory, CopiesOfAHeaderThatDifferAreAWarning) {
    const auto disk = two_runs();
    auto& bytes = disk->contents(journal_file(1));
    SegmentHeader header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    header.created_ms += 1;
    header.crc = crc32c(std::as_bytes(std::span{&header, 1}).first(offsetof(SegmentHeader, crc)));
    std::memcpy(bytes.data() + header_block_bytes - sizeof header, &header, sizeof header);
    CheckingSink sink;
    const auto recovered = recover_all(*disk, sink);
    ASSERT_TRUE(recovered) << recovered.error().message;
    EXPECT_EQ(sink.last_seq(), 6U);
    ASSERT_EQ(recovered->warnings.size(), 1U);
    EXPECT_NE(recovered->warnings[0].find("header is partly damaged"), std::string::npos);
}

TEST(HostileDirectory, AnUnfinishedSegmentIsSkippedAndRemoved) {
    const auto disk = two_runs();
    const auto leftover = journal_file(3) + ".tmp";
    disk->put(leftover, std::vector<std::byte>(100, std::byte{1}));
    const auto writer = start(*disk);
    EXPECT_FALSE(disk->exists(leftover));
    EXPECT_EQ(writer->last_seq(), 6u);
}

TEST(HostileDirectory, AnUnreadableSegmentIsAnIoFault) {
    // A read error is not corruption: the code tells the service manager to try again.
    class Unreadable final : public Disk {
      public:
        explicit Unreadable(FakeDisk& disk) : disk_(disk) {}
        int open(int d, const std::string& n, OpenFor p) override { return disk_.open(d, n, p); }
        int close(int fd) override { return disk_.close(fd); }
        std::int64_t read(int, std::span<std::byte>, std::uint64_t) override { return -EIO; }
        std::int64_t write(int, std::span<const std::byte>, std::uint64_t) override { return -EIO; }
        std::int64_t size(int fd) override { return disk_.size(fd); }
        int truncate(int, std::uint64_t) override { return -EIO; }
        int sync_contents(int) override { return -EIO; }
        int sync(int) override { return -EIO; }
        int rename(int, const std::string&, const std::string&) override { return -EIO; }
        int remove(int, const std::string&) override { return -EIO; }
        int make_directory(int, const std::string&) override { return -EIO; }
        int list(int d, std::vector<DirectoryEntry>& out) override { return disk_.list(d, out); }

      private:
        FakeDisk& disk_;
    };
    const auto disk = two_runs();
    Unreadable unreadable{*disk};
    CheckingSink sink;
    const auto recovered =
        recover(unreadable, disk->root(), "data/shard-00", test_identity, 0, sink);
    ASSERT_FALSE(recovered);
    EXPECT_EQ(recovered.error().code, ExitCode::io);
}

/// A client chooses what is in its records: here, whole batches that look like ours, confirmed far
/// beyond what there is, at every place a batch could begin. It knows all but the epoch.
TEST(PlantedBatches, NeverChangeWhatATornTailIs) {
    usher::testing::Random random(usher::testing::fresh_seed());
    for (int round = 0; round < 300; ++round) {
        const auto disk = empty_shard();
        std::uint64_t confirmed = 0;
        {
            const auto writer = start(*disk);
            ASSERT_TRUE(write_batch(*writer, 2));
            ASSERT_TRUE(writer->sync());
            confirmed = writer->durable_seq();
            OpenBatch planted{512};
            const auto inner = record_of(1);
            std::ranges::copy(inner, planted.append(inner.size()).begin());
            BatchStamp stamp;
            stamp.epoch = random.next();
            stamp.first_seq = 1000;
            stamp.durable_seq = 999;
            const auto forged = planted.seal(stamp);
            // A record's bytes begin 76 bytes into the batch; the forgery is put on a boundary.
            std::vector<std::byte> record(512 - 76, std::byte{0x5A});
            for (int n = 0; n < 5; ++n) record.insert(record.end(), forged.begin(), forged.end());
            writer->append(record, owner_of(writer->last_seq() + 1));
            ASSERT_TRUE(writer->write(Instant{1}));
        }
        std::size_t asked = 0;
        const auto torn = random.below(2);  // the first sector of the unconfirmed batch is lost
        const auto after = disk->after_power_cut(
            [&] { return asked++ == 0 ? (torn != 0 ? Fate::torn : Fate::lost) : Fate::kept; });
        struct Count final : RecordSink {
            Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override {
                ++count;
                return {};
            }
            std::uint64_t count = 0;
        } sink;
        const auto recovered =
            recover(*after, after->root(), "data/shard-00", test_identity, 0, sink);
        ASSERT_TRUE(recovered) << recovered.error().message;
        EXPECT_EQ(recovered->last_seq, confirmed);
        EXPECT_EQ(sink.count, confirmed);
        EXPECT_GT(recovered->torn_bytes, 0u);
    }
}

}  // namespace
}  // namespace usher::journal::testing
