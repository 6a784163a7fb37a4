// A conformance case: a folder with roster.toml, scenario.jsonl and expect.jsonl, one expected
// line for each line of the scenario that says something.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace usher::cases {

struct NumberedLine {
    std::uint64_t number = 0;  ///< from 1, in its file
    std::string text;
};

struct Case {
    std::string name;
    std::filesystem::path folder;
    std::vector<NumberedLine> scenario;
    std::vector<NumberedLine> expected;
};

/// Every folder below `root` (or `root` itself) that has a scenario, by name.
Result<std::vector<Case>> find_cases(const std::filesystem::path& root);

/// Who answers the lines of one case.
class Answerer {
  public:
    virtual ~Answerer() = default;
    /// The answer as a line of JSON.
    virtual Result<std::string> answer(const NumberedLine& line) = 0;
};

/// Makes an Answerer for a case whose roster it has applied.
class Stage {
  public:
    virtual ~Stage() = default;
    virtual Result<std::unique_ptr<Answerer>> set(const Case& conformance_case) = 0;
};

/// An engine in this process for each case.
std::unique_ptr<Stage> simulated_stage();

/// A daemon under the trace clock; each case gets an account of its own, `prefix` + its name.
Result<std::unique_ptr<Stage>> live_stage(const std::string& endpoint, const std::string& prefix);

/// What does not match, a paragraph each; empty: the case passes.
std::vector<std::string> failures_of(const Case& conformance_case, Stage& stage);

}  // namespace usher::cases
