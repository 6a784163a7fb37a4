// usher-inside: what a request costs within usherd. Frames come from memory and replies go nowhere,
// so that there is neither kernel nor client in the figures; the rest (cutting, reading, deciding,
// applying, the journal, replies) is the daemon's own code, a shard and a desk on each core.
#include <pthread.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <barrier>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/expect.h"
#include "bench/inside/core.h"
#include "bench/load/cpu.h"
#include "journal/directory.h"

namespace usher::bench {
namespace {

struct Command {
    InsideOptions inside;
    std::uint32_t cores = 1;
    std::uint32_t windows = 5;
    std::string durability = "memory";
    std::string directory = "/var/tmp";
    bool json = false;
};

void declare(CLI::App& app, Command& command) {
    auto& inside = command.inside;
    app.add_option("--agents", inside.agents, "Agents of each account")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option("--ask-skills", inside.ask_skills, "Skills that each route asks for")
        ->check(CLI::Range(0, 32))
        ->capture_default_str();
    app.add_option("--accounts", inside.accounts, "Accounts on each core")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option("--open", inside.open, "Tickets on each core that stay open")
        ->check(CLI::Range(0, 100'000'000))
        ->capture_default_str();
    app.add_option("--connections", inside.connections, "Reads in a turn")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    app.add_option("--depth", inside.depth, "Requests in a read")
        ->check(CLI::Range(2, 4096))
        ->capture_default_str();
    app.add_option("--batch", inside.batch, "Requests in a frame (of one read)")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    app.add_option("--window-ms", inside.window_ms, "CPU time of a window")
        ->check(CLI::Range(1, 600'000))
        ->capture_default_str();
    app.add_option("--turns", inside.turns, "Turns of a window, instead of its CPU time")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--cores", command.cores, "Cores, each with a shard")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_option("--windows", command.windows)
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--durability", command.durability)
        ->check(CLI::IsMember({"memory", "written", "synced"}))
        ->capture_default_str();
    app.add_option("--dir", command.directory, "Where a data directory is made for the time")
        ->capture_default_str();
    app.add_flag("--json", command.json, "One JSON object instead of the line");
}

/// A data directory that goes when the program ends.
class Home {
  public:
    Home(const std::string& parent, std::uint32_t shards) {
        path_ = parent + "/usher-inside-XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) {
            std::fprintf(stderr, "usher-inside: cannot make a directory in %s\n", parent.c_str());
            std::exit(static_cast<int>(ExitCode::cannot_create));
        }
        journal::DirectoryOptions options;
        options.path = path_ + "/data";
        options.shards = shards;
        auto opened = journal::DataDirectory::open(options);
        if (!opened) {
            std::fprintf(stderr, "usher-inside: %s\n", opened.error().message.c_str());
            std::exit(static_cast<int>(opened.error().code));
        }
        data_ = std::move(*opened);
    }
    ~Home() {
        data_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;

    std::unique_ptr<shard::Shard> open_shard(std::uint32_t number, const std::string& durability) {
        shard::ShardOptions options;
        options.number = number;
        options.directory_fd = data_->shard_fd(number);
        options.directory_name = data_->shard_name(number);
        options.durability = durability == "memory"    ? shard::Durability::memory
                             : durability == "written" ? shard::Durability::written
                                                       : shard::Durability::synced;
        std::vector<std::string> notes;
        auto opened = shard::Shard::open(options, notes);
        EXPECT(opened.has_value());
        return std::move(*opened);
    }

  private:
    std::string path_;
    std::unique_ptr<journal::DataDirectory> data_;
};

void print(const Command& command, std::vector<double>& ns, std::uint64_t requests,
           double per_second) {
    std::ranges::sort(ns);
    const auto median = ns[ns.size() / 2];
    if (command.json)
        std::printf(
            "{\"cores\": %u, \"accounts\": %u, \"agents\": %u, \"open\": %llu, "
            "\"durability\": \"%s\", \"ns\": %.1f, \"ns_min\": %.1f, \"ns_max\": %.1f, "
            "\"requests\": %llu, \"per_second\": %.0f}\n",
            command.cores, command.inside.accounts, command.inside.agents,
            static_cast<unsigned long long>(command.inside.open), command.durability.c_str(),
            median, ns.front(), ns.back(), static_cast<unsigned long long>(requests), per_second);
    else
        std::printf(
            "%.0f ns of CPU a request on a core (%.0f to %.0f); %.0f requests a second of "
            "CPU on %u core%s\n",
            median, ns.front(), ns.back(), per_second, command.cores,
            command.cores == 1 ? "" : "s");
}

void run(const Command& command) {
    Home home(command.directory, command.cores);
    net::Limits limits;
    net::Office office(limits);
    office.shards = command.cores;
    std::vector<std::unique_ptr<net::Bell>> bells;
    std::vector<net::Bell*> rung;
    for (std::uint32_t core = 0; core < command.cores; ++core)
        rung.push_back(bells.emplace_back(std::make_unique<net::Bell>()).get());
    office.furnish(rung);

    std::vector<std::vector<InsideCore::Window>> windows(command.cores);
    std::barrier together(static_cast<std::ptrdiff_t>(command.cores));
    std::vector<std::jthread> threads;
    for (std::uint32_t number = 0; number < command.cores; ++number)
        threads.emplace_back([&, number] {
            if (command.cores > 1) EXPECT(pin_to_core(number).has_value());
            InsideCore core(number, office, command.inside,
                            home.open_shard(number, command.durability));
            core.warm_up();
            for (std::uint32_t n = 0; n < command.windows; ++n) {
                together.arrive_and_wait();
                windows[number].push_back(core.measure());
            }
        });
    threads.clear();

    std::vector<double> ns;
    double per_second = 0;
    std::uint64_t measured = 0;
    for (const auto& of_core : windows) {
        double cpu = 0, requests = 0;
        for (const auto& window : of_core) {
            ns.push_back(static_cast<double>(window.cpu_ns) / static_cast<double>(window.requests));
            cpu += static_cast<double>(window.cpu_ns);
            requests += static_cast<double>(window.requests);
            measured += window.requests;
        }
        per_second += requests / cpu * 1e9;
    }
    print(command, ns, measured, per_second);
}

}  // namespace
}  // namespace usher::bench

int main(int argc, char** argv) {
    CLI::App app{"usher-inside: what a request costs within usherd, without sockets"};
    usher::bench::Command command;
    usher::bench::declare(app, command);
    CLI11_PARSE(app, argc, argv);
    usher::bench::run(command);
}
