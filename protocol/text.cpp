// UTF-8, after the table of well-formed byte sequences in the Unicode standard (table 3-7).
#include "protocol/text.h"

namespace usher::protocol {
namespace {

struct Sequence {
    std::size_t length = 0;  ///< 0: not well-formed
    bool control = false;
};

bool is_tail(unsigned char byte) {
    return (byte & 0xC0) == 0x80;
}

Sequence sequence_at(const unsigned char* at, std::size_t left) {
    const auto first = at[0];
    if (first < 0x80) return {1, first < 0x20 || first == 0x7F};
    if (first < 0xC2) return {};
    if (first < 0xE0) {
        if (left < 2 || !is_tail(at[1])) return {};
        return {2, first == 0xC2 && at[1] < 0xA0};  // U+0080 … U+009F
    }
    if (first < 0xF0) {
        if (left < 3 || !is_tail(at[1]) || !is_tail(at[2])) return {};
        if (first == 0xE0 && at[1] < 0xA0) return {};  // overlong
        if (first == 0xED && at[1] > 0x9F) return {};  // surrogates
        return {3, false};
    }
    if (first > 0xF4 || left < 4 || !is_tail(at[1]) || !is_tail(at[2]) || !is_tail(at[3]))
        return {};
    if (first == 0xF0 && at[1] < 0x90) return {};  // overlong
    if (first == 0xF4 && at[1] > 0x8F) return {};  // beyond U+10FFFF
    return {4, false};
}

}  // namespace

TextFault check_any_text(std::string_view text) {
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    auto left = text.size();
    bool control = false;
    while (left != 0) {
        const auto sequence = sequence_at(at, left);
        if (sequence.length == 0) return TextFault::not_utf8;
        control = control || sequence.control;
        at += sequence.length;
        left -= sequence.length;
    }
    return control ? TextFault::control_character : TextFault::none;
}

TextFault check_text(std::string_view text) {
    return printable_ascii(text) ? TextFault::none : check_any_text(text);
}

}  // namespace usher::protocol
