#include "base/pages.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <utility>

#include "base/out_of_memory.h"

namespace usher {

namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20U;
constexpr std::size_t page_bytes = 4096;

/// From the system, aligned to huge pages.
Pages mapped_pages(std::size_t bytes) {
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
    return {begin + before, FreePages{whole}};
}

/// A wish: without huge pages it is the same memory.
void wish_for_huge_pages(const Pages& pages) {
    ::madvise(pages.get(), pages.get_deleter().mapped_bytes, MADV_HUGEPAGE);
}

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
    auto pages = mapped_pages(bytes);
    wish_for_huge_pages(pages);
    return pages;
}

PagesToCome::PagesToCome(std::size_t bytes) : pages_(mapped_pages(bytes)), bytes_(bytes) {}

void PagesToCome::bring_one() {
    if (present_ >= bytes_) return;
    static_cast<volatile char*>(pages_.get())[present_] = 0;
    present_ += page_bytes;
    // They are not waited for: the system joins small pages to huge ones when it has the time.
    if (present_ >= bytes_) wish_for_huge_pages(pages_);
}

Pages PagesToCome::take() {
    bytes_ = 0;
    present_ = 0;
    return std::move(pages_);
}

}  // namespace usher
