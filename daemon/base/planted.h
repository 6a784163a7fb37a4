// Bugs on purpose, for the tests that must find them. In everything that ships PLANTED(name) is
// `false` and nothing of it is left. In a room that is built a second time for such a test
// (PLANTABLE in its CMakeLists.txt) it asks whether the program has chosen the bug of this name.
// docs/simulator.md says how to add one.
#pragma once

#ifdef USHER_PLANTED

#include <cstdint>
#include <string>

namespace usher {

/// Chosen once, before anything else runs; empty: none.
inline std::string planted_bug;

/// How often a bug that spares one time in some has been asked for. One thread.
inline std::uint64_t planted_count = 0;

}  // namespace usher

#define PLANTED(name) (::usher::planted_bug == #name)
/// Not every `times`-th time, so that things go on in spite of it.
#define PLANTED_BUT_EVERY(times, name) (PLANTED(name) && ++::usher::planted_count % (times) != 0)

#else

#define PLANTED(name) false
#define PLANTED_BUT_EVERY(times, name) false

#endif
