// What is kept of one followed account: its newest facts, encoded, each with the shard's sequence
// that makes it safe, and those who wait for more. One thread, the shard's.
//
// Sequences here are the account's own unless they are called the shard's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "journal/history.h"
#include "shard/port.h"

namespace usher::shard {

/// A `follow` request that has no answer yet.
struct Follower {
    std::uint64_t id = 0;
    Origin origin;
    std::uint64_t correlation = 0;
    std::optional<std::uint64_t> from;  ///< what was silent since is left behind
    std::uint32_t limit = 0;
    std::uint32_t ticks_left = 0;
    bool reads_history = false;  ///< the answer of the reading thread is on its way
};

class Feed {
  public:
    static constexpr std::size_t bytes_max = 1024 * 1024;

    /// From here on facts are kept. `seq`: of the account's last fact so far, `shard_seq` of the
    /// shard's.
    Feed(std::uint64_t seq, std::uint64_t shard_seq)
        : first_seq_(seq + 1), safe_seq_(seq), known_from_shard_seq_(shard_seq) {}

    void keep(std::uint64_t shard_seq, std::span<const std::byte> fact);

    /// Everything up to the shard's `shard_seq` may be told. False: it is not known yet where that
    /// is in the account.
    bool is_safe_up_to(std::uint64_t shard_seq);

    std::uint64_t first_seq() const { return first_seq_; }  ///< the oldest that is kept
    std::uint64_t safe_seq() const { return safe_seq_; }    ///< the newest that may be told
    std::size_t bytes() const { return bytes_.size(); }     ///< of the facts that are kept
    bool is_full() const { return bytes() > bytes_max; }    ///< but for what is not safe yet
    bool has_unsafe() const { return safe_seq_ + 1 < first_seq_ + kept_.size(); }

    /// `seq` is kept.
    std::span<const std::byte> fact(std::uint64_t seq) const;

    std::vector<Follower> waiting;
    std::uint32_t idle_ticks = 0;   ///< without anybody waiting
    bool to_be_looked_at = false;   ///< stands in Followers' list already
    journal::HistoryPlace place{};  ///< in the journal: what is from `place_seq` on is there
    std::uint64_t place_seq = 0;    ///< or behind it; 0: no place is known
    std::uint64_t round_id = 0;     ///< who asked no later than this one is told in this round
    std::chrono::steady_clock::time_point next_round{};

  private:
    struct Kept {
        std::uint64_t shard_seq = 0;
        std::size_t begin = 0;  ///< counted from the first byte ever kept
        std::size_t size = 0;
    };

    void drop_old();

    std::uint64_t first_seq_;
    std::uint64_t safe_seq_;
    std::uint64_t known_from_shard_seq_;
    std::deque<Kept> kept_;
    std::vector<std::byte> bytes_;
    std::size_t dropped_bytes_ = 0;
};

}  // namespace usher::shard
