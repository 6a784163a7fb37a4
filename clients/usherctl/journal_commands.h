// The subcommands of `usherctl journal` that have files of their own.
#pragma once

#include "clients/usherctl/commands.h"

namespace usher::ctl {

void add_journal_dump(CommandLine line, CLI::App& journal);
void add_journal_stat(CommandLine line, CLI::App& journal);
void add_journal_repair(CommandLine line, CLI::App& journal);

}  // namespace usher::ctl
