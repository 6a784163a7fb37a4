#include "journal/prefix.h"

#include "journal/batch.h"
#include "journal/segment.h"
#include "journal/segment_reader.h"
#include "journal/snapshot_file.h"
#include "journal/watermark.h"

#include <algorithm>

namespace usher::journal {
namespace {

constexpr std::size_t copy_bytes = 1024 * 1024;

std::string journal_of(const ShardPlace& shard) {
    return shard.name + "/journal";
}

Result<OwnedFd> open_folder(const ShardPlace& shard, const char* folder) {
    OwnedFd fd{shard.disk, shard.disk.open(shard.fd, folder, OpenFor::directory)};
    if (!fd.is_open()) return disk_fault(shard.name + "/" + folder, "cannot be opened", fd.get());
    return fd;
}

/// Follows batches from one segment into the next.
class Walk {
  public:
    explicit Walk(std::optional<std::uint64_t> keep_through) : keep_through_(keep_through) {}

    /// False: it ends here, there is nothing to go on with.
    Result<bool> enter(SegmentReader& segment) {
        std::uint64_t offset = header_block_bytes;
        while (!done_) {
            const auto at = segment.at(offset, sizeof(BatchHeader));
            if (!at) return at.error();
            BatchHeader header{};
            if (check_header(*at, segment.header(), header) != nullptr || !follows(header)) break;
            const auto payload = segment.at(offset + sizeof header, header.payload_bytes);
            if (!payload) return payload.error();
            if (check_payload(header, *payload) != nullptr) break;
            const auto last = header.first_seq + header.count - 1;
            if (keep_through_ && last > *keep_through_) {
                found_.end_behind = last;
                done_ = true;
                break;
            }
            offset += sizeof header + header.payload_bytes;
            take(segment, header, last, offset);
        }
        return !done_;  // a segment without a batch that follows may stand between two runs
    }

    Prefix& found() { return found_; }

  private:
    bool follows(const BatchHeader& header) const {
        return !chained_ ||
               (header.first_seq == found_.last_seq + 1 && header.previous_crc == last_crc_);
    }
    void take(const SegmentReader& segment, const BatchHeader& header, std::uint64_t last,
              std::uint64_t end) {
        if (!chained_) found_.first_seq = header.first_seq;
        chained_ = true;
        const auto number = segment.header().number;
        if (found_.segments.empty() || found_.segments.back().number != number)
            found_.segments.push_back({number, 0});
        found_.segments.back().bytes = end;
        found_.last_seq = found_.end_before = last;
        found_.epoch = header.epoch;
        last_crc_ = header.header_crc;
        // What follows without records belongs to a run that had more.
        done_ = keep_through_ && header.count != 0 && last == *keep_through_;
    }

