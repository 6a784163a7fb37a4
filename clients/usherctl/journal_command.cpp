// `usherctl journal verify|digest DIR`: reads a data directory and changes nothing.
#include "journal/verify.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "clients/scenario/instant_text.h"
#include "clients/scenario/json_text.h"
#include "clients/usherctl/commands.h"
#include "clients/usherctl/journal_commands.h"
#include "clients/usherctl/journal_pass.h"
#include "clients/usherctl/journal_replay.h"
#include "clients/usherctl/output.h"
#include "clients/usherctl/table.h"

namespace usher::ctl {
namespace {

using journal::ShardReport;
using journal::Verdict;
using journal::VerifyReport;

std::string_view verdict_name(Verdict verdict) {
    switch (verdict) {
        case Verdict::clean:
            return "clean";
        case Verdict::torn_tail:
            return "torn_tail";
        case Verdict::corrupt:
            return "corrupt";
        case Verdict::io:
            return "io";
    }
    return "unknown";
}

void append_json(std::string& out, const ShardReport& shard) {
    scenario::JsonText json(out);
    json.begin_object().member("shard", shard.shard).member("verdict", verdict_name(shard.verdict));
    if (!shard.cause.empty()) json.member("cause", shard.cause);
    json.member("segments", shard.segments).member("batches", shard.batches);
    json.member("records", shard.records).member("indexes", shard.indexes);
    json.member("first_seq", shard.first_seq);
    json.member("last_seq", shard.last_seq);
    if (shard.records != 0) {
        json.member("last_state_time", scenario::instant_text(shard.last_state_time));
    }
    json.member("torn_bytes", shard.torn_bytes).flag_member("clean_close", shard.clean_close);
    if (shard.watermark) json.member("durable_seq", shard.durable_seq);
    json.member("confirmed_lost", shard.confirmed_lost).name("snapshots").begin_list();
    for (const auto seq : shard.snapshots) json.number(seq);
    json.end_list().name("warnings").begin_list();
    for (const auto& warning : shard.warnings) json.text(warning);
    json.end_list().end_object();
    out += '\n';
}

void append_text(std::string& out, const VerifyReport& report, bool colour) {
    Table table({{"shard", Align::right},
                 {"verdict"},
                 {"segments", Align::right},
                 {"indexes", Align::right},
                 {"batches", Align::right},
                 {"records", Align::right},
                 {"last seq", Align::right},
                 {"durable", Align::right},
                 {"torn bytes", Align::right},
                 {"lost", Align::right},
                 {"snapshots", Align::right}});
    for (const auto& shard : report.shards) {
        table.add({std::to_string(shard.shard), std::string(verdict_name(shard.verdict)),
                   std::to_string(shard.segments), std::to_string(shard.indexes),
                   std::to_string(shard.batches), std::to_string(shard.records),
                   std::to_string(shard.last_seq),
                   shard.watermark ? std::to_string(shard.durable_seq) : "–",
                   std::to_string(shard.torn_bytes), std::to_string(shard.confirmed_lost),
                   std::to_string(shard.snapshots.size())});
    }
    if (!table.empty()) table.append_to(out, colour);
    for (const auto& shard : report.shards) {
        const auto name = "shard " + std::to_string(shard.shard) + ": ";
        if (!shard.cause.empty()) out += name + shard.cause + "\n";
        for (const auto& warning : shard.warnings) out += name + "warning: " + warning + "\n";
    }
}

void append_json(std::string& out, const ReplayedShard& state) {
    scenario::JsonText json(out);
    json.begin_object().member("shard", state.shard).member("seq", state.seq);
    json.member("digest", state.digest).member("accounts", state.accounts);
    json.member("open_tickets", state.open_tickets);
    json.member("remembered_tickets", state.remembered_tickets);
    json.member("snapshot_seq", state.snapshot_seq).member("facts", state.facts);
    json.member("snapshots_compared", state.snapshots_compared).end_object();
    out += '\n';
}

void append_text(std::string& out, const std::vector<ReplayedShard>& shards, bool colour) {
    Table table({{"shard", Align::right},
                 {"seq", Align::right},
                 {"digest"},
                 {"accounts", Align::right},
                 {"open", Align::right},
                 {"remembered", Align::right},
                 {"from snapshot", Align::right},
                 {"facts", Align::right},
                 {"snapshots compared", Align::right}});
    for (const auto& state : shards)
        table.add({std::to_string(state.shard), std::to_string(state.seq), state.digest,
                   std::to_string(state.accounts), std::to_string(state.open_tickets),
                   std::to_string(state.remembered_tickets), std::to_string(state.snapshot_seq),
                   std::to_string(state.facts), std::to_string(state.snapshots_compared)});
    table.append_to(out, colour);
}

/// Brings every shard's state back as far as the plan says, and shows its digest.
Exit replay(const Globals& globals, const std::string& directory, const ReplayPlan& plan) {
    auto& disk = journal::posix_disk();
    const auto view = journal::DirectoryView::open(disk, directory);
    if (!view) return fail(view.error());
    std::vector<ReplayedShard> shards;
    for (std::uint32_t n = 0; n < view->meta().shards; ++n) {
        auto state = replay_shard(disk, *view, n, plan);
        if (!state) return fail(state.error());
        shards.push_back(std::move(*state));
    }
    auto output = Output::standard();
    if (globals.json) {
        for (const auto& state : shards) append_json(output.buffer(), state);
    } else {
        append_text(output.buffer(), shards, wants_colour(STDOUT_FILENO));
    }
    if (const auto written = output.finish(); !written) return fail(written.error());
    return Exit::done;
}

Exit verify(const Globals& globals, const std::string& directory, bool with_replay) {
    auto& disk = journal::posix_disk();
    const auto report = journal::verify(disk, directory, whose_fact);
    auto output = Output::standard();
    if (globals.json) {
        for (const auto& shard : report.shards) append_json(output.buffer(), shard);
    } else {
        append_text(output.buffer(), report, wants_colour(STDOUT_FILENO));
    }
    if (const auto written = output.finish(); !written) return fail(written.error());
    const auto exit = static_cast<Exit>(report.exit_code());
    if (with_replay && (exit == Exit::done || exit == Exit::torn_tail)) {
        const auto replayed = replay(globals, directory, {.compare = true});
        if (replayed != Exit::done) return replayed;
    }
    if (exit == Exit::done) return exit;
    const std::string why = report.cause.empty() ? "see its shards" : report.cause;
    return fail(exit, directory + " is " + std::string(verdict_name(report.verdict)) + ": " + why);
}

void add_digest(CommandLine line, CLI::App& journal) {
    auto* command = journal.add_subcommand(
        "digest", "Bring the state back as a start of the daemon would, and show its digest");
    auto directory = std::make_shared<std::string>();
    auto plan = std::make_shared<ReplayPlan>();
    command->add_option("DIR", *directory, "The data directory")->required();
    command->add_option("--at", plan->until_seq, "As it was after this sequence of each shard");
    add_examples(*command,
                 {"journal digest /var/lib/usher", "journal digest DIR --at 4711 --json"});
    command->callback([line, directory, plan] {
        line.chosen = [line, directory, plan] { return replay(line.globals, *directory, *plan); };
    });
}

}  // namespace

void add_journal_commands(CommandLine line) {
    auto* journal = line.app.add_subcommand(
        "journal", "Look at a data directory without changing it, or repair a copy of it");
    journal->require_subcommand(1);
    journal->fallthrough();
    auto* command = journal->add_subcommand(
        "verify",
        "Read all of it: is everything there that was confirmed, and are the "
        "indexes of its segments right? "
        "Ends with 0 clean, 5 torn tail only, 4 corrupt, 74 I/O error");
    auto directory = std::make_shared<std::string>();
    command->add_option("DIR", *directory, "The data directory")->required();
    auto with_replay = std::make_shared<bool>(false);
    command->add_flag("--replay", *with_replay,
                      "Apply everything from the oldest snapshot on, too, and compare the state "
                      "with every later snapshot's digest");
    add_examples(*command, {"journal verify /var/lib/usher --json",
                            "journal verify /var/lib/usher --replay"});
    command->callback([line, directory, with_replay] {
        line.chosen = [line, directory, with_replay] {
            return verify(line.globals, *directory, *with_replay);
        };
    });
    add_digest(line, *journal);
    add_journal_dump(line, *journal);
    add_journal_stat(line, *journal);
    add_journal_repair(line, *journal);
}

}  // namespace usher::ctl
