// Images as a snapshot would give them back: loaded or refused, never more.
#include "engine/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    usher::engine::Engine engine;
    static_cast<void>(usher::engine::load_image(
        {reinterpret_cast<const std::byte*>(data), size}, engine));
    return 0;
}
