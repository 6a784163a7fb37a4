#include "command_line.h"

#include <CLI/CLI.hpp>

namespace usher {
namespace {

constexpr const char* about =
    "usherd routes tickets to agents and remembers who holds what.\n"
    "Flags win over the configuration file. Exit codes: 0 stopped by TERM or INT, 64 used wrongly, "
    "65 corrupt data, 73 cannot create or listen, 74 I/O error, 75 the data directory is in use, "
    "78 a configuration that cannot be used.";

template <class Value>
void take(std::optional<Value>& from_file, const std::optional<Value>& flag) {
    if (flag) from_file = flag;
}

void declare(CLI::App& app, CommandLine& command) {
    auto& flags = command.flags;
    app.add_option("--config", command.config_file, "Configuration file (TOML)")->type_name("FILE");
    app.add_flag("--check-config", command.check_config,
                 "Check the configuration, print what it comes to, and end");
    app.add_option("--data-dir", flags.data_dir,
                   "Where the journal lives (default: $STATE_DIRECTORY, $XDG_STATE_HOME/usher or "
                   "~/.local/state/usher)")
        ->type_name("DIR");
    app.add_option("--listen", flags.listen,
                   "Address to listen on, HOST:PORT or unix:PATH; may be repeated (default: "
                   "usherd.sock in the runtime or data directory, and 127.0.0.1:7447)")
        ->type_name("ADDRESS")
        ->expected(1)
        ->take_all();
    app.add_option("--admin", flags.admin, "Admin endpoint; this release only knows off")
        ->type_name("off");
    app.add_option("--durability", flags.durability,
                   "What an answer promises: memory, written or synced (default: synced)")
        ->type_name("MODE");
    app.add_option("--cores", flags.cores, "Threads with a loop each (default: the machine's)")
        ->type_name("N");
    app.add_flag_callback(
        "--core-endpoints", [&flags] { flags.core_endpoints = true; },
        "Each core also listens on addresses of its own, which hello tells to who names an "
        "account");
    app.add_flag_callback(
        "--spin", [&flags] { flags.spin = true; },
        "Never sleep: quicker answers to who sends one request at a time, for cores that "
        "are always busy; refused without a core to spare (then --cores is one fewer)");
    app.add_option("--shards", flags.shards,
                   "Shards of a new data directory, fixed for ever (default: cores - 1)")
        ->type_name("N");
    app.add_option("--snapshot-journal-mib", flags.snapshot_journal_mib,
                   "A snapshot after so much journal of a shard (default: 256)")
        ->type_name("MIB");
    app.add_option("--snapshot-minutes", flags.snapshot_minutes,
                   "... or so long after the last one; 0: never by time (default: 60)")
        ->type_name("N");
    app.add_option("--clock", flags.clock,
                   "wall, or trace: only requests move time (default: wall; fixed for ever)")
        ->type_name("CLOCK");
    app.add_option("--log-level", flags.log_level, "debug, info, warning or error (default: info)")
        ->type_name("LEVEL");
}

}  // namespace

ParsedCommandLine parse_command_line(int argc, const char* const* argv,
                                     const std::string& version) {
    ParsedCommandLine parsed;
    CLI::App app(about, "usherd");
    app.set_version_flag("--version", version);
    declare(app, parsed.command);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        const bool wants_help = dynamic_cast<const CLI::CallForHelp*>(&success) != nullptr;
        parsed.output = wants_help ? app.help() : version + "\n";
        parsed.exit_code = 0;
    } catch (const CLI::Error& error) {
        parsed.error = std::string("usherd: ") + error.what() + "; see usherd --help\n";
        parsed.exit_code = static_cast<int>(ExitCode::usage);
    }
    return parsed;
}

Settings override_settings(Settings file, const Settings& flags) {
    take(file.data_dir, flags.data_dir);
    if (!flags.listen.empty()) {
        file.listen = flags.listen;
        file.listen_at = {};
    }
    const auto take_placed = [](auto& value, auto& place, const auto& flag) {
        if (!flag) return;
        value = flag;
        place = {};
    };
    take_placed(file.admin, file.admin_at, flags.admin);
    take_placed(file.durability, file.durability_at, flags.durability);
    take_placed(file.clock, file.clock_at, flags.clock);
    take_placed(file.core_endpoints, file.core_endpoints_at, flags.core_endpoints);
    take_placed(file.spin, file.spin_at, flags.spin);
    take_placed(file.log_level, file.log_level_at, flags.log_level);
    take(file.cores, flags.cores);
    take(file.shards, flags.shards);
    take(file.snapshot_journal_mib, flags.snapshot_journal_mib);
    take(file.snapshot_minutes, flags.snapshot_minutes);
    return file;
}

}  // namespace usher
