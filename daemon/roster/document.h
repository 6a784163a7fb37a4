// A TOML file as plain values that know where they stand. The TOML library stays behind this
// header: nothing else includes it, and none of its exceptions come out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "roster/problems.h"
#include "roster/roster.h"

namespace usher::roster {

struct Value;
struct Entry;
using List = std::vector<Value>;
using Table = std::vector<Entry>;  ///< by key; no key twice

/// A date or time that stands without quotes, written as ISO 8601 writes it.
struct Moment {
    std::string text;
};

struct Value {
    Place place;
    std::variant<bool, std::int64_t, double, std::string, Moment, List, Table> content;

    const Table* table() const { return std::get_if<Table>(&content); }
    const List* list() const { return std::get_if<List>(&content); }
    const std::string* text() const { return std::get_if<std::string>(&content); }
};

struct Entry {
    std::string key;
    Place place;  ///< of the key
    Value value;
};

/// What kind of value it is, for messages: "text", "a whole number", "a list", …
std::string_view kind_of(const Value& value);

/// The file as a table; nothing, with the error in `problems`, if it is not TOML.
std::optional<Table> read_document(const SourceFile& file, std::uint32_t file_number,
                                   Problems& problems);

}  // namespace usher::roster
