// A year as text: a folder with roster.toml and scenario.jsonl, plain or gzip. The roster can be
// given queues and limits that it has not. One thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace usher::year {

struct YearText {
    std::string roster;
    std::vector<std::string> lines;
};

/// At most `lines_max` lines of the scenario. Faults: ExitCode::io, ExitCode::data.
Result<YearText> read_year(const std::filesystem::path& folder, std::size_t lines_max);

/// Every rule that may queue does so.
std::string with_queues(std::string roster);

/// Every agent takes `total` tickets at most.
std::string with_limits(std::string roster, unsigned total);

}  // namespace usher::year
