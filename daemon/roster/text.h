// Words about text: is it a key, and how is it shown in a message. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace usher::roster {

/// Whether `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// What keeps `text` from being a key (1–64 bytes of UTF-8 without control characters), as the end
/// of a sentence that began with its name; empty if it is one.
std::string key_fault(std::string_view text);

/// `text` in quotes for a message: control characters and broken bytes as \xNN, cut when long.
std::string quote(std::string_view text);

}  // namespace usher::roster
