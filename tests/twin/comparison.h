// One history carried out by two routers, answer by answer; and the search for a shorter history
// that still tells them apart.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/twin/history.h"

namespace usher::twin {

/// Somebody who answers the lines of one history, from its roster on.
class Router {
  public:
    virtual ~Router() = default;
    virtual boost::json::object answer(const boost::json::object& line) = 0;
};
using MakeRouter = std::function<std::unique_ptr<Router>(const History&)>;

struct Mismatch {
    std::size_t step = 0;  ///< of the history's lines, from 0
    std::string line;
    std::string expected;
    std::string got;
};

/// What of an answer is compared: without text for people and one side's own counting (messages,
/// cursors, sequences).
boost::json::value comparable(const boost::json::object& answer);

/// The first answer in which the two differ, as far as they are comparable.
std::optional<Mismatch> compare(const History& history, const MakeRouter& expected,
                                const MakeRouter& got);

/// Drops lines, in ever smaller pieces, as long as what remains still differs somewhere.
History shrink(const History& history, const MakeRouter& expected, const MakeRouter& got);

}  // namespace usher::twin
