// usherd, as a table of contents: what it is told, the data directory, recovery, the cores, the
// wait for a signal, the end.
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

#include "announce.h"
#include "base/out_of_memory.h"
#include "command_line.h"
#include "net/log.h"
#include "net/memory.h"
#include "net/server.h"
#include "net/shard_desk.h"
#include "protocol/frame.h"
#include "recover.h"

namespace usher {
namespace {

namespace log = net::log;

std::string version() {
    return "usherd " USHER_VERSION;
}

int end_with(const Fault& fault) {
    std::fprintf(stderr, "usherd: %s\n", fault.message.c_str());
    return static_cast<int>(fault.code);
}

/// On the thread of the fault and at once: nothing that waits for the disk may leave any more.
[[noreturn]] void die(const Fault& fault) {
    const auto line = "usherd: " + fault.message + "; nothing more is answered\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(static_cast<int>(fault.code));
}

/// Every thread inherits the mask, so that a signal waits for main.
sigset_t block_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

/// The engine counts bits with an instruction that the oldest processors do not have.
bool processor_is_known() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2");
#else
    return true;
#endif
}

/// Looks each second whether the directory is still what its path names: who has put another one
/// there believes that nobody works on this one, and its lock would not keep a second usherd off.
void await_stop(const sigset_t& signals, const journal::DataDirectory& directory) {
    constexpr timespec one_second{1, 0};
    for (;;) {
        const int number = ::sigtimedwait(&signals, nullptr, &one_second);
        if (number < 0) {
            if (const auto ours = directory.still_ours(); !ours) die(ours.error());
            continue;
        }
        if (number == SIGHUP) {
            log::info("hangup_ignored", {{"why", "a configuration is read at start only"}});
            continue;
        }
        log::info("stopping", {{"signal", number == SIGTERM ? "TERM" : "INT"}});
        return;
    }
}

protocol::HelloView greeting_of(const Config& config, std::uint32_t shards) {
    protocol::HelloView greeting;
    greeting.version = protocol::protocol_version;
    greeting.server = version();
    greeting.durability = durability_name(config.durability);
    greeting.clock = clock_name(config.clock);
    greeting.frame_bytes_max = config.limits.frame_bytes_max;
    greeting.in_flight_max = config.limits.in_flight_max;
    greeting.shards = shards;
    greeting.batch_requests_max = config.limits.batch_requests_max;
    return greeting;
}

/// One mailbox and one desk a core; shard i goes to core i modulo the number of cores.
void furnish(net::Server& server, net::Office& office, const Config& config, Shards shards) {
    office.shards = static_cast<std::uint32_t>(shards.size());
    office.wall_clock = config.clock == shard::ClockMode::wall;
    for (const auto& shard : shards)
        office.latest_state_time = std::max(office.latest_state_time, shard->state_time());
    office.greeting = greeting_of(config, office.shards);
    office.daemon_lines = [&server, &office, &config, name = version()](auto& out) {
        out.push_back({"daemon", "version", name});
        out.push_back({"daemon", "pid", std::to_string(::getpid())});
        out.push_back({"daemon", "durability", std::string(durability_name(config.durability))});
        out.push_back({"daemon", "clock", std::string(clock_name(config.clock))});
        if (office.wall_clock) office.clocks.status(out);
        server.status(out);
    };
    office.furnish(server.bells());
    server.furnish([&](net::Server::Place at) {
        std::vector<std::unique_ptr<shard::Shard>> own;
        for (auto number = at.core; number < shards.size(); number += config.cores)
            own.push_back(std::move(shards[number]));
        return std::make_unique<net::ShardDesk>(at.core, office, at.sessions, at.counters, at.bell,
                                                std::move(own));
    });
}

/// With one core there is nobody to be carried to. What each core listens on goes to the desks, and
/// behind the lines of the addresses that all share: whoever reads only those is not disturbed.
Result<std::vector<std::string>> listen(net::Server& server, net::Office& office,
                                        const Config& config) {
    if (auto listening = server.listen(config.listen); !listening) return listening.error();
    auto lines = server.endpoints();
    if (!config.core_endpoints || config.cores == 1) return lines;
    if (auto listening = server.listen_at_cores(config.listen); !listening)
        return listening.error();
    office.core_endpoints.resize(config.cores);
    for (const auto& [core, address] : server.core_endpoints()) {
        auto& at = office.core_endpoints[core];
        auto& text = std::holds_alternative<net::TcpAddress>(address) ? at.tcp : at.local;
        if (text.empty()) text = net::endpoint_text(address);
        lines.push_back("core " + std::to_string(core) + " " + net::endpoint_line(address));
    }
    return lines;
}

int run(const Config& config) {
    if (!processor_is_known())
        return end_with(
            {ExitCode::unavailable,
             "this processor is too old: popcnt and SSE 4.2 are needed (any since 2009)"});
    log::start(config.log_level);
    log::info("starting", {{"version", version()},
                           {"allocator", net::allocator_name()},
                           {"data_dir", config.data_dir},
                           {"cores", config.cores},
                           {"spin", config.spin ? "true" : "false"},
                           {"durability", durability_name(config.durability)}});
    if (config.durability == shard::Durability::memory)
        log::warning("nothing_is_kept", {{"durability", "memory"}});
    for (const auto& line : describe(config)) log::debug("config", {{"setting", line}});
    const auto signals = block_signals();

    auto directory = open_data_directory(config);
    if (!directory) return end_with(directory.error());
    auto shards = recover_shards(config, **directory);
    if (!shards) return end_with(shards.error());

    net::Office office(config.limits);
    auto server = net::Server::create(config.cores, config.limits, config.spin);
    if (!server) return end_with(server.error());
    furnish(**server, office, config, std::move(*shards));
    const auto endpoints = listen(**server, office, config);
    if (!endpoints) return end_with(endpoints.error());
    (*server)->start(die);
    if (auto ready = announce_ready(*endpoints, **directory); !ready) die(ready.error());

    await_stop(signals, **directory);
    announce_stopping();
    (*server)->stop();
    static_cast<void>((*directory)->remove_endpoints());
    log::info("stopped");
    return 0;
}

int check(const Config& config) {
    for (const auto& line : describe(config)) std::printf("%s\n", line.c_str());
    std::printf("the configuration is good\n");
    return 0;
}

/// Before the initializers of this program's own statics, some of which allocate.
[[gnu::constructor(101)]] void name_the_end() {
    end_by_name_when_out_of_memory();
}

int start(int argc, char** argv) {
    auto parsed = parse_command_line(argc, argv, version() + ", " + net::allocator_name());
    std::fputs(parsed.output.c_str(), stdout);
    std::fputs(parsed.error.c_str(), stderr);
    if (parsed.exit_code) return *parsed.exit_code;

    ConfigErrors errors;
    Settings settings;
    const auto& command = parsed.command;
    if (!command.config_file.empty()) read_config_file(command.config_file, settings, errors);
    settings = override_settings(std::move(settings), command.flags);
    const auto config = settle(settings, Surroundings::of_this_process(), errors);
    for (const auto& error : errors) std::fprintf(stderr, "usherd: %s\n", error.text().c_str());
    if (!errors.empty()) return static_cast<int>(ExitCode::config);
    return command.check_config ? check(config) : run(config);
}

}  // namespace
}  // namespace usher

int main(int argc, char** argv) {
    return usher::start(argc, argv);
}
