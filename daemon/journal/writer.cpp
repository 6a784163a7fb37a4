#include "journal/writer.h"

#include "base/expect.h"
#include "base/planted.h"
#include "journal/segment_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace usher::journal {
namespace {

/// Makes the tail that was recovered the true end of the journal: what recovery has read may so far
/// have been in the device's cache alone, and what it has dropped must not come back.
Result<void> settle_tail(Disk& disk, int journal_fd, const std::string& journal_name,
                         const Recovered& recovered) {
    if (recovered.tail_segment != 0) {
        const auto file = numbered_name(recovered.tail_segment, segment_suffix);
        const auto name = journal_name + "/" + file;
        OwnedFd fd{disk, disk.open(journal_fd, file, OpenFor::writing)};
        if (!fd.is_open()) return disk_fault(name, "cannot be opened", fd.get());
        const auto size = disk.size(fd.get());
        if (size < 0) return disk_fault(name, "has no size", size);
        if (static_cast<std::uint64_t>(size) > recovered.tail_bytes) {
            if (const int error = disk.truncate(fd.get(), recovered.tail_bytes); error != 0) {
                return disk_fault(name, "cannot be cut to its used length", error);
            }
        }
        if (const int error = disk.sync(fd.get()); error != 0) {
            return disk_fault(name, "cannot be synced", error);
        }
        if (const int error = fd.close(); error != 0) {
            return disk_fault(name, "cannot be closed", error);
        }
    }
    for (const auto& unused : recovered.unused) {
        if (const int error = disk.remove(journal_fd, unused); error != 0) {
            return disk_fault(journal_name + "/" + unused, "cannot be removed", error);
        }
    }
    return {};
}

}  // namespace

Writer::Writer(Place place, const Options& options, const SegmentMaker& maker, Segment segment,
               Watermark watermark, const Recovered& recovered)
    : place_(std::move(place)),
      options_(options),
      maker_(maker),
      segment_(std::move(segment)),
      sync_point_(*place_.disk, std::move(watermark), recovered.last_seq),
      batch_(options.alignment),
      index_batch_(options.alignment),
      last_seq_(recovered.last_seq),
      written_seq_(recovered.last_seq),
      state_time_(recovered.last_state_time),
      last_crc_(recovered.last_crc) {}

Writer::~Writer() = default;

Result<std::unique_ptr<Writer>> Writer::open(Disk& disk, int directory_fd,
                                             const std::string& directory_name,
                                             const Identity& identity, const Options& options,
                                             const Recovered& recovered) {
    Place place{&disk, {}, directory_name + "/journal", identity.shard};
    place.journal_fd = OwnedFd{disk, disk.open(directory_fd, "journal", OpenFor::directory)};
    const int journal_fd = place.journal_fd.get();
    if (journal_fd < 0) return disk_fault(place.journal_name, "cannot be opened", journal_fd);
    if (auto settled = settle_tail(disk, journal_fd, place.journal_name, recovered); !settled) {
        return settled.error();
    }
    const SegmentMaker maker{disk,
                             journal_fd,
                             place.journal_name,
                             identity,
                             options.alignment,
                             static_cast<std::uint16_t>(options.mode),
                             incompat_indexed | (options.repaired ? incompat_repaired : 0)};
    auto segment = maker.make(recovered.next_segment, options.segment_bytes.front());
    if (!segment) return segment.error();
    auto watermark = Watermark::open(disk, directory_fd, directory_name, identity, segment->epoch,
                                     recovered.last_seq);
    if (!watermark) return watermark.error();

    std::unique_ptr<Writer> writer{new Writer(std::move(place), options, maker, std::move(*segment),
                                              std::move(*watermark), recovered)};
    if (auto noted = writer->note_recovery(recovered); !noted) return noted.error();
    if (options.repaired) {
        if (auto noted = writer->note_repair(*options.repaired); !noted) return noted.error();
    }
    if (options.helper) {
        const Helper::Settings settings{std::chrono::milliseconds(options.sync_interval_ms),
                                        options.unsynced_bytes_max, options.wake,
                                        options.wake_argument};
        writer->helper_ = std::make_unique<Helper>(writer->maker_, writer->sync_point_, settings);
        writer->prepare_next();
    }
    return writer;
}

Result<void> Writer::note_recovery(const Recovered& recovered) {
    RecoveredNote note{};
    note.last_seq = recovered.last_seq;
    note.torn_bytes = recovered.torn_bytes;
    note.previous_segment = recovered.tail_segment;
    note.clean_close = recovered.clean_close ? 1 : 0;
    batch_.append_note(std::as_bytes(std::span{&note, 1}));
    if (auto written = write_out(batch_, batch_recovered); !written) return written;
    return sync_point_.sync(segment_, written_seq_);
}

Result<void> Writer::note_repair(const RepairedNote& note) {
    batch_.append_note(std::as_bytes(std::span{&note, 1}));
    if (auto written = write_out(batch_, batch_repaired); !written) return written;
    return sync_point_.sync(segment_, written_seq_);
}

