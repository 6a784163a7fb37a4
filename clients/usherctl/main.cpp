// usherctl: the command line. Reads the arguments, lets the verb that was named do its work, and
// ends with its exit code (exit.h).
#include <CLI/CLI.hpp>
#include <vector>

#include "clients/scenario/verbs.h"
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

/// What was typed where a verb should stand, with the verb that was meant.
Exit no_such_verb(const CLI::App& app, const std::string& typed) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
    const std::vector<std::string_view> choices(names.begin(), names.end());
    return fail(Exit::usage, "there is no verb \"" + typed + "\"" +
                                 scenario::did_you_mean(typed, choices) +
                                 "; usherctl --help lists them");
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
    add_watch_command(line);
    add_journal_commands(line);
    add_why_command(line);
    add_backup_command(line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const auto unknown = app.remaining();
        const bool no_verb = app.get_subcommands().empty() && !unknown.empty();
        if (error.get_exit_code() != 0 && no_verb && !unknown.front().starts_with('-')) {
            return static_cast<int>(no_such_verb(app, unknown.front()));
        }
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
    text +=
        "\nOptions of every verb: --json, --account, --connect, --data-dir, --timeout\n"
        "(usherctl --help).";
    command.footer(text);
}

}  // namespace usher::ctl

int main(int argc, char** argv) {
    return usher::ctl::run(argc, argv);
}
