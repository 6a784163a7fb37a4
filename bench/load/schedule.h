// The times at which an open-loop client has to send, fixed before it starts: request i of n at
// start + i / rate. Latencies count from there, however late the request really left (a server that
// stalls makes requests late; leaving that out would be coordinated omission).
#pragma once

#include <cstdint>

#include "bench/trace/random.h"

namespace usher::bench {

class Schedule {
  public:
    Schedule(std::uint64_t start_ns, std::uint64_t rate, std::uint64_t requests)
        : start_ns_(start_ns), rate_(rate), requests_(requests) {}

    std::uint64_t at_ns(std::uint64_t request) const {
        return start_ns_ +
               static_cast<std::uint64_t>(static_cast<Wide>(request) * 1'000'000'000U / rate_);
    }
    std::uint64_t requests() const { return requests_; }

    /// How many requests are due at `now`.
    std::uint64_t due(std::uint64_t now_ns) const {
        if (now_ns < start_ns_) return 0;
        const auto due = static_cast<Wide>(now_ns - start_ns_) * rate_ / 1'000'000'000U + 1;
        return due < requests_ ? static_cast<std::uint64_t>(due) : requests_;
    }

  private:
    std::uint64_t start_ns_;
    std::uint64_t rate_;
    std::uint64_t requests_;
};

}  // namespace usher::bench
