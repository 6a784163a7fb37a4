// Cutting frames out of any bytes: each answer makes progress or says how much is missing, and
// what is cut lies within the bytes.
#include <cstdlib>

#include "protocol/frame.h"
#include "protocol/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace usher::protocol;
    std::span bytes{reinterpret_cast<const std::byte*>(data), size};
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
        bytes = bytes.subspan(frame.size);
    }
    return 0;
}
