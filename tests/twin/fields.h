// What a scenario line may hold (format.md): whether a line is malformed, and reading of its
// fields once it is known not to be.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tests/twin/world.h"

namespace usher::twin {

using Line = boost::json::object;

/// Whether every field of the line is one that its request has, holds what it may hold, and no
/// needed one is missing (rule 39: this comes before everything else).
bool well_formed(const Line& line);

/// What an answer repeats of the request: "ticket", "agent", or nothing.
std::string_view subject_field(std::string_view verb);

/// Of a well-formed line. Text is empty, a list is empty, if the field is not there.
std::string text_of(const Line& line, std::string_view field);
std::int64_t number_of(const Line& line, std::string_view field, std::int64_t otherwise);
bool flag_of(const Line& line, std::string_view field, bool otherwise);
Ms instant_of(const Line& line, std::string_view field);
Keys keys_of(const Line& line, std::string_view field);
Properties properties_of(const Line& line, std::string_view field);

/// The one owner field of a line or of an `expect_owner`.
Owner owner_of(const Line& line);

}  // namespace usher::twin
