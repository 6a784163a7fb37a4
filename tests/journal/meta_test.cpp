// Goal: a META that somebody wrote by hand, checksum and all, is refused for what is wrong in it.
// Method: one line of a good one changed, or gone, and the checksum made right again.

#include "journal/meta.h"
#include "base/checksum.h"
#include "tests/journal/workload.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace usher::journal::testing {
namespace {

std::string good_lines() {
    Meta meta;
    meta.format = meta_format;
    meta.instance_high = 0x1234567890ABCDEF;
    meta.shards = 2;
    const auto text = encode_meta(meta);
    return text.substr(0, text.rfind("crc32c"));
}

std::string sealed(const std::string& lines) {
    std::array<char, 9> digits{};
    const auto crc = crc32c(std::as_bytes(std::span{lines.data(), lines.size()}));
    std::snprintf(digits.data(), digits.size(), "%08x", crc);
    return lines + "crc32c = " + digits.data() + "\n";
}

std::string changed(const std::string& from, const std::string& to) {
    auto lines = good_lines();
    const auto at = lines.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return sealed(lines.replace(at, from.size(), to));
}

void refuse(const std::string& text, const std::string& why) {
    const auto meta = decode_meta(text, "data/META");
    ASSERT_FALSE(meta) << text;
    EXPECT_EQ(meta.error().code, ExitCode::data);
    EXPECT_NE(meta.error().message.find("data/META: damaged (" + why), std::string::npos)
        << meta.error().message;
}

TEST(Meta, WithALineThatMakesNoSenseIsRefused) {
    ASSERT_TRUE(decode_meta(sealed(good_lines()), "data/META"));
    const std::string no_sense = "a line makes no sense";
    for (const auto* name : {"instance", "created_ms", "shards", "clock"}) {
        refuse(changed(std::string(name) + " = ", "something = "), no_sense);
        refuse(changed(std::string(name) + " = ", std::string(name) + ": "), no_sense);
    }
    refuse(changed("12345678-", "1234567-"), no_sense);   // too short
    refuse(changed("12345678-", "1234567x-"), no_sense);  // no number, in the one half
    refuse(changed("00000000\n", "0000000x\n"), no_sense);
    refuse(changed("created_ms = ", "created_ms = 1x"), no_sense);
    refuse(changed("shards = 2", "shards = 2x"), no_sense);
    refuse(changed("shards = 2", "shards = "), no_sense);
    refuse(changed("shards = 2", "shards = 0"), no_sense);
    refuse(changed("shards = 2", "shards = 4294967296"), no_sense);
    refuse(changed("shards = 2", "shards = " + std::to_string(shards_max + 1)), no_sense);
    refuse(changed("clock = wall", "clock = sundial"), no_sense);
    refuse(sealed(good_lines() + "colour = red\n"), no_sense);
    const auto clock = good_lines().find("clock");
    refuse(sealed(good_lines().substr(0, clock)), no_sense);
    ASSERT_TRUE(decode_meta(changed("clock = wall", "clock = trace"), "data/META"));
}

TEST(Meta, WithoutTitleChecksumOrFormatIsRefused) {
    refuse("title\n", "it does not begin as it should");
    refuse(good_lines(), "its checksum is missing");
    refuse(good_lines() + "crc32c = 00000000\n", "its checksum is wrong");
    const auto format = good_lines().find("format");
    refuse(sealed(good_lines().substr(0, format)), "it names no format");
    refuse(changed("format = 1", "format = one"), "it names no format");
    refuse(changed("format = 1", "vormat = 1"), "it names no format");
}

TEST(SmallFile, LargerThanAnyThatUsherWritesIsRefused) {
    FakeDisk disk;
    disk.put("META", std::vector<std::byte>(101));
    EXPECT_TRUE(read_small_file(disk, disk.root(), "META", "data/META", 101));
    const auto read = read_small_file(disk, disk.root(), "META", "data/META", 100);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ExitCode::data);
    EXPECT_EQ(read.error().message, "data/META: is larger than any that usher writes");
}

}  // namespace
}  // namespace usher::journal::testing
