#include "roster/unparsable.h"

#include <cstddef>

namespace usher::roster {
namespace {

class Walk {
  public:
    explicit Walk(std::string_view text) : text_(text) {
        if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    }

    std::optional<Unparsable> run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '[' && depth_ == 0 && line_is_blank_) {
                skip_to_header_key();
                if (!key_or_end_follows()) {
                    return found("a table's header has no key", "write [account] or [[agent]]");
                }
            } else if (c == '#') {
                skip_comment();
            } else if (c == '"' || c == '\'') {
                if (!may_begin_string()) {
                    return found("a text in quotes cannot begin in the middle of a word",
                                 "put a blank, a comma or = before it");
                }
                if (!skip_string(c)) {
                    return found("this letter cannot follow a backslash that joins two lines",
                                 "write the text without the backslash, or the letter before it");
                }
            } else if (!is_ascii(c)) {
                return found("this letter stands outside of quotes",
                             "put the text in quotes; without them only a to z, A to Z, 0 to 9, - "
                             "and _ may be in a name");
            } else {
                if (!count(c)) {
                    return found("this is nested too deep",
                                 "a roster never nests deeper than a few tables; is a bracket "
                                 "not closed?");
                }
                step();
            }
        }
        return std::nullopt;
    }

  private:
    static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

    Unparsable found(std::string_view message, std::string_view hint) const {
        return {line_, column_, message, hint};
    }

    // The one or two brackets with which a header begins, and the blanks behind them.
    void skip_to_header_key() {
        for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] == '['; ++i) {
            count('[');
            step();
        }
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) step();
    }

    // A `]` without a key, too: for that the parser has words of its own.
    bool key_or_end_follows() const {
        if (at_ == text_.size()) return true;
        const char c = text_[at_];
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '"' || c == '\'' || c == ']';
    }

    // Where the parser sees a text begin, too; elsewhere it would read on as if there were no
    // quotes.
    bool may_begin_string() const {
        constexpr std::string_view before = " \t\r\n=[{,.";
        return at_ == 0 || before.find(text_[at_ - 1]) != before.npos ||
               text_.substr(0, at_) == byte_order_mark;
    }

    // False: too deep.
    bool count(char c) {
        switch (c) {
            case '[':
            case '{':
                dots_ = 0;
                return ++depth_ <= nesting_max;
            case ']':
            case '}':
                dots_ = 0;
                if (depth_ != 0) --depth_;
                return true;
            case '=':
            case ',':
            case '\n':
                dots_ = 0;
                return true;
            case '.':
                return ++dots_ < key_parts_max;
            default:
                return true;
        }
    }

    bool at_triple(char quote) const {
        return text_.size() - at_ >= 3 && text_[at_] == quote && text_[at_ + 1] == quote &&
               text_[at_ + 2] == quote;
    }

    void skip_comment() {
        while (at_ < text_.size() && text_[at_] != '\n') step();
    }

    // A string of one line ends at its line's end at the latest: the parser will complain.
    // False: at a letter that the parser must not meet there.
    bool skip_string(char quote) {
        const bool triple = at_triple(quote);
        steps(triple ? 3 : 1);
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (!triple && c == '\n') return true;
            if (triple ? at_triple(quote) : c == quote) {
                steps(triple ? 3 : 1);
                // Up to two quotes before the closing three belong to the string.
                for (int extra = 0; triple && extra < 2 && at_ < text_.size(); ++extra) {
                    if (text_[at_] != quote) break;
                    step();
                }
                return true;
            }
            if (c != '\\' || quote != '"') {
                step();
            } else if (!skip_escaped(triple)) {
                return false;
            }
        }
        return true;
    }

    // A backslash and what it changes: one letter, or the blanks and line ends that it takes away.
    // False: then comes a letter beyond ASCII.
    bool skip_escaped(bool triple) {
        step();
        if (at_ == text_.size()) return true;
        if (!triple || !is_blank(text_[at_])) {
            if (triple && !is_ascii(text_[at_])) return false;
            if (triple || text_[at_] != '\n') step();
            return true;
        }
        while (at_ < text_.size() && is_blank(text_[at_])) step();
        return at_ == text_.size() || is_ascii(text_[at_]);
    }

    static bool is_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; }
    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

    void steps(int count) {
        for (int i = 0; i < count; ++i) step();
    }

    void step() {
        const char byte = text_[at_++];
        line_is_blank_ = byte == '\n' || (line_is_blank_ && (byte == ' ' || byte == '\t'));
        if (byte == '\n') {
            ++line_;
            column_ = 1;
        } else if (at_ == text_.size() ||
                   (static_cast<unsigned char>(text_[at_]) & 0xC0U) != 0x80U) {
            ++column_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t column_ = 1;
    bool line_is_blank_ = true;
    std::uint32_t depth_ = 0;
    std::uint32_t dots_ = 0;
};

}  // namespace

std::optional<Unparsable> find_unparsable(std::string_view text) {
    return Walk(text).run();
}

}  // namespace usher::roster
