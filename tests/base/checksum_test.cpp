#include "base/checksum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

namespace usher {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span{text.data(), text.size()});
}

std::vector<std::byte> random_bytes(std::size_t size, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::byte> bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

/// The definition, bit by bit.
std::uint32_t slow_crc32c(std::span<const std::byte> bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const auto byte : bytes) {
        crc ^= static_cast<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78 : 0);
    }
    return ~crc;
}

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
TEST(Checksum, GivesThePublishedValues) {
    std::vector<std::byte> bytes(32, std::byte{0});
    EXPECT_EQ(crc32c(bytes), 0x8A9136AAu);
    std::fill(bytes.begin(), bytes.end(), std::byte{0xFF});
    EXPECT_EQ(crc32c(bytes), 0x62A8AB43u);
    for (std::size_t n = 0; n < 32; ++n) bytes[n] = static_cast<std::byte>(n);
    EXPECT_EQ(crc32c(bytes), 0x46DD794Eu);
    EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283u);
    EXPECT_EQ(crc32c({}), 0u);
}

TEST(Checksum, TableAndInstructionAgreeWithTheDefinitionAtEveryLengthAndAddress) {
    const auto bytes = random_bytes(40'000, 1);
    const std::span<const std::byte> all = bytes;
    std::vector<std::size_t> lengths;
    for (std::size_t n = 0; n < 1100; ++n) lengths.push_back(n);
    for (const std::size_t n :
         std::initializer_list<std::size_t>{3 * 4096 - 1, 3 * 4096, 3 * 4096 + 1, 30'000, 39'990}) {
        lengths.push_back(n);
    }
    for (const auto length : lengths) {
        const auto part = all.subspan(length % 9, length);
        const auto expected = slow_crc32c(part);
        ASSERT_EQ(detail::crc32c_table(part, 0), expected) << length;
        if (detail::have_sse42()) {
            ASSERT_EQ(detail::crc32c_sse42(part, 0), expected) << length;
        }
    }
}

TEST(Checksum, OfTwoPartsIsThatOfTheWhole) {
    const auto bytes = random_bytes(20'000, 2);
    const std::span<const std::byte> all = bytes;
    for (std::size_t cut = 0; cut <= all.size(); cut += 1 + cut / 3) {
        EXPECT_EQ(crc32c(all.subspan(cut), crc32c(all.first(cut))), crc32c(all)) << cut;
        EXPECT_EQ(detail::crc32c_table(all.subspan(cut), detail::crc32c_table(all.first(cut), 0)),
                  crc32c(all));
    }
}

TEST(Checksum, NoticesEverySingleFlippedBit) {
    auto bytes = random_bytes(4096, 3);
    const auto right = crc32c(bytes);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        const auto mask = static_cast<std::byte>(1u << (bit % 8));
        bytes[bit / 8] ^= mask;
        ASSERT_NE(crc32c(bytes), right) << bit;
        bytes[bit / 8] ^= mask;
    }
}

}  // namespace
}  // namespace usher
