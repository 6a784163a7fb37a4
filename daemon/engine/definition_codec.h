// The encoding of an account's definition, as it stands in the facts of an applied roster and in
// images (version 1), and what else wants every member of it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/definition.h"

namespace usher::engine {

void encode_definition(const AccountDefinition& definition, std::vector<std::byte>& out);

/// False: the bytes are no definition of a version that this program knows.
bool decode_definition(std::span<const std::byte> bytes, AccountDefinition& out);

/// What its vectors and texts have set aside. Walks over all of it.
std::size_t heap_bytes_of(const AccountDefinition& definition);

}  // namespace usher::engine
