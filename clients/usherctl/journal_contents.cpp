// `usherctl journal dump|stat DIR`: what a journal holds, fact by fact or in figures.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "clients/scenario/instant_text.h"
#include "clients/scenario/json_text.h"
#include "clients/usherctl/commands.h"
#include "clients/usherctl/fact_text.h"
#include "clients/usherctl/journal_commands.h"
#include "clients/usherctl/journal_pass.h"
#include "clients/usherctl/output.h"
#include "clients/usherctl/table.h"
#include "journal/segment.h"
#include "journal/segment_reader.h"
#include "journal/snapshot_file.h"

namespace usher::ctl {
namespace {

struct DumpArguments {
    std::string directory;
    std::optional<std::uint32_t> shard;
    std::uint64_t from_seq = 1;
    std::uint64_t to_seq = std::numeric_limits<std::uint64_t>::max();
    bool redact = true;
    bool indexes = false;
};

void append_index(std::string& out, std::uint32_t shard, const journal::IndexSeen& index,
                  bool json) {
    if (json) {
        scenario::JsonText text(out);
        text.begin_object().member("shard", shard).member("index_of_segment", index.segment);
        text.member("at_byte", index.offset).member("bytes", index.bytes);
        text.member("accounts", index.accounts).member("entries", index.entries).end_object();
    } else {
        out += std::to_string(shard) + " index of segment " + std::to_string(index.segment) +
               ": accounts=" + std::to_string(index.accounts) +
               " entries=" + std::to_string(index.entries) +
               " at_byte=" + std::to_string(index.offset) + " bytes=" + std::to_string(index.bytes);
    }
    out += '\n';
}

Exit dump(const Globals& globals, const DumpArguments& arguments) {
    auto& disk = journal::posix_disk();
    const auto view = journal::DirectoryView::open(disk, arguments.directory);
    if (!view) return fail(view.error());
    const auto shards = choose_shards(*view, arguments.shard);
    if (!shards.wrong.empty()) return fail(Exit::usage, shards.wrong);
    auto output = Output::standard();
    auto exit = Exit::done;
    for (auto shard = shards.begin; shard < shards.end; ++shard) {
        const auto show_index = [&](const journal::IndexSeen& index) {
            if (!arguments.indexes) return;
            append_index(output.buffer(), shard, index, globals.json);
            output.written();
        };
        const auto pass = read_journal(
            disk, *view, shard,
            [&](std::uint64_t seq, const engine::Fact& fact) -> Result<void> {
                if (seq < arguments.from_seq || seq > arguments.to_seq) return {};
                append_fact(output.buffer(), {shard, seq}, fact, arguments.redact, globals.json);
                output.written();
                return {};
            },
            show_index);
        if (pass.exit == Exit::done) continue;
        output.flush();
        fail(pass.exit, pass.cause);
        exit = worse(exit, pass.exit);
    }
    if (const auto written = output.finish(); !written) return fail(written.error());
    return exit;
}

struct SegmentFigures {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
    std::uint64_t first_seq = 0;                    ///< 0: it has no batch
    std::optional<std::uint64_t> indexed_accounts;  ///< nothing: it has no index
};
struct SnapshotFigures {
    std::uint64_t seq = 0;
    std::uint64_t bytes = 0;
    bool valid = false;
};
struct ShardFigures {
    std::uint32_t shard = 0;
    PassResult pass;
    std::array<std::uint64_t, fact_kinds> by_kind{};
    std::optional<Instant> first_at;
    Instant last_at;
    std::vector<SegmentFigures> segments;
    std::vector<SnapshotFigures> snapshots;

