// usher-rivals: the load client for what usher is compared with. The same work as `usher-bench
// load` (route, and close sixteen rounds later; closed loop) on Redis or PostgreSQL, whose state
// bench/compare has prepared. Prints one JSON object for each window.
#include <poll.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <deque>
#include <numeric>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "bench/load/clock.h"
#include "bench/load/cpu.h"
#include "bench/rivals/rival.h"
#include "bench/trace/random.h"

namespace usher::bench {
namespace {

struct Command {
    std::string kind = "redis";
    std::string target;
    std::string scripts = ".";
    std::string mix = "route,close";
    std::uint32_t connections = 32;
    std::uint32_t depth = 16;
    std::uint32_t skills = 40;
    std::uint32_t ask_skills = 3;
    double seconds = 0.5;
    double warm_up = 0.2;
    std::uint64_t first_ticket = 0;
    int cpu = -1;
};

/// One connection's tickets, and when each request under way was sent.
struct Line {
    std::unique_ptr<RivalConnection> connection;
    std::string name;
    std::uint64_t next = 0;
    std::uint64_t closed = 0;
    std::deque<std::uint64_t> sent_ns;
};

struct Counted {
    std::uint64_t replies = 0;
    Histogram latency;
};

class Loop {
  public:
    explicit Loop(const Command& command) : command_(command), random_(1) {}

    Result<void> connect() {
        for (std::uint32_t i = 0; i < command_.connections; ++i) {
            auto connection = command_.kind == "redis"
                                  ? connect_redis(command_.target, command_.scripts)
                                  : connect_postgres(command_.target);
            if (!connection) return connection.error();
            Line line;
            line.connection = std::move(*connection);
            line.name = std::to_string(command_.first_ticket) + "-" + std::to_string(i) + "-";
            lines_.push_back(std::move(line));
            polled_.push_back({lines_.back().connection->fd(), POLLIN, 0});
        }
        for (auto& line : lines_)
            for (std::uint32_t i = 0; i < command_.depth; ++i)
                if (auto asked = ask(line); !asked) return asked;
        return {};
    }

    /// Requests go on until then; `counted` gets the replies, and how long each took.
    Result<void> run(double seconds, Counted& counted) {
        const auto end = now_ns() + static_cast<std::uint64_t>(seconds * 1e9);
        while (now_ns() < end) {
            if (auto turned = turn(counted); !turned) return turned;
        }
        return {};
    }

  private:
    Result<void> ask(Line& line) {
        constexpr std::uint64_t held = 16;
        line.sent_ns.push_back(now_ns());
        const bool closes = command_.mix != "route" && line.next >= line.closed + held &&
                            line.next - line.closed > held;
        if (closes) return line.connection->close(line.name + std::to_string(line.closed++));
        asked_.resize(command_.ask_skills);
        for (auto& skill : asked_) do {
                skill = static_cast<std::uint32_t>(random_.below(command_.skills));
            } while (std::count(asked_.begin(), asked_.end(), skill) > 1);
        return line.connection->route(line.name + std::to_string(line.next++), asked_);
    }

    Result<void> turn(Counted& counted) {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            auto flushed = lines_[i].connection->flush();
            if (!flushed) return flushed.error();
            polled_[i].events = static_cast<short>(*flushed ? POLLIN : POLLIN | POLLOUT);
        }
        if (::poll(polled_.data(), polled_.size(), 1000) < 0)
            return fault(ExitCode::io, "poll failed");
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if ((polled_[i].revents & (POLLIN | POLLERR | POLLHUP)) == 0) continue;
            auto& line = lines_[i];
            if (auto received = line.connection->receive(); !received) return received;
            for (;;) {
                const auto replied = line.connection->next_reply();
                if (!replied) return replied.error();
                if (!*replied) break;
                counted.latency.record(now_ns() - line.sent_ns.front());
                line.sent_ns.pop_front();
                ++counted.replies;
                if (auto asked = ask(line); !asked) return asked;
            }
        }
        return {};
    }

    const Command& command_;
    Random random_;
    std::vector<Line> lines_;
    std::vector<pollfd> polled_;
    std::vector<std::uint32_t> asked_;
};

Result<void> measure(const Command& command) {
    if (command.cpu >= 0)
        if (auto pinned = pin_to_core(static_cast<unsigned>(command.cpu)); !pinned) return pinned;
    Loop loop(command);
    if (auto connected = loop.connect(); !connected) return connected;
    Counted unused, counted;
    if (auto warm = loop.run(command.warm_up, unused); !warm) return warm;
    const auto begin = now_ns();
    if (auto ran = loop.run(command.seconds, counted); !ran) return ran;
    const auto seconds = static_cast<double>(now_ns() - begin) / 1e9;
    const auto at = [&](std::uint64_t per_100k) {
        return static_cast<unsigned long long>(counted.latency.percentile(per_100k));
    };
    std::printf(
        "{\"replies\": %llu, \"seconds\": %.6f, \"latency_ns\": {\"p50\": %llu, \"p90\": "
        "%llu, \"p99\": %llu, \"p99.9\": %llu}}\n",
        static_cast<unsigned long long>(counted.replies), seconds, at(50'000), at(90'000),
        at(99'000), at(99'900));
    return {};
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
    CLI::App app{
        "usher-rivals: the work of usher-bench on Redis or PostgreSQL (see bench/compare)"};
    usher::bench::Command command;
    app.add_option("kind", command.kind)->required()->check(CLI::IsMember({"redis", "postgres"}));
    app.add_option("target", command.target, "HOST:PORT of Redis, a connection string of libpq")
        ->required();
    app.add_option("--scripts", command.scripts, "Directory of route.lua and close.lua")
        ->capture_default_str();
    app.add_option("--mix", command.mix)
        ->check(CLI::IsMember({"route,close", "route"}))
        ->capture_default_str();
    app.add_option("--connections", command.connections)
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    app.add_option("--depth", command.depth, "Requests under way on each connection")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    app.add_option("--skills", command.skills)->check(CLI::Range(1, 512))->capture_default_str();
    app.add_option("--ask-skills", command.ask_skills)
        ->check(CLI::Range(0, 32))
        ->capture_default_str();
    app.add_option("--seconds", command.seconds)
        ->check(CLI::Range(0.01, 600.0))
        ->capture_default_str();
    app.add_option("--warm-up", command.warm_up)
        ->check(CLI::Range(0.0, 600.0))
        ->capture_default_str();
    app.add_option("--first-ticket", command.first_ticket,
                   "Tells the tickets of this run from those of another");
    app.add_option("--cpu", command.cpu, "Run on this core alone");
    CLI11_PARSE(app, argc, argv);
    if (const auto measured = usher::bench::measure(command); !measured) {
        std::fprintf(stderr, "usher-rivals: %s\n", measured.error().message.c_str());
        return 1;
    }
}
