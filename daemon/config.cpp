#include "config.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace usher {
namespace {

constexpr std::string_view default_tcp = "127.0.0.1:7447";
constexpr std::string_view socket_name = "usherd.sock";

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// systemd may name several directories, separated by colons: the first is ours.
std::string first_of(const std::string& list) {
    return list.substr(0, list.find(':'));
}

std::string default_data_dir(const Surroundings& at) {
    if (!at.state_directory.empty()) return first_of(at.state_directory);
    if (!at.xdg_state_home.empty()) return at.xdg_state_home + "/usher";
    return at.home.empty() ? "" : at.home + "/.local/state/usher";
}

void complain(ConfigErrors& errors, const Settings::Place& at, std::string message,
              std::string hint) {
    errors.push_back({at.file, at.line, at.column, std::move(message), std::move(hint)});
}

template <class Value>
struct Word {
    std::string_view name;
    Value value;
};

template <class Value, std::size_t count>
void choose(const std::optional<std::string>& said, const Settings::Place& at,
            std::string_view what, const Word<Value> (&words)[count], Value& out,
            ConfigErrors& errors) {
    if (!said) return;
    std::string hint = "one of ";
    for (const auto& word : words) {
        if (word.name == *said) {
            out = word.value;
            return;
        }
        hint += (word.name == words[0].name ? "" : ", ") + std::string(word.name);
    }
    complain(errors, at, std::string(what) + ": is '" + *said + "'", hint);
}

void settle_listen(const Settings& settings, const Surroundings& surroundings, Config& config,
                   ConfigErrors& errors) {
    auto addresses = settings.listen;
    if (addresses.empty()) {
        const auto runtime = first_of(surroundings.runtime_directory);
        const auto directory = runtime.empty() ? config.data_dir : runtime;
        const auto socket = "unix:" + directory + "/" + std::string(socket_name);
        // A directory too deep for a unix socket is no reason not to start: TCP is there.
        if (!std::holds_alternative<std::string>(net::parse_address(socket)))
            addresses.push_back(socket);
        addresses.emplace_back(default_tcp);
    }
    for (const auto& text : addresses) {
        auto parsed = net::parse_address(text);
        if (const auto* wrong = std::get_if<std::string>(&parsed)) {
            complain(errors, settings.listen_at, "listen: '" + text + "' " + *wrong, "");
            continue;
        }
        const auto& address = std::get<net::Address>(parsed);
        const auto* tcp = std::get_if<net::TcpAddress>(&address);
        if (tcp != nullptr && !tcp->is_loopback()) {
            complain(errors, settings.listen_at,
                     "listen: '" + text + "' is reachable from other machines",
                     "there is no authentication yet: listen on 127.0.0.1 or a unix socket, and "
                     "let a tunnel (ssh -L, stunnel) carry what comes from elsewhere");
            continue;
        }
        const auto same = [&](const net::Address& other) {
            const auto* other_tcp = std::get_if<net::TcpAddress>(&other);
            const bool any_port = tcp != nullptr && tcp->port == 0;
            return !any_port && net::endpoint_line(other) == net::endpoint_line(address) &&
                   (tcp == nullptr) == (other_tcp == nullptr);
        };
        if (std::any_of(config.listen.begin(), config.listen.end(), same))
            complain(errors, settings.listen_at, "listen: '" + text + "' is named twice", "");
        config.listen.push_back(address);
    }
}

/// A core that never sleeps takes what it needs from whoever shares it: the threads of the journal,
/// the kernel's work, the clients. So one core is left to them, or spinning is refused.
void settle_spin(const Settings& settings, const Surroundings& surroundings, Config& config,
                 ConfigErrors& errors) {
    config.spin = settings.spin.value_or(false);
    if (!config.spin) return;
    const auto there = surroundings.hardware_cores;
    if (!settings.cores) config.cores = std::clamp(there - 1, 1u, cores_max);
    const auto needed = config.cores + 1;
    if (needed <= there) return;
    complain(errors, settings.spin_at,
             "spin: needs " + std::to_string(needed) + " cores (" + std::to_string(config.cores) +
                 " that spin, 1 for everything else), this process may use " +
                 std::to_string(there),
             config.cores > 1 && there > 1 ? "fewer cores, or no spin" : "leave it out");
}

void check_range(std::string_view flag, const std::optional<std::uint32_t>& value,
                 std::uint32_t least, std::uint32_t most, ConfigErrors& errors) {
    if (value && (*value < least || *value > most))
        complain(errors, {}, std::string(flag) + ": is " + std::to_string(*value),
                 "a number from " + std::to_string(least) + " to " + std::to_string(most));
}

}  // namespace

