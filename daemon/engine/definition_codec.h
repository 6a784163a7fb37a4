// The encoding of an account's definition, as it stands in the facts of an applied roster and in
// images. Version 1.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/definition.h"

namespace usher::engine {

void encode_definition(const AccountDefinition& definition, std::vector<std::byte>& out);

/// False: the bytes are no definition of a version that this program knows.
bool decode_definition(std::span<const std::byte> bytes, AccountDefinition& out);

}  // namespace usher::engine
