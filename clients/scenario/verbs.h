// What can be said in a scenario: every `do`, its fields, what each may hold. One table that the
// reader of lines checks against and that usherctl makes its flags and help from, so that the two
// can never differ. Constant; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace usher::scenario {

enum class FieldKind {
    key,            ///< an id: 1 to 64 bytes of UTF-8 without control characters
    word,           ///< one of `words`
    flag,           ///< true or false
    only_true,      ///< true; its absence says the rest
    priority,       ///< 0 to 9
    limit_or_null,  ///< a capacity; null lifts it
    page_limit,     ///< 1 to list_limit_max
    cursor,         ///< the `next` of the part of a list before
    instant,        ///< RFC 3339
    keys,           ///< a list of ids
    properties,     ///< an object of text
    owner,          ///< an object with one owner field
    files,          ///< a path, or a list of paths
};

struct Field {
    std::string_view name;
    FieldKind kind = FieldKind::key;
    bool required = false;
    std::string_view help;
    std::span<const std::string_view> words = {};
};

struct Verb {
    std::string_view name;
    std::string_view summary;
    std::span<const Field> fields;
    bool changes = true;       ///< so it may carry a request `key`
    std::string_view example;  ///< arguments for usherctl behind the verb
};

std::span<const Verb> verbs();

/// nullptr: there is no such verb.
const Verb* find_verb(std::string_view name);
const Field* find_field(const Verb& verb, std::string_view name);

/// The one of `choices` that somebody who wrote `written` most likely meant; empty: none is near.
std::string_view nearest(std::string_view written, std::span<const std::string_view> choices);

/// ` (did you mean "route"?)`, or nothing.
std::string did_you_mean(std::string_view written, std::span<const std::string_view> choices);

}  // namespace usher::scenario
