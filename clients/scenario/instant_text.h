// Instants as people write them: RFC 3339 in, UTC out. Whole milliseconds; further digits are cut
// off. Only the years 0000 to 9999 exist, and a leap second is the first instant of the minute
// that follows it. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"

namespace usher::scenario {

struct InstantReading {
    std::optional<Instant> instant;
    std::string_view wrong;  ///< why there is none, for people; empty: all is well
};

/// "2026-03-02T09:00:00Z", "2026-03-02T10:00:00.5+01:00".
InstantReading read_instant(std::string_view text);

/// "2026-03-02T09:00:00Z", with ".123" only when the milliseconds are not zero. What lies outside
/// of the years 0000 to 9999 is shown as their nearest instant.
std::string instant_text(Instant instant);

}  // namespace usher::scenario
