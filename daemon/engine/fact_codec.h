// The encoding of facts, version 1: account, its sequence, instant, cause, kind (the place in
// FactBody), then the kind's fields in order. Little-endian, fixed widths, lengths before contents.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/fact.h"

namespace usher::engine {

/// How long its encoding is.
std::size_t encoded_bytes(const Fact& fact);

/// To `at`, where encoded_bytes() have room.
void encode_fact(const Fact& fact, std::byte* at);

/// Appends to `out`.
void encode_fact(const Fact& fact, std::vector<std::byte>& out);

/// Whose fact it is, without decoding the rest; false: no fact.
struct FactHead {
    AccountNo account;
    std::uint64_t seq = 0;
};
bool peek_fact(std::span<const std::byte> bytes, FactHead& out);

/// False: no fact of a version that this program knows. Views point into `bytes`.
bool decode_fact(std::span<const std::byte> bytes, Fact& out);

}  // namespace usher::engine
