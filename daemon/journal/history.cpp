#include "journal/history.h"

#include "journal/batch.h"
#include "journal/segment_reader.h"

#include <algorithm>
#include <limits>

namespace usher::journal {
namespace {

class HistoryReading {
  public:
    HistoryReading(const HistoryPart& part, HistorySink& sink) : part_(part), sink_(sink) {}

    /// From `offset` to the end of what is valid in the segment, or of what its index has to say.
    Result<void> read(SegmentReader& segment, std::uint64_t offset) {
        const auto index = part_.wanted ? segment.index() : std::nullopt;
        if (!index) return read_between(segment, offset, std::numeric_limits<std::uint64_t>::max());
        if (const auto stretch = index->stretch_of(*part_.wanted, segment.header().alignment)) {
            auto read = read_between(segment, std::max(offset, stretch->begin), stretch->last);
            if (!read || done_) return read;
        }
        place_ = {segment.header().number, index->offset};
        last_seq_ = index->next_seq - 1;
        return {};
    }

    bool done() const { return done_; }
    std::uint64_t last_seq() const { return last_seq_; }
    HistoryPlace place() const { return place_; }

  private:
    /// The batches that begin at `offset` to `last`. Only what has a batch is a place to go on at:
    /// a segment that was prepared comes behind one that is still being written.
    Result<void> read_between(SegmentReader& segment, std::uint64_t offset, std::uint64_t last) {
        while (!done_ && offset < segment.size() && offset <= last) {
            const auto at = segment.at(offset, sizeof(BatchHeader));
            if (!at) return at.error();
            BatchHeader header{};
            if (check_header(*at, segment.header(), header) != nullptr) return {};
            place_ = {segment.header().number, offset};
            if (header.first_seq > part_.through_seq) {
                done_ = true;
                return {};
            }
            const auto payload = segment.at(offset + sizeof header, header.payload_bytes);
            if (!payload) return payload.error();
            if (check_payload(header, *payload) != nullptr) return {};
            take(header, *payload);
            if (!done_) place_.offset = offset += sizeof header + header.payload_bytes;
            done_ = done_ || sink_.has_enough();
        }
        return {};
    }

    void take(const BatchHeader& header, std::span<const std::byte> payload) {
        for (std::uint32_t n = 0; n < header.count; ++n) {
            const auto bytes = take_record(payload);
            if (header.first_seq + n > part_.through_seq ||
                !sink_.record(header.first_seq + n, bytes)) {
                done_ = true;
                return;
            }
            last_seq_ = header.first_seq + n;
        }
    }

    const HistoryPart& part_;
    HistorySink& sink_;
    HistoryPlace place_;
    std::uint64_t last_seq_ = 0;
    bool done_ = false;
};

}  // namespace

Result<HistoryPlace> read_history(Disk& disk, int directory_fd, const std::string& directory_name,
                                  const Identity& identity, const HistoryPart& part,
                                  HistorySink& sink) {
    const auto journal_name = directory_name + "/journal";
    const OwnedFd journal{disk, disk.open(directory_fd, "journal", OpenFor::directory)};
    if (!journal.is_open()) return disk_fault(journal_name, "cannot be opened", journal.get());
    const auto files = list_journal(disk, journal.get(), journal_name);
    if (!files) return files.error();
    const auto& segments = files->segments;
    auto next = std::lower_bound(segments.begin(), segments.end(), part.from.segment);

    HistoryReading reading{part, sink};
    for (; next != segments.end() && !reading.done(); ++next) {
        auto segment = SegmentReader::open(disk, journal.get(), journal_name, identity, *next,
                                           OpenFor::reading);
        if (!segment) return segment.error();
        const auto offset = *next == part.from.segment ? part.from.offset : header_block_bytes;
        if (auto read = reading.read(*segment, offset); !read) return read.error();
    }
    if (!reading.done() && reading.last_seq() != 0 && reading.last_seq() < part.through_seq)
        return fault(ExitCode::data, journal_name + ": ends with sequence " +
                                         std::to_string(reading.last_seq()) + ", though " +
                                         std::to_string(part.through_seq) + " was written");
    return reading.place();
}

}  // namespace usher::journal
