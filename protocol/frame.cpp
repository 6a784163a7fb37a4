#include "protocol/frame.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "protocol/numbers_at.h"

namespace usher::protocol {
namespace {

constexpr std::size_t length_at = 0;
constexpr std::size_t checksum_at = 4;
constexpr std::size_t checksummed_from = 8;
constexpr std::size_t version_at = 8;
constexpr std::size_t kind_at = 9;
constexpr std::size_t flags_at = 10;
constexpr std::size_t reserved_at = 12;
constexpr std::size_t correlation_at = 16;
constexpr std::size_t reserved_long_at = 24;

std::uint32_t checksum_of(std::span<const std::byte> frame) {
    return static_cast<std::uint32_t>(
        XXH3_64bits(frame.data() + checksummed_from, frame.size() - checksummed_from));
}

Refusal lost(Reject reject, std::string message) {
    return {reject, std::move(message), 0, 0};
}

}  // namespace

Cut cut(std::span<const std::byte> buffer, std::size_t payload_bytes_max) {
    if (buffer.size() < header_bytes) return Incomplete{header_bytes};
    const auto version = load<std::uint8_t>(buffer, version_at);
    if (version != protocol_version)
        return lost(Reject::unsupported_version,
                    "frame: has version " + std::to_string(version) + ", only 1 is spoken here");
    const auto kind = load<std::uint8_t>(buffer, kind_at);
    if (kind < 1 || kind > 4)
        return lost(Reject::bad_frame, "frame: has the unknown kind " + std::to_string(kind));
    if (load<std::uint16_t>(buffer, flags_at) != 0 ||
        load<std::uint32_t>(buffer, reserved_at) != 0 ||
        load<std::uint64_t>(buffer, reserved_long_at) != 0)
        return lost(Reject::bad_frame, "frame: its flags and reserved bytes must be zero");

    const auto length = load<std::uint32_t>(buffer, length_at);
    const auto correlation = load<std::uint64_t>(buffer, correlation_at);
    const auto size = header_bytes + std::size_t{length};
    if (length > payload_bytes_max)
        return Refusal{Reject::frame_too_large,
                       "frame: its payload has " + std::to_string(length) + " bytes, at most " +
                           std::to_string(payload_bytes_max) + " are taken",
                       correlation, size};
    if (buffer.size() < size) return Incomplete{size};
    if (load<std::uint32_t>(buffer, checksum_at) != checksum_of(buffer.first(size)))
        return lost(Reject::bad_frame, "frame: its checksum does not match its content");
    return Frame{correlation, FrameKind{kind}, buffer.subspan(header_bytes, length), size};
}

void seal(std::span<std::byte> frame, FrameKind kind, std::uint64_t correlation) {
    std::memset(frame.data(), 0, header_bytes);
    store(frame, length_at, static_cast<std::uint32_t>(frame.size() - header_bytes));
    store(frame, version_at, protocol_version);
    store(frame, kind_at, kind);
    store(frame, correlation_at, correlation);
    store(frame, checksum_at, checksum_of(frame));
}

}  // namespace usher::protocol
