#include "roster/nesting.h"

#include <cstddef>

namespace usher::roster {
namespace {

class Walk {
  public:
    explicit Walk(std::string_view text) : text_(text) {}

    std::optional<TooDeep> run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                skip_comment();
            } else if (c == '"' || c == '\'') {
                skip_string(c);
            } else {
                if (!count(c)) return here_;
                step();
            }
        }
        return std::nullopt;
    }

  private:
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
    void skip_string(char quote) {
        const bool triple = at_triple(quote);
        steps(triple ? 3 : 1);
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (!triple && c == '\n') return;
            if (triple ? at_triple(quote) : c == quote) {
                steps(triple ? 3 : 1);
                // Up to two quotes before the closing three belong to the string.
                for (int extra = 0; triple && extra < 2 && at_ < text_.size(); ++extra) {
                    if (text_[at_] != quote) break;
                    step();
                }
                return;
            }
            if (c == '\\' && quote == '"' && (triple || !newline_follows())) step();
            if (at_ < text_.size()) step();
        }
    }

    bool newline_follows() const { return at_ + 1 < text_.size() && text_[at_ + 1] == '\n'; }

    void steps(int count) {
        for (int i = 0; i < count; ++i) step();
    }

    void step() {
        const auto byte = static_cast<unsigned char>(text_[at_++]);
        if (byte == '\n') {
            ++here_.line;
            here_.column = 1;
        } else if (at_ == text_.size() ||
                   (static_cast<unsigned char>(text_[at_]) & 0xC0U) != 0x80U) {
            ++here_.column;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    TooDeep here_;
    std::uint32_t depth_ = 0;
    std::uint32_t dots_ = 0;
};

}  // namespace

std::optional<TooDeep> find_too_deep(std::string_view text) {
    return Walk(text).run();
}

}  // namespace usher::roster
