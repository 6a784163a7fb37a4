#include "bench/load/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <utility>

#include "bench/load/cpu.h"
#include "bench/load/turns.h"

namespace usher::bench {

namespace {

/// What a connection may have under way in the open loop, if the server allows that much.
constexpr std::uint32_t open_in_flight_max = 4096;

}  // namespace

void LoadCommand::declare_load(CLI::App& load) {
    load.add_option("--connect", endpoints_, "Server to load: [NAME=]HOST:PORT or [NAME=]unix:PATH")
        ->required()
        ->expected(1);
    load.add_option("--against", against_, "Another server, measured in turn (repeatable)")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    load.add_option("--floor", floors_,
                    "NAME (or endpoint) of the server among them that only echoes: its replies are "
                    "counted, not read, and rounds in which it is slow are dropped")
        ->expected(1);
    load.add_option("--connections", connections_)
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    load.add_option("--depth", depth_, "Closed loop: requests under way on each connection")
        ->check(CLI::Range(1, 65'536))
        ->capture_default_str();
    load.add_option("--batch", batches_,
                    "Requests that are sent at the same time go into one frame, up to so many (1, "
                    "unless said otherwise: each has its own); once, or once for each server")
        ->check(CLI::Range(1, 65'536))
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    load.add_option("--mode", mode_,
                    "open: at a fixed rate, latency from the scheduled send; "
                    "closed: as fast as the replies come")
        ->check(CLI::IsMember({"open", "closed"}))
        ->capture_default_str();
    load.add_option("--rate", rate_, "Open loop: requests a second over all connections")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    load.add_option("--seconds", seconds_, "Length of a window")
        ->check(CLI::Range(0.01, 3600.0))
        ->capture_default_str();
    load.add_option("--warm-up", warm_up_, "Seconds before the first window, not counted")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    load.add_option("--windows", windows_, "Windows of each server, taken in turn")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    load.add_option("--requests", requests_, "Closed loop: length of a window in requests instead");
    load.add_option("--server-pid", server_pids_,
                    "Process of the server, for its CPU time (once for each server, in order)")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    load.add_option("--cpu", cpu_, "Run on this core alone, and never sleep");
    load.add_flag("--json", json_, "One JSON object instead of the tables");
    load.add_flag("--sizes", sizes_, "Only show how large requests and replies are");
    load.add_flag("--figures", figures_,
                  "Show how the server's own figures (status) changed over the windows");
}

void LoadCommand::declare_work(CLI::App& load) {
    load.add_option("--account", work_.account, "Account: its roster is replaced")
        ->capture_default_str();
    load.add_option(
            "--mix", work_.mix,
            "What is done with each ticket: route, then any of get_ticket, transfer, close, "
            "reopen")
        ->capture_default_str();
    load.add_option("--agents", work_.agents)->check(CLI::Range(1, 100'000))->capture_default_str();
    load.add_option("--skills", work_.skills,
                    "Skills in the roster, each held by half of the agents")
        ->check(CLI::Range(0, 512))
        ->capture_default_str();
    load.add_option("--ask-skills", work_.ask_skills, "Random skills that each route asks for")
        ->check(CLI::Range(0, 32))
        ->capture_default_str();
    load.add_option("--held", work_.held,
                    "Rounds between two steps of a ticket: so many stay open on each connection")
        ->check(CLI::Range(0, 1'000'000))
        ->capture_default_str();
    load.add_option("--seed", work_.seed, "Of the roster's skills and those asked for")
        ->capture_default_str();
}

CLI::App* LoadCommand::declare(CLI::App& app) {
    auto* load = app.add_subcommand("load", "Load one or several servers and measure them");
    declare_load(*load);
    declare_work(*load);
    return load;
}

Result<std::vector<LoadCommand::Server>> LoadCommand::reach_servers() const {
    std::vector<Server> servers;
    auto texts = endpoints_;
    texts.insert(texts.end(), against_.begin(), against_.end());
    for (const auto& text : texts) {
        auto endpoint = parse_endpoint(text);
        if (!endpoint) return endpoint.error();
        if (std::ranges::any_of(servers, [&](const Server& server) {
                return server.endpoint.name == endpoint->name;
            }))
            return fault(ExitCode::usage, "two servers have the name " + endpoint->name);
        Server server;
        server.endpoint = std::move(*endpoint);
        servers.push_back(std::move(server));
    }
    for (const auto& floor : floors_) {
        const auto found = std::ranges::find_if(
            servers, [&](const Server& server) { return server.endpoint.name == floor; });
        if (found == servers.end())
            return fault(ExitCode::usage, "--floor " + floor + " is none of the servers' names");
        found->floor = true;
    }
    if (!server_pids_.empty() && server_pids_.size() != servers.size())
        return fault(ExitCode::usage, "give --server-pid once for each server, in their order");
    if (batches_.size() > 1 && batches_.size() != servers.size())
        return fault(ExitCode::usage, "give --batch once, or once for each server in their order");
    for (auto& server : servers) {
        if (server.floor) continue;
        auto talk = Talk::begin(server.endpoint);
        if (!talk) return talk.error();
        server.talk = std::move(*talk);
    }
    return servers;
}

Result<std::uint32_t> LoadCommand::in_flight_max(const Server& server) const {
    const auto allowed = server.talk ? server.talk->in_flight_max() : open_in_flight_max;
    if (mode_ == "open") return std::min(open_in_flight_max, allowed);
    if (server.talk && depth_ > allowed)
        return fault(ExitCode::usage, server.endpoint.name + " takes at most " +
                                          std::to_string(allowed) +
                                          " requests under way on a "
                                          "connection: --depth is more");
    return depth_;
}

Result<std::uint32_t> LoadCommand::batch_of(const Server& server, std::size_t place) const {
    if (batches_.empty()) return 1U;
    const auto batch = batches_.size() == 1 ? batches_.front() : batches_[place];
    if (server.talk && batch > server.talk->batch_requests_max())
        return fault(ExitCode::usage, server.endpoint.name + " takes at most " +
                                          std::to_string(server.talk->batch_requests_max()) +
                                          " requests in a frame: --batch is more");
    return batch;
}

Result<std::vector<std::unique_ptr<Contestant>>> LoadCommand::connect(
    const std::vector<Server>& servers) const {
    std::vector<std::unique_ptr<Contestant>> contestants;
    for (const auto& server : servers) {
        const auto place = contestants.size();
        auto allowed = in_flight_max(server);
        if (!allowed) return allowed.error();
        auto batch = batch_of(server, place);
        if (!batch) return batch.error();
        ContestantOptions options;
        options.batch = *batch;
        options.connections = connections_;
        options.in_flight_max = *allowed;
        options.first_connection = static_cast<std::uint32_t>(place) * connections_;
        options.floor = server.floor;
        options.spin = cpu_.has_value();
        if (!server_pids_.empty()) options.server_pid = server_pids_[place];
        auto contestant = Contestant::connect(server.endpoint, options);
        if (!contestant) return contestant.error();
        contestants.push_back(std::move(*contestant));
    }
    return contestants;
}

WindowPlan LoadCommand::window_plan(double seconds) const {
    WindowPlan plan;
    plan.length_ns = static_cast<std::uint64_t>(seconds * 1e9);
    if (mode_ == "open") plan.rate = rate_;
    return plan;
}

std::string LoadCommand::mode_text() const {
    auto text = mode_ + " loop, " + std::to_string(connections_) + " connections, ";
    text +=
        mode_ == "open" ? std::to_string(rate_) + " requests/s" : "depth " + std::to_string(depth_);
    for (std::size_t i = 0; i < batches_.size(); ++i)
        text += (i == 0 ? ", batches of at most " : "/") + std::to_string(batches_[i]);
    return text + ", " + work_.mix + " on " + std::to_string(work_.agents) + " agents";
}

Result<bool> LoadCommand::show_sizes(std::vector<Server>& servers, Work& work) const {
    auto contestants = connect(servers);
    if (!contestants) return contestants.error();
    std::vector<FrameSizes> sizes;
    bool right = true;
    for (auto& contestant : *contestants) {
        WindowPlan plan;
        plan.requests = std::uint64_t{connections_} * (work_.held + 16) * 2 * work.mix().size();
        auto window = contestant->run(work, plan);
        if (!window) return window.error();
        auto rest = contestant->finish(work);
        if (!rest) return rest.error();
        sizes.push_back(frame_sizes(contestant->endpoint().name, work, window->tally));
        right = right && window->tally.errors + rest->tally.errors == 0;
        for (const auto& error : window->tally.first_errors)
            std::fprintf(stderr, "usher-bench: %s\n", error.c_str());
    }
    std::printf("%s", (json_ ? sizes_json(sizes) + "\n" : sizes_text(sizes)).c_str());
    return right;
}

Result<void> LoadCommand::note_figures(std::vector<Server>& servers) const {
    for (auto& server : servers) {
        if (!figures_ || !server.talk) continue;
        auto figures = server.talk->figures();
        if (!figures) return figures.error();
        server.figures = std::move(*figures);
    }
    return {};
}

Result<std::vector<FigureChanges>> LoadCommand::figure_changes(std::vector<Server>& servers) const {
    std::vector<FigureChanges> all;
    if (!figures_) return all;
    for (auto& server : servers) {
        auto& changes = all.emplace_back();
        if (!server.talk) continue;
        const auto figures = server.talk->figures();
        if (!figures) return figures.error();
        for (const auto& [name, value] : *figures)
            if (const auto was = server.figures.find(name); was != server.figures.end())
                changes[name] = value - was->second;
    }
    return all;
}

Result<bool> LoadCommand::compare(std::vector<Server>& servers, Work& work) const {
    auto contestants = connect(servers);
    if (!contestants) return contestants.error();
    auto plan = window_plan(seconds_);
    plan.requests = requests_;
    TurnListener listener;
    listener.warmed_up = [&]() -> Result<void> { return note_figures(servers); };
    listener.measured = [](std::size_t round, const Contestant& contestant, const Window& window) {
        std::fprintf(stderr, "round %zu  %-12s %10.0f requests/s\n", round + 1,
                     contestant.endpoint().name.c_str(),
                     static_cast<double>(window.tally.replies) / window.seconds);
    };
    auto comparison =
        take_turns(*contestants, work, window_plan(warm_up_), plan, windows_, listener);
    if (!comparison) return comparison.error();

    Report report{mode_text(), std::move(*comparison), {}};
    auto figures = figure_changes(servers);
    if (!figures) return figures.error();
    report.figures = std::move(*figures);
    std::printf("%s", (json_ ? report_json(report) + "\n" : report_text(report)).c_str());
    bool right = true;
    for (const auto& server : report.comparison.servers)
        if (server.errors != 0) {
            right = false;
            std::fprintf(stderr, "usher-bench: %s gave %" PRIu64 " wrong replies\n",
                         server.name.c_str(), server.errors);
        }
    return right;
}

Result<bool> LoadCommand::run() {
    if (requests_ != 0 && mode_ == "open")
        return fault(ExitCode::usage, "--requests goes with --mode closed");
    if (cpu_)
        if (auto pinned = pin_to_core(*cpu_); !pinned) return pinned.error();
    auto work = Work::plan(work_);
    if (!work) return work.error();
    auto servers = reach_servers();
    if (!servers) return servers.error();
    for (auto& server : *servers)
        if (server.talk)
            if (auto applied = server.talk->apply(work_.account, work->roster()); !applied)
                return applied.error();
    return sizes_ ? show_sizes(*servers, *work) : compare(*servers, *work);
}

}  // namespace usher::bench
