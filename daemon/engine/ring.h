// A first-in-first-out line of elements in blocks: it grows and shrinks by one block at a time, so
// no single request pays for moving what is there already. Memory that was never written costs
// nothing but address space. Elements leave at the front in order of entry; insert_by() is for the
// rare latecomer that belongs further ahead.
#pragma once

#include <bit>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace usher::engine {

template <class T>
class Ring {
  public:
    static constexpr std::size_t block_elements = std::bit_floor(
        (std::is_trivially_copyable_v<T> ? std::size_t{64} : std::size_t{4}) * 1024 / sizeof(T));

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    /// Whether the next push_back() needs a block that is not there yet.
    bool is_full() const { return head_ + size_ == blocks_.size() * block_elements; }

    const T& front() const { return (*this)[0]; }
    const T& operator[](std::size_t i) const {
        const auto place = head_ + i;
        return blocks_[place / block_elements][place % block_elements];
    }

    void push_back(const T& value) {
        if (is_full()) add_block();
        at(size_++) = value;
    }

    void pop_front() {
        --size_;
        if (++head_ == block_elements) take_away_first_block();
    }

    /// Puts `value` behind the last element that does not come after it.
    template <class Before>
    void insert_by(const T& value, Before before) {
        push_back(value);
        for (std::size_t i = size_ - 1; i > 0 && before(value, at(i - 1)); --i)
            std::swap(at(i), at(i - 1));
    }

    void clear() {
        blocks_.clear();
        head_ = 0;
        size_ = 0;
    }

    /// Room for so many without a new block.
    void reserve(std::size_t count) {
        while (blocks_.size() * block_elements < head_ + count) add_block();
    }

    /// Drops what `dead` says, keeps the order of the rest.
    template <class Dead>
    void drop_if(Dead dead) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < size_; ++i)
            if (!dead((*this)[i])) at(kept++) = std::move(at(i));
        size_ = kept;
        blocks_.resize((head_ + size_ + block_elements - 1) / block_elements);
    }

    /// Of its blocks, whatever their elements own besides not counted.
    std::size_t bytes() const {
        return (blocks_.size() + (spare_ ? 1 : 0)) * block_elements * sizeof(T);
    }

  private:
    using Block = std::unique_ptr<T[]>;

    T& at(std::size_t i) {
        const auto place = head_ + i;
        return blocks_[place / block_elements][place % block_elements];
    }

    void add_block() {
        blocks_.push_back(spare_ ? std::move(spare_)
                                 : std::make_unique_for_overwrite<T[]>(block_elements));
    }

    void take_away_first_block() {
        spare_ = std::move(blocks_.front());
        blocks_.erase(blocks_.begin());
        head_ = 0;
    }

    std::vector<Block> blocks_;
    Block spare_;           ///< the block that was used up last: the next that is needed
    std::size_t head_ = 0;  ///< the first element's place in the first block
    std::size_t size_ = 0;
};

}  // namespace usher::engine
