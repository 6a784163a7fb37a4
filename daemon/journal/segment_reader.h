// Reading segments back, past the page cache unless said otherwise: which there are, their headers,
// any stretch of bytes. What the bytes mean for the journal as a whole is recovery's matter. One
// thread.
#pragma once

#include "base/result.h"
#include "journal/device_file.h"
#include "journal/disk.h"
#include "journal/format.h"
#include "journal/recovery.h"
#include "journal/segment_index.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace usher::journal {

struct JournalFiles {
    std::vector<std::uint64_t> segments;  ///< their numbers, ascending
    std::vector<std::string> unfinished;  ///< names of .tmp files
};

/// A name in the journal's directory that is none of ours, or no plain file, is a fault.
Result<JournalFiles> list_journal(Disk& disk, int journal_fd, const std::string& journal_name);

class SegmentReader {
  public:
    /// Opens it and checks its header.
    static Result<SegmentReader> open(Disk& disk, int journal_fd, const std::string& journal_name,
                                      const Identity& identity, std::uint64_t number,
                                      OpenFor how = OpenFor::reading_device);

    const SegmentHeader& header() const { return header_; }
    bool header_damaged() const { return header_damaged_; }
    std::uint64_t size() const { return file_.size(); }
    const std::string& name() const { return file_.name(); }

    /// As DeviceFile::at().
    Result<std::span<const std::byte>> at(std::uint64_t offset, std::size_t bytes) {
        return file_.at(offset, bytes);
    }

    /// The header of the first batch, if that is there as a whole: a crash may have left a header
    /// alone.
    Result<std::optional<BatchHeader>> first_batch();

    /// The index that ends it. Nothing: it has none, or none that can be read; then it is to be
    /// read whole.
    std::optional<SegmentIndex> index();

  private:
    std::optional<SegmentIndex> index_before(std::uint64_t end);
    SegmentReader(DeviceFile file, const SegmentHeader& header, bool damaged) noexcept
        : file_(std::move(file)), header_(header), header_damaged_(damaged) {}

    DeviceFile file_;
    SegmentHeader header_;
    bool header_damaged_;
};

}  // namespace usher::journal
