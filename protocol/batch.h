// A batch: several requests in one frame (of kind `batch`), under one header and one checksum. Its
// payload is a row of requests:
//
//      0        4          8             16
//      +--------+----------+-------------+----------+---------
//      | length | reserved | correlation | payload… | up to a multiple of 16: not looked at
//      | u32    | u32=0    | u64         | length B |
//      +--------+----------+-------------+----------+---------
//
// Each payload is what a frame of kind `request` would hold, and is answered by a reply frame of
// its own. 16 bytes before each keep every payload as aligned as the frame is.
//
// A batch is looked at as a whole (check_batch) before the first of its requests is taken, so one
// that is put together wrongly changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocol/frame.h"

namespace usher::protocol {

inline constexpr std::size_t batch_item_header_bytes = payload_alignment;

/// Why `batch`, a frame of that kind, is not taken; nothing: every item of it can be cut. The
/// stream is still in step (`skip` is the frame's size) where there are only too many of them.
std::optional<Refusal> check_batch(const Frame& batch, std::uint32_t requests_max);

struct BatchItem {
    std::uint64_t correlation = 0;
    std::span<const std::byte> payload;
    std::size_t size = 0;  ///< with its header and padding: where the next one begins
};

/// The first item of what is left of a batch's payload. check_batch() has passed the whole of it.
BatchItem first_item(std::span<const std::byte> checked);

/// Puts requests into batches, at the end of a buffer that holds whole frames otherwise. The
/// buffer may grow in between but must not lose bytes while a batch is open.
class BatchWriter {
  public:
    /// Adds to the open batch; opens one if none is.
    void add(std::vector<std::byte>& out, std::uint64_t correlation,
             std::span<const std::byte> payload);

    /// Ends the open batch, if one is: from then on it is a frame. Its own correlation is 0, which
    /// a refusal of the batch as a whole comes back with.
    void close(std::vector<std::byte>& out);

    std::uint32_t requests() const { return requests_; }  ///< of the open batch

    /// How long the payload of the open batch would be with one more request.
    std::size_t bytes_with(std::span<const std::byte> payload) const;

  private:
    std::size_t begin_ = 0;  ///< of the open batch's frame in the buffer
    std::size_t end_ = 0;
    std::uint32_t requests_ = 0;
};

}  // namespace usher::protocol
