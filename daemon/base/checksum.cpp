// CRC32C by the CPU's own instruction, three at a time: one takes three cycles to give its result
// but a new one can begin every cycle. So a block is cut into three lanes that are computed side by
// side, and the lanes' results are joined by "as if so many zeros had followed", which is linear
// and so fits into four tables of 256 (the way of Mark Adler's crc32c.c).

#include "base/checksum.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace usher {
namespace detail {
namespace {

constexpr std::uint32_t polynomial = 0x82F63B78;  // Castagnoli, bits reversed

// table[k][b]: the checksum register after byte b and k zero bytes.
constexpr auto make_byte_tables() {
    std::array<std::array<std::uint32_t, 256>, 8> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
        table[0][byte] = crc;
    }
    for (std::size_t byte = 0; byte < 256; ++byte) {
        for (std::size_t k = 1; k < 8; ++k) {
            const auto before = table[k - 1][byte];
            table[k][byte] = (before >> 8) ^ table[0][before & 0xFF];
        }
    }
    return table;
}
constexpr auto byte_tables = make_byte_tables();

std::uint64_t load_8(const std::byte* from) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return value;
}

}  // namespace

std::uint32_t crc32c_table(std::span<const std::byte> bytes, std::uint32_t before) {
    const auto& t = byte_tables;
    std::uint32_t crc = ~before;
    const auto* at = bytes.data();
    auto left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        const auto word = load_8(at) ^ crc;
        crc = t[7][word & 0xFF] ^ t[6][(word >> 8) & 0xFF] ^ t[5][(word >> 16) & 0xFF] ^
              t[4][(word >> 24) & 0xFF] ^ t[3][(word >> 32) & 0xFF] ^ t[2][(word >> 40) & 0xFF] ^
              t[1][(word >> 48) & 0xFF] ^ t[0][word >> 56];
    }
    for (; left != 0; --left, ++at) {
        crc = (crc >> 8) ^ t[0][(crc ^ static_cast<std::uint32_t>(*at)) & 0xFF];
    }
    return ~crc;
}

#if defined(__x86_64__)

namespace {

// Follows a register through a number of zero bytes: four lookups instead of the bytes.
class Zeros {
  public:
    constexpr explicit Zeros(std::size_t bytes) {
        std::array<std::uint32_t, 32> after_bit{};
        for (std::uint32_t bit = 0; bit < 32; ++bit) {
            std::uint32_t crc = std::uint32_t{1} << bit;
            for (std::size_t n = 0; n < bytes; ++n) crc = (crc >> 8) ^ byte_tables[0][crc & 0xFF];
            after_bit[bit] = crc;
        }
        for (std::size_t part = 0; part < 4; ++part) {
            for (std::size_t byte = 0; byte < 256; ++byte) {
                std::uint32_t crc = 0;
                for (std::size_t bit = 0; bit < 8; ++bit) {
                    if ((byte >> bit & 1) != 0) crc ^= after_bit[part * 8 + bit];
                }
                table_[part][byte] = crc;
            }
        }
    }

    std::uint64_t after(std::uint64_t crc) const {
        return table_[0][crc & 0xFF] ^ table_[1][(crc >> 8) & 0xFF] ^
               table_[2][(crc >> 16) & 0xFF] ^ table_[3][(crc >> 24) & 0xFF];
    }

  private:
    std::array<std::array<std::uint32_t, 256>, 4> table_{};
};

constexpr std::size_t long_lane = 4096;
constexpr std::size_t short_lane = 256;

const Zeros& long_zeros() {
    static const Zeros zeros{long_lane};
    return zeros;
}
const Zeros& short_zeros() {
    static const Zeros zeros{short_lane};
    return zeros;
}

__attribute__((target("sse4.2"))) const std::byte* three_lanes(const std::byte* at,
                                                               std::size_t lane, const Zeros& zeros,
                                                               std::uint64_t& crc) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    const auto* const end = at + lane;
    for (; at != end; at += 8) {
        crc = _mm_crc32_u64(crc, load_8(at));
        second = _mm_crc32_u64(second, load_8(at + lane));
        third = _mm_crc32_u64(third, load_8(at + 2 * lane));
    }
    crc = zeros.after(crc) ^ second;
    crc = zeros.after(crc) ^ third;
    return at + 2 * lane;
}

}  // namespace

bool have_sse42() {
    return __builtin_cpu_supports("sse4.2") != 0;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(std::span<const std::byte> bytes,
                                                             std::uint32_t before) {
    std::uint64_t crc = static_cast<std::uint32_t>(~before);
    const auto* at = bytes.data();
    auto left = bytes.size();
    if (left >= 3 * long_lane) {
        const auto& zeros = long_zeros();
        for (; left >= 3 * long_lane; left -= 3 * long_lane)
            at = three_lanes(at, long_lane, zeros, crc);
    }
    if (left >= 3 * short_lane) {
        const auto& zeros = short_zeros();
        for (; left >= 3 * short_lane; left -= 3 * short_lane)
            at = three_lanes(at, short_lane, zeros, crc);
    }
    for (; left >= 8; left -= 8, at += 8) crc = _mm_crc32_u64(crc, load_8(at));
    auto narrow = static_cast<std::uint32_t>(crc);
    for (; left != 0; --left, ++at) narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(*at));
    return ~narrow;
}

#else

bool have_sse42() {
    return false;
}

std::uint32_t crc32c_sse42(std::span<const std::byte> bytes, std::uint32_t before) {
    return crc32c_table(bytes, before);
}

#endif

}  // namespace detail

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) {
    static const auto chosen = detail::have_sse42() ? detail::crc32c_sse42 : detail::crc32c_table;
    return chosen(bytes, before);
}

}  // namespace usher
