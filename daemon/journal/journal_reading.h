// One pass over a shard's journal: the work behind recover() and verify(). See recovery.h for what
// it promises; this header exists so that verify may begin at the oldest segment.
#pragma once

#include "journal/batch.h"
#include "journal/index_check.h"
#include "journal/recovery.h"
#include "journal/segment_reader.h"
#include "journal/watermark.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace usher::journal {

class JournalReading {
  public:
    JournalReading(Disk& disk, int directory_fd, std::string directory_name,
                   const Identity& identity, RecordSink& sink)
        : disk_(disk),
          directory_fd_(directory_fd),
          directory_name_(std::move(directory_name)),
          journal_name_(directory_name_ + "/journal"),
          identity_(identity),
          sink_(sink) {}

    /// Everything after `after_seq`; with `from_oldest`, after whatever comes before the oldest
    /// segment. `found()` is meaningful also after a fault: how far it came.
    Result<void> run(std::uint64_t after_seq, bool from_oldest);

    const Recovered& found() const { return found_; }
    const std::optional<WatermarkSlot>& watermark() const { return watermark_; }

    /// Before run(): indexes are to be held against the records. A wrong one does not end the
    /// reading, for no record depends on it.
    void check_indexes(WhoseRecord whose) { index_check_.emplace(whose); }
    const std::vector<Fault>& wrong_indexes() const { return wrong_indexes_; }

  private:
    /// The end of what is valid, where something else than zeros follows.
    struct Torn {
        std::uint64_t segment = 0;
        std::string name;
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
        const char* cause = nullptr;
    };

    Result<void> open_journal();
    Result<std::size_t> choose_start();
    Result<void> read_segment(SegmentReader& segment);
    Result<void> check_place(const SegmentReader& segment, std::uint64_t offset,
                             const BatchHeader& header);
    Result<void> take(const SegmentReader& segment, std::uint64_t offset, const BatchHeader& header,
                      std::span<const std::byte> payload);
    Result<void> take_note(const SegmentReader& segment, std::uint64_t offset,
                           const BatchHeader& header, std::span<const std::byte> payload);
    void take_index(const SegmentReader& segment, std::uint64_t offset, const BatchHeader& header,
                    std::span<const std::byte> payload);
    Result<void> look_behind(SegmentReader& segment, std::uint64_t offset, const char* cause,
                             bool closed);
    Result<void> check_end();

    Fault corrupt(const std::string& file, std::uint64_t offset, const std::string& cause) const;
    Fault missing(const std::string& what) const;

    Disk& disk_;
    int directory_fd_;
    std::string directory_name_;
    std::string journal_name_;
    Identity identity_;
    RecordSink& sink_;

    OwnedFd journal_;
    JournalFiles files_;
    std::optional<WatermarkSlot> watermark_;
    std::uint64_t after_seq_ = 0;
    bool from_oldest_ = false;

    Recovered found_;
    bool chained_ = false;          ///< a batch was read: the next one must follow it
    bool closed_ = false;           ///< the last batch was a batch_clean_close
    bool indexed_ = false;          ///< the last batch was a batch_index
    std::uint64_t last_epoch_ = 0;  ///< of the segment with the last batch
    std::string last_name_;         ///< likewise
    std::optional<Torn> torn_;      ///< not (yet) superseded by a later run
    std::optional<IndexCheck> index_check_;
    std::vector<Fault> wrong_indexes_;
    std::vector<std::string> empty_;  ///< segments without a batch since the last one with
};

}  // namespace usher::journal
