// What a comparison found, for people and for programs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/load/turns.h"

namespace usher::bench {

/// How a server's own figures (those of `status`) changed while it was measured, by name.
using FigureChanges = std::map<std::string, std::int64_t>;

struct Report {
    std::string mode;  ///< "closed, 32 connections, depth 16", …
    Comparison comparison;
    std::vector<FigureChanges> figures;  ///< by server; empty where they were not asked for
};

/// An aligned table with its errors below.
std::string report_text(const Report& report);

/// One JSON object on one line.
std::string report_json(const Report& report);

/// How large the frames of each verb of the mix were, headers included.
struct VerbSizes {
    std::string verb;
    std::size_t request_bytes = 0;
    double reply_bytes = 0;  ///< mean
};
struct FrameSizes {
    std::string server;
    std::vector<VerbSizes> verbs;
};
FrameSizes frame_sizes(std::string server, const Work& work, const Tally& tally);
std::string sizes_text(const std::vector<FrameSizes>& sizes);
std::string sizes_json(const std::vector<FrameSizes>& sizes);

/// "1.23 µs", "45 ms": three figures.
std::string span_text(std::uint64_t ns);

}  // namespace usher::bench
