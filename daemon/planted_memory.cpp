// Part of usherd-planted alone, where no sanitizer has the allocator: memory that cannot be had.
// USHER_FAIL_ALLOCATION=N fails the N-th allocation since the start, N+ that one and all after it;
// whoever asks for memory asks here, `new` and the C libraries. With a ! behind it the end has no
// name, as if main.cpp had forgotten to give it one: for the control of the test. At a clean end
// the number of allocations goes to stderr. The memory is the C library's.
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

extern "C" {
void* __libc_malloc(std::size_t bytes) noexcept;
void* __libc_calloc(std::size_t count, std::size_t bytes) noexcept;
void* __libc_realloc(void* old, std::size_t bytes) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t bytes) noexcept;
void __libc_free(void* memory) noexcept;
}

namespace usher {
namespace {

std::atomic<bool> counts{false};
std::atomic<std::uint64_t> asked{0};
std::uint64_t fails_at = 0;  ///< 0: none
bool fails_from_then_on = false;

bool fails() {
    if (!counts.load(std::memory_order_relaxed)) return false;
    const auto number = asked.fetch_add(1, std::memory_order_relaxed) + 1;
    const bool due = fails_from_then_on ? number >= fails_at : number == fails_at;
    if (due && fails_at != 0) errno = ENOMEM;
    return due && fails_at != 0;
}

/// Behind the one in main.cpp.
[[gnu::constructor(102)]] void choose() {
    const char* chosen = std::getenv("USHER_FAIL_ALLOCATION");
    if (chosen == nullptr) return;
    char* end = nullptr;
    fails_at = std::strtoull(chosen, &end, 10);
    for (; *end != 0; ++end) {
        fails_from_then_on = fails_from_then_on || *end == '+';
        if (*end != '!') continue;
        std::set_new_handler(nullptr);
        std::set_terminate(std::abort);
    }
    counts = true;
}

[[gnu::destructor]] void say() {
    if (!counts.exchange(false)) return;
    char line[64];
    const int size = std::snprintf(line, sizeof line, "allocations %llu\n",
                                   static_cast<unsigned long long>(asked.load()));
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, line, static_cast<std::size_t>(size));
}

}  // namespace
}  // namespace usher

extern "C" {

void* malloc(std::size_t bytes) noexcept {
    return usher::fails() ? nullptr : __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) noexcept {
    return usher::fails() ? nullptr : __libc_calloc(count, bytes);
}

void* realloc(void* old, std::size_t bytes) noexcept {
    return usher::fails() ? nullptr : __libc_realloc(old, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
    return usher::fails() ? nullptr : __libc_memalign(alignment, bytes);
}

void* memalign(std::size_t alignment, std::size_t bytes) noexcept {
    return usher::fails() ? nullptr : __libc_memalign(alignment, bytes);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t bytes) noexcept {
    auto* memory = usher::fails() ? nullptr : __libc_memalign(alignment, bytes);
    if (memory == nullptr) return ENOMEM;
    *out = memory;
    return 0;
}

void free(void* memory) noexcept {
    __libc_free(memory);
}
}