    void blame(const Fault& fault) {
        const auto exit = fault.code == ExitCode::data ? Exit::corrupt : Exit::io;
        pass.exit = worse(pass.exit, exit);
        if (pass.cause.empty()) pass.cause = fault.message;
    }
    std::uint64_t segment_bytes() const {
        std::uint64_t sum = 0;
        for (const auto& segment : segments) sum += segment.bytes;
        return sum;
    }
};

Result<void> look_at_segments(journal::Disk& disk, const journal::DirectoryView& view, int shard_fd,
                              ShardFigures& figures) {
    const auto name = view.shard_name(figures.shard) + "/journal";
    const journal::OwnedFd fd{disk, disk.open(shard_fd, "journal", journal::OpenFor::directory)};
    if (!fd.is_open()) return journal::disk_fault(name, "cannot be opened", fd.get());
    const auto files = journal::list_journal(disk, fd.get(), name);
    if (!files) return files.error();
    for (const auto number : files->segments) {
        auto segment = journal::SegmentReader::open(disk, fd.get(), name,
                                                    view.identity(figures.shard), number);
        if (!segment) return segment.error();
        const auto first = segment->first_batch();
        if (!first) return first.error();
        figures.segments.push_back(
            {number, segment->size(), *first ? (*first)->first_seq : std::uint64_t{0}, {}});
    }
    return {};
}

Result<void> look_at_snapshots(journal::Disk& disk, const journal::DirectoryView& view,
                               int shard_fd, ShardFigures& figures) {
    const auto name = view.shard_name(figures.shard) + "/snapshot";
    const journal::OwnedFd fd{disk, disk.open(shard_fd, "snapshot", journal::OpenFor::directory)};
    if (!fd.is_open()) return journal::disk_fault(name, "cannot be opened", fd.get());
    const auto seqs = journal::list_snapshots(disk, fd.get(), name);
    if (!seqs) return seqs.error();
    for (const auto seq : *seqs) {
        const auto file = journal::numbered_name(seq, journal::snapshot_suffix);
        const auto look = journal::SnapshotLook::at(disk, fd.get(), file, name + "/" + file,
                                                    view.identity(figures.shard), seq);
        if (!look) return look.error();
        if (!look->reader)
            figures.blame(fault(ExitCode::data, name + "/" + file + ": " + look->flaw));
        figures.snapshots.push_back(
            {seq, look->reader ? look->reader->bytes() : 0, look->reader.has_value()});
    }
    return {};
}

ShardFigures figures_of(journal::Disk& disk, const journal::DirectoryView& view,
                        std::uint32_t shard) {
    ShardFigures figures;
    figures.shard = shard;
    std::map<std::uint64_t, std::uint64_t> indexed_accounts;
    figures.pass = read_journal(
        disk, view, shard,
        [&](std::uint64_t, const engine::Fact& fact) -> Result<void> {
            ++figures.by_kind.at(fact.body.index());
            if (!figures.first_at) figures.first_at = fact.at;
            figures.last_at = std::max(figures.last_at, fact.at);
            return {};
        },
        [&](const journal::IndexSeen& index) {
            indexed_accounts.emplace(index.segment, index.accounts);
        });
    const auto fd = view.open_shard(shard);
    if (!fd) {
        figures.blame(fd.error());
        return figures;
    }
    if (const auto looked = look_at_segments(disk, view, fd->get(), figures); !looked)
        figures.blame(looked.error());
    for (auto& segment : figures.segments)
        if (const auto index = indexed_accounts.find(segment.number);
            index != indexed_accounts.end())
            segment.indexed_accounts = index->second;
    if (const auto looked = look_at_snapshots(disk, view, fd->get(), figures); !looked)
        figures.blame(looked.error());
    return figures;
}

void append_json(std::string& out, const ShardFigures& figures) {
    const auto& found = figures.pass.found;
    scenario::JsonText json(out);
    json.begin_object().member("shard", figures.shard).member("first_seq", found.first_seq);
    json.member("last_seq", found.last_seq).member("facts", found.records);
    json.member("batches", found.batches).member("bytes", figures.segment_bytes());
    json.member("torn_bytes", found.torn_bytes).flag_member("clean_close", found.clean_close);
    if (figures.first_at) {
        json.member("first_at", scenario::instant_text(*figures.first_at));
        json.member("last_at", scenario::instant_text(figures.last_at));
    }
    json.name("kinds").begin_object();
    for (std::size_t kind = 0; kind < fact_kinds; ++kind)
        if (figures.by_kind.at(kind) != 0) json.member(fact_kind(kind), figures.by_kind.at(kind));
    json.end_object().name("segments").begin_list();
    for (const auto& segment : figures.segments) {
        json.begin_object().member("number", segment.number).member("bytes", segment.bytes);
        if (segment.first_seq != 0) json.member("first_seq", segment.first_seq);
        if (segment.indexed_accounts) json.member("indexed_accounts", *segment.indexed_accounts);
        json.end_object();
    }
    json.end_list().name("snapshots").begin_list();
    for (const auto& snapshot : figures.snapshots) {
        json.begin_object().member("seq", snapshot.seq).member("bytes", snapshot.bytes);
        json.flag_member("valid", snapshot.valid).end_object();
    }
    json.end_list();
    if (!figures.pass.cause.empty()) json.member("cause", figures.pass.cause);
    json.end_object();
    out += '\n';
}

void append_text(std::string& out, const ShardFigures& figures, bool colour) {
    const auto& found = figures.pass.found;
    const auto line = [&](std::string_view name, const std::string& value) {
        out.append("  ").append(name).append(": ").append(value) += '\n';
    };
    out += bold("shard " + std::to_string(figures.shard), colour) + "\n";
    line("facts", std::to_string(found.records) + " in " + std::to_string(found.batches) +
                      " batches, sequences " + std::to_string(found.first_seq) + " to " +
                      std::to_string(found.last_seq));
    if (figures.first_at)
        line("time", scenario::instant_text(*figures.first_at) + " to " +
                         scenario::instant_text(figures.last_at));
    line("segments", std::to_string(figures.segments.size()) + ", " +
                         std::to_string(figures.segment_bytes()) + " bytes");
    const auto indexed = std::ranges::count_if(
        figures.segments, [](const auto& segment) { return segment.indexed_accounts.has_value(); });
    line("indexes", "of " + std::to_string(indexed) + " segments");
    std::string snapshots;
    for (const auto& snapshot : figures.snapshots)
        snapshots += (snapshots.empty() ? "" : ", ") + std::string("at ") +
                     std::to_string(snapshot.seq) + " (" + std::to_string(snapshot.bytes) +
                     " bytes" + (snapshot.valid ? ")" : ", damaged)");
    line("snapshots", snapshots.empty() ? "none" : snapshots);
    Table table({{"fact"}, {"count", Align::right}});
    for (std::size_t kind = 0; kind < fact_kinds; ++kind)
        if (figures.by_kind.at(kind) != 0)
            table.add({std::string(fact_kind(kind)), std::to_string(figures.by_kind.at(kind))});
    if (!table.empty()) table.append_to(out, colour);
}

Exit stat(const Globals& globals, const std::string& directory) {
    auto& disk = journal::posix_disk();
    const auto view = journal::DirectoryView::open(disk, directory);
    if (!view) return fail(view.error());
    auto output = Output::standard();
    auto exit = Exit::done;
    for (std::uint32_t shard = 0; shard < view->meta().shards; ++shard) {
        const auto figures = figures_of(disk, *view, shard);
        if (globals.json)
            append_json(output.buffer(), figures);
        else
            append_text(output.buffer(), figures, wants_colour(STDOUT_FILENO));
        output.flush();
        if (figures.pass.exit != Exit::done) fail(figures.pass.exit, figures.pass.cause);
        exit = worse(exit, figures.pass.exit);
    }
    if (const auto written = output.finish(); !written) return fail(written.error());
    return exit;
}

}  // namespace

void add_journal_dump(CommandLine line, CLI::App& journal) {
    auto* command = journal.add_subcommand(
        "dump",
        "Print its facts, one a line; keys and texts only as their lengths. Ends with 0, 5 torn "
        "tail only, 4 corrupt (after what comes before the damage), 74 I/O error");
    auto arguments = std::make_shared<DumpArguments>();
    command->add_option("DIR", arguments->directory, "The data directory")->required();
    command->add_option("--shard", arguments->shard, "This shard alone");
    command->add_option("--from", arguments->from_seq, "The first sequence (of each shard)");
    command->add_option("--to", arguments->to_seq, "The last one");
    command->add_flag("--redact,!--no-redact", arguments->redact,
                      "Show what clients and rosters wrote as its length (the default), or as it "
                      "is");
    command->add_flag("--indexes", arguments->indexes,
                      "Show the index that ends a segment, in a line of its own");
    add_examples(*command, {"journal dump /var/lib/usher --from 4700 --to 4711 --json",
                            "journal dump DIR --shard 0 --no-redact"});
    command->callback([line, arguments] {
        line.chosen = [line, arguments] { return dump(line.globals, *arguments); };
    });
}

void add_journal_stat(CommandLine line, CLI::App& journal) {
    auto* command = journal.add_subcommand(
        "stat",
        "Show what it holds in figures: segments, sequences, facts of each kind, times, "
        "snapshots. Ends as dump does");
    auto directory = std::make_shared<std::string>();
    command->add_option("DIR", *directory, "The data directory")->required();
    add_examples(*command, {"journal stat /var/lib/usher", "journal stat DIR --json"});
    command->callback([line, directory] {
        line.chosen = [line, directory] { return stat(line.globals, *directory); };
    });
}

}  // namespace usher::ctl
