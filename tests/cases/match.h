// Does an answer say everything that a case expects of it? Every field that is expected must be
// there and equal; objects may hold more; lists are compared entry by entry and must be as long as
// expected. `_why` is a comment.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

namespace usher::cases {

/// Where `got` first differs from `expected` ("load.helpdesk.email: expected 2, got 1"); nothing:
/// it matches.
std::optional<std::string> mismatch(const boost::json::value& expected,
                                    const boost::json::value& got);

}  // namespace usher::cases
