#include "clients/usherctl/replay_summary.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "clients/scenario/json_text.h"
#include "clients/usherctl/table.h"

namespace usher::ctl {
namespace {

struct Percentile {
    const char* name;
    std::uint64_t per_100k;
};
constexpr std::array percentiles{Percentile{"p50", 50'000}, Percentile{"p90", 90'000},
                                 Percentile{"p99", 99'000}, Percentile{"p99.9", 99'900}};

constexpr std::size_t agents_shown = 5;

std::string fixed(double value, int digits) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string micros(std::uint64_t ns) {
    return fixed(static_cast<double>(ns) / 1000, 1);
}

double rate(const ReplaySummary& summary) {
    return summary.seconds > 0 ? static_cast<double>(summary.lines) / summary.seconds : 0;
}

using Counted = std::vector<std::pair<std::string, std::uint64_t>>;

/// The most and the least busy of them, with a line between where some are left out.
void append_agents(std::string& out, const Counted& agents, bool colour) {
    Table table({{"agent"}, {"tickets", Align::right}});
    const bool all = agents.size() <= 2 * agents_shown;
    for (std::size_t i = 0; i < agents.size(); ++i) {
        if (!all && i == agents_shown) {
            i = agents.size() - agents_shown;
            table.add({"… " + std::to_string(agents.size() - 2 * agents_shown) + " others …", ""});
        }
        table.add({agents[i].first, std::to_string(agents[i].second)});
    }
    table.append_to(out, colour);
}

}  // namespace

std::string summary_text(const ReplaySummary& summary, bool colour) {
    std::string out = std::to_string(summary.lines) + " lines in " + fixed(summary.seconds, 2) +
                      " s: " + fixed(rate(summary), 0) + " lines/s\n";
    if (summary.latency.count() != 0) {
        out += "latency in µs:";
        for (const auto& [name, per_100k] : percentiles)
            out +=
                std::string(" ") + name + " " + micros(summary.latency.percentile(per_100k)) + ",";
        out += " max " + micros(summary.latency.max()) + "\n";
    }
    out += "\n";
    Table kinds({{"outcome"}, {"answers", Align::right}});
    for (const auto& [kind, count] : summary.tally.kinds())
        kinds.add({kind, std::to_string(count)});
    kinds.append_to(out, colour);
    const auto agents = summary.tally.agents();
    if (!agents.empty()) {
        out += "\n" + std::to_string(agents.size()) + " agents were given work:\n";
        append_agents(out, agents, colour);
    }
    return out;
}

std::string summary_json(const ReplaySummary& summary) {
    std::string out;
    scenario::JsonText json(out);
    json.begin_object().member("lines", summary.lines);
    json.member("milliseconds", std::llround(summary.seconds * 1000));
    json.member("lines_per_second", std::llround(rate(summary)));
    json.name("latency_ns").begin_object();
    for (const auto& [name, per_100k] : percentiles)
        json.member(name, summary.latency.percentile(per_100k));
    json.member("max", summary.latency.max()).end_object();
    json.name("outcomes").begin_object();
    for (const auto& [kind, count] : summary.tally.kinds()) json.member(kind, count);
    json.end_object().name("agents").begin_object();
    for (const auto& [agent, count] : summary.tally.agents()) json.member(agent, count);
    json.end_object().end_object();
    return out + "\n";
}

}  // namespace usher::ctl
