// A ticket's properties and skills as canonical bytes: equal sets are equal strings, so that they
// can be kept once (Interner) and stand in facts as they are.
// Properties: by key, for each u8 length and key, u16 length and value. Numbers: u32 each, sorted.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/definition.h"

namespace usher::engine {

/// The request's properties over the channel's defaults, into `out` (emptied first).
void write_properties(protocol::Properties named, const ChannelDefinition& defaults,
                      std::string& out);
/// As they are, without defaults.
void write_properties(protocol::Properties named, std::string& out);

/// Calls visit(key, value) in the order of keys.
template <class Visit>
void for_each_property(std::string_view bytes, Visit visit) {
    while (!bytes.empty()) {
        const auto key_size = static_cast<std::uint8_t>(bytes[0]);
        const auto key = bytes.substr(1, key_size);
        bytes.remove_prefix(1U + key_size);
        std::uint16_t value_size = 0;
        std::memcpy(&value_size, bytes.data(), sizeof value_size);
        visit(key, bytes.substr(sizeof value_size, value_size));
        bytes.remove_prefix(sizeof value_size + value_size);
    }
}

/// A sorted list of numbers as bytes.
template <class No>
void append_number(No number, std::string& out) {
    out.append(reinterpret_cast<const char*>(&number.value), sizeof number.value);
}
template <class No, class Visit>
void for_each_number(std::string_view bytes, Visit visit) {
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
        No number;
        std::memcpy(&number.value, bytes.data() + at, sizeof number.value);
        visit(number);
    }
}

/// Sorts the numbers in `bytes` and takes out doubles.
void make_set(std::string& bytes);

/// The skills that a ticket needs (rule 11): those asked for (a set already) and those that the
/// channel's skill rules add for these properties; sorted, into `out`.
void write_skills(std::string_view asked, std::string_view properties,
                  const ChannelDefinition& channel, std::string& out);

}  // namespace usher::engine
