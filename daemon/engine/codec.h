// One description of each struct serves to write and to read it: `fields(archive, value)` names
// the members in order, and the two archives below do the rest. Lengths come before contents;
// numbers are little-endian and of fixed width. A reader that meets nonsense fails, it never
// trusts a length further than the bytes that are there.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/instant.h"
#include "engine/definition.h"
#include "engine/ticket.h"

namespace usher::engine {

/// Writes to whatever takes numbers, texts and raw bytes (base/bytes.h).
template <class Out>
class WritingArchive {
  public:
    explicit WritingArchive(Out out) : out_(out) {}

    template <class... T>
    void operator()(const T&... values) {
        (put(values), ...);
    }
    bool failed() const { return false; }

  private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            out_.number(static_cast<std::uint8_t>(value ? 1 : 0));
        } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            out_.number(value);
        } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
            out_.text(value);
        } else {
            fields(*this, const_cast<T&>(value));  // the same description serves the reader
        }
    }
    template <class Tag>
    void put(const Number<Tag>& value) {
        out_.number(value.value);
    }
    void put(const Instant& value) { out_.number(value.ms); }
    void put(const PackedAbsences& value) {
        out_.number(static_cast<std::uint32_t>(value.bytes.size() / PackedAbsences::span_bytes));
        out_.raw(value.bytes.data(), value.bytes.size());
    }
    template <class T>
    void put(const std::vector<T>& values) {
        out_.number(static_cast<std::uint32_t>(values.size()));
        for (const auto& value : values) put(value);
    }
    template <class T, std::size_t n>
    void put(const std::array<T, n>& values) {
        for (const auto& value : values) put(value);
    }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    template <class A, class B>
    void put(const std::pair<A, B>& value) {
        put(value.first);
        put(value.second);
    }

    Out out_;
};

class WriteArchive : public WritingArchive<ByteWriter> {
  public:
    explicit WriteArchive(std::vector<std::byte>& out) : WritingArchive(ByteWriter(out)) {}
};

class ReadArchive {
  public:
    explicit ReadArchive(std::span<const std::byte> in) : in_(in) {}

    template <class... T>
    void operator()(T&... values) {
        (get(values), ...);
    }
    bool failed() const { return in_.failed(); }
    bool at_end() const { return in_.at_end(); }
    std::size_t left() const { return in_.left(); }

  private:
    template <class T>
    void get(T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            value = in_.number<std::uint8_t>() != 0;
        } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            value = in_.number<T>();
        } else if constexpr (std::is_same_v<T, std::string> ||
                             std::is_same_v<T, std::string_view>) {
            value = in_.text();
        } else {
            fields(*this, value);
        }
    }
    template <class Tag>
    void get(Number<Tag>& value) {
        value.value = in_.number<std::uint32_t>();
    }
    void get(Instant& value) { value.ms = in_.number<std::int64_t>(); }
    void get(PackedAbsences& value) {
        const auto count = std::size_t{in_.number<std::uint32_t>()};
        const auto bytes = in_.raw(count * PackedAbsences::span_bytes);
        value.bytes = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    template <class T>
    void get(std::vector<T>& values) {
        const auto count = in_.number<std::uint32_t>();
        values.clear();
        // Every element takes at least a byte: a count beyond that is nonsense.
        if (count > in_.left()) {
            (void)in_.raw(in_.left() + 1);
            return;
        }
        // Elements are larger in memory than in bytes: a count that is not true costs no more.
        values.reserve(std::min<std::size_t>(count, 1024));
        for (std::uint32_t i = 0; i < count && !in_.failed(); ++i) {
            values.emplace_back();
            get(values.back());
        }
    }
    template <class T, std::size_t n>
    void get(std::array<T, n>& values) {
        for (auto& value : values) get(value);
    }
    template <class T>
    void get(std::optional<T>& value) {
        bool there = false;
        get(there);
        if (there) {
            value.emplace();
            get(*value);
        } else {
            value.reset();
        }
    }
    template <class A, class B>
    void get(std::pair<A, B>& value) {
        get(value.first);
        get(value.second);
    }

    ByteReader in_;
};

// Shared by definitions, facts and images.
template <class A>
void fields(A& a, AbsenceSpan& v) {
    a(v.from, v.until);
}
template <class A>
void fields(A& a, CapacityLimits& v) {
    a(v.total, v.per_type);
}
template <class A>
void fields(A& a, Holder& v) {
    a(v.kind, v.number);
}

}  // namespace usher::engine
