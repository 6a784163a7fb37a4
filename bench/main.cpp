// usher-bench: `trace` writes a help desk's year, `load` measures a daemon, `follow` follows one.
//
// Exit codes: 0 done, 1 measured but wrong (a reply that should not have been), 2 used wrongly,
// 3 no connection, 74 an I/O error.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "bench/follow/command.h"
#include "bench/load/command.h"
#include "bench/trace/command.h"

namespace {

int report(const usher::Fault& fault) {
    std::fprintf(stderr, "usher-bench: %s\n", fault.message.c_str());
    switch (fault.code) {
        case usher::ExitCode::usage:
            return 2;
        case usher::ExitCode::unavailable:
            return 3;
        case usher::ExitCode::data:
            return 1;
        default:
            return 74;
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"usher-bench: a help desk's year as a trace, and the load client of usherd"};
    app.require_subcommand(1);
    usher::bench::TraceCommand trace;
    const auto* trace_command = trace.declare(app);
    usher::bench::LoadCommand load;
    const auto* load_command = load.declare(app);
    usher::bench::FollowCommand follow;
    const auto* follow_command = follow.declare(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (trace_command->parsed()) {
        const auto done = trace.run();
        if (!done) return report(done.error());
    }
    if (load_command->parsed()) {
        const auto right = load.run();
        if (!right) return report(right.error());
        return *right ? 0 : 1;
    }
    if (follow_command->parsed()) {
        const auto right = follow.run();
        if (!right) return report(right.error());
        return *right ? 0 : 1;
    }
    return 0;
}
