// Memory of zeros for large tables. Small blocks come from the allocator; from 2 MiB on they come
// from the system, in huge pages where it has them: a table that is looked into at random then
// needs few entries of the processor's translation buffer, and one fault instead of 512.
#pragma once

#include <cstddef>
#include <memory>

namespace usher {

struct FreePages {
    std::size_t mapped_bytes = 0;  ///< 0: it came from the allocator
    void operator()(void* memory) const;
};
using Pages = std::unique_ptr<void, FreePages>;

/// `bytes` of zeros, aligned to 16 bytes; ends the program if there is no memory.
Pages zeroed_pages(std::size_t bytes);

}  // namespace usher
