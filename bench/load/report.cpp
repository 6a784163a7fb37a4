#include "bench/load/report.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdarg>
#include <cstdio>
#include <string_view>
#include <utility>

namespace usher::bench {

namespace {

struct Quantile {
    std::string_view name;
    std::uint64_t per_100k;
};
constexpr std::array<Quantile, 5> quantiles = {
    {{"p50", 50'000}, {"p90", 90'000}, {"p99", 99'000}, {"p99.9", 99'900}, {"p99.99", 99'990}}};

[[gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...) {
    std::array<char, 256> text{};
    std::va_list arguments;
    va_start(arguments, pattern);
    std::vsnprintf(text.data(), text.size(), pattern, arguments);
    va_end(arguments);
    return text.data();
}

/// Columns as wide as their widest cell; numbers to the right, the first column to the left.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<int> widths;
    // A "µ" has two bytes and is one character wide.
    const auto width_of = [](const std::string& cell) {
        int width = 0;
        for (const char c : cell)
            if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++width;
        return width;
    };
    for (const auto& row : rows)
        for (std::size_t column = 0; column < row.size(); ++column) {
            if (widths.size() <= column) widths.push_back(0);
            widths[column] = std::max(widths[column], width_of(row[column]));
        }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            const auto& cell = row[column];
            const std::string pad(static_cast<std::size_t>(widths[column] - width_of(cell)), ' ');
            text += column == 0 ? cell + pad : "  " + pad + cell;
        }
        text += "\n";
    }
    return text;
}

std::vector<std::string> rate_row(const Summary& server) {
    const auto& rate = server.rate;
    const auto& ratio = server.rate_ratio;
    auto cpu = std::string("-");
    auto waited = std::string("-");
    if (server.server_us) {
        cpu = format("%.2f µs (%.2f–%.2f)", server.server_us->median, server.server_us->least,
                     server.server_us->most);
        waited = format("%.0f %%", server.server_waited->median * 100);
    }
    return {server.name,
            format("%.0f", rate.median),
            format("%.0f–%.0f", rate.least, rate.most),
            format("%.3f (%.3f–%.3f)", ratio.median, ratio.least, ratio.most),
            cpu,
            waited,
            format("%.0f/%.0f", server.request_bytes, server.reply_bytes),
            format("%.1f", server.requests_in_frame)};
}

boost::json::object spread_json(const Spread& spread) {
    boost::json::object object;
    object["median"] = spread.median;
    object["min"] = spread.least;
    object["max"] = spread.most;
    return object;
}

boost::json::object server_json(const Summary& server, const FigureChanges* figures) {
    boost::json::object object;
    object["name"] = server.name;
    object["rate"] = spread_json(server.rate);
    object["rate_ratio"] = spread_json(server.rate_ratio);
    boost::json::object latency;
    for (const auto& quantile : quantiles)
        latency[quantile.name] = server.latency.percentile(quantile.per_100k);
    latency["max"] = server.latency.max();
    object["latency_ns"] = std::move(latency);
    if (server.server_us) {
        object["server_cpu_us"] = spread_json(*server.server_us);
        object["server_cores_used"] = spread_json(*server.server_busy);
        object["server_cores_waited"] = spread_json(*server.server_waited);
    }
    object["requests_in_frame"] = server.requests_in_frame;
    object["request_bytes"] = server.request_bytes;
    object["reply_bytes"] = server.reply_bytes;
    object["replies"] = server.replies;
    object["errors"] = server.errors;
    if (figures != nullptr) {
        boost::json::object changes;
        for (const auto& [name, change] : *figures) changes[name] = change;
        object["figures"] = std::move(changes);
    }
    return object;
}

}  // namespace

std::string span_text(std::uint64_t ns) {
    const auto value = static_cast<double>(ns);
    const auto scaled = [](double number, const char* unit) {
        return format(number < 10 ? "%.2f %s" : (number < 100 ? "%.1f %s" : "%.0f %s"), number,
                      unit);
    };
    if (value < 1e3) return format("%.0f ns", value);
    if (value < 1e6) return scaled(value / 1e3, "µs");
    if (value < 1e9) return scaled(value / 1e6, "ms");
    return scaled(value / 1e9, "s");
}

FrameSizes frame_sizes(std::string server, const Work& work, const Tally& tally) {
    FrameSizes sizes{std::move(server), {}};
    for (std::size_t place = 0; place < verb_count; ++place) {
        const auto verb = static_cast<Verb>(place);
        const auto replies = tally.replies_of[place];
        if (replies == 0) continue;
        sizes.verbs.push_back(
            {std::string(verb_name(verb)), work.frame_bytes(verb),
             static_cast<double>(tally.reply_bytes_of[place]) / static_cast<double>(replies)});
    }
    return sizes;
}

std::string sizes_text(const std::vector<FrameSizes>& sizes) {
    std::vector<std::vector<std::string>> rows = {{"server", "verb", "request", "reply (mean)"}};
    for (const auto& server : sizes)
        for (const auto& verb : server.verbs)
            rows.push_back({server.server, verb.verb, format("%zu B", verb.request_bytes),
                            format("%.1f B", verb.reply_bytes)});
    return aligned(rows);
}

std::string sizes_json(const std::vector<FrameSizes>& sizes) {
    boost::json::array servers;
    for (const auto& server : sizes) {
        boost::json::object verbs;
        for (const auto& verb : server.verbs) {
            boost::json::object one;
            one["request_bytes"] = verb.request_bytes;
            one["reply_bytes"] = verb.reply_bytes;
            verbs[verb.verb] = std::move(one);
        }
        boost::json::object object;
        object["name"] = server.server;
        object["verbs"] = std::move(verbs);
        servers.push_back(std::move(object));
    }
    boost::json::object object;
    object["servers"] = std::move(servers);
    return boost::json::serialize(object);
}

std::string report_text(const Report& report) {
    const auto& comparison = report.comparison;
    auto text = report.mode +
                format(": %zu rounds, %zu dropped\n\n", comparison.rounds, comparison.dropped);
    std::vector<std::vector<std::string>> rates = {{"server", "requests/s", "spread", "ratio",
                                                    "server CPU/request", "waited", "bytes out/in",
                                                    "in a frame"}};
    std::vector<std::vector<std::string>> latencies = {{"server"}};
    for (const auto& quantile : quantiles) latencies[0].emplace_back(quantile.name);
    latencies[0].emplace_back("max");
    for (const auto& server : comparison.servers) {
        rates.push_back(rate_row(server));
        std::vector<std::string> row = {server.name};
        for (const auto& quantile : quantiles)
            row.push_back(span_text(server.latency.percentile(quantile.per_100k)));
        row.push_back(span_text(server.latency.max()));
        latencies.push_back(std::move(row));
    }
    text += aligned(rates) + "\n" + aligned(latencies);
    for (const auto& server : comparison.servers) {
        if (server.errors == 0) continue;
        text += "\n" + server.name + ": " + std::to_string(server.errors) + " wrong replies of " +
                std::to_string(server.replies) + ", such as\n";
        for (const auto& error : server.first_errors) text += "  " + error + "\n";
    }
    for (std::size_t i = 0; i < report.figures.size(); ++i) {
        text += "\nfigures of " + comparison.servers[i].name + " that changed:\n";
        for (const auto& [name, change] : report.figures[i])
            if (change != 0)
                text += "  " + name + ": " + format("%+lld", static_cast<long long>(change)) + "\n";
    }
    return text;
}

std::string report_json(const Report& report) {
    boost::json::object object;
    object["mode"] = report.mode;
    object["rounds"] = report.comparison.rounds;
    object["dropped"] = report.comparison.dropped;
    boost::json::array servers;
    for (std::size_t i = 0; i < report.comparison.servers.size(); ++i)
        servers.push_back(server_json(report.comparison.servers[i],
                                      i < report.figures.size() ? &report.figures[i] : nullptr));
    object["servers"] = std::move(servers);
    return boost::json::serialize(object);
}

}  // namespace usher::bench
