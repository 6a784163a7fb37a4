// Bugs on purpose, for the tests that must find them. In everything that ships PLANTED(name) is
// `false` and nothing of it is left. In a room that is built a second time for such a test
// (PLANTABLE in its CMakeLists.txt) it asks whether the program has chosen the bug of this name.
// docs/simulator.md says how to add one.
#pragma once

#ifdef USHER_PLANTED

#include <string>

namespace usher {

/// Chosen once, before anything else runs; empty: none.
inline std::string planted_bug;

}  // namespace usher

#define PLANTED(name) (::usher::planted_bug == #name)

#else

#define PLANTED(name) false

#endif
