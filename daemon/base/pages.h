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

/// Zeros of which one page after the other can be made to be there before they are needed: the
/// first touch of a page costs microseconds, that of a huge page a thousand times as much where a
/// virtual machine has to be given it first.
class PagesToCome {
  public:
    PagesToCome() = default;
    explicit PagesToCome(std::size_t bytes);

    std::size_t bytes() const { return bytes_; }
    /// How much of it is there.
    std::size_t present() const { return present_; }
    /// One page more, if any is missing.
    void bring_one();
    /// The whole of it, what is not there yet as well; this is empty afterwards.
    Pages take();

  private:
    Pages pages_;
    std::size_t bytes_ = 0;
    std::size_t present_ = 0;
};

}  // namespace usher
