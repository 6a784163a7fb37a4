// Reading and writing of our own encodings: little-endian, fixed widths, lengths before contents.
// A Writer appends to a vector that its owner keeps (and reuses: no allocation once it is warm).
// A Reader walks over bytes that it does not own; reading past the end sets `failed()` and gives
// zeros, so that a decoder checks once, at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace usher {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "files are little-endian, and so are we");

class ByteWriter {
  public:
    explicit ByteWriter(std::vector<std::byte>& out) : out_(out) {}

    template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void number(T value) {
        raw(&value, sizeof value);
    }

    /// A length of 32 bits, then the bytes.
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        raw(value.data(), value.size());
    }

    void raw(const void* from, std::size_t size) {
        const auto at = out_.size();
        out_.resize(at + size);
        if (size != 0) std::memcpy(out_.data() + at, from, size);
    }

    std::size_t size() const { return out_.size(); }

  private:
    std::vector<std::byte>& out_;
};

/// As ByteWriter, into memory that is known to be large enough.
class BytePlacer {
  public:
    explicit BytePlacer(std::byte* at) : at_(at) {}

    template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void number(T value) {
        raw(&value, sizeof value);
    }

    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        raw(value.data(), value.size());
    }

    void raw(const void* from, std::size_t size) {
        if (size != 0) std::memcpy(at_, from, size);
        at_ += size;
    }

  private:
    std::byte* at_;
};

/// As ByteWriter, but counts only: how much memory that will be.
class ByteCounter {
  public:
    explicit ByteCounter(std::size_t& size) : size_(size) {}

    template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void number(T) { size_ += sizeof(T); }

    void text(std::string_view value) { size_ += sizeof(std::uint32_t) + value.size(); }

    void raw(const void*, std::size_t size) { size_ += size; }

  private:
    std::size_t& size_;
};

class ByteReader {
  public:
    explicit ByteReader(std::span<const std::byte> in) : in_(in) {}

    template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) T number() {
        T value{};
        if (const auto* from = take(sizeof value)) std::memcpy(&value, from, sizeof value);
        return value;
    }

    /// A view into the bytes that are read; it lives as long as they do.
    std::string_view text() {
        const auto size = number<std::uint32_t>();
        const auto* from = take(size);
        return from == nullptr ? std::string_view{}
                               : std::string_view{reinterpret_cast<const char*>(from), size};
    }

    std::span<const std::byte> raw(std::size_t size) {
        const auto* from = take(size);
        return from == nullptr ? std::span<const std::byte>{} : std::span{from, size};
    }

    bool failed() const { return failed_; }
    bool at_end() const { return !failed_ && in_.empty(); }
    std::size_t left() const { return in_.size(); }

  private:
    const std::byte* take(std::size_t size) {
        if (failed_ || size > in_.size()) {
            failed_ = true;
            return nullptr;
        }
        const auto* from = in_.data();
        in_ = in_.subspan(size);
        return from;
    }

    std::span<const std::byte> in_;
    bool failed_ = false;
};

}  // namespace usher
