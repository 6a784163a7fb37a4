// What the journal's tests have in common: records whose contents follow from their sequence, so
// that any reader can tell whether one was changed, and a shard's directory on a fake disk.
#pragma once

#include "journal/recovery.h"
#include "journal/writer.h"
#include "tests/journal/fake_disk.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace usher::journal::testing {

inline constexpr Identity test_identity{0x1122334455667788, 0x99AABBCCDDEEFF00, 0};

/// 1 to `bytes_max` bytes that depend on `seq` alone.
std::vector<std::byte> record_of(std::uint64_t seq, std::size_t bytes_max = 200);

/// Whose it is: three accounts take turns.
inline constexpr std::uint32_t owners = 3;
AccountSeq owner_of(std::uint64_t seq);

/// Takes records and checks each: sequence without a gap, contents as record_of() makes them.
class CheckingSink final : public RecordSink {
  public:
    explicit CheckingSink(std::uint64_t after_seq = 0, std::size_t bytes_max = 200)
        : last_seq_(after_seq), bytes_max_(bytes_max) {}

    Result<void> record(std::uint64_t seq, Instant state_time,
                        std::span<const std::byte> bytes) override;

    std::uint64_t last_seq() const { return last_seq_; }
    std::uint64_t wrong() const { return wrong_; }  ///< changed records and gaps; must stay 0
    std::int64_t last_time_ms() const { return last_time_ms_; }

  private:
    std::uint64_t last_seq_;
    std::size_t bytes_max_;
    std::uint64_t wrong_ = 0;
    std::int64_t last_time_ms_ = 0;
};

/// A disk with the directories of an empty shard at its root.
std::unique_ptr<FakeDisk> empty_shard();

/// Small segments and batches, no second thread: every run is the same.
Options small_options(Mode mode = Mode::synced);
/// The same with its threads; in mode `written` they sync nothing by themselves in a test's time.
Options with_helper(Mode mode);
/// Waits a minute at most: threads work on their own.
bool comes_true(const std::function<bool()>& condition);

Result<Recovered> recover_all(FakeDisk& disk, CheckingSink& sink);
Result<std::unique_ptr<Writer>> open_writer(FakeDisk& disk, const Options& options,
                                            const Recovered& recovered);
/// Recovers and opens; a fault in either is a failure of the test.
std::unique_ptr<Writer> start(FakeDisk& disk, const Options& options = small_options());

/// Appends the next `records` records and writes them as one batch.
Result<void> write_batch(Writer& writer, std::uint64_t records, std::size_t bytes_max = 200);

std::string journal_file(std::uint64_t number);

}  // namespace usher::journal::testing
