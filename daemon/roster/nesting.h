// A look at TOML before its parser sees it: is it nested deeper than any roster is? The parser
// builds and destroys its tree by recursion, so a text that nests without bound would overflow the
// stack; and a roster comes over the wire. Knows only strings, comments, brackets and dots.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace usher::roster {

inline constexpr std::uint32_t nesting_max = 16;    ///< of brackets
inline constexpr std::uint32_t key_parts_max = 16;  ///< of a.dotted.key

struct TooDeep {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

/// The first place at which `text` nests too deep, if there is one.
std::optional<TooDeep> find_too_deep(std::string_view text);

}  // namespace usher::roster
