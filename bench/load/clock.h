// The one clock of the load client: nanoseconds that never jump.
#pragma once

#include <time.h>

#include <cstdint>

namespace usher::bench {

inline std::uint64_t now_ns() {
    timespec at{};
    clock_gettime(CLOCK_MONOTONIC, &at);
    return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(at.tv_nsec);
}

}  // namespace usher::bench
