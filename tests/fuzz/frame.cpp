// Cutting frames out of any bytes: each answer makes progress or says how much is missing, and
// what is cut lies within the bytes; so do the requests of a batch. An input whose first byte is
// odd has the checksum of its first frame made right, which mutation alone would never find.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "protocol/batch.h"
#include "protocol/frame.h"
#include "protocol/limits.h"
#include "tests/fuzz/acceptance.h"

namespace {

using namespace usher::protocol;

/// The length is cut down to what there is, too.
void seal_first(std::vector<std::byte>& bytes) {
    if (bytes.size() < header_bytes) return;
    std::uint32_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    length = std::min(length, static_cast<std::uint32_t>(bytes.size() - header_bytes));
    std::memcpy(bytes.data(), &length, sizeof length);
    const auto sum = static_cast<std::uint32_t>(
        XXH3_64bits(bytes.data() + 8, header_bytes - 8 + length) & 0xFFFFFFFF);
    std::memcpy(bytes.data() + 4, &sum, sizeof sum);
}

/// Every request of a batch that is taken lies within it, and they end where it ends.
void walk(const Frame& frame) {
    if (check_batch(frame, batch_requests_max)) return;
    auto rest = frame.payload;
    if (rest.empty()) std::abort();
    while (!rest.empty()) {
        const auto item = first_item(rest);
        if (item.size > rest.size() || item.size < batch_item_header_bytes + item.payload.size())
            std::abort();
        rest = rest.subspan(item.size);
    }
}

/// How many frames there are.
std::size_t cut_all(std::span<const std::byte> bytes) {
    std::size_t frames = 0;
    while (!bytes.empty()) {
        const auto cut_off = cut(bytes, frame_bytes_max);
        if (const auto* more = std::get_if<Incomplete>(&cut_off)) {
            if (more->need <= bytes.size()) std::abort();
            break;
        }
        if (std::holds_alternative<Refusal>(cut_off)) break;
        const auto& frame = std::get<Frame>(cut_off);
        if (frame.size > bytes.size() || frame.payload.size() + header_bytes != frame.size)
            std::abort();
        if (frame.kind == FrameKind::batch) walk(frame);
        bytes = bytes.subspan(frame.size);
        ++frames;
    }
    return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using usher::fuzzing::acceptance;
    acceptance.tried();
    if (size == 0) return 0;
    const auto input = usher::fuzzing::bytes_of(data, size);
    std::vector<std::byte> bytes(input.begin() + 1, input.end());
    if ((data[0] & 1) != 0) seal_first(bytes);
    if (cut_all(bytes) > 0) acceptance.accepted(input);
    return 0;
}
