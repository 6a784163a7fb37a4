// Asks of an engine what can be asked about everything that it holds, and lets time run on: the
// test of a state that came from bytes. Nothing is expected of the answers but that there are some.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/image_format.h"

namespace usher::testing {

/// How many of the requests were not refused.
std::size_t exercise(engine::Engine& engine);

/// An engine's image in one piece.
std::vector<std::byte> image_of(const engine::Engine& engine);

inline constexpr std::size_t image_head_bytes = 8;

/// Where a record of an image stands, its head included.
struct ImageRecord {
    engine::RecordKind kind{};
    std::uint32_t account = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
};
/// As far as their lengths make sense.
std::vector<ImageRecord> records_of(std::span<const std::byte> image);

/// Puts the digest that the state in `image` has where the image of one account claims it, if that
/// is all that was wrong with it; false: it cannot be loaded for another reason. Either way why is
/// told.
bool reseal_image(std::vector<std::byte>& image, std::string& why);

}  // namespace usher::testing
