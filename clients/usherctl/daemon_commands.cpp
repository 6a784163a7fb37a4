// Questions about the daemon itself, not about an account.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>

#include "clients/usherctl/commands.h"
#include "clients/usherctl/output.h"
#include "clients/usherctl/show.h"
#include "clients/usherctl/stages.h"
#include "clients/usherctl/table.h"
#include "protocol/frame.h"

namespace usher::ctl {
namespace {

Exit ask(const Globals& globals, const protocol::Body& body) {
    auto session = connect(globals);
    if (!session) return session.exit;
    protocol::Request request;
    request.body = body;
    // Whoever names an account is told which core's endpoint it is at home at.
    if (std::holds_alternative<protocol::Hello>(body)) request.account = globals.account;
    const auto answer = session.connection->call(request, client::within(globals.timeout()));
    if (!answer) return lost(answer.error());
    return show(scenario::heading_of(request), **answer, globals.json);
}

/// The stages' lines are many, and for those who look for lost time.
Exit status(const Globals& globals, bool stages) {
    auto session = connect(globals);
    if (!session) return session.exit;
    protocol::Request request;
    request.body = protocol::Status{};
    const auto found = session.connection->call(request, client::within(globals.timeout()));
    if (!found) return lost(found.error());
    auto answer = **found;
    if (answer.entries)
        std::erase_if(*answer.entries,
                      [stages](const auto& entry) { return is_of_stages(entry) != stages; });
    if (!stages || globals.json || !answer.entries)
        return show(scenario::heading_of(request), answer, globals.json);
    auto output = Output::standard();
    output.write(stages_text(*answer.entries, wants_colour(STDOUT_FILENO)));
    if (const auto written = output.finish(); !written) return fail(written.error());
    return Exit::done;
}

Exit ping(const Globals& globals) {
    if (globals.json) return ask(globals, protocol::Ping{});
    auto session = connect(globals);
    if (!session) return session.exit;
    protocol::Request request;
    request.body = protocol::Ping{};
    const auto before = std::chrono::steady_clock::now();
    const auto answer = session.connection->call(request, client::within(globals.timeout()));
    if (!answer) return lost(answer.error());
    const std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - before;
    if ((*answer)->reject != protocol::Reject::none) return refused(**answer);
    const auto& server = session.connection->hello().server;
    std::printf("%s answered within %.0f µs\n", server.c_str(), took.count());
    return Exit::done;
}

}  // namespace

void add_daemon_commands(CommandLine line) {
    auto* status_command =
        line.app.add_subcommand("status", "Show how the daemon is: counts, sequence, digest");
    add_examples(*status_command, {"status --json", "status --stages"});
    const auto stages = std::make_shared<bool>(false);
    status_command->add_flag("--stages", *stages,
                             "Where the time of requests goes, of one in 1,024: read, decide, "
                             "append, sync, write");
    status_command->callback(
        [line, stages] { line.chosen = [line, stages] { return status(line.globals, *stages); }; });
    auto* hello =
        line.app.add_subcommand("hello", "Show what the daemon is: version, clock, limits");
    add_examples(*hello, {"hello", "hello --account acme"});
    hello->callback([line] {
        line.chosen = [line] {
            return ask(line.globals, protocol::Hello{protocol::protocol_version, "usherctl"});
        };
    });
    auto* ping_command =
        line.app.add_subcommand("ping", "See whether the daemon answers, and how soon");
    add_examples(*ping_command, {"ping --connect 127.0.0.1:7447"});
    ping_command->callback([line] { line.chosen = [line] { return ping(line.globals); }; });
}

}  // namespace usher::ctl
