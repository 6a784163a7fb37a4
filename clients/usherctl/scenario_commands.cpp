// `simulate` and `send`: the same lines through an engine in this process, or to a daemon.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "clients/usherctl/commands.h"
#include "clients/usherctl/show.h"
#include "clients/usherctl/simulation.h"
#include "clients/usherctl/table.h"
#include "clients/usherctl/traffic.h"

namespace usher::ctl {
namespace {

struct SimulateArguments {
    std::vector<std::string> roster;
    std::string scenario;
    std::string out;
    bool digest = false;
};

Exit refused_roster(const std::vector<roster::Problem>& problems) {
    std::string text;
    append_problems(text, problems, wants_colour(STDERR_FILENO));
    std::fputs(text.c_str(), stderr);
    return fail(Exit::refused, "refused: bad_roster: nothing was simulated");
}

void show_exchange(std::string& out, const scenario::Exchange& exchange, bool json) {
    if (json) {
        scenario::append_json(out, exchange.heading, exchange.answer);
    } else {
        scenario::append_text(out, exchange.heading, exchange.answer);
    }
    out += '\n';
}

Exit simulate(const Globals& globals, const SimulateArguments& arguments) {
    auto roster = scenario::read_roster(arguments.roster);
    if (!roster) return fail(roster.error());
    if (!roster->definition) return refused_roster(roster->problems);
    auto source = scenario::LineSource::open(arguments.scenario);
    if (!source) return fail(source.error());
    auto output = Output::open(arguments.out);
    if (!output) return fail(output.error());

    scenario::Simulation simulation(std::move(*roster->definition), folder_of(arguments.scenario));
    std::uint64_t broken_lines = 0;
    while (true) {
        const auto line = source->next();
        if (!line) {
            output->flush();
            return fail(line.error());
        }
        if (!*line) break;
        if (scenario::says_nothing(**line)) continue;
        const auto exchange = simulation.take(**line, source->line_number());
        if (exchange.broken) ++broken_lines;
        show_exchange(output->buffer(), exchange, globals.json);
        output->written();
    }
    if (arguments.digest) {
        const auto digest = simulation.digest();
        output->write(globals.json ? "{\"digest\":\"" + digest + "\"}\n"
                                   : "digest " + digest + "\n");
    }
    return ended(broken_lines, *output);
}

struct SendArguments {
    std::string scenario;
    std::string out;
};

Exit send(const Globals& globals, const SendArguments& arguments) {
    auto source = scenario::LineSource::open(arguments.scenario);
    if (!source) return fail(source.error());
    const auto [traffic, exit] = Traffic::open(globals, {}, arguments.scenario, arguments.out);
    if (!traffic) return exit;
    auto& output = traffic->output();
    while (true) {
        const auto line = source->next();
        if (!line) {
            output.flush();
            return fail(line.error());
        }
        if (!*line) break;
        if (scenario::says_nothing(**line)) continue;
        auto taken = traffic->take(**line, source->line_number());
        // One at a time: whoever types lines, or feeds them, sees each answer before the next.
        if (taken) taken = traffic->pipeline().drain();
        output.flush();
        if (!taken) {
            output.flush();
            return lost(taken.error());
        }
    }
    return ended(traffic->broken_lines(), output);
}

}  // namespace

void add_simulate_command(CommandLine line) {
    auto* command = line.app.add_subcommand(
        "simulate", "Carry out a scenario in this process, with no daemon and no disk");
    auto arguments = std::make_shared<SimulateArguments>();
    command->add_option("SCENARIO", arguments->scenario,
                        "Lines of JSON, plain or gzipped; default: standard input");
    command
        ->add_option("--roster", arguments->roster, "The account's roster (repeat for more files)")
        ->required()
        ->allow_extra_args(false);
    command->add_option("--out", arguments->out, "Write the answers to this file");
    command->add_flag("--digest", arguments->digest,
                      "Print the digest of the whole state at the end");
    add_examples(*command, {"simulate --roster roster.toml scenario.jsonl --json",
                            "simulate --roster roster.toml --digest < scenario.jsonl"});
    command->callback([line, arguments] {
        line.chosen = [line, arguments] { return simulate(line.globals, *arguments); };
    });
}

void add_send_command(CommandLine line) {
    auto* command =
        line.app.add_subcommand("send", "Send the lines of a scenario to a daemon, one at a time");
    auto arguments = std::make_shared<SendArguments>();
    command->add_option("SCENARIO", arguments->scenario,
                        "Lines of JSON, plain or gzipped; default: standard input");
    command->add_option("--out", arguments->out, "Write the answers to this file");
    add_examples(*command, {"send --account acme scenario.jsonl --json"});
    command->callback([line, arguments] {
        line.chosen = [line, arguments] { return send(line.globals, *arguments); };
    });
}

}  // namespace usher::ctl
