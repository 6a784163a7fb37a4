#include "journal/verify.h"

#include "journal/directory_view.h"
#include "journal/journal_reading.h"
#include "journal/segment.h"
#include "journal/snapshot_file.h"

#include <algorithm>

namespace usher::journal {
namespace {

/// Verification wants the checksums of records, not the records.
class CountOnly final : public RecordSink {
  public:
    Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override { return {}; }
};

Verdict verdict_of(const Fault& fault) {
    return fault.code == ExitCode::io ? Verdict::io : Verdict::corrupt;
}

void blame(ShardReport& report, const Fault& fault) {
    report.verdict = std::max(report.verdict, verdict_of(fault));
    if (!report.cause.empty()) report.cause += "; ";
    report.cause += fault.message;
}

void verify_snapshots(Disk& disk, int shard_fd, const std::string& shard_name,
                      const Identity& identity, ShardReport& report) {
    const auto snapshot_name = shard_name + "/snapshot";
    const OwnedFd directory{disk, disk.open(shard_fd, "snapshot", OpenFor::directory)};
    if (!directory.is_open()) {
        blame(report, disk_fault(snapshot_name, "cannot be opened", directory.get()));
        return;
    }
    const auto seqs = list_snapshots(disk, directory.get(), snapshot_name);
    if (!seqs) {
        blame(report, seqs.error());
        return;
    }
    for (const auto seq : *seqs) {
        const auto file = numbered_name(seq, snapshot_suffix);
        const auto full_name = snapshot_name + "/" + file;
        const auto look = SnapshotLook::at(disk, directory.get(), file, full_name, identity, seq);
        if (!look) {
            blame(report, look.error());
        } else if (!look->reader) {
            blame(report, fault(ExitCode::data, full_name + ": " + look->flaw));
        } else {
            report.snapshots.push_back(seq);
        }
    }
}

void verify_journal(Disk& disk, int shard_fd, const std::string& shard_name,
                    const Identity& identity, WhoseRecord whose, ShardReport& report) {
    CountOnly sink;
    JournalReading reading{disk, shard_fd, shard_name, identity, sink};
    if (whose != nullptr) reading.check_indexes(whose);
    const auto done = reading.run(0, true);
    const auto& found = reading.found();
    report.segments = found.segments;
    report.batches = found.batches;
    report.records = found.records;
    report.indexes = found.indexes;
    report.first_seq = found.first_seq;
    report.last_seq = found.last_seq;
    report.last_state_time = found.last_state_time;
    report.torn_bytes = found.torn_bytes;
    report.clean_close = found.clean_close;
    report.warnings = found.warnings;
    if (const auto& watermark = reading.watermark()) {
        report.watermark = true;
        report.durable_seq = watermark->durable_seq;
        report.confirmed_lost = std::max(report.durable_seq, report.last_seq) - report.last_seq;
    }
    for (const auto& wrong : reading.wrong_indexes()) blame(report, wrong);
    if (!done) {
        blame(report, done.error());
        return;
    }
    if (report.torn_bytes != 0 && report.verdict == Verdict::clean) {
        report.verdict = Verdict::torn_tail;
        report.cause = found.warnings.back();
    }
    // Recovery begins at a snapshot: the oldest one must still have its continuation.
    const auto covered = report.snapshots.empty() ? 0 : report.snapshots.back();
    if (report.first_seq > covered + 1) {
        blame(report, fault(ExitCode::data, shard_name + "/journal: begins at sequence " +
                                                std::to_string(report.first_seq) +
                                                ", but the oldest valid snapshot ends at " +
                                                std::to_string(covered)));
    } else if (!report.snapshots.empty() && report.snapshots.front() > report.last_seq) {
        blame(report, fault(ExitCode::data, shard_name + "/journal: ends at sequence " +
                                                std::to_string(report.last_seq) +
                                                ", but the newest snapshot at " +
                                                std::to_string(report.snapshots.front())));
    }
}

}  // namespace

int VerifyReport::exit_code() const {
    switch (verdict) {
        case Verdict::clean:
            return 0;
        case Verdict::torn_tail:
            return 5;
        case Verdict::corrupt:
            return 4;
        case Verdict::io:
            return 74;
    }
    return 74;
}

VerifyReport verify(Disk& disk, const std::string& data_directory, WhoseRecord whose) {
    VerifyReport report;
    const auto view = DirectoryView::open(disk, data_directory);
    if (!view) {
        report.verdict = verdict_of(view.error());
        report.cause = view.error().message;
        return report;
    }
    for (std::uint32_t n = 0; n < view->meta().shards; ++n) {
        ShardReport shard;
        shard.shard = n;
        const auto fd = view->open_shard(n);
        if (!fd) {
            blame(shard, fd.error());
        } else {
            verify_snapshots(disk, fd->get(), view->shard_name(n), view->identity(n), shard);
            verify_journal(disk, fd->get(), view->shard_name(n), view->identity(n), whose, shard);
        }
        report.verdict = std::max(report.verdict, shard.verdict);
        report.shards.push_back(std::move(shard));
    }
    return report;
}

}  // namespace usher::journal
