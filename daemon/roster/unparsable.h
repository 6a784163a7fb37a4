// A look at TOML before its parser sees it, for what the parser does not survive; and a roster
// comes over the wire. The parser builds and destroys its tree by recursion, so a text that nests
// without bound would overflow the stack; it takes for granted that a table's header begins
// with a key; and it leaves defined behaviour when it asks itself whether certain letters beyond
// ASCII are blanks (toml++ 3.3: é is among them), which it does outside of quotes, within quotes
// that begin in the middle of a word, and behind a backslash that joins lines. Knows only texts,
// comments, brackets and dots. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace usher::roster {

inline constexpr std::uint32_t nesting_max = 16;    ///< of brackets
inline constexpr std::uint32_t key_parts_max = 16;  ///< of a.dotted.key

struct Unparsable {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    std::string_view message;
    std::string_view hint;
};

/// The first place that the parser must not see, if there is one.
std::optional<Unparsable> find_unparsable(std::string_view text);

}  // namespace usher::roster
