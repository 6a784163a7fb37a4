// Reply frames that wait until what they report is safe: in the order in which they were written,
// each with the sequence that it depends on. One block of memory that is used again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "shard/port.h"

namespace usher::shard {

class Outbox {
  public:
    bool empty() const { return first_ == waiting_.size(); }
    std::size_t size() const { return waiting_.size() - first_; }
    std::size_t bytes() const { return bytes_.size(); }

    /// `seq` is at least that of the reply before.
    void put(Origin to, std::uint64_t seq, std::span<const std::byte> frame) {
        waiting_.push_back({to, seq, bytes_.size(), frame.size()});
        bytes_.insert(bytes_.end(), frame.begin(), frame.end());
    }

    /// Delivers what depends on nothing beyond `safe_seq`.
    void release(std::uint64_t safe_seq, Outlet& outlet) {
        for (; first_ < waiting_.size() && waiting_[first_].seq <= safe_seq; ++first_) {
            const auto& reply = waiting_[first_];
            outlet.deliver(reply.to, {bytes_.data() + reply.offset, reply.size});
        }
        if (!empty()) return;
        waiting_.clear();
        bytes_.clear();
        first_ = 0;
    }

  private:
    struct Waiting {
        Origin to;
        std::uint64_t seq = 0;
        std::size_t offset = 0;
        std::size_t size = 0;
    };

    std::vector<Waiting> waiting_;
    std::vector<std::byte> bytes_;
    std::size_t first_ = 0;
};

}  // namespace usher::shard
