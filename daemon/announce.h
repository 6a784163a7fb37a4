// How others learn where the daemon is and how it is: lines on standard output, DIR/endpoints, and
// systemd's notification socket (silent where there is none).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/directory.h"

namespace usher {

/// `listening tcp 127.0.0.1:7447`, one address a line, and the same to `endpoints`; then READY=1.
/// A line may be of one core alone: `core 1 tcp 127.0.0.1:40001`.
Result<void> announce_ready(const std::vector<std::string>& endpoints,
                            journal::DataDirectory& directory);
void announce_stopping();

/// For who waits for a start that takes long: systemd shows it, and waits on.
void announce_recovering(std::uint64_t facts);

}  // namespace usher
