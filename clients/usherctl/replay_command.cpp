#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <thread>

#include "clients/usherctl/commands.h"
#include "clients/usherctl/progress.h"
#include "clients/usherctl/replay_summary.h"
#include "clients/usherctl/table.h"
#include "clients/usherctl/traffic.h"

namespace usher::ctl {
namespace {

constexpr std::uint32_t depth_default = 64;
constexpr std::uint32_t connections_max = 1024;

struct ReplayArguments {
    std::string trace;
    std::string out;
    double speed = 0;  ///< times real time; 0: as fast as it goes
    std::uint64_t from_line = 1;
    std::uint64_t lines = 0;  ///< 0: all of them
    std::uint32_t connections = 1;
    std::uint32_t depth = depth_default;
    bool progress = false;
};

/// When each line is due: its distance from the first one, `speed` times as fast.
class Pace {
  public:
    explicit Pace(double speed) : speed_(speed) {}

    std::optional<Pipeline::Clock::time_point> due(std::optional<std::int64_t> at_ms) {
        if (speed_ <= 0 || !at_ms) return std::nullopt;
        if (!first_at_ms_) first_at_ms_ = at_ms;
        const std::chrono::duration<double, std::milli> later(
            static_cast<double>(*at_ms - *first_at_ms_) / speed_);
        return begin_ + std::chrono::duration_cast<Pipeline::Clock::duration>(later);
    }

    bool wanted() const { return speed_ > 0; }

  private:
    double speed_;
    Pipeline::Clock::time_point begin_ = Pipeline::Clock::now();
    std::optional<std::int64_t> first_at_ms_;
};

class Replay {
  public:
    Replay(const ReplayArguments& arguments, Traffic& traffic)
        : arguments_(arguments),
          traffic_(traffic),
          pace_(arguments.speed),
          progress_(arguments.progress) {}

    /// Exit::done when the whole trace was sent and answered.
    Exit run(scenario::LineSource& source) {
        while (arguments_.lines == 0 || lines_ < arguments_.lines) {
            const auto line = source.next();
            if (!line) return stop(fail(line.error()));
            if (!*line) break;
            if (source.line_number() < arguments_.from_line || scenario::says_nothing(**line))
                continue;
            if (auto taken = take(**line, source.line_number()); !taken)
                return stop(lost(taken.error()));
            ++lines_;
            progress_.at(lines_, source.progress());
        }
        if (auto drained = traffic_.pipeline().drain(); !drained)
            return stop(lost(drained.error()));
        return stop(Exit::done);
    }

    std::uint64_t lines() const { return lines_; }
    double seconds() const { return seconds_; }

  private:
    Result<void> take(std::string_view text, std::uint64_t number) {
        std::optional<Pipeline::Clock::time_point> due;
        if (pace_.wanted()) due = pace_.due(traffic_.at_of(text));
        if (due) {
            while (*due > Pipeline::Clock::now()) {
                if (auto read = traffic_.pipeline().read_until(*due); !read) return read;
                std::this_thread::sleep_until(*due);
            }
        }
        return traffic_.take(text, number, due);
    }

    Exit stop(Exit how) {
        seconds_ = progress_.seconds();
        progress_.finish();
        return how;
    }

    const ReplayArguments& arguments_;
    Traffic& traffic_;
    Pace pace_;
    Progress progress_;
    std::uint64_t lines_ = 0;
    double seconds_ = 0;
};

Exit run(const Globals& globals, const ReplayArguments& arguments) {
    auto source = scenario::LineSource::open(arguments.trace);
    if (!source) return fail(source.error());
    const auto [traffic, no_traffic] = Traffic::open(
        globals, {arguments.connections, arguments.depth}, arguments.trace, arguments.out);
    if (!traffic) return no_traffic;

    Replay replay(arguments, *traffic);
    const auto exit = replay.run(*source);
    traffic->output().flush();
    const auto& pipeline = traffic->pipeline();
    const ReplaySummary summary{replay.lines(), replay.seconds(), pipeline.latency(),
                                pipeline.tally()};
    const auto text =
        globals.json ? summary_json(summary) : summary_text(summary, wants_colour(STDERR_FILENO));
    std::fputs(text.c_str(), stderr);
    if (exit != Exit::done) return exit;
    return ended(traffic->broken_lines(), traffic->output());
}

}  // namespace

void add_replay_command(CommandLine line) {
    auto* command = line.app.add_subcommand(
        "replay", "Send a trace to a daemon, many lines at a time, and say how it went");
    auto arguments = std::make_shared<ReplayArguments>();
    command
        ->add_option("TRACE", arguments->trace,
                     "Lines of JSON, plain or gzipped; -: standard input")
        ->required();
    command->add_option("--out", arguments->out, "Write the answers to this file");
    command
        ->add_option("--speed", arguments->speed,
                     "So many times real time; default: as fast as it goes")
        ->check(CLI::PositiveNumber);
    command->add_option("--from-line", arguments->from_line, "Begin at this line of the file")
        ->check(CLI::PositiveNumber);
    command->add_option("--lines", arguments->lines, "Send at most so many lines")
        ->check(CLI::PositiveNumber);
    command->add_option("--connections", arguments->connections, "Spread over so many connections")
        ->check(CLI::Range(1U, connections_max))
        ->capture_default_str();
    command->add_option("--depth", arguments->depth, "Requests in flight on each connection")
        ->check(CLI::Range(1U, 65'536U))
        ->capture_default_str();
    command->add_flag("--progress", arguments->progress,
                      "Report on standard error even if that is no terminal");
    add_examples(*command, {"replay trace.jsonl.gz --account acme --out answers.jsonl --json",
                            "replay trace.jsonl --speed 100"});
    command->callback([line, arguments] {
        line.chosen = [line, arguments] { return run(line.globals, *arguments); };
    });
}

}  // namespace usher::ctl
