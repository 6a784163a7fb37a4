// The daemon's log: one line an event on standard error, `name key=value …`. Never a line per
// ticket; lines about connections are rate limited (what is left out is counted and said). Values
// that others chose are quoted, escaped and cut. Any thread may call.
//
// On a terminal or in a file a line begins with the time in UTC and the level; under systemd with
// the `<N>` prefix that the journal understands (it has the time itself).
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace usher::net::log {

enum class Level : std::uint8_t { debug, info, warning, error };

/// "debug", "info", "warning", "error"; nothing for another word.
std::optional<Level> level_of(std::string_view name);

class Field {
  public:
    Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
    Field(std::string_view key, const char* value) : key_(key), value_(value) {}
    template <std::integral Number>
    Field(std::string_view key, Number value) : key_(key), value_(std::to_string(value)) {}

    std::string_view key() const { return key_; }
    const std::string& value() const { return value_; }

  private:
    std::string_view key_;
    std::string value_;
};
using Fields = std::initializer_list<Field>;

/// Once, before the first thread. Without it: info, as on a terminal.
void start(Level least);

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warning(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});

/// As info, at most 100 lines a second of all such lines together.
void about_peer(std::string_view event, Fields fields = {});

/// The line without time and level: `event key=value …`.
std::string line_of(std::string_view event, Fields fields);

}  // namespace usher::net::log
