// Time zones by name, each turned once into the table of transitions that the definition carries.
// From 1900 to the end of 2100; before and after, the first and the last offset hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/definition.h"

namespace usher::roster {

/// The instants, in milliseconds UTC, at which a zone's clock showed a local time. A local time
/// that does not exist is moved forward by the gap: then both are the same, as usually.
struct Occurrences {
    std::int64_t first_ms = 0;
    std::int64_t last_ms = 0;
};
Occurrences occurrences(const engine::Zone& zone, std::int64_t local_ms);

/// The zones of one roster, numbered in the order in which they are first asked for.
class ZoneTables {
  public:
    /// Nothing if the machine knows no such zone.
    engine::ZoneNo find(std::string_view name);

    const engine::Zone& operator[](engine::ZoneNo number) const { return zones_[number.value]; }

    /// What to do about a name that is not known.
    std::string hint(std::string_view unknown, std::uint64_t& budget) const;

    std::vector<engine::Zone> take() { return std::move(zones_); }

  private:
    std::vector<engine::Zone> zones_;
    std::unordered_map<std::string, engine::ZoneNo> by_name_;  ///< unknown ones too
};

}  // namespace usher::roster
