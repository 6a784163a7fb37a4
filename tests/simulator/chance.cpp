#include "tests/simulator/chance.h"

#include <sys/random.h>

#include <cstring>

#include "tests/support/random.h"

namespace usher::simulator {
namespace {

testing::Random& kernel() {
    static testing::Random random(0);
    return random;
}

}  // namespace

void seed_the_kernel(std::uint64_t seed) {
    kernel() = testing::Random(seed ^ 0x5EED5EED5EED5EED);
}

}  // namespace usher::simulator

/// Takes the place of the C library's, for everything in this program.
extern "C" ssize_t getrandom(void* buffer, std::size_t length, unsigned int /*flags*/) {
    auto* at = static_cast<unsigned char*>(buffer);
    for (std::size_t done = 0; done < length; ++done)
        at[done] = static_cast<unsigned char>(usher::simulator::kernel().next() >> 32);
    return static_cast<ssize_t>(length);
}
