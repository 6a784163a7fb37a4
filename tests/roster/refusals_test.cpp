// One small roster for each thing that is refused or warned of. They stand in refusals/*.txt: a
// sentence, the roster, and behind "=>" all the problems that it must have, word for word. They
// are read after refusals/base.toml, those of without_base.txt alone.
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/roster/reading.h"

namespace usher::roster {
namespace {

struct Refusal {
    std::string sentence;
    bool with_base = true;
    std::string text;
    std::vector<std::string> problems;
};

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void read_refusals(const std::filesystem::path& path, std::vector<Refusal>& out) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) {
            out.push_back({line.substr(3), path.filename() != "without_base.txt", {}, {}});
        } else if (line.starts_with("=> ")) {
            out.back().problems.push_back(line.substr(3));
        } else {
            out.back().text += line + '\n';
        }
    }
}

std::vector<Refusal> all_refusals() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(USHER_REFUSALS_DIR)) {
        if (entry.path().extension() == ".txt") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Refusal> out;
    for (const auto& path : paths) read_refusals(path, out);
    return out;
}

// Test names are made of letters and digits only.
std::string name_of(const testing::TestParamInfo<Refusal>& refusal) {
    std::string out;
    bool capital = true;
    for (const char c : refusal.param.sentence) {
        const bool usable = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (usable) {
            out += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        }
        capital = !usable;
    }
    return out;
}

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, AreWordForWord) {
    const auto& refusal = GetParam();
    const auto base = content_of(std::filesystem::path(USHER_REFUSALS_DIR) / "base.toml");
    std::vector<SourceFile> files;
    if (refusal.with_base) files.push_back({"base.toml", base});
    files.push_back({"case.toml", refusal.text});
    const auto parsed = parse(files);

    std::vector<std::string> problems;
    bool error = false;
    for (const auto& problem : parsed.problems) {
        EXPECT_EQ(problem.file, "case.toml");
        EXPECT_FALSE(problem.hint.empty()) << problem.message;
        problems.push_back(line_of(problem));
        error = error || !problem.warning;
    }
    EXPECT_EQ(problems, refusal.problems);
    EXPECT_EQ(parsed.definition.has_value(), !error);
}

INSTANTIATE_TEST_SUITE_P(Roster, Refusals, testing::ValuesIn(all_refusals()), name_of);

TEST(RefusalFiles, AreAllThere) {
    const auto refusals = all_refusals();
    EXPECT_GT(refusals.size(), 130U);
    for (const auto& refusal : refusals) EXPECT_FALSE(refusal.problems.empty()) << refusal.sentence;
}

TEST(Refusal, TheBaseOfTheRefusalsHasNoProblem) {
    const auto base = content_of(std::filesystem::path(USHER_REFUSALS_DIR) / "base.toml");
    const auto parsed = parse_one(base);
    EXPECT_TRUE(parsed.definition.has_value());
    EXPECT_TRUE(parsed.problems.empty());
}

std::vector<std::string> problems_of(const std::string& text) {
    std::vector<std::string> out;
    for (const auto& problem : parse_one("[account]\nkey = \"acme\"\n" + text).problems) {
        out.push_back(line_of(problem));
    }
    return out;
}

TEST(Refusal, AKeyThatIsNotUtf8IsRefused) {
    const auto problems = problems_of("[[team]]\nkey = \"a\xff\"\n");
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_TRUE(problems[0].starts_with("4:8: error: this is not TOML: ")) << problems[0];
}

TEST(Refusal, ATooLongNameIsRefused) {
    const std::string agent =
        "[[agent]]\nkey = \"a\"\nseat = \"sales\"\navailability = \"away\"\nname = \"";
    EXPECT_EQ(problems_of(agent + std::string(1024, 'n') + "\"\n"), std::vector<std::string>{});
    EXPECT_EQ(problems_of(agent + std::string(1025, 'n') + "\"\n"),
              std::vector<std::string>{"7:8: error: name of agent \"a\" is 1025 bytes long (make "
                                       "it at most 1024 bytes)"});
}

TEST(Refusal, TooManyLabelsAreRefused) {
    const auto with_labels = [](int count) {
        std::string text =
            "[[agent]]\nkey = \"a\"\nseat = \"sales\"\navailability = \"away\"\n[agent.labels]\n";
        for (int i = 0; i < count; ++i) text += "l" + std::to_string(i) + " = \"x\"\n";
        return text;
    };
    EXPECT_EQ(problems_of(with_labels(64)), std::vector<std::string>{});
    EXPECT_EQ(problems_of(with_labels(65)),
              std::vector<std::string>{
                  "8:1: error: labels of agent \"a\" has 65 entries (have at most 64)"});
}

TEST(Refusal, KeysOfOneAndOfSixtyFourBytesAreTaken) {
    EXPECT_EQ(problems_of("[[team]]\nkey = \"x\"\n[[team]]\nkey = \"" + std::string(64, 'y') +
                          "\"\n[[team]]\nkey = \"søster 🙂\"\n"),
              std::vector<std::string>{});
    EXPECT_EQ(problems_of("[[team]]\nkey = \"" + std::string(65, 'y') + "\"\n").size(), 1U);
}

TEST(Refusal, WithoutAnyFileThereIsNoAccount) {
    const auto parsed = parse({});
    EXPECT_FALSE(parsed.definition.has_value());
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(parsed.problems[0].message, "there is no [account]");
}

TEST(Refusal, ASyntaxErrorInEveryFileIsReported) {
    const std::vector<SourceFile> files = {
        {"a.toml", "key = \n"}, {"b.toml", "[account]\nkey = \"x\"\n"}, {"c.toml", "]\n"}};
    const auto parsed = parse(files);
    ASSERT_EQ(parsed.problems.size(), 2U);
    EXPECT_EQ(parsed.problems[0].file, "a.toml");
    EXPECT_EQ(parsed.problems[1].file, "c.toml");
}

TEST(Refusal, MoreProblemsThanAreListedAreCounted) {
    std::string text;
    for (std::size_t i = 0; i < 700; ++i) {
        text += "[[agent]]\nkey = \"a" + std::to_string(i) + "\"\nseat = \"" +
                (i < 600 ? "none" : "nine") + "\"\n";
    }
    const auto parsed = parse_one("[account]\nkey = \"acme\"\n" + text);
    ASSERT_EQ(parsed.problems.size(), problems_max + 1);
    std::size_t errors = 0;
    for (const auto& problem : parsed.problems) errors += problem.warning ? 0U : 1U;
    // A hundred errors; four hundred of the six hundred agents without a seat are named too, and
    // of those whose seat is not known the missing hours.
    EXPECT_EQ(errors, 100U);
    EXPECT_EQ(parsed.problems.back().message, "0 more errors and 300 more warnings are not listed");
    EXPECT_TRUE(parsed.problems.back().warning);
}

}  // namespace
}  // namespace usher::roster
