#include "journal/sync_point.h"

#include "base/planted.h"

namespace usher::journal {

Fault SyncPoint::fail(Fault fault) {
    const std::scoped_lock lock(keeping_);
    if (!fault_) {
        fault_ = std::move(fault);
        failed_.store(true, std::memory_order_release);
    }
    return *fault_;
}

Result<void> SyncPoint::health() const {
    if (!failed_.load(std::memory_order_acquire)) [[likely]]
        return {};
    const std::scoped_lock lock(keeping_);
    return *fault_;
}

Result<void> SyncPoint::sync_locked(const Segment& segment, std::uint64_t seq) {
    if (auto healthy = health(); !healthy) return healthy;
    int error = disk_.sync_contents(segment.fd.get());
    // The kernel has dropped by then what it could not write, and says that all is well.
    if (error != 0 && PLANTED(sync_error_retried)) error = disk_.sync_contents(segment.fd.get());
    if (error != 0 && !PLANTED(sync_error_ignored)) {
        return fail(disk_fault(segment.name,
                               "cannot be synced; what was not confirmed before may "
                               "be lost",
                               error));
    }
    if (seq > durable_seq()) durable_seq_.store(seq, std::memory_order_release);
    if (auto stored = watermark_.store(segment.epoch, durable_seq()); !stored) {
        return fail(stored.error());
    }
    return {};
}

Result<void> SyncPoint::sync(const Segment& segment, std::uint64_t seq) {
    const std::scoped_lock lock(syncing_);
    return sync_locked(segment, seq);
}

Result<void> SyncPoint::sync_clean_close(const Segment& segment, std::uint64_t seq) {
    const std::scoped_lock lock(syncing_);
    if (auto synced = sync_locked(segment, seq); !synced) return synced;
    auto marked = watermark_.store(segment.epoch, durable_seq(), true);
    if (marked) marked = watermark_.sync();
    if (!marked) return fail(marked.error());
    return {};
}

}  // namespace usher::journal
