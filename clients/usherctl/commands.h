// The verbs. Each add_…() puts its subcommands and their options into the command line; what a
// subcommand does runs when the line was understood, and its result is how usherctl ends.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <optional>

#include "clients/usherctl/session.h"

namespace usher::ctl {

struct CommandLine {
    CLI::App& app;
    const Globals& globals;
    std::function<Exit()>& chosen;  ///< set by the subcommand that was named
};

void add_request_commands(CommandLine line);  ///< route, assign, close, get_ticket, …; get
void add_apply_command(CommandLine line);
void add_daemon_commands(CommandLine line);  ///< status, hello, ping
void add_simulate_command(CommandLine line);
void add_send_command(CommandLine line);
void add_replay_command(CommandLine line);
void add_watch_command(CommandLine line);
void add_journal_commands(CommandLine line);
void add_why_command(CommandLine line);
void add_backup_command(CommandLine line);

/// Examples below a subcommand's help.
void add_examples(CLI::App& command, std::initializer_list<std::string_view> examples);

}  // namespace usher::ctl
