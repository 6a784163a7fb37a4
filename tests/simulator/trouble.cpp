// What a simulated machine does to its disk.
#include <algorithm>
#include <cerrno>

#include "journal/format.h"
#include "journal/watermark.h"
#include "tests/simulator/machine.h"

namespace usher::simulator {

using journal::testing::Call;
using shard::Durability;

void Machine::make_trouble() {
    if (swarm_.short_transfers) {
        disk_->set_short_transfers(random_.next());
        reached_.at(Point::short_transfers);
    }
    disk_->set_trouble([this](Call call) {
        if (trouble_in_ == 0) return 0;
        if (trouble_in_ > 1) return --trouble_in_, 0;
        if (!trouble_lasts_) trouble_in_ = 0;
        ++troubles_;
        if (call == Call::sync || call == Call::sync_contents) ++failed_syncs_;
        if (trouble_lasts_) reached_.at(Point::lasting_error);
        if (call == Call::sync || call == Call::sync_contents) reached_.at(Point::sync_failed);
        if (call == Call::write) reached_.at(Point::write_failed);
        if (call == Call::rename) reached_.at(Point::rename_failed);
        return trouble_error_;
    });
}

bool Machine::has_excuse() const {
    return troubles_ != 0 || has_stopped() || full_;
}

void Machine::stop_soon() {
    disk_->stop_after(disk_->changing_calls() + random_.below(30));
    reached_.at(Point::stopped_at_a_call);
}

void Machine::fail_a_call() {
    trouble_in_ = 2 + random_.below(20);
    trouble_error_ = random_.one_of(std::vector<int>{EIO, EIO, ENOSPC, EDQUOT, EROFS});
    trouble_lasts_ = false;
}

void Machine::fail_for_long() {
    fail_a_call();
    trouble_lasts_ = true;
}

void Machine::repair() {
    trouble_in_ = 0;
    troubles_ = 0;
    trouble_lasts_ = false;
    disk_->set_room(UINT64_MAX);
    full_ = false;
    if (!has_stopped()) disk_->stop_after(UINT64_MAX);
}

void Machine::fill_disk() {
    disk_->set_room(disk_->used() + random_.below(2 * swarm_.segment_bytes));
    full_ = true;
    reached_.at(Point::disk_full);
}

void Machine::lie() {
    disk_->set_lying_sync();
    lying_ = true;
}

/// A bit changes while nobody runs. Only where it must be noticed: what a power cut has made of the
/// watermark may hide what has become of the last batches, and in `written` a kill leaves batches
/// that nobody has confirmed.
std::optional<Machine::Flip> Machine::maybe_flip() {
    if (!watermark_is_exact_ || !random_.chance(swarm_.flip_percent)) return std::nullopt;
    std::vector<std::string> files{journal::watermark_name};
    for (const auto* folder : {"journal", "snapshot"})
        for (const auto& name : disk_->names(folder)) files.push_back(folder + ("/" + name));
    Flip flip;
    flip.file = random_.one_of(files);
    const auto& bytes = disk_->contents(flip.file);
    if (bytes.empty()) return std::nullopt;
    flip.offset = random_.below(bytes.size());
    // Half of them where the last batches are.
    const auto used =
        std::find_if(bytes.rbegin(), bytes.rend(), [](std::byte b) { return b != std::byte{0}; });
    const auto used_bytes = static_cast<std::size_t>(bytes.rend() - used);
    if (used_bytes > 0 && random_.chance(50))
        flip.offset = used_bytes - 1 - random_.below(std::min<std::size_t>(used_bytes, 600));
    flip.bits = static_cast<std::byte>(1U << random_.below(8));
    disk_->settle();
    disk_->flip(flip.file, flip.offset, flip.bits);
    flip.flipped = disk_->contents(flip.file)[flip.offset];
    trace_.say("a bit flips in " + flip.file + " at " + std::to_string(flip.offset));
    return flip;
}

/// Somebody puts the right file back, if it is still there.
void Machine::undo(const Flip& flip, bool started) {
    if (started && flip.file == journal::watermark_name) return;  // it was written anew
    if (!disk_->exists(flip.file)) return;
    const auto& bytes = disk_->contents(flip.file);
    if (flip.offset < bytes.size() && bytes[flip.offset] == flip.flipped)
        disk_->flip(flip.file, flip.offset, flip.bits);
}

}  // namespace usher::simulator
