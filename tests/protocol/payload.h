// A payload as a session's buffer has it: aligned, and for a sanitizer to see every byte that is
// read behind its end.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace usher::testing {

/// Bytes at an address of their own, aligned to 16 and followed by nothing.
class Payload {
  public:
    explicit Payload(std::span<const std::byte> bytes)
        : size_(bytes.size()),
          memory_(static_cast<std::byte*>(::operator new (bytes.size(), std::align_val_t{16}))) {
        std::memcpy(memory_.get(), bytes.data(), size_);
    }
    std::span<std::byte> bytes() { return {memory_.get(), size_}; }
    std::span<const std::byte> bytes() const { return {memory_.get(), size_}; }

  private:
    struct Free {
        void operator()(std::byte* memory) const {
            ::operator delete (memory, std::align_val_t{16});
        }
    };
    std::size_t size_;
    std::unique_ptr<std::byte, Free> memory_;
};

}  // namespace usher::testing
