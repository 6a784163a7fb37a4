// Every case of the rule book, run by the twin alone: it must be right before it judges others.
#include <gtest/gtest.h>

#include "tests/twin/cases.h"

namespace usher::twin {
namespace {

void expect_all_pass(const std::filesystem::path& folder) {
    const auto cases = find_cases(folder);
    if (cases.empty()) GTEST_SKIP() << "no cases in " << folder;
    for (const auto& one : cases) {
        // The twin numbers no events and does not know whom to tell of them.
        if (one.filename() == "36-who-is-notified") continue;
        for (const auto& wrong : run_case(one))
            ADD_FAILURE() << one.filename().string() << ": " << wrong;
    }
}

TEST(TwinCases, TheTwinPassesTheCasesOfThisRepository) {
    expect_all_pass(USHER_CASES);
}

TEST(TwinCases, TheTwinPassesTheCasesThatStandBesideThisRepository) {
    expect_all_pass(USHER_SHARED_CASES);
}

}  // namespace
}  // namespace usher::twin
