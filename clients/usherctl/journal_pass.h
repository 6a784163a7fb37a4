// One pass over what a data directory's journals hold, from the oldest record on, and how it ends:
// the exit codes of `usherctl journal`. Reads only, past the page cache, and takes no lock.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "clients/usherctl/exit.h"
#include "engine/fact.h"
#include "journal/directory_view.h"
#include "journal/recovery.h"
#include "journal/segment_index.h"

namespace usher::ctl {

struct PassResult {
    Exit exit = Exit::done;
    std::string cause;         ///< of anything else than Exit::done
    journal::Recovered found;  ///< also how far it came before a fault
};

/// Called for each fact in order; views are gone after the call. A fault ends the pass.
using FactSink = std::function<Result<void>(std::uint64_t seq, const engine::Fact&)>;

/// Called for each segment's index, behind the facts that it is about.
using IndexSink = std::function<void(const journal::IndexSeen&)>;

PassResult read_journal(journal::Disk& disk, const journal::DirectoryView& view,
                        std::uint32_t shard, const FactSink& sink,
                        const IndexSink& index_sink = nullptr);

/// Whose fact a record is: what the indexes of segments are held against.
std::optional<journal::AccountSeq> whose_fact(std::span<const std::byte> record);

/// The worse of two: done, torn_tail, corrupt, io.
Exit worse(Exit a, Exit b);

/// The shards to look at: the one that was named, or all. Exit::usage if there is no such shard.
struct ShardChoice {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::string wrong;
};
ShardChoice choose_shards(const journal::DirectoryView& view, std::optional<std::uint32_t> named);

}  // namespace usher::ctl
