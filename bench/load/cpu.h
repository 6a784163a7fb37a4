// Which core we run on, and how much of one a server has used.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"

namespace usher::bench {

Result<void> pin_to_core(unsigned core);

/// CPU time of all threads of a process since it began, and how long they stood ready and waited
/// for a core (from /proc/PID/task/*/schedstat). Threads that have ended are not in it.
struct CpuTime {
    std::uint64_t used_ns = 0;
    std::uint64_t waited_ns = 0;
};
Result<CpuTime> cpu_time(pid_t pid);

}  // namespace usher::bench
