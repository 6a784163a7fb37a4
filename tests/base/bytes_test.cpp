#include "base/bytes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace usher {
namespace {

enum class Colour : std::uint16_t { red = 7, blue = 300 };

TEST(Bytes, ComeBackAsTheyWereWritten) {
    std::vector<std::byte> out;
    ByteWriter writer(out);
    writer.number(std::uint8_t{200});
    writer.number(std::int64_t{-5});
    writer.number(std::numeric_limits<std::uint64_t>::max());
    writer.number(Colour::blue);
    writer.number(true);
    writer.text("anna");
    writer.text("");
    writer.text(std::string_view("a\0b", 3));
    writer.raw("xyz", 3);
    EXPECT_EQ(writer.size(), out.size());

    ByteReader reader(out);
    EXPECT_EQ(reader.number<std::uint8_t>(), 200);
    EXPECT_EQ(reader.number<std::int64_t>(), -5);
    EXPECT_EQ(reader.number<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(reader.number<Colour>(), Colour::blue);
    EXPECT_TRUE(reader.number<bool>());
    EXPECT_EQ(reader.text(), "anna");
    EXPECT_EQ(reader.text(), "");
    EXPECT_EQ(reader.text(), std::string_view("a\0b", 3));
    EXPECT_EQ(reader.left(), 3u);
    EXPECT_EQ(reader.raw(3).size(), 3u);
    EXPECT_TRUE(reader.at_end());
    EXPECT_FALSE(reader.failed());
}

TEST(Bytes, AreLittleEndianWithLengthsInFront) {
    std::vector<std::byte> out;
    ByteWriter writer(out);
    writer.number(std::uint32_t{0x01020304});
    writer.text("A");
    const std::vector<std::byte> expected = {std::byte{4}, std::byte{3}, std::byte{2},
                                             std::byte{1}, std::byte{1}, std::byte{0},
                                             std::byte{0}, std::byte{0}, std::byte{'A'}};
    EXPECT_EQ(out, expected);
}

TEST(Bytes, EveryShortenedTextIsAFailureAndGivesNothing) {
    std::vector<std::byte> out;
    ByteWriter(out).text("fifteen letters");
    for (std::size_t length = 0; length < out.size(); ++length) {
        ByteReader reader(std::span<const std::byte>(out).first(length));
        EXPECT_EQ(reader.text(), "") << length;
        EXPECT_TRUE(reader.failed()) << length;
        EXPECT_FALSE(reader.at_end()) << length;
    }
}

TEST(Bytes, AfterAFailureEverythingIsZero) {
    const std::vector<std::byte> in(4, std::byte{0xFF});
    ByteReader reader(in);
    EXPECT_EQ(reader.number<std::uint64_t>(), 0u);
    EXPECT_TRUE(reader.failed());
    EXPECT_EQ(reader.number<std::uint8_t>(), 0u);
    EXPECT_TRUE(reader.raw(1).empty());
}

TEST(Bytes, ALengthBeyondTheEndIsAFailureHoweverLarge) {
    std::vector<std::byte> out;
    ByteWriter(out).number(std::numeric_limits<std::uint32_t>::max());
    ByteReader reader(out);
    EXPECT_EQ(reader.text(), "");
    EXPECT_TRUE(reader.failed());
}

}  // namespace
}  // namespace usher
