// What a replay amounted to: text for people, or one line of JSON.
#pragma once

#include <string>

#include "base/histogram.h"
#include "clients/usherctl/tally.h"

namespace usher::ctl {

struct ReplaySummary {
    std::uint64_t lines = 0;
    double seconds = 0;
    const Histogram& latency;  ///< ns
    const Tally& tally;
};

std::string summary_text(const ReplaySummary& summary, bool colour);
std::string summary_json(const ReplaySummary& summary);

}  // namespace usher::ctl
