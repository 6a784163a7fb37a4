// Goal: check_text() agrees with the definition of UTF-8 and of control characters for every code
// point, every two-byte sequence and every length around the eight bytes that are looked at
// together.
#include <gtest/gtest.h>

#include "protocol/validate.h"
#include "tests/support/random.h"

namespace usher::testing {
namespace {

using protocol::check_text;
using protocol::TextFault;

std::string utf8(std::uint32_t point) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    if (point < 0x80) return {byte(point)};
    if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
    if (point < 0x10000)
        return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)),
                byte(0x80 | (point & 0x3F))};
    return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)),
            byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
}

TextFault expected_of(std::uint32_t point) {
    if (point >= 0xD800 && point <= 0xDFFF) return TextFault::not_utf8;
    if (point > 0x10FFFF) return TextFault::not_utf8;
    const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    return control ? TextFault::control_character : TextFault::none;
}

TEST(Text, EveryCodePointIsToldRight) {
    for (std::uint32_t point = 0; point <= 0x11FFFF; ++point)
        ASSERT_EQ(check_text(utf8(point)), expected_of(point)) << std::hex << point;
}

TEST(Text, EveryByteAtEveryPlaceOfEveryShortTextIsToldRight) {
    for (std::size_t size = 1; size <= 40; ++size)
        for (std::size_t at = 0; at < size; ++at)
            for (unsigned value = 0; value < 256; ++value) {
                std::string text(size, 'a');
                text[at] = static_cast<char>(value);
                const auto expected = value >= 0x80 ? TextFault::not_utf8 : expected_of(value);
                ASSERT_EQ(check_text(text), expected) << size << ' ' << at << ' ' << value;
            }
}

TEST(Text, OverlongAndTruncatedSequencesAreNotUtf8) {
    for (const std::string_view bad :
         {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80",
          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82",
          "\xF0\x9F\x8E", "\x80", "\xBF", "\xFE", "\xC3\x28", "\xE2\x28\xA1", "\xE2\x82\x28",
          "\xF0\x28\x8C\xBC", "\xF0\x9F\x28\xBC"}) {
        EXPECT_EQ(check_text(bad), TextFault::not_utf8);
        EXPECT_EQ(check_text("plain text before " + std::string{bad}), TextFault::not_utf8);
    }
}

TEST(Text, ManyCodePointsTogetherAreFineIfEachIs) {
    const auto seed = fresh_seed();
    SCOPED_TRACE("USHER_SEED=" + std::to_string(seed));
    Random random{seed};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto count = random.below(30); count > 0; --count) {
            const auto point =
                static_cast<std::uint32_t>(random.below(random.chance(70) ? 0x80 : 0x110000));
            if (expected_of(point) == TextFault::none) text += utf8(point);
        }
        ASSERT_EQ(check_text(text), TextFault::none);
    }
}

TEST(Text, ControlCharactersInTextThatIsNotUtf8AreNotWorthAWord) {
    EXPECT_EQ(check_text("a\nb\xFF"), TextFault::not_utf8);
    EXPECT_EQ(check_text(""), TextFault::none);
}

}  // namespace
}  // namespace usher::testing
