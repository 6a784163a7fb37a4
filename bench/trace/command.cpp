#include "bench/trace/command.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "bench/trace/roster.h"
#include "bench/trace/scenario.h"
#include "bench/trace/sink.h"

namespace usher::bench {

namespace {

std::string instant_text(Instant at) {
    const std::chrono::sys_seconds when{std::chrono::seconds{at.ms / 1000}};
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{when - day};
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:00:00Z", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()));
    return text;
}

/// One line on standard error about once a second, and none if it is all over before.
class Progress {
  public:
    explicit Progress(std::uint32_t days) : days_(days) {}

    void operator()(std::uint32_t day, const TraceSummary& sum) {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < std::chrono::seconds{1}) return;
        last_ = now;
        std::fprintf(stderr, "trace: day %" PRIu32 " of %" PRIu32 ", %" PRIu64 " lines\n", day,
                     days_, sum.lines());
    }

  private:
    std::uint32_t days_;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void print_summary(const TracePlan& plan, const TraceSummary& sum, const std::string& roster,
                   const std::string& scenario, std::uint64_t bytes) {
    std::printf("wrote %s: agents %" PRIu32 ", teams %" PRIu32 "\n", roster.c_str(), plan.agents,
                team_count(plan));
    std::printf("wrote %s: %" PRIu64 " lines, %.1f MB before any compression, %" PRIu32 " days\n",
                scenario.c_str(), sum.lines(), static_cast<double>(bytes) / 1e6, plan.days);
    std::printf("  route     %10" PRIu64 "\n", sum.tickets);
    std::printf("  transfer  %10" PRIu64 "\n", sum.transfers);
    std::printf("  close     %10" PRIu64 "\n", sum.closes);
    std::printf("  reopen    %10" PRIu64 "\n", sum.reopens);
    std::printf("  busiest hour: %" PRIu64 " tickets from %s\n", sum.busiest_hour_tickets,
                instant_text(sum.busiest_hour).c_str());
    std::printf("  open at once: %" PRIu64 " at most, %" PRIu64 " at the end\n", sum.peak_open,
                sum.left_open);
}

/// A run without --gzip after one with it must not leave two scenarios that say different things.
Result<void> remove_other(const std::string& path) {
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) return system_fault(ExitCode::io, "cannot remove the old " + path, error.value());
    return {};
}

}  // namespace

CLI::App* TraceCommand::declare(CLI::App& app) {
    auto* trace = app.add_subcommand(
        "trace", "Write a roster and a scenario in the shape of a real help desk's year");
    trace->add_option("--out", directory_, "Directory for roster.toml and scenario.jsonl")
        ->required()
        ->type_name("DIR");
    trace->add_option("--agents", plan_.agents, "Agents (3 to 100000)")
        ->check(CLI::Range(3U, agents_max))
        ->capture_default_str();
    trace->add_option("--teams", plan_.teams, "Teams (default: a third of the agents, at most 500)")
        ->check(CLI::Range(1U, agents_max));
    trace->add_option("--days", plan_.days, "Days (1 to 366), from a Monday on")
        ->check(CLI::Range(1U, days_max))
        ->capture_default_str();
    trace
        ->add_option("--tickets-per-day", plan_.tickets_per_day, "Tickets a day, over a whole week")
        ->check(CLI::Range(1U, tickets_per_day_max))
        ->capture_default_str();
    trace->add_option("--seed", plan_.seed, "The same seed gives the same bytes")
        ->capture_default_str();
    trace->add_flag("--gzip", gzip_, "Write scenario.jsonl.gz instead of scenario.jsonl");
    return trace;
}

Result<void> TraceCommand::run() const {
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    if (error)
        return system_fault(ExitCode::cannot_create, "cannot make the directory " + directory_,
                            error.value());

    const auto roster_path = directory_ + "/roster.toml";
    auto roster = Sink::open(roster_path, false);
    if (!roster) return roster.error();
    write_roster(plan_, *roster);
    if (auto closed = roster->close(); !closed) return closed.error();

    const auto plain_path = directory_ + "/scenario.jsonl";
    const auto scenario_path = gzip_ ? plain_path + ".gz" : plain_path;
    if (auto removed = remove_other(gzip_ ? plain_path : plain_path + ".gz"); !removed)
        return removed.error();
    auto scenario = Sink::open(scenario_path, gzip_);
    if (!scenario) return scenario.error();
    const auto sum = write_scenario(plan_, *scenario, Progress(plan_.days));
    const auto bytes = scenario->bytes();
    if (auto closed = scenario->close(); !closed) return closed.error();
    print_summary(plan_, sum, roster_path, scenario_path, bytes);
    return {};
}

}  // namespace usher::bench
