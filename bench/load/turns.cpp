#include "bench/load/turns.h"

#include <algorithm>

#include "base/expect.h"

namespace usher::bench {

namespace {

double rate_of(const Window& window) {
    return window.seconds > 0 ? static_cast<double>(window.tally.replies) / window.seconds : 0;
}

void add_errors(Summary& summary, const Tally& tally) {
    summary.replies += tally.replies;
    summary.errors += tally.errors;
    for (const auto& error : tally.first_errors)
        if (summary.first_errors.size() < Tally::first_errors_max)
            summary.first_errors.push_back(error);
}

Summary summarize(const std::vector<Round>& rounds, const std::vector<bool>& kept,
                  std::size_t server) {
    Summary summary;
    std::vector<double> rates;
    std::vector<double> ratios;
    std::vector<double> cpu_us;
    std::vector<double> busy;
    std::vector<double> waited;
    std::uint64_t request_frames = 0;
    std::uint64_t request_bytes = 0;
    std::uint64_t reply_bytes = 0;
    for (std::size_t round = 0; round < rounds.size(); ++round) {
        const auto& window = rounds[round][server];
        const auto& tally = window.tally;
        add_errors(summary, tally);
        request_frames += tally.request_frames;
        request_bytes += tally.request_bytes;
        reply_bytes += tally.reply_bytes;
        if (!kept[round]) continue;
        summary.latency.merge(tally.latency);
        rates.push_back(rate_of(window));
        const auto first = rate_of(rounds[round][0]);
        ratios.push_back(first > 0 ? rate_of(window) / first : 0);
        if (!window.server || tally.replies == 0) continue;
        const auto used_ns = static_cast<double>(window.server->used_ns);
        const auto waited_ns = static_cast<double>(window.server->waited_ns);
        cpu_us.push_back(used_ns / 1e3 / static_cast<double>(tally.replies));
        busy.push_back(used_ns / 1e9 / window.seconds);
        waited.push_back(waited_ns / 1e9 / window.seconds);
    }
    summary.rate = spread_of(std::move(rates));
    summary.rate_ratio = spread_of(std::move(ratios));
    if (!cpu_us.empty()) {
        summary.server_us = spread_of(std::move(cpu_us));
        summary.server_busy = spread_of(std::move(busy));
        summary.server_waited = spread_of(std::move(waited));
    }
    if (summary.replies > 0) {
        const auto replies = static_cast<double>(summary.replies);
        if (request_frames > 0)
            summary.requests_in_frame = replies / static_cast<double>(request_frames);
        summary.request_bytes = static_cast<double>(request_bytes) / replies;
        summary.reply_bytes = static_cast<double>(reply_bytes) / replies;
    }
    return summary;
}

}  // namespace

Spread spread_of(std::vector<double> figures) {
    if (figures.empty()) return {};
    std::ranges::sort(figures);
    const auto middle = figures.size() / 2;
    const auto median =
        figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
    return {median, figures.front(), figures.back()};
}

std::vector<bool> rounds_kept(const std::vector<Round>& rounds, std::optional<std::size_t> floor) {
    std::vector<bool> kept(rounds.size(), true);
    if (!floor) return kept;
    double best = 0;
    for (const auto& round : rounds) best = std::max(best, rate_of(round[*floor]));
    for (std::size_t i = 0; i < rounds.size(); ++i)
        kept[i] = rate_of(rounds[i][*floor]) >= 0.6 * best;
    return kept;
}

Result<Comparison> take_turns(std::vector<std::unique_ptr<Contestant>>& contestants, Work& work,
                              const WindowPlan& warm_up, const WindowPlan& plan, std::size_t rounds,
                              const TurnListener& listener) {
    EXPECT(!contestants.empty() && rounds > 0);
    // A wrong reply counts whenever it comes; so errors of the windows that are not measured are
    // carried along.
    std::vector<Tally> unmeasured(contestants.size());
    const auto note = [&](std::size_t server, const Window& window) {
        unmeasured[server].replies += window.tally.replies;
        for (const auto& error : window.tally.first_errors) unmeasured[server].error(error);
        unmeasured[server].errors += window.tally.errors - window.tally.first_errors.size();
    };
    for (std::size_t server = 0; server < contestants.size(); ++server) {
        auto window = contestants[server]->run(work, warm_up);
        if (!window) return window.error();
        note(server, *window);
    }
    if (auto heard = listener.warmed_up(); !heard) return heard.error();
    std::vector<Round> all(rounds);
    for (std::size_t round = 0; round < rounds; ++round)
        for (auto& contestant : contestants) {
            auto window = contestant->run(work, plan);
            if (!window) return window.error();
            listener.measured(round, *contestant, *window);
            all[round].push_back(std::move(*window));
        }

    Comparison comparison;
    std::optional<std::size_t> floor;
    for (std::size_t server = 0; server < contestants.size(); ++server) {
        if (contestants[server]->floor()) floor = server;
        auto window = contestants[server]->finish(work);
        if (!window) return window.error();
        note(server, *window);
    }
    const auto kept = rounds_kept(all, floor);
    comparison.rounds = rounds;
    comparison.dropped = static_cast<std::size_t>(std::ranges::count(kept, false));
    for (std::size_t server = 0; server < contestants.size(); ++server) {
        auto summary = summarize(all, kept, server);
        summary.name = contestants[server]->endpoint().name;
        add_errors(summary, unmeasured[server]);
        comparison.servers.push_back(std::move(summary));
    }
    return comparison;
}

}  // namespace usher::bench
