// Records that say whose they are, for what the index of a segment is about: who reads them back
// can tell which of an account's are there, and which are not.
#pragma once

#include "journal/history.h"
#include "journal/index_check.h"
#include "journal/journal_reading.h"
#include "tests/journal/workload.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace usher::journal::testing {

std::optional<AccountSeq> whose_record(std::span<const std::byte> record);

/// Numbers the records of each account.
class Accounts {
  public:
    /// Into the open batch: a record of `bytes` (12 or more).
    void append(Writer& writer, std::uint32_t account, std::size_t bytes = 100);
    std::uint64_t last_seq(std::uint32_t account) const {
        const auto found = last_.find(account);
        return found == last_.end() ? 0 : found->second;
    }
    /// After a crash: what is left of them.
    void go_back_to(const std::map<std::uint32_t, std::uint64_t>& last) { last_ = last; }

  private:
    std::map<std::uint32_t, std::uint64_t> last_;
};

/// What a pass over the whole journal says of it and its indexes.
struct Passed {
    std::string fault;               ///< of the reading; empty: none
    std::vector<std::string> wrong;  ///< indexes that say something else than the records
    Recovered found;
    std::vector<IndexSeen> indexes;
    std::map<std::uint32_t, std::uint64_t> last_seq;  ///< of each account
};
Passed pass_over(FakeDisk& disk);

/// Goes on after it; a fault or a wrong index is a failure of the test.
std::unique_ptr<Writer> go_on(FakeDisk& disk, const Options& options);

/// The sequences of an account's records from `from` on, as somebody who follows it reads them.
struct Story {
    std::vector<std::uint64_t> seqs;
    std::uint64_t bytes_read = 0;
    std::string fault;
};
Story story_of(FakeDisk& disk, const AccountSeq& from, std::uint64_t through_seq, bool by_index,
               std::uint64_t to = UINT64_MAX);

/// Writes another index in the place of a segment's, and what follows it anew: all checksums right.
void replace_index(FakeDisk& disk, std::uint64_t number, const std::vector<IndexEntry>& entries);

std::optional<SegmentIndex> index_of(FakeDisk& disk, std::uint64_t number);

}  // namespace usher::journal::testing
