#include "protocol/parse.h"

#include <cstdint>
#include <cstring>

namespace usher::protocol {

std::span<const std::byte> AlignedPayload::of(std::span<const std::byte> payload) {
    if (reinterpret_cast<std::uintptr_t>(payload.data()) % alignof(Block) == 0) return payload;
    const auto needed = payload.size() / sizeof(Block) + 1;
    if (needed > block_count_) {
        blocks_ = std::make_unique<Block[]>(needed);
        block_count_ = needed;
    }
    auto* copy = blocks_[0].bytes.data();
    std::memcpy(copy, payload.data(), payload.size());
    return {copy, payload.size()};
}

}  // namespace usher::protocol
