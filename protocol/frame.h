// Framing: how requests and replies stand in a stream of bytes. A frame is a header of 32 bytes,
// then the payload: a FlatBuffer, or several in a row (batch.h). The header has 32 bytes and not 24
// so that the payload of a frame at a 16-byte aligned address is 16-byte aligned itself and needs
// no copy to be parsed.
//
//      0        4          8      9     10       12         16            24         32
//      +--------+----------+------+-----+--------+----------+-------------+----------+---------
//      | length | checksum | ver. | kind| flags  | reserved | correlation | reserved | payload…
//      | u32    | u32      | u8=1 | u8  | u16=0  | u32=0    | u64         | u64=0    | length B
//      +--------+----------+------+-----+--------+----------+-------------+----------+---------
//
// Little-endian. `length` is the payload's. `checksum` is the low half of XXH3-64 (seed 0) over
// everything behind it: bytes 8 to 32 + length. Our writers pad payloads to a multiple of 16, so
// that frames which follow each other stay aligned; a reader does not demand it.
//
// Nothing here allocates, except the text of a refusal; nothing believes `length` before it was
// compared with the caller's bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "protocol/answer.h"

namespace usher::protocol {

inline constexpr std::size_t header_bytes = 32;
inline constexpr std::size_t payload_alignment = 16;
inline constexpr std::uint8_t protocol_version = 1;

/// What the payload is; `event` is reserved, `batch` is several requests (batch.h).
enum class FrameKind : std::uint8_t { request = 1, reply = 2, event = 3, batch = 4 };

/// More bytes are needed: cut again when the buffer holds `need` bytes, counted from its begin.
struct Incomplete {
    std::size_t need = 0;
};

struct Frame {
    std::uint64_t correlation = 0;
    FrameKind kind = FrameKind::request;
    std::span<const std::byte> payload;  ///< a view into the buffer that was cut
    std::size_t size = 0;                ///< header and payload: where the next frame begins
};

/// Not a frame that we take. With `skip` > 0 the stream is still in step: throw away that many
/// bytes (some have not arrived yet) and go on. With 0 it is lost: answer and close.
struct Refusal {
    Reject reject = Reject::bad_frame;  ///< bad_frame, frame_too_large or unsupported_version
    std::string message;
    std::uint64_t correlation = 0;  ///< as claimed; 0 where nothing in the header is credible
    std::uint64_t skip = 0;
};

using Cut = std::variant<Incomplete, Frame, Refusal>;

/// The first frame of `buffer`, whose payload may have `payload_bytes_max` bytes.
Cut cut(std::span<const std::byte> buffer, std::size_t payload_bytes_max);

/// Fills in the header of `frame`, whose payload stands already behind its first 32 bytes.
void seal(std::span<std::byte> frame, FrameKind kind, std::uint64_t correlation);

}  // namespace usher::protocol
