// The cases, by the engine in this process: as `usher-cases` runs them, but in one program with
// everything else that may find a mutation.
#include <gtest/gtest.h>

#include "tests/cases/conformance_case.h"

namespace usher::cases {
namespace {

TEST(Cases, AllPass) {
    const auto found = find_cases(USHER_CASES);
    ASSERT_TRUE(found);
    ASSERT_FALSE(found->empty());
    const auto stage = simulated_stage();
    for (const auto& one : *found)
        for (const auto& failure : failures_of(one, *stage)) FAIL() << failure;
}

}  // namespace
}  // namespace usher::cases
