#include "roster/text.h"

#include <cstddef>
#include <cstdint>

#include "protocol/limits.h"

namespace usher::roster {
namespace {

constexpr std::size_t quoted_bytes_max = 80;

struct Character {
    std::uint32_t code = 0;
    std::size_t size = 0;  ///< 0: the bytes here are no UTF-8
};

// The character at `at`, by the table of well-formed sequences (Unicode 3.9, table 3-7).
Character character_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const std::uint32_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return {};
    std::uint32_t code = first & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        const std::uint32_t next = byte(i);
        if ((next & 0xC0U) != 0x80U) return {};
        code = code << 6U | (next & 0x3FU);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (overlong || surrogate || code > 0x10FFFF) return {};
    return {code, size};
}

bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto next = character_at(text, at);
        if (next.size == 0) return false;
        at += next.size;
    }
    return true;
}

std::string key_fault(std::string_view text) {
    if (text.empty()) return "is empty";
    if (text.size() > protocol::key_bytes_max) {
        return "is " + std::to_string(text.size()) + " bytes long";
    }
    for (std::size_t at = 0; at < text.size();) {
        const auto next = character_at(text, at);
        if (next.size == 0) return "is not valid UTF-8";
        if (is_control(next.code)) return "has a control character in it";
        at += next.size;
    }
    return {};
}

std::string quote(std::string_view text) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        if (at >= quoted_bytes_max) {
            out += "…";
            break;
        }
        const auto next = character_at(text, at);
        const auto size = next.size == 0 ? 1 : next.size;
        if (next.size == 0 || is_control(next.code)) {
            for (std::size_t i = 0; i < size; ++i) {
                const auto byte = static_cast<unsigned char>(text[at + i]);
                out += "\\x";
                out += hex[byte >> 4U];
                out += hex[byte & 15U];
            }
        } else {
            out += text.substr(at, size);
        }
        at += size;
    }
    return out + '"';
}

}  // namespace usher::roster
