#include "clients/usherctl/stages.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "clients/usherctl/table.h"

namespace usher::ctl {
namespace {

constexpr std::string_view prefix = "stage_";
constexpr std::array<std::string_view, 4> times{"p50_ns", "p90_ns", "p99_ns", "max_ns"};

std::string micros(const std::string& ns) {
    std::uint64_t value = 0;
    std::from_chars(ns.data(), ns.data() + ns.size(), value);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", static_cast<double>(value) / 1000);
    return text.data();
}

}  // namespace

bool is_of_stages(const protocol::StatusEntry& entry) {
    return entry.name.starts_with(prefix);
}

std::string stages_text(const std::vector<protocol::StatusEntry>& entries, bool colour) {
    Table table({{"core"},
                 {"stage"},
                 {"stamped", Align::right},
                 {"p50 µs", Align::right},
                 {"p90 µs", Align::right},
                 {"p99 µs", Align::right},
                 {"max µs", Align::right}});
    const auto figure_of = [&](const std::string& scope, const std::string& name) {
        for (const auto& entry : entries)
            if (entry.scope == scope && entry.name == name) return entry.value;
        return std::string();
    };
    for (const auto& entry : entries) {
        constexpr std::string_view counted = "_stamped";
        if (!is_of_stages(entry) || !entry.name.ends_with(counted)) continue;
        const auto stage = entry.name.substr(0, entry.name.size() - counted.size());
        std::vector<std::string> row{entry.scope, stage.substr(prefix.size()), entry.value};
        for (const auto time : times)
            row.push_back(entry.value == "0"
                              ? "–"
                              : micros(figure_of(entry.scope, stage + "_" + std::string(time))));
        table.add(std::move(row));
    }
    std::string out;
    table.append_to(out, colour);
    return out;
}

}  // namespace usher::ctl
