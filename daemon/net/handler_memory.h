// Memory for the one operation of its kind that a session has under way. Asio keeps the operation
// in it, so that re-arming a read or a wait allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace usher::net {

class HandlerMemory {
  public:
    HandlerMemory() = default;
    HandlerMemory(const HandlerMemory&) = delete;
    HandlerMemory& operator=(const HandlerMemory&) = delete;

    void* allocate(std::size_t size) {
        if (in_use_ || size > storage_.size()) return ::operator new(size);
        in_use_ = true;
        return storage_.data();
    }

    void deallocate(void* memory) {
        if (memory == storage_.data())
            in_use_ = false;
        else
            ::operator delete(memory);
    }

  private:
    alignas(std::max_align_t) std::array<std::byte, 192> storage_;
    bool in_use_ = false;
};

/// What Asio asks of an allocator, on top of a HandlerMemory.
template <class T>
class HandlerAllocator {
  public:
    using value_type = T;

    explicit HandlerAllocator(HandlerMemory& memory) : memory_(&memory) {}
    template <class U>
    HandlerAllocator(const HandlerAllocator<U>& other) : memory_(other.memory_) {}

    T* allocate(std::size_t n) { return static_cast<T*>(memory_->allocate(n * sizeof(T))); }
    void deallocate(T* memory, std::size_t) { memory_->deallocate(memory); }

    friend bool operator==(const HandlerAllocator& a, const HandlerAllocator& b) {
        return a.memory_ == b.memory_;
    }

  private:
    template <class>
    friend class HandlerAllocator;
    HandlerMemory* memory_;
};

}  // namespace usher::net
