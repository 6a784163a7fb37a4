#include "journal/background_snapshot.h"

#include <utility>

#include "base/expect.h"
#include "base/planted.h"
#include "base/priority.h"
#include "journal/writer.h"

namespace usher::journal {

namespace {

constexpr int nice_value = 19;
/// So much is synced at a time: in one piece it would stand before the journal's own syncs.
constexpr std::uint64_t synced_at_a_time = 4 * 1024 * 1024;

}  // namespace

Result<void> finish_and_prune(SnapshotWriter& writer, const SnapshotPlace& place, std::uint64_t seq,
                              const Digest& digest) {
    const auto oldest = writer.finish(digest);
    if (!oldest) return oldest.error();
    if (!*oldest) return {};
    const auto pruned = prune(*place.disk, place.directory_fd, place.directory_name, place.identity,
                              PLANTED(pruned_too_early) ? seq : **oldest);
    return pruned ? Result<void>{} : Result<void>{pruned.error()};
}

BackgroundSnapshot::BackgroundSnapshot(SnapshotPlace place, std::uint64_t seq, Instant state_time)
    : place_(std::move(place)), seq_(seq), state_time_(state_time) {
    if (place_.own_thread) thread_ = std::thread([this] { run(); });
}

BackgroundSnapshot::~BackgroundSnapshot() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void BackgroundSnapshot::append(std::vector<std::byte> piece) {
    std::unique_lock lock(mutex_);
    waiting_bytes_ += piece.size();
    pieces_.push_back(std::move(piece));
    if (!place_.own_thread) return work_off(lock);
    changed_.notify_all();
}

std::size_t BackgroundSnapshot::waiting_bytes() const {
    const std::scoped_lock lock(mutex_);
    return waiting_bytes_;
}

void BackgroundSnapshot::finish(const Digest& digest) {
    std::unique_lock lock(mutex_);
    digest_ = digest;
    if (!place_.own_thread) return work_off(lock);
    changed_.notify_all();
}

std::optional<Result<void>> BackgroundSnapshot::outcome() const {
    const std::scoped_lock lock(mutex_);
    return outcome_;
}

void BackgroundSnapshot::wait() {
    std::unique_lock lock(mutex_);
    EXPECT(digest_);
    changed_.wait(lock, [this] { return outcome_.has_value(); });
}

void BackgroundSnapshot::run() {
    lower_own_priority(nice_value);
    std::unique_lock lock(mutex_);
    while (!outcome_) {
        changed_.wait(lock, [this] { return stopping_ || !pieces_.empty() || digest_; });
        if (stopping_ && !digest_) break;
        work_off(lock);
        if (outcome_) changed_.notify_all();
        if (place_.wake == nullptr) continue;
        lock.unlock();
        place_.wake(place_.wake_argument);
        lock.lock();
    }
    writer_.reset();
}

/// Everything that has been asked for by now. The lock is not held while the disk works.
void BackgroundSnapshot::work_off(std::unique_lock<std::mutex>& lock) {
    const auto pieces = std::exchange(pieces_, {});
    const auto digest = digest_;
    if (outcome_) return;
    lock.unlock();
    std::size_t bytes = 0;
    auto result = writer_ ? Result<void>{} : begin();
    for (const auto& piece : pieces) {
        bytes += piece.size();
        if (result) result = write(piece);
    }
    if (result && digest) result = end(*digest);
    if (!result || digest) writer_.reset();
    lock.lock();
    waiting_bytes_ -= bytes;
    if (!result || digest) outcome_ = std::move(result);
}

Result<void> BackgroundSnapshot::begin() {
    auto writer = SnapshotWriter::begin(*place_.disk, place_.directory_fd, place_.directory_name,
                                        place_.identity, seq_, state_time_);
    if (!writer) return writer.error();
    writer_ = std::move(*writer);
    return {};
}

Result<void> BackgroundSnapshot::write(const std::vector<std::byte>& piece) {
    if (auto appended = writer_->append(piece); !appended) return appended;
    unsynced_bytes_ += piece.size();
    if (unsynced_bytes_ < synced_at_a_time) return {};
    unsynced_bytes_ = 0;
    return writer_->sync();
}

Result<void> BackgroundSnapshot::end(const Digest& digest) {
    return finish_and_prune(*writer_, place_, seq_, digest);
}

}  // namespace usher::journal
