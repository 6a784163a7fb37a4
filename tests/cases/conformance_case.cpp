#include "tests/cases/conformance_case.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <system_error>

#include "clients/scenario/line_source.h"
#include "clients/scenario/request_line.h"
#include "tests/cases/match.h"

namespace usher::cases {
namespace {

namespace fs = std::filesystem;

Result<std::vector<NumberedLine>> read_lines(const fs::path& path) {
    auto source = scenario::LineSource::open(path.string());
    if (!source) return source.error();
    std::vector<NumberedLine> lines;
    while (true) {
        const auto line = source->next();
        if (!line) return line.error();
        if (!*line) return lines;
        if (scenario::says_nothing(**line)) continue;
        lines.push_back({source->line_number(), std::string(**line)});
    }
}

Result<Case> read_case(const fs::path& folder) {
    Case found;
    found.name = folder.filename().string();
    found.folder = folder;
    auto scenario = read_lines(folder / "scenario.jsonl");
    if (!scenario) return scenario.error();
    found.scenario = std::move(*scenario);
    auto expected = read_lines(folder / "expect.jsonl");
    if (!expected) return expected.error();
    found.expected = std::move(*expected);
    return found;
}

std::string in_case(const Case& c, const std::string& what) {
    return c.name + ": " + what;
}

std::optional<std::string> failure(const NumberedLine& request, const NumberedLine& expected,
                                   const std::string& answer) {
    boost::json::error_code error;
    const auto wanted = boost::json::parse(expected.text, error);
    if (error) return "expect.jsonl:" + std::to_string(expected.number) + ": not JSON";
    const auto got = boost::json::parse(answer, error);
    if (error) return "an answer that is not JSON: " + answer;
    const auto difference = mismatch(wanted, got);
    if (!difference) return std::nullopt;
    return "scenario.jsonl:" + std::to_string(request.number) + ": " + *difference +
           "\n    request  " + request.text + "\n    expected " + expected.text +
           "\n    got      " + answer;
}

}  // namespace

Result<std::vector<Case>> find_cases(const fs::path& root) {
    std::error_code error;
    std::vector<fs::path> folders;
    if (fs::exists(root / "scenario.jsonl", error)) folders.push_back(root);
    for (fs::recursive_directory_iterator at(root, error), end; !error && at != end;
         at.increment(error)) {
        if (at->path().filename() == "scenario.jsonl" && at.depth() > 0) {
            folders.push_back(at->path().parent_path());
        }
    }
    if (error) return fault(ExitCode::io, "cannot read " + root.string() + ": " + error.message());
    std::ranges::sort(folders);
    std::vector<Case> cases;
    for (const auto& folder : folders) {
        auto found = read_case(folder);
        if (!found) return found.error();
        cases.push_back(std::move(*found));
    }
    return cases;
}

std::vector<std::string> failures_of(const Case& c, Stage& stage) {
    if (c.scenario.size() != c.expected.size()) {
        return {in_case(c, std::to_string(c.scenario.size()) + " requests, but " +
                               std::to_string(c.expected.size()) + " expected answers")};
    }
    auto answerer = stage.set(c);
    if (!answerer) return {in_case(c, answerer.error().message)};
    std::vector<std::string> failures;
    for (std::size_t i = 0; i < c.scenario.size(); ++i) {
        const auto answer = (*answerer)->answer(c.scenario[i]);
        if (!answer) {
            failures.push_back(in_case(c, answer.error().message));
            break;
        }
        if (auto wrong = failure(c.scenario[i], c.expected[i], *answer)) {
            failures.push_back(in_case(c, *wrong));
        }
    }
    return failures;
}

}  // namespace usher::cases
