// zone_edges: holds the engine's schedule edges against a table on standard input, which
// zone_edges.py works out from the zone database by other means (rule 9). A line of the table:
//     ZONE WEEKDAYS FROM UNTIL BEGIN END EDGE…
// with minutes of the day, and UTC seconds: the hours cover something from each odd edge to the
// next within (BEGIN, END]. Ends 0 if all agree, 1 if not, 2 if the table makes no sense.
#include <algorithm>
#include <iostream>
#include <sstream>

#include "engine/schedule.h"
#include "roster/zones.h"

namespace {

using namespace usher;

constexpr int shown_max = 10;

/// Where the engine's hours begin or end to cover, in UTC seconds.
std::vector<std::int64_t> edges(const engine::Zone& zone, const engine::DailySpan& span,
                                std::int64_t begin_s, std::int64_t end_s) {
    std::vector<std::int64_t> result;
    const std::span<const engine::DailySpan> spans(&span, 1);
    Instant at{begin_s * 1000};
    bool open = engine::covers(zone, spans, at);
    if (open) result.push_back(begin_s);
    while (const auto next = engine::next_boundary(zone, spans, at)) {
        at = *next;
        if (at.ms > end_s * 1000) break;
        const bool now = engine::covers(zone, spans, at);
        // Up to the last millisecond before a boundary, nothing has changed.
        const bool before = engine::covers(zone, spans, {at.ms - 1});
        if (before != open) result.push_back(-1);
        if (now != open) result.push_back(at.ms / 1000);
        open = now;
    }
    return result;
}

void show(const std::string& line, const std::vector<std::int64_t>& got) {
    std::cout << "table:  " << line << "\nengine:";
    for (const auto edge : got) std::cout << ' ' << edge;
    std::cout << '\n';
}

}  // namespace

int main() {
    roster::ZoneTables tables;
    std::uint64_t lines = 0;
    std::uint64_t edge_count = 0;
    int wrong = 0;
    for (std::string line; std::getline(std::cin, line); ++lines) {
        std::istringstream in(line);
        std::string name;
        unsigned weekdays = 0;
        unsigned from = 0;
        unsigned until = 0;
        std::int64_t begin = 0;
        std::int64_t end = 0;
        if (!(in >> name >> weekdays >> from >> until >> begin >> end)) {
            std::cerr << "zone_edges: no line of a table: " << line << '\n';
            return 2;
        }
        std::vector<std::int64_t> expected;
        for (std::int64_t edge = 0; in >> edge;) expected.push_back(edge);
        const auto zone = tables.find(name);
        if (!zone.exists()) {
            std::cerr << "zone_edges: the engine's side knows no zone " << name << '\n';
            return 2;
        }
        const engine::DailySpan span{static_cast<std::uint8_t>(weekdays),
                                     static_cast<std::uint16_t>(from),
                                     static_cast<std::uint16_t>(until)};
        const auto got = edges(tables[zone], span, begin, end);
        edge_count += got.size();
        if (got != expected && ++wrong <= shown_max) show(line, got);
    }
    std::cout << lines << " schedules, " << edge_count << " edges, " << wrong << " wrong\n";
    if (lines == 0) return 2;
    return wrong == 0 ? 0 : 1;
}
