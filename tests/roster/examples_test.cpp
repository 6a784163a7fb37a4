// The rosters of the rule book's cases and of a real help desk's year, where they lie beside the
// source: all of them are read without an error.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

std::vector<std::filesystem::path> rosters_below(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed)) {
        if (entry.path().filename() == "roster.toml") out.push_back(entry.path());
    }
    return out;
}

void expect_readable(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto parsed = parse_one(text, path.string());
    EXPECT_TRUE(parsed.definition.has_value()) << path;
    for (const auto& problem : parsed.problems) {
        EXPECT_TRUE(problem.warning) << path << ":" << line_of(problem);
    }
}

TEST(Examples, TheCasesAreReadWithoutAnError) {
    const auto rosters = rosters_below(std::filesystem::path(USHER_EXAMPLES_DIR) / "cases");
    if (rosters.empty()) GTEST_SKIP() << "no cases in " << USHER_EXAMPLES_DIR;
    for (const auto& roster : rosters) expect_readable(roster);
}

TEST(Examples, ARealHelpDesksYearIsReadWithoutAnError) {
    const auto rosters = rosters_below(std::filesystem::path(USHER_EXAMPLES_DIR) / "data");
    if (rosters.empty()) GTEST_SKIP() << "no real year in " << USHER_EXAMPLES_DIR;
    for (const auto& roster : rosters) expect_readable(roster);
}

}  // namespace
}  // namespace usher::roster
