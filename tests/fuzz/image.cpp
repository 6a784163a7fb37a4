// A snapshot's image that was made to look right. The first byte chooses: the rest is an image as
// it stands, or edits (two bytes of place, four to put there) of the image that the fuzzer begins
// with. Either way it is sealed again with the digest that its state has, so that fuzzing gets past
// that. Loading must end with a fault or with a state that can be used and saved.
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "engine/image.h"
#include "tests/engine/exercise.h"
#include "tests/engine/world.h"
#include "tests/fuzz/acceptance.h"

namespace {

using namespace usher;

std::vector<std::byte> original() {
    testing::World world(testing::small_desk("  queue = true\n"));
    for (const auto* line :
         {R"({"do":"route","ticket":"1","channel":"mail"})",
          R"({"do":"route","ticket":"2","channel":"mail","key":"once"})",
          R"({"do":"capacity","agent":"a","total":1})",
          R"({"do":"availability","agent":"b","set":"away"})",
          R"({"do":"availability","agent":"c","set":"away"})",
          R"({"do":"route","ticket":"3","channel":"mail"})", R"({"do":"close","ticket":"2"})"})
        world.send(line);
    return testing::image_of(world.engine);
}

std::vector<std::byte> edited(std::vector<std::byte> image, std::span<const std::byte> edits) {
    constexpr std::size_t edit_bytes = 6;
    for (; edits.size() >= edit_bytes; edits = edits.subspan(edit_bytes)) {
        std::uint16_t place = 0;
        std::memcpy(&place, edits.data(), sizeof place);
        std::memcpy(image.data() + place % (image.size() - 4), edits.data() + 2, 4);
    }
    return image;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto begin_with = original();
    fuzzing::acceptance.tried();
    if (size == 0) return 0;
    const auto input = fuzzing::bytes_of(data, size);
    const auto rest = input.subspan(1);
    auto image = std::to_integer<unsigned>(input[0]) % 2 == 0
                     ? std::vector<std::byte>(rest.begin(), rest.end())
                     : edited(begin_with, rest);
    std::string why;
    if (image.size() < 16 || !testing::reseal_image(image, why)) return 0;
    engine::Engine engine;
    if (!engine::load_image(image, engine)) return 0;  // more than one account, and one was edited
    engine::Engine again;
    if (!engine::load_image(testing::image_of(engine), again) || again.digest() != engine.digest())
        std::abort();
    testing::exercise(engine);
    fuzzing::acceptance.accepted(input);
    return 0;
}
