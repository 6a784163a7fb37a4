// The daemon's own randomness (epochs, hash seeds), which it has from the kernel: in this program
// the kernel's call is ours and gives what follows from the seed. So a history can be had again to
// the last byte.
#pragma once

#include <cstdint>

namespace usher::simulator {

/// From now on getrandom() goes on from this seed.
void seed_the_kernel(std::uint64_t seed);

}  // namespace usher::simulator