std::uint64_t Writer::append(std::span<const std::byte> record, const AccountSeq& of) {
    std::memcpy(append(record.size(), of).data(), record.data(), record.size());
    return last_seq_;
}

bool Writer::open_batch_empty() const {
    return batch_.count() == 0;
}

std::size_t Writer::open_batch_bytes() const {
    return open_batch_empty() ? 0 : batch_.bytes();
}

BatchStamp Writer::stamp(std::uint16_t flags) const {
    BatchStamp stamp;
    stamp.flags = flags;
    stamp.shard = place_.shard;
    stamp.epoch = segment_.epoch;
    stamp.first_seq = written_seq_ + 1;
    stamp.durable_seq = durable_seq();
    stamp.state_time = state_time_;
    stamp.previous_crc = last_crc_;
    return stamp;
}

Result<void> Writer::write_out(OpenBatch& batch, std::uint16_t flags) {
    const auto bytes = batch.seal(stamp(flags));
    if (const int error = write_all(*place_.disk, segment_.fd.get(), bytes, offset_); error != 0) {
        return sync_point_.fail(disk_fault(segment_.name, "cannot be written", error));
    }
    offset_ += bytes.size();
    written_bytes_.fetch_add(bytes.size(), std::memory_order_relaxed);
    last_crc_ = batch.sealed_crc();
    batch.clear();
    return {};
}

/// What of the segment is still zeros, in whole blocks.
std::uint64_t Writer::room() const {
    const auto end = segment_.bytes / options_.alignment * options_.alignment;
    return end > offset_ ? end - offset_ : 0;
}

/// Ends the segment with whose records it has. One that is too full for it, or left long before its
/// end, has none and is read whole.
Result<void> Writer::write_index(Fill fill) {
    auto entries = index_.entries();
    if (PLANTED(index_leaves_out_an_account) && !entries.empty())
        entries = entries.first(entries.size() - 1);
    const auto needed = index_batch_bytes(entries.size(), options_.alignment);
    const auto free = room();
    const bool fits =
        needed <= free && (fill == Fill::what_it_needs || free - needed <= index_padding_max);
    if (!index_.is_complete() || !fits) return {};
    encode_index(entries, segment_.epoch,
                 fill == Fill::to_the_end ? static_cast<std::size_t>(free) : needed, index_bytes_);
    index_batch_.append_note(index_bytes_);
    return write_out(index_batch_, batch_index);
}

Result<void> Writer::write(Instant state_time) {
    EXPECT(!closed_);
    if (auto healthy = health(); !healthy) return healthy;
    if (batch_.count() == 0) return {};
    // Its index must fit behind it. A batch that no segment can hold grows the one that it begins.
    const auto index_bytes = index_batch_bytes(index_.entries_at_most(), options_.alignment);
    const bool fits = offset_ + batch_.bytes() + index_bytes <= segment_.bytes;
    if (!fits) {
        EXPECT(offset_ > header_block_bytes);  // every segment begins with a note or a batch
        if (auto rolled = roll(); !rolled) return rolled;
    }
    state_time_ = state_time;
    const auto bytes = batch_.bytes();
    index_.take(static_cast<std::uint32_t>(offset_ / options_.alignment));
    if (auto written = write_out(batch_, 0); !written) return written;
    written_seq_ = last_seq_;
    if (options_.mode != Mode::written) return {};
    if (helper_ != nullptr) {
        helper_->wrote(segment_, written_seq_, bytes);
        return {};
    }
    unsynced_bytes_ += bytes;
    if (unsynced_bytes_ >= options_.unsynced_bytes_max) return sync();
    return {};
}

Result<void> Writer::sync() {
    if (durable_seq() != written_seq_) return sync_all();
    unsynced_bytes_ = 0;
    return health();
}

/// Also what has no sequence.
Result<void> Writer::sync_all() {
    if (auto healthy = health(); !healthy) return healthy;
    unsynced_bytes_ = 0;
    return sync_point_.sync(segment_, written_seq_);
}

Result<void> Writer::request_sync() {
    if (helper_ == nullptr) return sync();
    if (durable_seq() < written_seq_) helper_->request(segment_, written_seq_);
    return health();
}

/// Everything in a segment is durable before the next one is written to. So a hole in a segment
/// that has a successor can only be damage, never a crash.
Result<void> Writer::roll() {
    if (helper_ != nullptr) helper_->quiesce();
    if (auto indexed = write_index(Fill::to_the_end); !indexed) return indexed;
    if (!PLANTED(roll_without_sync))
        if (auto synced = sync_all(); !synced) return synced;
    if (options_.still_ours) {
        if (auto ours = options_.still_ours(); !ours) return sync_point_.fail(ours.error());
    }
    auto next = next_segment();
    if (!next) return sync_point_.fail(next.error());
    if (const int error = segment_.fd.close(); error != 0) {
        return sync_point_.fail(disk_fault(segment_.name, "cannot be closed", error));
    }
    segment_ = std::move(*next);
    offset_ = header_block_bytes;
    index_.begin_segment();
    if (helper_ != nullptr) prepare_next();
    return {};
}

