// From a data directory to its shards, each recovered from its journal. Shards of different cores
// are recovered side by side, on threads that end before this returns.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "config.h"
#include "journal/directory.h"
#include "shard/shard.h"

namespace usher {

/// Opens or makes the data directory of the configuration and locks it.
Result<std::unique_ptr<journal::DataDirectory>> open_data_directory(const Config& config);

using Shards = std::vector<std::unique_ptr<shard::Shard>>;

/// By number; they use the directory as long as they live. The first fault, if there is one.
Result<Shards> recover_shards(const Config& config, const journal::DataDirectory& directory);

}  // namespace usher
