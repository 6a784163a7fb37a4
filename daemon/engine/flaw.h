// Words for what is wrong with something that was read. Checks are made in order; the first that
// fails is kept, the rest cost nothing but a look.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/definition.h"
#include "protocol/validate.h"

namespace usher::engine {

class Flaw {
  public:
    bool found() const { return text_.has_value(); }
    std::optional<std::string> take() { return std::move(text_); }

    /// What is looked at now: "agent" and 4. Texts must outlive the checks.
    void at(const char* kind, std::uint64_t number) {
        kind_ = kind;
        number_ = number;
    }

    void need(bool right, const char* what) {
        if (!right && !found()) say(what);
    }

    /// `no` names one of `count`.
    template <class Tag>
    void named(Number<Tag> no, std::size_t count, const char* what) {
        if (no.value >= count && !found())
            say(std::string("its ") + what + " " + std::to_string(no.value) + " is none of " +
                std::to_string(count));
    }
    /// Or nothing.
    template <class Tag>
    void named_or_nothing(Number<Tag> no, std::size_t count, const char* what) {
        if (no.exists()) named(no, count, what);
    }
    template <class List>
    void all_named(const List& numbers, std::size_t count, const char* what) {
        for (const auto no : numbers) named(no, count, what);
    }

    /// A value of an enum whose values are 0 to `last`.
    template <class Enum>
    void word(Enum value, Enum last, const char* what) {
        need(static_cast<std::underlying_type_t<Enum>>(value) <=
                 static_cast<std::underlying_type_t<Enum>>(last),
             what);
    }

    /// An instant that a request could have had.
    void instant(Instant at, const char* what) {
        need(at.ms >= protocol::instant_ms_min && at.ms <= protocol::instant_ms_max, what);
    }

  private:
    void say(std::string what) {
        text_ = kind_ == nullptr ? std::move(what)
                                 : std::string(kind_) + " " + std::to_string(number_) + ": " + what;
    }

    const char* kind_ = nullptr;
    std::uint64_t number_ = 0;
    std::optional<std::string> text_;
};

}  // namespace usher::engine
