// A first-in-first-out ring over one block of memory that doubles when it is full. Elements leave
// at the front in order of entry; insert_by() is for the rare latecomer that belongs further ahead.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace usher::engine {

template <class T>
class Ring {
  public:
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return slots_.size(); }

    const T& front() const { return slots_[head_]; }
    const T& operator[](std::size_t i) const { return slots_[(head_ + i) & (slots_.size() - 1)]; }

    void push_back(const T& value) {
        if (size_ == slots_.size()) grow(size_ + 1);
        at(size_++) = value;
    }

    void pop_front() {
        head_ = (head_ + 1) & (slots_.size() - 1);
        --size_;
    }

    /// Puts `value` behind the last element that does not come after it.
    template <class Before>
    void insert_by(const T& value, Before before) {
        push_back(value);
        for (std::size_t i = size_ - 1; i > 0 && before(value, at(i - 1)); --i)
            std::swap(at(i), at(i - 1));
    }

    void clear() {
        head_ = 0;
        size_ = 0;
    }

    void reserve(std::size_t count) {
        if (count > slots_.size()) grow(count);
    }

    /// Drops what `dead` says, keeps the order of the rest.
    template <class Dead>
    void drop_if(Dead dead) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < size_; ++i)
            if (!dead(at(i))) at(kept++) = at(i);
        size_ = kept;
    }

  private:
    T& at(std::size_t i) { return slots_[(head_ + i) & (slots_.size() - 1)]; }

    void grow(std::size_t wanted) {
        std::size_t capacity = slots_.empty() ? 16 : slots_.size();
        while (capacity < wanted) capacity *= 2;
        std::vector<T> bigger(capacity);
        for (std::size_t i = 0; i < size_; ++i) bigger[i] = at(i);
        slots_ = std::move(bigger);
        head_ = 0;
    }

    std::vector<T> slots_;  // a power of two of them
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

}  // namespace usher::engine
