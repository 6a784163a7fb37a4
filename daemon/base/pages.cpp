#include "base/pages.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

#include "base/out_of_memory.h"

namespace usher {

namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;

}  // namespace

void FreePages::operator()(void* memory) const {
    if (mapped_bytes == 0)
        std::free(memory);
    else
        ::munmap(memory, mapped_bytes);
}

Pages zeroed_pages(std::size_t bytes) {
    if (bytes < huge_page_bytes) {
        auto* zeros = std::calloc(1, bytes);
        if (zeros == nullptr) end_out_of_memory();
        return {zeros, FreePages{}};
    }
    // The system aligns to small pages: what stands over at both ends is given back.
    const auto whole = (bytes + huge_page_bytes - 1) & ~(huge_page_bytes - 1);
    auto* mapped = ::mmap(nullptr, whole + huge_page_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) end_out_of_memory();
    auto* begin = static_cast<char*>(mapped);
    const auto before =
        (huge_page_bytes - reinterpret_cast<std::uintptr_t>(begin)) & (huge_page_bytes - 1);
    if (before > 0) ::munmap(begin, before);
    if (before < huge_page_bytes) ::munmap(begin + before + whole, huge_page_bytes - before);
    // A wish: without huge pages it is the same memory.
    ::madvise(begin + before, whole, MADV_HUGEPAGE);
    return {begin + before, FreePages{whole}};
}

}  // namespace usher
