// `usherctl backup DIR` and `usherctl journal repair`: copies of a data directory that can stand
// alone.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "clients/scenario/json_text.h"
#include "clients/usherctl/commands.h"
#include "clients/usherctl/journal_commands.h"
#include "clients/usherctl/journal_replay.h"
#include "clients/usherctl/output.h"
#include "clients/usherctl/table.h"
#include "journal/directory_copy.h"

namespace usher::ctl {
namespace {

struct Copy {
    journal::CopiedShard shard;
    std::string digest;  ///< of its state at its sequence
};

Exit show_copies(const Globals& globals, const std::vector<Copy>& copies) {
    auto output = Output::standard();
    Table table({{"shard", Align::right},
                 {"seq", Align::right},
                 {"digest"},
                 {"snapshots", Align::right},
                 {"lost", Align::right}});
    for (const auto& [shard, digest] : copies) {
        if (globals.json) {
            scenario::JsonText json(output.buffer());
            json.begin_object().member("shard", shard.shard).member("seq", shard.last_seq);
            json.member("digest", digest).member("lost", shard.lost).name("snapshots").begin_list();
            for (const auto seq : shard.snapshots) json.number(seq);
            json.end_list().end_object();
            output.write("\n");
        } else {
            table.add({std::to_string(shard.shard), std::to_string(shard.last_seq), digest,
                       std::to_string(shard.snapshots.size()), std::to_string(shard.lost)});
        }
    }
    if (!globals.json) table.append_to(output.buffer(), wants_colour(STDOUT_FILENO));
    if (const auto written = output.finish(); !written) return fail(written.error());
    return Exit::done;
}

/// The copy is brought back as a start of the daemon would, which is what it is for.
Exit prove(const Globals& globals, const std::string& directory,
           const std::vector<journal::CopiedShard>& shards) {
    auto& disk = journal::posix_disk();
    const auto view = journal::DirectoryView::open(disk, directory);
    if (!view) return fail(view.error());
    std::vector<Copy> copies;
    for (const auto& shard : shards) {
        const auto state = replay_shard(disk, *view, shard.shard, {});
        if (!state) return fail(state.error());
        copies.push_back({shard, state->digest});
    }
    return show_copies(globals, copies);
}

Exit back_up(const Globals& globals, const std::string& to) {
    if (globals.data_dir.empty())
        return fail(Exit::usage,
                    "whose backup? say --data-dir DIR, the data directory of the daemon");
    const auto shards = journal::back_up(journal::posix_disk(), globals.data_dir, to);
    if (!shards) return fail(shards.error());
    return prove(globals, to, *shards);
}

Exit repair(const Globals& globals, journal::RepairPlan plan) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    plan.now.ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    plan.user = ::geteuid();
    const auto shards = journal::repair(journal::posix_disk(), plan);
    if (!shards) return fail(shards.error());
    return prove(globals, plan.to, *shards);
}

}  // namespace

void add_backup_command(CommandLine line) {
    auto* command = line.app.add_subcommand(
        "backup",
        "Copy the data directory of a daemon (--data-dir), running or not, to a new directory: "
        "every shard up to one sequence, verified and replayed. usherd --data-dir can be pointed "
        "at it");
    auto to = std::make_shared<std::string>();
    command->add_option("DIR", *to, "The new directory; it must not exist")->required();
    add_examples(*command, {"backup /backup/monday --data-dir /var/lib/usher"});
    command->callback(
        [line, to] { line.chosen = [line, to] { return back_up(line.globals, *to); }; });
}

void add_journal_repair(CommandLine line, CLI::App& journal) {
    auto* command = journal.add_subcommand(
        "repair",
        "Copy what is left of a damaged directory to a new one, up to a sequence; never in place. "
        "The loss must be named exactly, and is signed off in the new journal");
    auto plan = std::make_shared<journal::RepairPlan>();
    command->add_option("DIR", plan->from, "The damaged data directory; no usherd may use it")
        ->required();
    command->add_option("--to", plan->to, "The new directory; it must not exist")->required();
    command
        ->add_option("--keep-through", plan->keep_through,
                     "The last sequence to keep, as verify tells it")
        ->required();
    command
        ->add_option("--accept-loss", plan->accept_loss,
                     "How many confirmed facts that gives up; exactly")
        ->required();
    command->add_option("--shard", plan->shard, "The damaged shard; the others are copied whole")
        ->capture_default_str();
    add_examples(*command, {"journal repair /var/lib/usher --to /var/lib/usher.new --keep-through "
                            "4711 --accept-loss=3"});
    command->callback(
        [line, plan] { line.chosen = [line, plan] { return repair(line.globals, *plan); }; });
}

}  // namespace usher::ctl
