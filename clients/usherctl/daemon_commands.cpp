// Questions about the daemon itself, not about an account.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "clients/usherctl/commands.h"
#include "clients/usherctl/show.h"
#include "protocol/frame.h"

namespace usher::ctl {
namespace {

Exit ask(const Globals& globals, const protocol::Body& body) {
    auto session = connect(globals);
    if (!session) return session.exit;
    protocol::Request request;
    request.body = body;
    const auto answer = session.connection->call(request, client::within(globals.timeout()));
    if (!answer) return lost(answer.error());
    return show(scenario::heading_of(request), **answer, globals.json);
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
    auto* status =
        line.app.add_subcommand("status", "Show how the daemon is: counts, sequence, digest");
    add_examples(*status, {"status --json"});
    status->callback(
        [line] { line.chosen = [line] { return ask(line.globals, protocol::Status{}); }; });
    auto* hello =
        line.app.add_subcommand("hello", "Show what the daemon is: version, clock, limits");
    add_examples(*hello, {"hello"});
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
