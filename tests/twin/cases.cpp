#include "tests/twin/cases.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/json_match.h"
#include "tests/twin/twin.h"

namespace usher::twin {
namespace {

namespace json = boost::json;

/// The lines that say something.
std::vector<json::object> read_lines(const std::filesystem::path& path) {
    std::vector<json::object> result;
    std::istringstream in(read_file(path));
    for (std::string line; std::getline(in, line);) {
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') continue;
        result.push_back(json::parse(line).as_object());
    }
    return result;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> find_cases(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> result;
    if (!std::filesystem::is_directory(folder)) return result;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (std::filesystem::exists(entry.path() / "expect.jsonl")) result.push_back(entry.path());
    std::sort(result.begin(), result.end());
    return result;
}

std::vector<std::string> run_case(const std::filesystem::path& folder) {
    Features everything;
    everything.queues = true;
    Twin twin(read_file(folder / "roster.toml"), everything,
              [&](const std::string& path) { return read_file(folder / path); });
    const auto lines = read_lines(folder / "scenario.jsonl");
    const auto expected = read_lines(folder / "expect.jsonl");
    // Which rosters are refused is no matter of the twin, which takes them for granted.
    for (const auto& line : expected)
        if (line.contains("reject") && line.at("reject") == "bad_roster") return {};
    std::vector<std::string> wrong;
    if (lines.size() != expected.size())
        wrong.push_back(std::to_string(lines.size()) + " requests, but " +
                        std::to_string(expected.size()) + " expected answers");
    for (std::size_t i = 0; i < std::min(lines.size(), expected.size()); ++i) {
        auto answer = twin.answer(lines[i]);
        auto due = expected[i];
        // A ticket's skills are a set, and what an `apply` has changed is told in words of its own.
        for (auto* side : {&answer, &due}) {
            side->erase("changes");
            if (auto* skills = side->if_contains("skills"))
                std::ranges::sort(skills->as_array(), {}, [](const json::value& skill) {
                    return std::string_view(skill.as_string());
                });
        }
        if (testing::contains_all(answer, due)) continue;
        wrong.push_back("line " + std::to_string(i + 1) + ": " + json::serialize(lines[i]) +
                        "\n  expected " + json::serialize(expected[i]) + "\n  answered " +
                        json::serialize(answer));
    }
    return wrong;
}

}  // namespace usher::twin
