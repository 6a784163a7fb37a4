// CRC32C (Castagnoli), the checksum of everything that usher keeps on disk. It finds every error of
// up to three bits in a batch and all but one in 2^32 of the others; it is no protection against
// somebody who wants to forge (the journal's random epoch is). Uses SSE4.2 where the machine has
// it, a table elsewhere; both give the same number. No state, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace usher {

/// The checksum of `bytes`. With `before`, of what `before` is the checksum of, followed by
/// `bytes`.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);

namespace detail {
// The two ways of getting there; the tests compare them. crc32c_sse42 only if the machine has it.
bool have_sse42();
std::uint32_t crc32c_table(std::span<const std::byte> bytes, std::uint32_t before);
std::uint32_t crc32c_sse42(std::span<const std::byte> bytes, std::uint32_t before);
}  // namespace detail

}  // namespace usher