    std::optional<std::uint64_t> keep_through_;
    Prefix found_;
    bool chained_ = false;
    bool done_ = false;
    std::uint32_t last_crc_ = 0;
};

/// Segments that may begin the walk; `files` as list_journal() gives them.
struct Segments {
    OwnedFd fd;
    std::vector<std::uint64_t> numbers;
};

Result<Segments> segments_of(const ShardPlace& shard) {
    auto fd = open_folder(shard, "journal");
    if (!fd) return fd.error();
    const auto files = list_journal(shard.disk, fd->get(), journal_of(shard));
    if (!files) return files.error();
    return Segments{std::move(*fd), files->segments};
}

Result<Prefix> walk_from(const ShardPlace& shard, const Segments& segments, std::size_t begin,
                         std::optional<std::uint64_t> keep_through) {
    Walk walk(keep_through);
    for (auto n = begin; n < segments.numbers.size(); ++n) {
        auto segment = SegmentReader::open(shard.disk, segments.fd.get(), journal_of(shard),
                                           shard.identity, segments.numbers[n], OpenFor::reading);
        // A damaged header ends the walk as a damaged batch does.
        if (!segment && segment.error().code == ExitCode::data) {
            walk.found().ended_by = segment.error().message;
            break;
        }
        if (!segment) return segment.error();
        const auto more = walk.enter(*segment);
        if (!more) return more.error();
        if (!*more) break;
    }
    return std::move(walk.found());
}

/// The newest segment that begins at or before what follows `seq`.
Result<std::optional<std::size_t>> segment_behind(const ShardPlace& shard, const Segments& segments,
                                                  std::uint64_t seq) {
    for (auto n = segments.numbers.size(); n-- > 0;) {
        auto segment = SegmentReader::open(shard.disk, segments.fd.get(), journal_of(shard),
                                           shard.identity, segments.numbers[n], OpenFor::reading);
        if (!segment && segment.error().code == ExitCode::data) continue;
        if (!segment) return segment.error();
        const auto first = segment->first_batch();
        if (!first) return first.error();
        if (*first && (*first)->first_seq <= seq + 1) return std::optional{n};
    }
    return std::optional<std::size_t>{};
}

Result<std::vector<std::uint64_t>> valid_snapshots(const ShardPlace& shard) {
    const auto folder = open_folder(shard, "snapshot");
    if (!folder) return folder.error();
    const auto name = shard.name + "/snapshot";
    auto seqs = list_snapshots(shard.disk, folder->get(), name);
    if (!seqs) return seqs.error();
    std::vector<std::uint64_t> valid;
    for (const auto seq : *seqs) {
        const auto file = numbered_name(seq, snapshot_suffix);
        const auto look = SnapshotLook::at(shard.disk, folder->get(), file, name + "/" + file,
                                           shard.identity, seq);
        if (!look) return look.error();
        if (look->reader) valid.push_back(seq);
    }
    return valid;
}

/// Those that this prefix can be recovered from.
void choose_snapshots(Prefix& prefix, const std::vector<std::uint64_t>& valid) {
    for (const auto seq : valid)
        if (seq <= prefix.last_seq && seq + 1 >= prefix.first_seq) prefix.snapshots.push_back(seq);
}

bool can_stand(const Prefix& prefix) {
    return prefix.first_seq == 1 || !prefix.snapshots.empty();
}

Result<void> copy_file(const ShardPlace& from, int from_folder, const ShardPlace& to, int to_folder,
                       const std::string& file, std::optional<std::uint64_t> bytes) {
    auto& disk = to.disk;
    auto source =
        DeviceFile::open(from.disk, from_folder, file, from.name + "/…/" + file, OpenFor::reading);
    if (!source) return source.error();
    const auto name = to.name + "/…/" + file;
    OwnedFd fd{disk, disk.open(to_folder, file, OpenFor::creating)};
    if (!fd.is_open()) return disk_fault(name, "cannot be made", fd.get());
    const auto end = std::min(bytes.value_or(source->size()), source->size());
    for (std::uint64_t at = 0; at < end;) {
        const auto part = source->at(at, std::min<std::uint64_t>(copy_bytes, end - at));
        if (!part) return part.error();
        if (part->empty())
            return fault(ExitCode::io, source->name() + ": became shorter while it was copied");
        if (const int error = write_all(disk, fd.get(), *part, at); error != 0)
            return disk_fault(name, "cannot be written", error);
        at += part->size();
    }
    int error = disk.sync(fd.get());
    if (error == 0) error = fd.close();
    if (error != 0) return disk_fault(name, "cannot be synced", error);
    return {};
}

Result<void> sync_folder(const ShardPlace& shard, int fd, const char* folder) {
    const int error = shard.disk.sync(fd);
    if (error != 0) return disk_fault(shard.name + "/" + folder, "cannot be synced", error);
    return {};
}

/// What the batches of a segment say, wherever they stand, of what was confirmed.
Result<std::uint64_t> confirmed_by(SegmentReader& segment, bool has_successor) {
    std::uint64_t confirmed = 0;
    const auto step = segment.header().alignment;
    for (std::uint64_t at = header_block_bytes; at < segment.size(); at += copy_bytes) {
        const auto bytes = segment.at(at, copy_bytes);
        if (!bytes) return bytes.error();
        for (std::size_t n = 0; n + sizeof(BatchHeader) <= bytes->size(); n += step) {
            BatchHeader header{};
            if (check_header(bytes->subspan(n), segment.header(), header) != nullptr) continue;
            confirmed = std::max(confirmed, header.durable_seq);
            if (has_successor && header.first_seq != 0)
                confirmed = std::max(confirmed, header.first_seq + header.count - 1);
        }
    }
    return confirmed;
}

}  // namespace

Result<Prefix> find_prefix(const ShardPlace& shard, std::optional<std::uint64_t> keep_through) {
    const auto segments = segments_of(shard);
    if (!segments) return segments.error();
    const auto valid = valid_snapshots(shard);
    if (!valid) return valid.error();
    auto best = walk_from(shard, *segments, 0, keep_through);
    if (!best) return best.error();
    choose_snapshots(*best, *valid);
    // Damage before a snapshot is no loss: what it holds need not be read again.
    for (const auto seq : *valid) {
        if (keep_through && seq > *keep_through) continue;
        if (can_stand(*best) && best->last_seq >= seq) break;
        const auto begin = segment_behind(shard, *segments, seq);
        if (!begin) return begin.error();
        if (!*begin) continue;
        auto other = walk_from(shard, *segments, **begin, keep_through);
        if (!other) return other.error();
        choose_snapshots(*other, *valid);
        if (can_stand(*other) && (!can_stand(*best) || other->last_seq > best->last_seq))
            best = std::move(*other);
    }
    if (!can_stand(*best))
        return fault(ExitCode::data, journal_of(shard) + ": begins with sequence " +
                                         std::to_string(best->first_seq) +
                                         ", and no valid snapshot leads up to it");
    return best;
}

Result<std::uint64_t> confirmed_seq(const ShardPlace& shard) {
    const auto segments = segments_of(shard);
    if (!segments) return segments.error();
    const auto watermark = read_watermark(shard.disk, shard.fd, shard.name, shard.identity);
    if (!watermark) return watermark.error();
    std::uint64_t confirmed = watermark->slot ? watermark->slot->durable_seq : 0;
    const auto valid = valid_snapshots(shard);
    if (!valid) return valid.error();
    if (!valid->empty()) confirmed = std::max(confirmed, valid->front());
    bool has_successor = false;
    for (auto n = segments->numbers.size(); n-- > 0;) {
        auto segment = SegmentReader::open(shard.disk, segments->fd.get(), journal_of(shard),
                                           shard.identity, segments->numbers[n]);
        if (!segment && segment.error().code == ExitCode::data) continue;
        if (!segment) return segment.error();
        const auto by = confirmed_by(*segment, has_successor);
        if (!by) return by.error();
        confirmed = std::max(confirmed, *by);
        const auto first = segment->first_batch();
        if (!first) return first.error();
        has_successor = has_successor || first->has_value();
    }
    return confirmed;
}

Result<void> copy_prefix(const ShardPlace& from, const Prefix& prefix, const ShardPlace& to) {
    for (const char* folder : {"journal", "snapshot"}) {
        const bool journal = std::string_view(folder) == "journal";
        const auto source = open_folder(from, folder);
        if (!source) return source.error();
        const auto target = open_folder(to, folder);
        if (!target) return target.error();
        if (journal) {
            for (const auto& part : prefix.segments) {
                const auto file = numbered_name(part.number, segment_suffix);
                const auto copied =
                    copy_file(from, source->get(), to, target->get(), file, part.bytes);
                if (!copied) return copied;
            }
        } else {
            for (const auto seq : prefix.snapshots) {
                const auto file = numbered_name(seq, snapshot_suffix);
                const auto copied = copy_file(from, source->get(), to, target->get(), file, {});
                if (!copied) return copied;
            }
        }
        if (auto synced = sync_folder(to, target->get(), folder); !synced) return synced;
    }
    const auto watermark =
        Watermark::open(to.disk, to.fd, to.name, to.identity, prefix.epoch, prefix.last_seq);
    if (!watermark) return watermark.error();
    return sync_folder(to, to.fd, ".");
}

}  // namespace usher::journal
