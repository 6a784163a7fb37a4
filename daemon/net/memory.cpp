#include "net/memory.h"

#include <cstddef>
#include <cstring>

// jemalloc is linked into the programs of some builds only, hence the weak symbol. Debian's
// library has the names without a prefix.
extern "C" [[gnu::weak]] int mallctl(const char* name, void* old, std::size_t* old_size,
                                     void* fresh, std::size_t fresh_size);

namespace usher::net {
namespace {

template <class T>
bool read(const char* name, T& value) {
    auto size = sizeof value;
    return mallctl(name, &value, &size, nullptr, 0) == 0;
}

bool refresh() {
    std::uint64_t epoch = 1;
    auto size = sizeof epoch;
    return mallctl("epoch", &epoch, &size, &epoch, size) == 0;
}

}  // namespace

std::string allocator_name() {
    const char* version = nullptr;
    if (mallctl == nullptr || !read("version", version) || version == nullptr) return "libc";
    const auto length = std::strcspn(version, " ");
    return "jemalloc " + std::string(version, length);
}

std::optional<MemoryFigures> memory_figures() {
    if (mallctl == nullptr || !refresh()) return std::nullopt;
    std::size_t allocated = 0;
    std::size_t resident = 0;
    std::uint64_t small = 0;
    std::uint64_t large = 0;
    // 4096 is MALLCTL_ARENAS_ALL: the sum over all arenas.
    const bool complete = read("stats.allocated", allocated) && read("stats.resident", resident) &&
                          read("stats.arenas.4096.small.nrequests", small) &&
                          read("stats.arenas.4096.large.nrequests", large);
    if (!complete) return std::nullopt;
    return MemoryFigures{allocated, resident, small + large};
}

const std::uint64_t* ever_allocated_of_this_thread() {
    const std::uint64_t* counter = nullptr;
    if (mallctl == nullptr || !read("thread.allocatedp", counter)) return nullptr;
    return counter;
}

std::uint64_t read_ever_allocated(const std::uint64_t* of) {
    return of == nullptr ? 0 : __atomic_load_n(of, __ATOMIC_RELAXED);
}

}  // namespace usher::net
