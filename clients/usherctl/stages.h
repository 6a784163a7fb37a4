// `usherctl status --stages`: where the time of requests goes, from the daemon's lines
// `stage_NAME_FIGURE` (docs/operating.md).
#pragma once

#include <string>
#include <vector>

#include "protocol/answer.h"

namespace usher::ctl {

bool is_of_stages(const protocol::StatusEntry& entry);

/// A table with a row for each core and stage, in microseconds.
std::string stages_text(const std::vector<protocol::StatusEntry>& entries, bool colour);

}  // namespace usher::ctl
