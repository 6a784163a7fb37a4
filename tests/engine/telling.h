// Random histories (tests/twin/history.h) told to an engine, fact by fact.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/engine/world.h"
#include "tests/twin/history.h"

namespace usher::testing {

/// A history in which most rules that may queue do so: a line that never fills shows nothing.
twin::History invent_history_that_waits(std::uint64_t seed, std::size_t steps);

/// A history's lines carried out; `@next` and rosters to apply are not of interest here.
struct Telling {
    explicit Telling(const twin::History& history);

    void carry_out(const std::string& line);

    World world;
    std::map<std::string, std::string> rosters;
};

}  // namespace usher::testing
