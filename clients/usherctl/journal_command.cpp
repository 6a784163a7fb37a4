// `usherctl journal verify DIR`: reads a data directory from end to end and changes nothing.
#include "journal/verify.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "clients/scenario/instant_text.h"
#include "clients/scenario/json_text.h"
#include "clients/usherctl/commands.h"
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
    json.member("records", shard.records).member("first_seq", shard.first_seq);
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
                 {"batches", Align::right},
                 {"records", Align::right},
                 {"last seq", Align::right},
                 {"durable", Align::right},
                 {"torn bytes", Align::right},
                 {"lost", Align::right},
                 {"snapshots", Align::right}});
    for (const auto& shard : report.shards) {
        table.add({std::to_string(shard.shard), std::string(verdict_name(shard.verdict)),
                   std::to_string(shard.segments), std::to_string(shard.batches),
                   std::to_string(shard.records), std::to_string(shard.last_seq),
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

Exit verify(const Globals& globals, const std::string& directory) {
    auto& disk = journal::posix_disk();
    const auto report = journal::verify(disk, directory);
    auto output = Output::standard();
    if (globals.json) {
        for (const auto& shard : report.shards) append_json(output.buffer(), shard);
    } else {
        append_text(output.buffer(), report, wants_colour(STDOUT_FILENO));
    }
    if (const auto written = output.finish(); !written) return fail(written.error());
    const auto exit = static_cast<Exit>(report.exit_code());
    if (exit == Exit::done) return exit;
    const std::string why = report.cause.empty() ? "see its shards" : report.cause;
    return fail(exit, directory + " is " + std::string(verdict_name(report.verdict)) + ": " + why);
}

}  // namespace

void add_journal_commands(CommandLine line) {
    auto* journal =
        line.app.add_subcommand("journal", "Look at a data directory without changing it");
    journal->require_subcommand(1);
    journal->fallthrough();
    auto* command =
        journal->add_subcommand("verify",
                                "Read all of it: is everything there that was confirmed? "
                                "Ends with 0 clean, 5 torn tail only, 4 corrupt, 74 I/O error");
    auto directory = std::make_shared<std::string>();
    command->add_option("DIR", *directory, "The data directory")->required();
    add_examples(*command, {"journal verify /var/lib/usher --json"});
    command->callback([line, directory] {
        line.chosen = [line, directory] { return verify(line.globals, *directory); };
    });
}

}  // namespace usher::ctl