std::uint64_t Writer::next_segment_bytes() {
    const auto rung = std::min(segments_made_++, options_.segment_bytes.size() - 1);
    return options_.segment_bytes.at(rung);
}

void Writer::prepare_next() {
    helper_->prepare(segment_.number + 1, next_segment_bytes());
    preparing_ = true;
}

Result<Segment> Writer::next_segment() {
    if (preparing_) {
        preparing_ = false;
        // If it could not be made (the disk was full), a small one may be possible by now: nobody
        // relies on that file yet, so making it again is no retry of a failed sync.
        if (auto prepared = helper_->take_prepared()) return prepared;
        segments_made_ = 0;
    }
    return maker_.make(segment_.number + 1, next_segment_bytes());
}

void Writer::look_for_room() {
    if (helper_ == nullptr || !preparing_ || closed_) return;
    switch (helper_->preparing()) {
        case Helper::Preparing::nothing:
        case Helper::Preparing::working:
            return;
        case Helper::Preparing::ready:
            disk_is_full_ = false;
            return;
        case Helper::Preparing::failed:
            break;
    }
    disk_is_full_ = true;
    (void)helper_->take_prepared();
    segments_made_ = 0;  // from now on small ones again
    prepare_next();
}

Result<void> Writer::health() const {
    return sync_point_.health();
}

std::uint64_t Writer::last_seq() const {
    return last_seq_;
}

std::uint64_t Writer::written_seq() const {
    return written_seq_;
}

std::uint64_t Writer::durable_seq() const {
    return sync_point_.durable_seq();
}

std::uint64_t Writer::written_bytes() const {
    return written_bytes_.load(std::memory_order_relaxed);
}

std::uint64_t Writer::segment_number() const {
    return segment_.number;
}

Result<void> Writer::put_away_prepared() {
    if (!preparing_) return {};
    preparing_ = false;
    auto prepared = helper_->take_prepared();
    if (!prepared) return {};  // its .tmp, if any, is removed at the next start
    const auto file = numbered_name(prepared->number, segment_suffix);
    const int error = place_.disk->remove(place_.journal_fd.get(), file);
    if (error != 0) return disk_fault(prepared->name, "cannot be removed", error);
    return {};
}

Result<void> Writer::close() {
    EXPECT(!closed_);
    closed_ = true;
    if (helper_ != nullptr) helper_->quiesce();
    if (auto healthy = health(); !healthy) return healthy;
    EXPECT(open_batch_empty());
    if (auto gone = put_away_prepared(); !gone) return sync_point_.fail(gone.error());
    helper_.reset();
    if (auto synced = sync(); !synced) return synced;  // so that the last batches can say so

    if (auto indexed = write_index(Fill::what_it_needs); !indexed) return indexed;
    batch_.append_note({});
    if (auto written = write_out(batch_, batch_clean_close); !written) return written;
    if (auto synced = sync_point_.sync_clean_close(segment_, written_seq_); !synced) return synced;
    auto& disk = *place_.disk;
    int error = disk.truncate(segment_.fd.get(), offset_);
    if (error == 0) error = disk.sync(segment_.fd.get());
    if (error == 0) error = disk.sync(place_.journal_fd.get());
    if (error == 0) error = segment_.fd.close();
    if (error != 0) return sync_point_.fail(disk_fault(segment_.name, "cannot be ended", error));
    return {};
}

Result<std::uint64_t> prune(Disk& disk, int directory_fd, const std::string& directory_name,
                            const Identity& identity, std::uint64_t seq) {
    const auto journal_name = directory_name + "/journal";
    const OwnedFd journal{disk, disk.open(directory_fd, "journal", OpenFor::directory)};
    if (!journal.is_open()) return disk_fault(journal_name, "cannot be opened", journal.get());
    const auto files = list_journal(disk, journal.get(), journal_name);
    if (!files) return files.error();
    // Newest first: where the journal still needs to begin. A segment without a batch is prepared,
    // or one whose only batch was torn off: it says nothing.
    auto keep_from = files->segments.size();
    while (keep_from-- > 0) {
        auto segment = SegmentReader::open(disk, journal.get(), journal_name, identity,
                                           files->segments[keep_from]);
        if (!segment) return segment.error();
        const auto first = segment->first_batch();
        if (!first) return first.error();
        if (*first && (*first)->first_seq <= seq + 1) break;
    }
    std::uint64_t removed = 0;
    for (std::size_t n = 0; n < keep_from && keep_from < files->segments.size(); ++n) {
        const auto file = numbered_name(files->segments[n], segment_suffix);
        if (const int error = disk.remove(journal.get(), file); error != 0) {
            return disk_fault(journal_name + "/" + file, "cannot be removed", error);
        }
        ++removed;
    }
    if (removed == 0) return removed;
    if (const int error = disk.sync(journal.get()); error != 0) {
        return disk_fault(journal_name, "cannot be synced", error);
    }
    return removed;
}

}  // namespace usher::journal
