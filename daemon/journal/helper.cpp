#include "journal/helper.h"

#include <utility>

#include "base/expect.h"

namespace usher::journal {

Helper::Helper(const SegmentMaker& maker, SyncPoint& sync_point, const Settings& settings)
    : maker_(maker), sync_point_(sync_point), settings_(settings) {
    sync_thread_ = std::thread([this] { sync_loop(); });
    prepare_thread_ = std::thread([this] { prepare_loop(); });
}

Helper::~Helper() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    sync_changed_.notify_all();
    prepare_changed_.notify_all();
    sync_thread_.join();
    prepare_thread_.join();
}

void Helper::prepare(std::uint64_t number, std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    EXPECT(!order_ && !prepared_);
    order_ = Order{number, bytes};
    prepare_changed_.notify_all();
}

Result<Segment> Helper::take_prepared() {
    std::unique_lock lock(mutex_);
    EXPECT(order_ || prepared_);
    prepare_changed_.wait(lock, [this] { return prepared_.has_value(); });
    auto segment = std::move(*prepared_);
    prepared_.reset();
    return segment;
}

Helper::Preparing Helper::preparing() const {
    const std::scoped_lock lock(mutex_);
    if (prepared_) return *prepared_ ? Preparing::ready : Preparing::failed;
    return order_ ? Preparing::working : Preparing::nothing;
}

void Helper::wrote(const Segment& segment, std::uint64_t seq, std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    const bool first = !pending_;
    if (first) pending_ = Pending{&segment, seq, 0, Clock::now() + settings_.sync_interval};
    pending_->segment = &segment;
    pending_->seq = seq;
    pending_->bytes += bytes;
    const bool many = pending_->bytes >= settings_.unsynced_bytes_max;
    if (many) pending_->due = Clock::time_point::min();
    // Between the two edges the thread sleeps towards its deadline: no need to wake it each time.
    if (first || many) sync_changed_.notify_all();
}

void Helper::request(const Segment& segment, std::uint64_t seq) {
    const std::scoped_lock lock(mutex_);
    const auto bytes = pending_ ? pending_->bytes : 0;
    pending_ = Pending{&segment, seq, bytes, Clock::time_point::min()};
    sync_changed_.notify_all();
}

void Helper::quiesce() {
    std::unique_lock lock(mutex_);
    pending_.reset();
    sync_changed_.wait(lock, [this] { return !syncing_; });
    pending_.reset();
}

void Helper::sync_loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        sync_changed_.wait(lock, [this] { return stopping_ || pending_; });
        while (!stopping_ && pending_ && Clock::now() < pending_->due) {
            const auto due = pending_->due;
            sync_changed_.wait_until(lock, due);
        }
        if (stopping_) return;
        if (!pending_) continue;

        const auto work = *std::exchange(pending_, std::nullopt);
        syncing_ = true;
        lock.unlock();
        // A failure is kept by the sync point, where the owner finds it.
        if (work.seq > sync_point_.durable_seq()) (void)sync_point_.sync(*work.segment, work.seq);
        if (settings_.wake != nullptr) settings_.wake(settings_.wake_argument);
        lock.lock();
        syncing_ = false;
        sync_changed_.notify_all();
    }
}

void Helper::prepare_loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        prepare_changed_.wait(lock, [this] { return stopping_ || order_; });
        if (stopping_) return;
        const auto order = *order_;
        lock.unlock();
        if (order.number > 2) maker_.drop_cached(order.number - 2);
        auto segment = maker_.make(order.number, order.bytes);
        lock.lock();
        prepared_.emplace(std::move(segment));
        order_.reset();
        prepare_changed_.notify_all();
    }
}

}  // namespace usher::journal
