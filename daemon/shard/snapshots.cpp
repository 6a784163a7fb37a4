#include "shard/snapshots.h"

#include <utility>

#include "base/planted.h"
#include "engine/image.h"

namespace usher::shard {

namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
/// The picture waits for the disk while so much is not written. What changes goes on.
constexpr std::size_t unwritten_bytes_max = 8 * 1024 * 1024;

journal::Digest digest_in_journal(const engine::Digest& digest) {
    return {digest.high, digest.low};
}

}  // namespace

void Snapshots::turn(const engine::Engine& engine, const Progress& progress) {
    if (!writing_) {
        if (progress.may_begin && is_time(progress)) begin(engine, progress);
        return;
    }
    go_on(progress.durable_seq);
    collect_outcome();
}

bool Snapshots::is_time(const Progress& progress) {
    if (progress.seq == newest_seq_ || progress.seq == 0) return false;
    if (then_ == Instant{0}) then_ = progress.now;
    const auto since = replayed_bytes_ + progress.journal_bytes - journal_bytes_then_;
    return since >= plan_.journal_bytes ||
           (plan_.interval_ms != 0 && progress.now.ms - then_.ms >= plan_.interval_ms);
}

void Snapshots::begin(const engine::Engine& engine, const Progress& progress) {
    journal_bytes_then_ = progress.journal_bytes;
    replayed_bytes_ = 0;
    then_ = progress.now;
    finishing_ = false;
    picture_ = std::make_unique<engine::Picture>(engine);
    digest_ = picture_->digest();
    writing_ = std::make_unique<journal::BackgroundSnapshot>(place_, progress.seq, progress.now);
}

void Snapshots::go_on(std::uint64_t durable_seq) {
    if (picture_) {
        const bool complete = picture_->go_on(has_more() ? plan_.things_per_turn : 0);
        auto& image = picture_->image();
        if (complete || image.size() >= piece_bytes) {
            writing_->append(std::exchange(image, {}));
            image.reserve(complete ? 0 : piece_bytes + piece_bytes / 4);
        }
        if (complete) picture_.reset();
    }
    const bool durable = durable_seq >= writing_->seq() || PLANTED(snapshot_ahead_of_journal);
    if (picture_ || finishing_ || !durable) return;
    finishing_ = true;
    writing_->finish(digest_in_journal(digest_));
}

void Snapshots::collect_outcome() {
    const auto outcome = writing_->outcome();
    if (!outcome) return;
    if (*outcome) {
        newest_seq_ = writing_->seq();
        ++taken_;
        last_fault_.clear();
    } else {
        last_fault_ = outcome->error().message;
    }
    picture_.reset();
    writing_.reset();
}

bool Snapshots::has_more() const {
    return picture_ && writing_->waiting_bytes() < unwritten_bytes_max;
}

Result<void> Snapshots::take(const engine::Engine& engine, std::uint64_t seq, Instant now) {
    picture_.reset();
    if (writing_ && finishing_) {
        writing_->wait();
        collect_outcome();
    }
    writing_.reset();
    if (seq == 0 || seq == newest_seq_) return {};
    auto snapshot = journal::SnapshotWriter::begin(
        *place_.disk, place_.directory_fd, place_.directory_name, place_.identity, seq, now);
    if (!snapshot) return snapshot.error();
    auto saved = engine::save_image(
        engine, [&](std::span<const std::byte> piece) { return (*snapshot)->append(piece); });
    if (!saved) return saved;
    auto finished =
        journal::finish_and_prune(**snapshot, place_, seq, digest_in_journal(engine.digest()));
    if (finished) newest_seq_ = seq;
    return finished;
}

}  // namespace usher::shard
