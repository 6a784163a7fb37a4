// Any bytes as a configuration: it is read, or each thing that is wrong with it has a place and
// words. What is read settles into limits that are within theirs.
#include "config.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/expect.h"
#include "tests/fuzz/acceptance.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace usher;
    fuzzing::acceptance.tried();
    Settings settings;
    ConfigErrors errors;
    read_config("usherd.toml", {reinterpret_cast<const char*>(bytes), size}, settings, errors);
    const bool was_read = errors.empty();
    const auto config =
        settle(settings, {.hardware_cores = 2, .state_directory = "/var/lib/usher"}, errors);
    for (const auto& error : errors) EXPECT(!error.message.empty());
    if (!was_read || !errors.empty()) return 0;
    EXPECT(config.cores >= 1 && config.cores <= cores_max);
    EXPECT(config.shards >= 1 && config.shards <= cores_max);
    EXPECT(!config.listen.empty() && !describe(config).empty());
    fuzzing::acceptance.accepted(fuzzing::bytes_of(bytes, size));
    return 0;
}
