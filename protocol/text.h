// Inside of protocol/ only: whether a text is fit for the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "protocol/validate.h"

namespace usher::protocol {

constexpr std::uint64_t each_byte(std::uint64_t byte) {
    return byte * 0x0101010101010101U;
}

/// Whether all of eight bytes are in 0x20 … 0x7E.
inline bool printable_ascii(std::uint64_t bytes) {
    const auto below_space = (bytes - each_byte(0x20)) & ~bytes;
    const auto not_ascii = bytes;
    const auto with_del = bytes ^ each_byte(0x7F);  // a zero byte where there was a 0x7F
    const auto is_del = (with_del - each_byte(0x01)) & ~with_del;
    return ((below_space | not_ascii | is_del) & each_byte(0x80)) == 0;
}

template <class T>
T bytes_at(const char* at) {
    T bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

using SixteenBytes [[gnu::vector_size(16)]] = signed char;
using TwoWords [[gnu::vector_size(16)]] = std::int64_t;

/// The same of sixteen. As signed numbers, bytes beyond ASCII lie below the space.
inline bool printable_ascii(TwoWords words) {
    const auto bytes = reinterpret_cast<SixteenBytes>(words);
    const auto unfit = reinterpret_cast<TwoWords>((bytes < 0x20) | (bytes == 0x7F));
    return (unfit[0] | unfit[1]) == 0;
}

/// Almost every text on the wire is plain ASCII: sixteen bytes are looked at together, those at the
/// end once more where the length is no multiple of that.
inline bool printable_ascii(std::string_view text) {
    const auto* at = text.data();
    const auto size = text.size();
    if (size >= 16) {
        for (std::size_t i = 0; i + 16 <= size; i += 16)
            if (!printable_ascii(bytes_at<TwoWords>(at + i))) return false;
        return printable_ascii(bytes_at<TwoWords>(at + size - 16));
    }
    if (size >= 8)
        return printable_ascii(
            TwoWords{bytes_at<std::int64_t>(at), bytes_at<std::int64_t>(at + size - 8)});
    if (size >= 4)
        return printable_ascii(bytes_at<std::uint32_t>(at) |
                               std::uint64_t{bytes_at<std::uint32_t>(at + size - 4)} << 32);
    if (size == 0) return true;
    const auto byte = [at](std::size_t i) {
        return std::uint64_t{static_cast<unsigned char>(at[i])};
    };
    const auto three = byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
    return printable_ascii(three | (each_byte(' ') & ~std::uint64_t{0xFFFFFF}));
}

/// The same question for everything that is not.
TextFault check_any_text(std::string_view text);

}  // namespace usher::protocol
