#include "tests/simulator/machine.h"

#include <algorithm>
#include <cerrno>

#include "engine/fact_codec.h"
#include "journal/journal_reading.h"

namespace usher::simulator {

using journal::testing::Call;
using journal::testing::Fate;
using shard::Durability;

Machine::Machine(const Swarm& swarm, Random& random, Reached& reached, Trace& trace)
    : swarm_(swarm), random_(random), reached_(reached), trace_(trace) {
    disk_ = std::make_unique<FakeDisk>();
    disk_->put_directory("journal");
    disk_->put_directory("snapshot");
    boundaries_[0] = {engine::Digest{}.text()};
    make_trouble();
}

Machine::~Machine() = default;

shard::ShardOptions Machine::options() {
    shard::ShardOptions options;
    options.disk = front_.get();
    options.directory_fd = disk_->root();
    options.directory_name = "data/shard-00";
    options.durability = swarm_.durability;
    options.clock = swarm_.clock;
    options.instance_high = 0x1122334455667788;
    options.instance_low = 0x99AABBCCDDEEFF00;
    options.unflushed_bytes_max = swarm_.unflushed_bytes_max;
    options.slice_max = swarm_.slice_max;
    options.snapshots = swarm_.snapshots;
    options.threads = false;
    options.journal.segment_bytes.fill(swarm_.segment_bytes);
    options.journal.alignment = swarm_.alignment;
    options.journal.unsynced_bytes_max = swarm_.unsynced_bytes_max;
    return options;
}

void Machine::released(std::uint64_t seq) {
    released_seq_ = std::max(released_seq_, seq);
}

void Machine::note_boundary() {
    const auto seq = shard_->last_seq();
    boundaries_[seq] = {shard_->engine().digest().text()};
    const auto syncs = disk_->calls(Call::sync_contents);
    // A sync at the end of the turn may have been one before its batch: a segment was full.
    if (syncs != syncs_seen_ && !lying_ && failed_syncs_ == 0)
        synced_seq_ = std::max(synced_seq_, last_boundary_);
    syncs_seen_ = syncs;
    last_boundary_ = seq;
}

void Machine::end_turn(shard::Outlet& outlet) {
    const auto failed_before = failed_syncs_;
    const auto segments = disk_->names("journal");
    const auto before = shard_->snapshots();
    const auto ended = shard_->commit(outlet);
    note_boundary();
    const auto left = disk_->names("journal");
    if (left.back() != segments.back()) reached_.at(Point::segment_rolled);
    if (left.front() != segments.front()) reached_.at(Point::segments_pruned);
    if (ended) {
        note_snapshot(before, failed_syncs_ != failed_before);
        return;
    }
    trace_.say("a turn fails: " + ended.error().message);
    if (!has_excuse()) throw Broken("the disk is sound, but: " + ended.error().message);
    died(false);
}

/// A snapshot that fails is given up, and said so; nothing else may fail without the turn failing.
void Machine::note_snapshot(const shard::SnapshotsSeen& before, bool sync_failed) {
    const auto after = shard_->snapshots();
    if (after.taken != before.taken) reached_.at(Point::snapshot_taken_meanwhile);
    const bool given_up = before.being_taken && !after.being_taken && !after.fault.empty();
    if (given_up) {
        reached_.at(Point::snapshot_given_up);
        if (!has_excuse()) throw Broken("the disk is sound, but: " + after.fault);
    }
    if (sync_failed && !given_up) throw Broken("a sync has failed, and nobody noticed");
}

void Machine::close(shard::Outlet& outlet) {
    if (shard_->is_draining()) reached_.at(Point::closed_while_draining);
    const auto segments = disk_->names("journal");
    const auto closed = shard_->close(outlet);
    note_boundary();
    const auto left = disk_->names("journal");
    if (left.empty() || segments.empty() || left.front() != segments.front())
        reached_.at(Point::segments_pruned);
    if (!closed) {
        trace_.say("closing fails: " + closed.error().message);
        if (has_stopped()) reached_.at(Point::stopped_while_closing);
        if (!has_excuse()) throw Broken("the disk is sound, but: " + closed.error().message);
        return died(false);
    }
    reached_.at(Point::closed);
    trace_.say("closed");
    synced_seq_ = shard_->last_seq();
    last_end_ = End::closed;
    watermark_is_exact_ = true;
    shard_.reset();
    if (lying_) disk_->settle();
    lying_ = false;
    disk_->set_lying_sync(false);
    if (disk_->open_descriptors() != 0) throw Broken("a closed shard has left descriptors open");
}

void Machine::kill() {
    disk_->stop_after(0);
    died(false);
    reached_.at(Point::killed);
}

void Machine::cut_power() {
    disk_->stop_after(0);
    died(true);
}

/// The process is over. If calls had stopped, swarm or chance says whether the machine is, too.
void Machine::died(bool machine_too) {
    if (has_stopped() && !machine_too) machine_too = !random_.chance(swarm_.kill_percent);
    if (machine_too) {
        reached_.at(Point::power_cut);
        trace_.say("power cut, unsynced " + std::to_string(disk_->unsynced()));
    } else {
        trace_.say("killed");
    }
    if (lying_) outlive_the_lie(machine_too);
    if (machine_too || swarm_.durability == Durability::written) watermark_is_exact_ = false;
    cache_lost_ = cache_lost_ || failed_syncs_ != 0;
    const bool was_up = is_up();
    if (was_up && shard_->snapshots().being_taken) reached_.at(Point::ended_within_a_snapshot);
    disk_->stop_after(0);
    auto after =
        machine_too ? disk_->after_power_cut([this] { return draw_fate(); }) : disk_->after_kill();
    shard_.reset();
    disk_ = std::move(after);
    make_trouble();
    // A start that came to nothing has confirmed nothing.
    if (machine_too || was_up) last_end_ = machine_too ? End::power_cut : End::killed;
}

/// The watermark has reached the device, so that what has not can be noticed. What a disk that did
/// not lie would have is kept, for those who then put things right.
void Machine::outlive_the_lie(bool machine_too) {
    if (spare_ != nullptr) return;  // the power has gone before
    if (!machine_too) {
        disk_->settle();
        lying_ = false;
        return;
    }
    spare_ = disk_->after_kill();
    spare_->settle();
    disk_->settle(journal::watermark_name);
}

Fate Machine::draw_fate() {
    auto at = random_.below(swarm_.fates[0] + swarm_.fates[1] + swarm_.fates[2] + swarm_.fates[3] +
                            swarm_.fates[4]);
    std::size_t fate = 0;
    while (at >= swarm_.fates[fate]) at -= swarm_.fates[fate++];
    constexpr Point points[] = {Point::count, Point::sector_lost, Point::sector_torn,
                                Point::sector_garbage, Point::sector_stale};
    if (fate != 0) reached_.at(points[fate]);
    return static_cast<Fate>(fate);
}

/// What the promise is worth after this end.
std::uint64_t Machine::must_survive() const {
    if (swarm_.durability == Durability::written && (last_end_ == End::power_cut || cache_lost_))
        return synced_seq_;
    return std::max(released_seq_, synced_seq_);
}

std::optional<std::uint64_t> Machine::start() {
    ++lives_;
    front_ = std::make_unique<ForgetfulDisk>(*disk_, syncs_ever_);
    const auto flip = maybe_flip();
    troubles_ = failed_syncs_ = 0;
    std::vector<std::string> notes;
    auto opened = shard::Shard::open(options(), notes);
    if (flip) undo(*flip, opened.has_value());
    if (!opened) return could_not_start(opened.error(), flip && flip->file.starts_with("journal/"));
    if (std::exchange(lying_, false)) {
        has_scars_ = true;
        reached_.at(Point::lie_without_effect);
        spare_.reset();
    }
    watermark_is_exact_ = true;
    shard_ = std::move(*opened);
    const auto seq = shard_->last_seq();
    trace_.say("started at " + std::to_string(seq));
    for (const auto& note : notes) trace_.say("  " + note);
    if (flip) {
        reached_.at(Point::flip_without_effect);
    } else if (!has_scars_) {
        check_notes(notes);
    }
    check_recovery(seq);
    check_indexes();
    note_ways(notes);
    syncs_seen_ = disk_->calls(Call::sync_contents);
    last_boundary_ = synced_seq_ = seq;
    boundaries_.erase(boundaries_.begin(), boundaries_.find(seq));
    boundaries_.erase(std::next(boundaries_.begin()), boundaries_.end());
    return seq;
}

std::optional<std::uint64_t> Machine::could_not_start(const Fault& error, bool flipped) {
    trace_.say("does not start: " + error.message);
    if (error.code == ExitCode::data && flipped) {
        reached_.at(Point::flip_refused);
        return std::nullopt;
    }
    if (error.code == ExitCode::data && lying_) {
        reached_.at(Point::lie_refused);
        lying_ = false;
        disk_ = std::move(spare_);
        last_end_ = End::killed;
        make_trouble();
        return std::nullopt;
    }
    if (error.code == ExitCode::data || !has_excuse())
        throw Broken("it does not start, though nothing is damaged: " + error.message);
    if (has_stopped()) reached_.at(Point::stopped_while_starting);
    died(false);
    return std::nullopt;
}

/// A sound disk gives no reason to speak of damage, but for the watermark, which is never synced.
void Machine::check_notes(const std::vector<std::string>& notes) {
    for (const auto& note : notes)
        if (note.find("not used") != std::string::npos ||
            note.find("header is partly damaged") != std::string::npos)
            throw Broken("nothing was damaged, but: " + note);
}

void Machine::check_recovery(std::uint64_t seq) {
    if (seq < must_survive())
        throw Broken("it has recovered everything up to " + std::to_string(seq) + ", but " +
                     std::to_string(must_survive()) + " was promised");
    const auto boundary = boundaries_.find(seq);
    if (boundary == boundaries_.end())
        throw Broken("it has recovered up to " + std::to_string(seq) + ", which is within a batch");
    const auto digest = shard_->engine().digest().text();
    if (digest != boundary->second.digest)
        throw Broken("at sequence " + std::to_string(seq) + " its state was " +
                     boundary->second.digest + " and is now " + digest);
    const auto last = boundaries_.rbegin()->first;
    if (seq == 0) reached_.at(Point::recovered_nothing);
    if (last_end_ != End::closed) {
        if (seq < released_seq_) reached_.at(Point::confirmed_suffix_lost_in_written);
        if (seq < last && seq >= released_seq_) reached_.at(Point::unconfirmed_lost);
        if (seq > released_seq_) reached_.at(Point::unconfirmed_survived);
    }
    suffix_was_lost_ = seq < released_seq_;
    cache_lost_ = false;
    released_seq_ = std::min(released_seq_, seq);
}

/// What the segments say of themselves is what stands in them.
void Machine::check_indexes() {
    class NoSink final : public journal::RecordSink {
      public:
        Result<void> record(std::uint64_t, Instant, std::span<const std::byte>) override {
            return {};
        }
    } sink;
    const auto copy = disk_->after_kill();
    const auto options = this->options();
    journal::JournalReading reading{
        *copy,
        copy->root(),
        options.directory_name,
        {options.instance_high, options.instance_low, static_cast<std::uint16_t>(options.number)},
        sink};
    reading.check_indexes([](std::span<const std::byte> record) {
        engine::FactHead head;
        return engine::peek_fact(record, head)
                   ? std::optional(journal::AccountSeq{head.account.value, head.seq})
                   : std::nullopt;
    });
    // What is wrong with the journal itself, recovery has had to say.
    (void)reading.run(0, true);
    for (const auto& wrong : reading.wrong_indexes()) throw Broken(wrong.message);
    if (reading.found().indexes != 0) reached_.at(Point::index_compared);
}

void Machine::note_ways(const std::vector<std::string>& notes) {
    for (const auto& note : notes) {
        if (note.find("torn_tail") != std::string::npos) reached_.at(Point::torn_tail_dropped);
        if (note.find("not used") != std::string::npos)
            reached_.at(Point::recovered_from_older_snapshot);
    }
    std::vector<protocol::StatusEntry> status;
    shard_->status(status);
    for (const auto& [scope, name, value] : status) {
        if (name == "recovered_facts" && value != "0") reached_.at(Point::recovered_facts);
        if (name == "snapshot_seq" && value != "0") reached_.at(Point::recovered_from_snapshot);
    }
}

}  // namespace usher::simulator
