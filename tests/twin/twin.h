// The twin of the engine: a second router, written from the rule book alone (docs/rules.md), slow
// and obvious. Vectors and loops; every question is answered by counting through all tickets and
// scanning schedules day by day. It shares no line with the daemon. Tests hold the two together.
//
// It takes scenario lines and gives answer lines, as JSON objects. Messages of rejects are its own.
// One thread. Comments cite rule numbers.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tests/twin/world.h"

namespace usher::twin {

/// Names of bugs that can be planted: the control of the comparison, which must find each.
std::span<const std::string_view> plants();
/// Those about work that waits (rule 38): only where it is switched on do they make a difference.
std::span<const std::string_view> waiting_plants();

class Twin {
  public:
    /// Reads the roster that an `apply` line names.
    using ReadFile = std::function<std::string(const std::string& path)>;

    /// The roster must be a valid one.
    Twin(const std::string& roster_toml, Features features, ReadFile read_file,
         std::string_view plant = {});

    boost::json::object answer(const boost::json::object& line);

  private:
    boost::json::object carry_out(const boost::json::object& line);

    World world_;
    ReadFile read_file_;
};

}  // namespace usher::twin
