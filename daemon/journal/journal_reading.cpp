#include "journal/journal_reading.h"

#include "base/expect.h"
#include "base/planted.h"
#include "journal/segment.h"

#include <algorithm>
#include <cstring>

namespace usher::journal {
namespace {

constexpr std::size_t scan_step_bytes = 1024 * 1024;

std::string parent_of(const std::string& directory_name) {
    const auto slash = directory_name.rfind('/');
    if (slash == std::string::npos || slash == 0) return ".";
    return directory_name.substr(0, slash);
}

/// One past the last byte that is not zero; 0 if there is none.
std::size_t used_length(std::span<const std::byte> bytes) {
    const auto last =
        std::find_if(bytes.rbegin(), bytes.rend(), [](std::byte b) { return b != std::byte{0}; });
    return static_cast<std::size_t>(bytes.rend() - last);
}

bool all_zero(std::span<const std::byte> bytes) {
    // memcmp against itself, one byte on: equal only if all bytes are the first one.
    return bytes.empty() || (bytes[0] == std::byte{0} &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

Fault JournalReading::corrupt(const std::string& file, std::uint64_t offset,
                              const std::string& cause) const {
    return fault(ExitCode::data, file + ": corrupt at byte " + std::to_string(offset) +
                                     ", sequence " + std::to_string(found_.last_seq + 1) + ": " +
                                     cause +
                                     ". Nothing was changed. Look with: usherctl journal verify " +
                                     parent_of(directory_name_));
}

Fault JournalReading::missing(const std::string& what) const {
    return fault(ExitCode::data, journal_name_ + ": " + what +
                                     ". Nothing was changed. Put the missing files back, or look "
                                     "with: usherctl journal verify " +
                                     parent_of(directory_name_));
}

Result<void> JournalReading::run(std::uint64_t after_seq, bool from_oldest) {
    after_seq_ = after_seq;
    from_oldest_ = from_oldest;
    if (auto opened = open_journal(); !opened) return opened;
    std::size_t start = 0;
    if (!from_oldest) {
        const auto chosen = choose_start();
        if (!chosen) return chosen.error();
        start = *chosen;
    }
    for (auto n = start; n < files_.segments.size(); ++n) {
        auto segment = SegmentReader::open(disk_, journal_.get(), journal_name_, identity_,
                                           files_.segments[n]);
        if (!segment) return segment.error();
        if (segment->header_damaged()) {
            found_.warnings.push_back(segment->name() +
                                      ": its header is partly damaged, the other copy was used");
        }
        if (auto read = read_segment(*segment); !read) return read;
        ++found_.segments;
    }
    return check_end();
}

Result<void> JournalReading::open_journal() {
    std::vector<DirectoryEntry> entries;
    if (const int error = disk_.list(directory_fd_, entries); error != 0) {
        return disk_fault(directory_name_, "cannot be listed", error);
    }
    const auto unfinished = std::string(watermark_name) + unfinished_suffix;
    for (const auto& entry : entries) {
        using Kind = DirectoryEntry::Kind;
        const bool folder = entry.name == "journal" || entry.name == "snapshot";
        const bool file = entry.name == watermark_name || entry.name == unfinished;
        if ((folder && entry.kind == Kind::directory) || (file && entry.kind == Kind::file))
            continue;
        return fault(ExitCode::data,
                     directory_name_ + "/" + entry.name +
                         (folder || file ? ": is not what it should be (a link?)"
                                         : ": does not belong here") +
                         ". Nothing was changed; move it away if you know what it is");
    }
    journal_ = OwnedFd{disk_, disk_.open(directory_fd_, "journal", OpenFor::directory)};
    if (journal_.get() == -ENOENT) return missing("the directory is missing");
    if (!journal_.is_open()) return disk_fault(journal_name_, "cannot be opened", journal_.get());
    auto files = list_journal(disk_, journal_.get(), journal_name_);
    if (!files) return files.error();
    files_ = std::move(*files);
    found_.unused = files_.unfinished;
    if (!files_.segments.empty()) found_.next_segment = files_.segments.back() + 1;

    auto watermark = read_watermark(disk_, directory_fd_, directory_name_, identity_);
    if (!watermark) return watermark.error();
    watermark_ = watermark->slot;
    if (!files_.segments.empty()) found_.warnings = std::move(watermark->warnings);
    return {};
}

/// The newest segment that begins at or before the first record that is wanted. Older ones are not
/// even opened.
Result<std::size_t> JournalReading::choose_start() {
    for (auto n = files_.segments.size(); n-- > 0;) {
        auto segment = SegmentReader::open(disk_, journal_.get(), journal_name_, identity_,
                                           files_.segments[n]);
        if (!segment) return segment.error();
        const auto first = segment->first_batch();
        if (!first) return first.error();
        if (*first && (*first)->first_seq <= after_seq_ + 1) return n;
    }
    return std::size_t{0};
}

Result<void> JournalReading::read_segment(SegmentReader& segment) {
    std::uint64_t offset = header_block_bytes;
    const char* cause = nullptr;
    bool used = false;
    bool closed = false;
    if (index_check_) index_check_->begin_segment();
    while (offset < segment.size() && cause == nullptr && !closed) {
        const auto at = segment.at(offset, sizeof(BatchHeader));
        if (!at) return at.error();
        BatchHeader header{};
        cause = check_header(*at, segment.header(), header);
        if (cause != nullptr) break;
        if (auto right = check_place(segment, offset, header); !right) return right;
        const auto payload = segment.at(offset + sizeof header, header.payload_bytes);
        if (!payload) return payload.error();
        cause = PLANTED(torn_batch_accepted) ? nullptr : check_payload(header, *payload);
        if (cause != nullptr) break;
        if (auto taken = take(segment, offset, header, *payload); !taken) return taken;
        offset += sizeof header + header.payload_bytes;
        used = true;
        closed = header.flags == batch_clean_close;
    }
    if (used) found_.tail_bytes = offset;
    if (auto behind = look_behind(segment, offset, cause, closed); !behind) return behind;
    const bool torn_here = torn_ && torn_->segment == segment.header().number;
    if (used || torn_here) {
        empty_.clear();
    } else {
        empty_.push_back(numbered_name(segment.header().number, segment_suffix));
    }
    return {};
}

/// A header that is right in itself, in a place where it was not written, is no crash's doing: each
/// place is written once, and everything before it has been found right.
Result<void> JournalReading::check_place(const SegmentReader& segment, std::uint64_t offset,
                                         const BatchHeader& header) {
    const auto refuse = [&](const std::string& cause) {
        return corrupt(segment.name(), offset, cause);
    };
    const bool known =
        header.flags == 0 || header.flags == batch_recovered || header.flags == batch_clean_close ||
        header.flags == batch_seal || header.flags == batch_repaired ||
        (header.flags == batch_index && (segment.header().incompat & incompat_indexed) != 0);
    if (!known || (header.flags == 0) != (header.count != 0)) {
        return refuse("the batch is of a kind that this program does not know (flags " +
                      std::to_string(header.flags) + ")");
    }
    const bool first_of_run = header.flags == batch_recovered;
    if (first_of_run && offset != header_block_bytes) {
        return refuse("a run begins in the middle of a segment");
    }
    if (indexed_ && offset != header_block_bytes && header.flags != batch_clean_close) {
        return refuse("it follows the index that ends the segment");
    }
    if (header.first_seq == 0 || header.durable_seq >= header.first_seq) {
        return refuse("the batch's sequences contradict each other");
    }
    if (torn_ && !first_of_run) {
        return corrupt(
            torn_->name, torn_->offset,
            std::string(torn_->cause) + ", though the journal goes on in " + segment.name());
    }
    if (!chained_) {
        if (from_oldest_ || header.first_seq <= after_seq_ + 1) return {};
        return missing("the records from sequence " + std::to_string(after_seq_ + 1) + " to " +
                       std::to_string(header.first_seq - 1) +
                       " are missing: the first readable batch is in " + segment.name());
    }
    if (header.first_seq != found_.last_seq + 1) {
        return refuse("the batch begins with sequence " + std::to_string(header.first_seq));
    }
    if (header.previous_crc != found_.last_crc) {
        return refuse("the batch does not follow the one before it");
    }
    if (closed_ && !first_of_run) return refuse("it follows the end of a run");
    return {};
}

Result<void> JournalReading::take_note(const SegmentReader& segment, std::uint64_t offset,
                                       const BatchHeader& header,
                                       std::span<const std::byte> payload) {
    if (header.flags == batch_recovered) {
        RecoveredNote note{};
        std::memcpy(&note, payload.data(), sizeof note);
        if (note.last_seq != found_.last_seq) {
            return corrupt(segment.name(), offset,
                           "the run that begins here had recovered everything up to sequence " +
                               std::to_string(note.last_seq));
        }
        torn_.reset();  // that run has dropped it, and said so
    }
    if (header.flags == batch_repaired) {
        RepairedNote note{};
        std::memcpy(&note, payload.data(), sizeof note);
        found_.warnings.push_back(segment.name() + ": repaired by user " +
                                  std::to_string(note.user) + " at " + std::to_string(note.at_ms) +
                                  " ms: everything after sequence " +
                                  std::to_string(note.keep_through) + " was given up, " +
                                  std::to_string(note.lost) + " confirmed records of it");
    }
    if (header.flags == batch_index) take_index(segment, offset, header, payload);
    return {};
}

/// Whatever it says, the records are what counts.
void JournalReading::take_index(const SegmentReader& segment, std::uint64_t offset,
                                const BatchHeader& header, std::span<const std::byte> payload) {
    ++found_.indexes;
    const auto entries = decode_index(payload);
    IndexSeen seen{segment.header().number, offset, sizeof header + payload.size(), entries.size(),
                   0};
    for (std::size_t n = 0; n < entries.size(); ++n)
        if (n == 0 || entries[n].account != entries[n - 1].account) ++seen.accounts;
    sink_.index(seen);
    if (!index_check_) return;
    if (const auto wrong = index_check_->misfit(entries); !wrong.empty())
        wrong_indexes_.push_back(corrupt(segment.name(), offset, wrong));
}

Result<void> JournalReading::take(const SegmentReader& segment, std::uint64_t offset,
                                  const BatchHeader& header, std::span<const std::byte> payload) {
    if (!chained_) {
        found_.first_seq = header.first_seq;
        found_.last_seq = header.first_seq - 1;
    }
    if (auto taken = take_note(segment, offset, header, payload); !taken) return taken;
    if (index_check_ && header.flags == 0)
        index_check_->take(static_cast<std::uint32_t>(offset / segment.header().alignment),
                           header.count, payload);
    const Instant state_time{header.state_time_ms};
    for (std::uint32_t n = 0; n < header.count; ++n) {
        const auto record = take_record(payload);
        const auto seq = header.first_seq + n;
        if (seq <= after_seq_) continue;
        if (PLANTED(replay_drops_last_fact) && n > 0 && n + 1 == header.count) continue;
        if (auto taken = sink_.record(seq, state_time, record); !taken) return taken;
        ++found_.records;
    }
    chained_ = true;
    closed_ = header.flags == batch_clean_close;
    indexed_ = header.flags == batch_index;
    last_epoch_ = header.epoch;
    last_name_ = segment.name();
    ++found_.batches;
    found_.last_seq += header.count;
    found_.last_state_time = state_time;
    found_.last_crc = header.header_crc;
    found_.tail_segment = segment.header().number;
    return {};
}

/// What lies between the last valid batch and the end of a segment: nothing but zeros, or a torn
/// end, or the proof that something confirmed is gone.
Result<void> JournalReading::look_behind(SegmentReader& segment, std::uint64_t offset,
                                         const char* cause, bool closed) {
    std::uint64_t used_until = offset;
    for (auto at = offset; at < segment.size(); at += scan_step_bytes) {
        const auto bytes = segment.at(at, scan_step_bytes);
        if (!bytes) return bytes.error();
        if (all_zero(*bytes)) continue;
        used_until = at + used_length(*bytes);
        for (std::size_t n = 0; n < bytes->size(); n += segment.header().alignment) {
            BatchHeader later{};
            if (check_header(bytes->subspan(n), segment.header(), later) != nullptr) continue;
            if (later.durable_seq > found_.last_seq) {
                return corrupt(segment.name(), offset,
                               std::string(cause != nullptr ? cause : "a batch is missing") +
                                   ", though the batch at byte " + std::to_string(at + n) +
                                   " says that everything up to sequence " +
                                   std::to_string(later.durable_seq) + " was on disk");
            }
        }
    }
    if (used_until == offset) return {};
    if (closed) {
        return corrupt(segment.name(), offset, "there are bytes behind the end of a finished run");
    }
    if (torn_) {
        return corrupt(
            torn_->name, torn_->offset,
            std::string(torn_->cause) + ", though the journal goes on in " + segment.name());
    }
    EXPECT(cause != nullptr);  // only a run's end and the file's leave it null
    const std::uint64_t alignment = segment.header().alignment;
    const auto length = (used_until - offset + alignment - 1) / alignment * alignment;
    torn_ = Torn{segment.header().number, segment.name(), offset, length, cause};
    return {};
}

Result<void> JournalReading::check_end() {
    if (found_.last_seq < after_seq_) {
        return missing("it ends with sequence " + std::to_string(found_.last_seq) +
                       ", but the snapshot holds everything up to " + std::to_string(after_seq_) +
                       ": its newest segments are missing");
    }
    const auto& end_name = torn_ ? torn_->name : last_name_.empty() ? journal_name_ : last_name_;
    const auto end = torn_ ? torn_->offset : found_.tail_bytes;
    if (watermark_ && watermark_->durable_seq > found_.last_seq && !PLANTED(cut_below_watermark)) {
        return corrupt(end_name, end,
                       std::string(torn_ ? torn_->cause : "the journal ends here") +
                           ", though the watermark says that everything up to sequence " +
                           std::to_string(watermark_->durable_seq) + " was on disk");
    }
    if (watermark_ && watermark_->clean_close != 0 && watermark_->epoch == last_epoch_ &&
        !closed_) {
        return corrupt(end_name, end, "the run was finished, but the note that says so is damaged");
    }
    found_.clean_close = closed_;
    if (torn_) {
        found_.torn_bytes = torn_->bytes;
        found_.tail_segment = torn_->segment;
        found_.tail_bytes = torn_->offset;
        found_.warnings.push_back(torn_->name + ": torn at byte " + std::to_string(torn_->offset) +
                                  " after sequence " + std::to_string(found_.last_seq) + ": " +
                                  torn_->cause + "; dropped " + std::to_string(torn_->bytes) +
                                  " bytes that were never confirmed");
    }
    found_.unused.insert(found_.unused.end(), empty_.begin(), empty_.end());
    return {};
}

}  // namespace usher::journal
