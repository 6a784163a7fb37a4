#include "tests/engine/telling.h"

#include <algorithm>

#include "tests/support/random.h"

namespace usher::testing {

namespace {

void add_queues(std::string& roster, Random& random) {
    const std::string rule = "assign_to = \"users_and_teams\"\n";
    for (auto at = roster.find(rule); at != std::string::npos; at = roster.find(rule, at)) {
        at += rule.size();
        const auto end = std::min(roster.find("\n[", at), roster.find("\n  [", at));
        const auto queue = roster.find("queue = true", at);
        if (random.chance(80) && (queue == std::string::npos || queue > end))
            roster.insert(at, "queue = true\n");
    }
}

std::string first_instant(const twin::History& history) {
    scenario::LineReader reader("acme", false);
    for (const auto& line : history.lines)
        if (const auto& read = reader.read(line, 1); read.at_ms) {
            const auto at = line.find("\"at\":\"") + 6;
            return line.substr(at, line.find('"', at) - at);
        }
    return "2026-01-01T00:00:00Z";
}

}  // namespace

twin::History invent_history_that_waits(std::uint64_t seed, std::size_t steps) {
    auto history = twin::invent_history(seed, steps);
    Random random(seed);
    add_queues(history.roster, random);
    for (auto& file : history.files) add_queues(file.second, random);
    return history;
}

Telling::Telling(const twin::History& history) : world(history.roster, first_instant(history)) {
    for (const auto& [name, text] : history.files) rosters.emplace(name, text);
}

void Telling::carry_out(const std::string& line) {
    scenario::LineReader reader("acme", true);
    auto& read = reader.read(line, 1);
    if (!read.wrong.empty()) return;
    if (!read.apply) {
        world.engine.handle(read.request, {*read.at_ms}, world.facts, world.answer);
        return;
    }
    const auto roster = rosters.find(read.apply->files.at(0));
    if (roster == rosters.end()) return;
    const auto at = line.find("\"at\":\"") + 6;
    world.at(line.substr(at, line.find('"', at) - at));
    world.apply(roster->second, {read.apply->dry_run, read.apply->unassign});
}

}  // namespace usher::testing
