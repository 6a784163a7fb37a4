// Comparing of answer lines: the subset match of cases, and equality but for some fields.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <string_view>

namespace usher::testing {

/// Whether everything in `expected` is in `actual`. Objects by their members, `_why` is a comment;
/// lists by length and place; all else by equality.
bool contains_all(const boost::json::value& actual, const boost::json::value& expected);

/// The object without some of its members, wherever they stand.
boost::json::value without(const boost::json::value& value,
                           std::initializer_list<std::string_view> names);

}  // namespace usher::testing
