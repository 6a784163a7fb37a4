#include "bench/load/cpu.h"

#include <sched.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace usher::bench {

Result<void> pin_to_core(unsigned core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (core >= CPU_SETSIZE || sched_setaffinity(0, sizeof cores, &cores) != 0)
        return system_fault(ExitCode::usage, "cannot run on core " + std::to_string(core), errno);
    return {};
}

Result<CpuTime> cpu_time(pid_t pid) {
    const auto threads = "/proc/" + std::to_string(pid) + "/task";
    std::error_code error;
    CpuTime sum;
    for (const auto& thread : std::filesystem::directory_iterator(threads, error)) {
        std::ifstream file(thread.path() / "schedstat");
        CpuTime one;
        if (file >> one.used_ns >> one.waited_ns) {
            sum.used_ns += one.used_ns;
            sum.waited_ns += one.waited_ns;
        }
    }
    if (error)
        return system_fault(ExitCode::usage,
                            "cannot read the CPU time of process " + std::to_string(pid),
                            error.value());
    if (sum.used_ns == 0)
        return fault(ExitCode::usage, "the kernel counts no CPU time for process " +
                                          std::to_string(pid) + ": no schedstat in /proc?");
    return sum;
}

}  // namespace usher::bench
