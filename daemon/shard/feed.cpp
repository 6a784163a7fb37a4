#include "shard/feed.h"

#include "base/expect.h"

namespace usher::shard {

void Feed::keep(std::uint64_t shard_seq, std::span<const std::byte> fact) {
    kept_.push_back({shard_seq, dropped_bytes_ + bytes_.size(), fact.size()});
    bytes_.insert(bytes_.end(), fact.begin(), fact.end());
    if (is_full()) drop_old();
}

/// The older half, as far as it is safe: what is not has been told to nobody.
void Feed::drop_old() {
    const auto keep_from = dropped_bytes_ + bytes_.size() - bytes_max / 2;
    while (!kept_.empty() && kept_.front().begin < keep_from && first_seq_ <= safe_seq_) {
        kept_.pop_front();
        ++first_seq_;
    }
    const auto begin = kept_.empty() ? dropped_bytes_ + bytes_.size() : kept_.front().begin;
    bytes_.erase(bytes_.begin(),
                 bytes_.begin() + static_cast<std::ptrdiff_t>(begin - dropped_bytes_));
    dropped_bytes_ = begin;
}

bool Feed::is_safe_up_to(std::uint64_t shard_seq) {
    if (shard_seq < known_from_shard_seq_) return false;
    while (has_unsafe()) {
        const auto next = static_cast<std::size_t>(safe_seq_ + 1 - first_seq_);
        if (kept_[next].shard_seq > shard_seq) break;
        ++safe_seq_;
    }
    return true;
}

std::span<const std::byte> Feed::fact(std::uint64_t seq) const {
    EXPECT(seq >= first_seq_ && seq - first_seq_ < kept_.size());
    const auto& kept = kept_[static_cast<std::size_t>(seq - first_seq_)];
    return std::span(bytes_).subspan(kept.begin - dropped_bytes_, kept.size);
}

}  // namespace usher::shard
