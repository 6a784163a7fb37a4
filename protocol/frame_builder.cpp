#include "protocol/frame_builder.h"

#include <array>

namespace usher::protocol {

void FrameBuilder::begin() {
    flat_.Clear();
    flat_.Align(payload_alignment);
}

std::span<const std::byte> FrameBuilder::seal_as(FrameKind kind, std::uint64_t correlation) {
    static constexpr std::array<std::uint8_t, header_bytes> room{};
    flat_.PushBytes(room.data(), room.size());
    const std::span frame{reinterpret_cast<std::byte*>(flat_.GetBufferPointer()), flat_.GetSize()};
    seal(frame, kind, correlation);
    return frame;
}

}  // namespace usher::protocol
