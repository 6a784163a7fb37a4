// Numbers at places within bytes of the wire, little-endian as it is. Whoever calls has seen that
// they are within the bytes.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace usher::protocol {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "the wire is little-endian, and so are we");

template <class T>
T load(std::span<const std::byte> from, std::size_t at) {
    T value;
    std::memcpy(&value, from.data() + at, sizeof value);
    return value;
}

template <class T>
void store(std::span<std::byte> to, std::size_t at, T value) {
    std::memcpy(to.data() + at, &value, sizeof value);
}

}  // namespace usher::protocol
