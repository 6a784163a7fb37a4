// `usher-bench trace`: the options, the two files, the summary.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "base/result.h"
#include "bench/trace/plan.h"

namespace usher::bench {

class TraceCommand {
  public:
    /// Declares the sub-command; `run` is for after the parse.
    CLI::App* declare(CLI::App& app);

    /// Writes DIR/roster.toml and DIR/scenario.jsonl (or .jsonl.gz); progress goes to standard
    /// error, the summary to standard output.
    Result<void> run() const;

  private:
    TracePlan plan_;
    std::string directory_;
    bool gzip_ = false;
};

}  // namespace usher::bench
