#include "journal/history.h"

#include "journal/batch.h"
#include "journal/segment_reader.h"

#include <algorithm>

namespace usher::journal {
namespace {

class HistoryReading {
  public:
    HistoryReading(std::uint64_t through_seq, HistorySink& sink)
        : through_seq_(through_seq), sink_(sink) {}

    /// From `offset` to the end of what is valid in the segment.
    Result<void> read(SegmentReader& segment, std::uint64_t offset) {
        place_ = {segment.header().number, offset};
        while (!done_ && place_.offset < segment.size()) {
            const auto at = segment.at(place_.offset, sizeof(BatchHeader));
            if (!at) return at.error();
            BatchHeader header{};
            if (check_header(*at, segment.header(), header) != nullptr) return {};
            if (header.first_seq > through_seq_) {
                done_ = true;
                return {};
            }
            const auto payload = segment.at(place_.offset + sizeof header, header.payload_bytes);
            if (!payload) return payload.error();
            if (check_payload(header, *payload) != nullptr) return {};
            take(header, *payload);
            if (!done_) place_.offset += sizeof header + header.payload_bytes;
        }
        return {};
    }

    bool done() const { return done_; }
    std::uint64_t last_seq() const { return last_seq_; }
    HistoryPlace place() const { return place_; }

  private:
    void take(const BatchHeader& header, std::span<const std::byte> payload) {
        for (std::uint32_t n = 0; n < header.count; ++n) {
            const auto bytes = take_record(payload);
            if (header.first_seq + n > through_seq_ || !sink_.record(header.first_seq + n, bytes)) {
                done_ = true;
                return;
            }
            last_seq_ = header.first_seq + n;
        }
    }

    std::uint64_t through_seq_;
    HistorySink& sink_;
    HistoryPlace place_;
    std::uint64_t last_seq_ = 0;
    bool done_ = false;
};

}  // namespace

Result<HistoryPlace> read_history(Disk& disk, int directory_fd, const std::string& directory_name,
                                  const Identity& identity, HistoryPlace from,
                                  std::uint64_t through_seq, HistorySink& sink) {
    const auto journal_name = directory_name + "/journal";
    const OwnedFd journal{disk, disk.open(directory_fd, "journal", OpenFor::directory)};
    if (!journal.is_open()) return disk_fault(journal_name, "cannot be opened", journal.get());
    const auto files = list_journal(disk, journal.get(), journal_name);
    if (!files) return files.error();
    const auto& segments = files->segments;
    auto next = std::lower_bound(segments.begin(), segments.end(), from.segment);

    HistoryReading reading{through_seq, sink};
    for (; next != segments.end() && !reading.done(); ++next) {
        auto segment = SegmentReader::open(disk, journal.get(), journal_name, identity, *next,
                                           OpenFor::reading);
        if (!segment) return segment.error();
        const auto offset = *next == from.segment ? from.offset : header_block_bytes;
        if (auto read = reading.read(*segment, offset); !read) return read.error();
    }
    if (!reading.done() && reading.last_seq() != 0 && reading.last_seq() < through_seq)
        return fault(ExitCode::data, journal_name + ": ends with sequence " +
                                         std::to_string(reading.last_seq()) + ", though " +
                                         std::to_string(through_seq) + " was written");
    return reading.place();
}

}  // namespace usher::journal
