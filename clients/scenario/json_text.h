// Writes JSON onto the end of a string: members in the order in which they are given, no spaces,
// only what must be escaped is. The same calls give the same bytes on every machine. Text must be
// UTF-8; it is passed through.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace usher::scenario {

class JsonText {
  public:
    explicit JsonText(std::string& out) : out_(out) {}

    JsonText& begin_object() { return open('{'); }
    JsonText& end_object() { return close('}'); }
    JsonText& begin_list() { return open('['); }
    JsonText& end_list() { return close(']'); }
    JsonText& name(std::string_view name);

    JsonText& text(std::string_view value);
    template <std::integral T>
    JsonText& number(T value) {
        separate();
        out_ += std::to_string(value);
        return *this;
    }
    JsonText& flag(bool value);
    JsonText& null();

    JsonText& member(std::string_view key, std::string_view value) { return name(key).text(value); }
    template <std::integral T>
    JsonText& member(std::string_view key, T value) {
        return name(key).number(value);
    }
    JsonText& flag_member(std::string_view key, bool value) { return name(key).flag(value); }

  private:
    JsonText& open(char bracket);
    JsonText& close(char bracket);
    void separate();
    void quote(std::string_view value);

    std::string& out_;
    bool first_ = true;  ///< nothing stands before in this object or list
};

}  // namespace usher::scenario
