// What a run of simulations must have been through, each by a name: kinds of faults, rare branches.
// A run over the default seeds in which one of them never happened has tested less than it says,
// and fails.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace usher::simulator {

enum class Point : std::uint8_t {
    killed,
    power_cut,
    stopped_at_a_call,
    stopped_while_starting,
    stopped_while_closing,
    sector_lost,
    sector_torn,
    sector_garbage,
    sector_stale,
    torn_tail_dropped,
    recovered_facts,
    recovered_from_snapshot,
    recovered_from_older_snapshot,
    recovered_nothing,
    unconfirmed_survived,
    unconfirmed_lost,
    confirmed_suffix_lost_in_written,
    sync_failed,
    write_failed,
    rename_failed,
    lasting_error,
    disk_full,
    short_transfers,
    flip_refused,
    flip_without_effect,
    lie_refused,
    lie_without_effect,
    closed,
    closed_while_draining,
    segment_rolled,
    index_compared,
    segments_pruned,
    snapshot_taken_meanwhile,
    snapshot_given_up,
    ended_within_a_snapshot,
    clock_back,
    clock_forward,
    restarted_with_earlier_clock,
    retried_after_restart,
    retried_with_key,
    repeated_on_connection,
    repeated_later,
    kept_answer_after_restart,
    key_reused,
    overloaded,
    delayed_by_draining,
    killed_while_draining,
    roster_applied,
    roster_refused,
    account_founded_again,
    queued,
    drained,
    voicemail,
    reopened,
    ticket_forgotten,
    clock_backwards_refused,
    follow_live,
    follow_from_disk,
    follow_waited_in_vain,
    follow_gone,
    follow_ahead,
    count
};

inline constexpr auto point_count = static_cast<std::size_t>(Point::count);

std::string_view name_of(Point point);

class Reached {
  public:
    void at(Point point) { ++counts_[static_cast<std::size_t>(point)]; }
    std::uint64_t times(Point point) const { return counts_[static_cast<std::size_t>(point)]; }
    void add(const Reached& other);
    std::vector<Point> never() const;

  private:
    std::array<std::uint64_t, point_count> counts_{};
};

}  // namespace usher::simulator
