// A buffer at an address and of a size that a device can be read into past the page cache. Grows on
// demand, never shrinks, does not keep its contents when it grows.
#pragma once

#include "base/out_of_memory.h"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace usher::journal {

class AlignedBytes {
  public:
    static constexpr std::size_t alignment = 4096;

    /// At least `bytes` of room, a multiple of the alignment.
    std::span<std::byte> room(std::size_t bytes) {
        const auto wanted = (bytes + alignment - 1) / alignment * alignment;
        if (wanted > size_) {
            start_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, wanted)));
            if (start_ == nullptr) end_out_of_memory();
            size_ = wanted;
        }
        return {start_.get(), wanted};
    }

  private:
    struct Free {
        void operator()(std::byte* start) const { std::free(start); }
    };
    std::unique_ptr<std::byte, Free> start_;
    std::size_t size_ = 0;
};

}  // namespace usher::journal
