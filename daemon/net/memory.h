// What the allocator says of itself. Only jemalloc tells; elsewhere the figures are absent.
//
// The exact figure is a thread's own: every byte it has ever asked for. It stands still as long as
// nothing is allocated, so it is how anybody can see that a million requests allocate nothing.
// The number of allocations of the whole program lags behind the threads' caches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace usher::net {

struct MemoryFigures {
    std::uint64_t allocated_bytes = 0;  ///< in use now
    std::uint64_t resident_bytes = 0;   ///< of the machine's memory
    std::uint64_t allocations = 0;      ///< since the start
};

/// "jemalloc 5.3.0-0-g54eaed1d", or "libc".
std::string allocator_name();

/// Costs some microseconds: jemalloc gathers its threads' figures. Any thread.
std::optional<MemoryFigures> memory_figures();

/// Where jemalloc counts the bytes that the calling thread has ever asked for; nullptr if nobody
/// does. Good as long as the thread lives; others may read it through read_ever_allocated().
const std::uint64_t* ever_allocated_of_this_thread();
std::uint64_t read_ever_allocated(const std::uint64_t* of);

}  // namespace usher::net
