// usherctl: the command line. Reads the arguments, lets the verb that was named do its work, and
// ends with its exit code (exit.h).
#include <CLI/CLI.hpp>
#include <cstdio>

#include "clients/usherctl/commands.h"

namespace usher::ctl {
namespace {

constexpr const char* exit_codes =
    "\nExit codes: 0 done, 1 refused (its name is on standard error), 2 used wrongly,\n"
    "3 no connection, 4 corrupt input or journal, 5 torn tail only, 74 I/O error.";

void add_globals(CLI::App& app, Globals& globals) {
    auto* connect = app.add_option("--connect", globals.connect,
                                   "The daemon's endpoint: HOST:PORT or unix:PATH");
    app.add_option("--data-dir", globals.data_dir,
                   "The daemon's data directory: its file `endpoints` says where it listens")
        ->excludes(connect);
    app.add_option("--account", globals.account, "The account's key")->envname("USHER_ACCOUNT");
    app.add_option("--timeout", globals.timeout_s, "Seconds to wait for the daemon")
        ->check(CLI::Range(0.001, 86'400.0))
        ->capture_default_str();
    app.add_flag("--json", globals.json, "Print one JSON object a line");
}

int run(int argc, char** argv) {
    CLI::App app{"usherctl talks to usherd: one verb for each request, and scenarios"};
    app.name("usherctl");
    app.set_version_flag("--version", "usherctl " USHER_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.footer(exit_codes);
    Globals globals;
    add_globals(app, globals);
    std::function<Exit()> chosen;
    const CommandLine line{app, globals, chosen};
    add_apply_command(line);
    add_simulate_command(line);
    add_send_command(line);
    add_replay_command(line);
    add_request_commands(line);
    add_daemon_commands(line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // --help and --version end here too, with 0.
        const int code = app.exit(error);
        return static_cast<int>(code == 0 ? Exit::done : Exit::usage);
    }
    return static_cast<int>(chosen());
}

}  // namespace

void add_examples(CLI::App& command, std::initializer_list<std::string_view> examples) {
    std::string text = "\nExamples:\n";
    for (const auto example : examples) text += "  usherctl " + std::string(example) + "\n";
    text += "\nOptions of every verb: --json, --account, --connect, --data-dir, --timeout\n"
            "(usherctl --help).";
    command.footer(text);
}

}  // namespace usher::ctl

int main(int argc, char** argv) { return usher::ctl::run(argc, argv); }
