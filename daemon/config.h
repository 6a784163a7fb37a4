// What usherd is told: the configuration file, the flags (which win), and what is left to the
// machine. Everything that is wrong is found at once, each with its place and a hint; a
// configuration that is partly good is not used at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"
#include "net/limits.h"
#include "net/log.h"
#include "shard/shard.h"

namespace usher {

/// One thing that is wrong. Without a file: a flag.
struct ConfigError {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string message;
    std::string hint;  ///< empty: none

    /// "FILE:LINE:COLUMN: message (hint)"
    std::string text() const;
};
using ConfigErrors = std::vector<ConfigError>;

/// What was said, by the file or a flag; what was not is empty.
struct Settings {
    std::optional<std::string> data_dir;
    std::vector<std::string> listen;
    std::optional<std::string> admin;
    std::optional<std::string> durability;
    std::optional<std::string> clock;
    std::optional<std::uint32_t> cores;
    std::optional<bool> spin;
    std::optional<bool> core_endpoints;
    std::optional<std::uint32_t> shards;
    std::optional<std::uint32_t> snapshot_journal_mib;
    std::optional<std::uint32_t> snapshot_minutes;
    std::optional<std::string> log_level;
    net::Limits limits;

    /// Where each was said, for errors: empty for flags.
    struct Place {
        std::string file;
        std::uint32_t line = 0;
        std::uint32_t column = 0;
    };
    Place spin_at;
    Place core_endpoints_at;
    Place listen_at;
    Place admin_at;
    Place durability_at;
    Place clock_at;
    Place log_level_at;
};

struct Config {
    std::string data_dir;
    std::vector<net::Address> listen;
    shard::Durability durability = shard::Durability::synced;
    shard::ClockMode clock = shard::ClockMode::wall;
    std::uint32_t cores = 1;
    bool core_endpoints = false;  ///< each core listens on addresses of its own, too
    bool spin = false;            ///< the cores look for work all the time, they never sleep
    std::uint32_t shards = 1;     ///< of a new data directory; an old one keeps its own
    bool shards_given = false;
    std::uint32_t snapshot_journal_mib = 256;  ///< a snapshot after so much journal
    std::uint32_t snapshot_minutes = 60;       ///< or after so long; 0: never by time
    net::log::Level log_level = net::log::Level::info;
    net::Limits limits;
};

inline constexpr std::uint32_t cores_max = 64;
inline constexpr std::uint32_t snapshot_journal_mib_most = 1024 * 1024;
inline constexpr std::uint32_t snapshot_minutes_most = 7 * 24 * 60;

std::string_view durability_name(shard::Durability durability);
std::string_view clock_name(shard::ClockMode clock);

/// Reads TOML into `settings`; whatever is wrong goes to `errors`, which call the text `name`.
void read_config(const std::string& name, std::string_view text, Settings& settings,
                 ConfigErrors& errors);
void read_config_file(const std::string& path, Settings& settings, ConfigErrors& errors);

/// What the machine and the environment say where nobody else does.
struct Surroundings {
    std::uint32_t hardware_cores = 1;
    std::string state_directory;    ///< $STATE_DIRECTORY, else empty
    std::string runtime_directory;  ///< $RUNTIME_DIRECTORY
    std::string xdg_state_home;
    std::string home;

    static Surroundings of_this_process();
};

/// Checks what was said and fills in the rest.
Config settle(const Settings& settings, const Surroundings& surroundings, ConfigErrors& errors);

/// One `name = value` a line, as `--check-config` prints it.
std::vector<std::string> describe(const Config& config);

}  // namespace usher
