// The lines of a scenario, one after the other, to a daemon: what `send` and `replay` share.
#pragma once

#include <filesystem>

#include "clients/scenario/line_source.h"
#include "clients/usherctl/pipeline.h"
#include "clients/usherctl/session.h"

namespace usher::ctl {

class Traffic {
  public:
    struct Options {
        std::uint32_t connections = 1;
        std::uint32_t depth = 1;
    };

    /// Connected traffic whose answers go to the file `out`, or how usherctl ends (it has said
    /// why).
    struct Opened;
    static Opened open(const Globals& globals, Options options, const std::string& scenario_path,
                       const std::string& out);

    /// One line that says something. Faults mean that the daemon is gone.
    Result<void> take(std::string_view text, std::uint64_t number,
                      std::optional<Pipeline::Clock::time_point> due = {});

    /// The line's instant, if it can be read; for --speed.
    std::optional<std::int64_t> at_of(std::string_view text);

    Pipeline& pipeline() { return pipeline_; }
    Output& output() { return output_; }
    std::uint64_t broken_lines() const { return broken_lines_; }

  private:
    Traffic(const Globals& globals, bool trace_clock, std::filesystem::path folder,
            std::vector<std::unique_ptr<client::Connection>> connections, Options options,
            Output output);
    Result<void> apply(const scenario::Line& line);

    std::chrono::milliseconds patience_;
    std::filesystem::path folder_;
    scenario::LineReader reader_;
    scenario::LineReader clock_reader_;
    Output output_;
    Pipeline pipeline_;
    std::uint64_t broken_lines_ = 0;
};

struct Traffic::Opened {
    std::unique_ptr<Traffic> traffic;
    Exit exit = Exit::done;
};

/// The folder that a scenario's rosters stand in: its own; of standard input: the present one.
std::filesystem::path folder_of(const std::string& scenario_path);

/// How a run of a whole scenario ends: 4 if lines were no JSON at all, whatever was refused.
Exit ended(std::uint64_t broken_lines, Output& output);

}  // namespace usher::ctl
