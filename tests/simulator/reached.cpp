#include "tests/simulator/reached.h"

namespace usher::simulator {
namespace {

constexpr std::array<std::string_view, point_count> names = {
    "killed",
    "power cut",
    "stopped at a call",
    "stopped while starting",
    "stopped while closing",
    "sector lost",
    "sector torn",
    "sector garbage",
    "sector stale",
    "torn tail dropped",
    "recovered facts",
    "recovered from snapshot",
    "recovered from older snapshot",
    "recovered nothing",
    "unconfirmed survived",
    "unconfirmed lost",
    "confirmed suffix lost in written",
    "sync failed",
    "write failed",
    "rename failed",
    "lasting error",
    "disk full",
    "short transfers",
    "flip refused",
    "flip without effect",
    "lie refused",
    "lie without effect",
    "closed",
    "closed while draining",
    "segment rolled",
    "index compared",
    "segments pruned",
    "snapshot taken meanwhile",
    "snapshot given up",
    "ended within a snapshot",
    "clock back",
    "clock forward",
    "restarted with earlier clock",
    "retried after restart",
    "retried with key",
    "repeated on connection",
    "repeated later",
    "kept answer after restart",
    "key reused",
    "overloaded",
    "delayed by draining",
    "killed while draining",
    "roster applied",
    "roster refused",
    "account founded again",
    "queued",
    "drained",
    "voicemail",
    "reopened",
    "ticket forgotten",
    "clock backwards refused",
    "follow live",
    "follow from disk",
    "follow waited in vain",
    "follow gone",
    "follow ahead",
};

}  // namespace

std::string_view name_of(Point point) {
    return names[static_cast<std::size_t>(point)];
}

void Reached::add(const Reached& other) {
    for (std::size_t i = 0; i < point_count; ++i) counts_[i] += other.counts_[i];
}

std::vector<Point> Reached::never() const {
    std::vector<Point> points;
    for (std::size_t i = 0; i < point_count; ++i)
        if (counts_[i] == 0) points.push_back(static_cast<Point>(i));
    return points;
}

}  // namespace usher::simulator
