// Holds the index of each segment against the records that it is about. The journal does not know
// what its records mean; who does says whose each one is. One thread, one pass over a journal.
#pragma once

#include "journal/segment_index.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace usher::journal {

/// Whose record it is; nothing: that cannot be said.
using WhoseRecord = std::optional<AccountSeq> (*)(std::span<const std::byte> record);

class IndexCheck {
  public:
    explicit IndexCheck(WhoseRecord whose) : whose_(whose) {}

    void begin_segment();

    /// A batch of records that was found right, and the block at which it begins.
    void take(std::uint32_t block, std::uint32_t records, std::span<const std::byte> payload);

    /// Empty, or in what the index differs from the records of its segment.
    std::string misfit(std::span<const IndexEntry> found);

  private:
    WhoseRecord whose_;
    OpenIndex expected_;
    bool all_known_ = true;
};

}  // namespace usher::journal