std::string ConfigError::text() const {
    std::string said;
    if (!file.empty()) said = file + ":";
    if (line > 0) said += std::to_string(line) + ":" + std::to_string(column) + ":";
    if (!said.empty()) said += " ";
    said += message;
    if (!hint.empty()) said += " (" + hint + ")";
    return said;
}

Surroundings Surroundings::of_this_process() {
    Surroundings at;
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        at.hardware_cores = static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&allowed)));
    at.state_directory = environment("STATE_DIRECTORY");
    at.runtime_directory = environment("RUNTIME_DIRECTORY");
    at.xdg_state_home = environment("XDG_STATE_HOME");
    at.home = environment("HOME");
    return at;
}

Config settle(const Settings& settings, const Surroundings& surroundings, ConfigErrors& errors) {
    using net::log::Level;
    using shard::ClockMode;
    using shard::Durability;
    Config config;
    config.limits = settings.limits;
    config.data_dir = settings.data_dir.value_or(default_data_dir(surroundings));
    if (config.data_dir.empty())
        complain(errors, {}, "there is no data directory",
                 "say --data-dir DIR, or data_dir in the file");
    choose<Durability>(settings.durability, settings.durability_at, "durability",
                       {{"memory", Durability::memory},
                        {"written", Durability::written},
                        {"synced", Durability::synced}},
                       config.durability, errors);
    choose<ClockMode>(settings.clock, settings.clock_at, "clock",
                      {{"wall", ClockMode::wall}, {"trace", ClockMode::trace}}, config.clock,
                      errors);
    choose<Level>(settings.log_level, settings.log_level_at, "log_level",
                  {{"debug", Level::debug},
                   {"info", Level::info},
                   {"warning", Level::warning},
                   {"error", Level::error}},
                  config.log_level, errors);
    if (settings.admin && *settings.admin != "off")
        complain(errors, settings.admin_at, "admin: is '" + *settings.admin + "'",
                 "this release has no admin endpoint: leave it out or say off; `usherctl status` "
                 "shows the figures");
    check_range("cores", settings.cores, 1, cores_max, errors);
    check_range("shards", settings.shards, 1, cores_max, errors);
    check_range("snapshot-journal-mib", settings.snapshot_journal_mib, 1, snapshot_journal_mib_most,
                errors);
    check_range("snapshot-minutes", settings.snapshot_minutes, 0, snapshot_minutes_most, errors);
    config.snapshot_journal_mib =
        settings.snapshot_journal_mib.value_or(config.snapshot_journal_mib);
    config.snapshot_minutes = settings.snapshot_minutes.value_or(config.snapshot_minutes);
    config.cores = std::min(settings.cores.value_or(surroundings.hardware_cores), cores_max);
    settle_spin(settings, surroundings, config, errors);
    config.core_endpoints = settings.core_endpoints.value_or(false);
    config.shards = settings.shards.value_or(std::max(1u, config.cores - 1));
    config.shards_given = settings.shards.has_value();
    settle_listen(settings, surroundings, config, errors);
    std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) {
        return a.line != b.line ? a.line < b.line : a.column < b.column;
    });
    return config;
}

std::string_view durability_name(shard::Durability durability) {
    switch (durability) {
        case shard::Durability::memory:
            return "memory";
        case shard::Durability::written:
            return "written";
        case shard::Durability::synced:
            return "synced";
    }
    return "unknown";
}

std::string_view clock_name(shard::ClockMode clock) {
    return clock == shard::ClockMode::trace ? "trace" : "wall";
}

std::vector<std::string> describe(const Config& config) {
    static constexpr const char* levels[] = {"debug", "info", "warning", "error"};
    std::vector<std::string> lines;
    lines.push_back("data_dir = " + config.data_dir);
    for (const auto& address : config.listen)
        lines.push_back("listen = " + net::endpoint_line(address));
    lines.emplace_back("admin = off");
    lines.push_back("durability = " + std::string(durability_name(config.durability)));
    lines.push_back("clock = " + std::string(clock_name(config.clock)));
    lines.push_back("cores = " + std::to_string(config.cores));
    lines.push_back(std::string("core_endpoints = ") + (config.core_endpoints ? "true" : "false"));
    lines.push_back(std::string("spin = ") + (config.spin ? "true" : "false"));
    lines.push_back("shards = " + std::to_string(config.shards) +
                    (config.shards_given ? "" : " (of a new data directory)"));
    lines.push_back("snapshot_journal_mib = " + std::to_string(config.snapshot_journal_mib));
    lines.push_back("snapshot_minutes = " + std::to_string(config.snapshot_minutes));
    lines.push_back(std::string("log_level = ") + levels[static_cast<int>(config.log_level)]);
    auto limits = config.limits;
    net::each_limit(limits, [&lines](const char* name, auto& limit, auto, auto) {
        lines.push_back(std::string("limits.") + name + " = " + std::to_string(limit));
    });
    return lines;
}

}  // namespace usher
