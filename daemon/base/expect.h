// EXPECT states an invariant. It is on in every build: a broken invariant is a bug, and a router
// that goes on with one gives work to the wrong people. Prints file, line and condition, aborts.
#pragma once

namespace usher {

[[noreturn]] void expectation_failed(const char* condition, const char* file, int line);

}  // namespace usher

#define EXPECT(condition)                                                \
    do {                                                                 \
        if (!(condition)) [[unlikely]]                                   \
            ::usher::expectation_failed(#condition, __FILE__, __LINE__); \
    } while (false)
