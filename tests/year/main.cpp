// usher-year: a recorded year through the engine, watched by the rules of the twin. With --queue
// the year is told twice, without and with queues, and the times that tickets had no agent stand
// side by side. A ticket that waits although somebody could have it ends it with 1.
#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "tests/twin/calendar.h"
#include "tests/twin/routers.h"
#include "tests/year/watch.h"
#include "tests/year/year_text.h"

namespace {

using namespace usher;
using namespace usher::year;

struct Options {
    std::string folder;
    bool queue = false;
    unsigned limit = 0;
    std::size_t lines = 1'000'000'000;
    std::size_t twin_lines = 0;
};

struct Told {
    Unowned unowned;
    std::size_t entered = 0;
    std::size_t given_out = 0;
    std::size_t waiting = 0;
    std::size_t checks = 0;
    std::size_t refused = 0;  ///< lines: reopenings of what is forgotten by then
};

/// Nothing: something was wrong, and was said.
std::optional<Told> tell(const std::string& roster, const std::vector<std::string>& lines) {
    auto desk = Desk::open(roster);
    if (!desk) {
        std::cerr << "usher-year: " << desk.error().message << '\n';
        return std::nullopt;
    }
    Watch watch(roster);
    std::size_t lines_refused = 0;
    for (std::size_t number = 1; number <= lines.size(); ++number) {
        const auto& text = lines[number - 1];
        const auto line = boost::json::parse(text).as_object();
        const auto* type = line.if_contains("type");
        const auto at = twin::read_instant(std::string(line.at("at").as_string()));
        std::string refused;
        const auto& happened = (*desk)->carry_out(text, refused);
        auto wrong =
            watch.see(*at, happened, type == nullptr ? "email" : std::string(type->as_string()));
        if (!refused.empty()) ++lines_refused;
        if (!wrong.empty()) {
            std::cout << "line " << number << ": " << wrong << "\n  " << text << '\n';
            return std::nullopt;
        }
    }
    return Told{watch.unowned(),     watch.entered(), watch.given_out(),
                watch.waiting_now(), watch.checks(),  lines_refused};
}

std::string hours(std::int64_t ms) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", static_cast<double>(ms) / 3'600'000);
    return text;
}

void show(const char* name, const Told& told) {
    const auto& lengths = told.unowned.lengths;
    const auto at = [&](std::size_t per_thousand) {
        return lengths.empty() ? 0 : lengths[(lengths.size() - 1) * per_thousand / 1000];
    };
    std::int64_t total = 0;
    for (const auto length : lengths) total += length;
    std::cout << name << ": times without an agent " << lengths.size() << " (taken "
              << told.unowned.taken << ", closed " << told.unowned.closed << ", left "
              << told.unowned.left << "); hours in all " << hours(total) << ", median "
              << hours(at(500)) << ", 90 % " << hours(at(900)) << ", 99 % " << hours(at(990))
              << ", longest " << hours(at(1000)) << "\n  waited " << told.entered << ", given out "
              << told.given_out << ", waiting at the end " << told.waiting << "; asked "
              << told.checks << " times whether somebody was free: nobody was; lines refused "
              << told.refused << '\n';
}

/// The first lines, answer by answer, against the whole twin.
bool agrees(const std::string& roster, std::vector<std::string> lines, std::size_t count) {
    lines.resize(std::min(count, lines.size()));
    const twin::History history{0, roster, {}, std::move(lines)};
    const auto mismatch = twin::compare(
        history, twin::twin_router(twin::features_of_this_release()), twin::engine_router());
    std::cout << "twin and engine over " << history.lines.size()
              << " lines: " << (mismatch ? "they differ" : "the same answers") << '\n';
    if (mismatch)
        std::cout << "step " << mismatch->step << ": " << mismatch->line
                  << "\n  twin:   " << mismatch->expected << "\n  engine: " << mismatch->got
                  << '\n';
    return !mismatch;
}

int run(const Options& options) {
    const auto begin = std::chrono::steady_clock::now();
    auto year = read_year(options.folder, options.lines);
    if (!year) {
        std::cerr << "usher-year: " << year.error().message << '\n';
        return static_cast<int>(year.error().code);
    }
    if (options.limit != 0) year->roster = with_limits(year->roster, options.limit);
    const auto queued = with_queues(year->roster);
    std::cout << year->lines.size() << " lines\n";
    const auto without = tell(year->roster, year->lines);
    if (!without) return 1;
    show("without queues", *without);
    if (options.queue) {
        const auto with = tell(queued, year->lines);
        if (!with) return 1;
        show("with queues", *with);
    }
    if (options.twin_lines != 0 &&
        !agrees(options.queue ? queued : year->roster, year->lines, options.twin_lines))
        return 1;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << "seconds " << took.count() << '\n';
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"A recorded year through the engine, watched by the rules of the twin."};
    app.add_option("folder", options.folder, "holds roster.toml and scenario.jsonl[.gz]")
        ->required();
    app.add_flag("--queue", options.queue, "also with `queue = true` in every rule");
    app.add_option("--limit", options.limit, "each agent takes so many tickets at most");
    app.add_option("--lines", options.lines, "only the first so many");
    app.add_option("--twin-lines", options.twin_lines,
                   "hold the answers to the first so many against the twin's, too: slow");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "usher-year: " << error.what() << '\n';
        return 2;
    }
}
