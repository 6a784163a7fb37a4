// usher-cases: runs conformance cases (docs/usherctl.md says how one is written), each through an
// engine in this process, or against a daemon.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "tests/cases/conformance_case.h"

namespace {

using namespace usher;

struct Options {
    std::vector<std::string> folders;
    std::string endpoint;
    std::string prefix = "case-";
    std::vector<std::string> except;
};

int run(const Options& options) {
    std::unique_ptr<cases::Stage> stage = cases::simulated_stage();
    if (!options.endpoint.empty()) {
        auto live = cases::live_stage(options.endpoint, options.prefix);
        if (!live) {
            std::fprintf(stderr, "usher-cases: %s\n", live.error().message.c_str());
            return 3;
        }
        stage = std::move(*live);
    }
    std::size_t passed = 0;
    std::size_t failed = 0;
    for (const auto& folder : options.folders) {
        const auto found = cases::find_cases(folder);
        if (!found) {
            std::fprintf(stderr, "usher-cases: %s\n", found.error().message.c_str());
            return static_cast<int>(ExitCode::io);
        }
        for (const auto& conformance_case : *found) {
            if (std::ranges::find(options.except, conformance_case.name) != options.except.end()) {
                std::printf("skipped %s\n", conformance_case.name.c_str());
                continue;
            }
            const auto failures = cases::failures_of(conformance_case, *stage);
            for (const auto& failure : failures) std::printf("%s\n", failure.c_str());
            ++(failures.empty() ? passed : failed);
        }
    }
    std::printf("%zu passed, %zu failed\n", passed, failed);
    if (passed + failed == 0) {
        std::fprintf(stderr,
                     "usher-cases: no case found: a case is a folder with scenario.jsonl\n");
        return 1;
    }
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Runs conformance cases: DIR/…/NAME with roster.toml, scenario.jsonl, expect.jsonl"};
    Options options;
    app.add_option("DIR", options.folders, "Folders to look for cases in")->required();
    app.add_option("--connect", options.endpoint,
                   "A daemon under the trace clock, instead of an engine in this process");
    app.add_option("--account-prefix", options.prefix,
                   "Accounts of cases at a daemon are this and the case's name")
        ->capture_default_str();
    app.add_option("--except", options.except, "Skip the case of this name (repeat for more)")
        ->allow_extra_args(false);
    CLI11_PARSE(app, argc, argv);
    return run(options);
}
