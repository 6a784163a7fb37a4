#include "base/expect.h"

#include <cstdio>
#include <cstdlib>

namespace usher {

void expectation_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "usher: EXPECT(%s) does not hold at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace usher
