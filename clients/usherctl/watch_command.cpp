// `usherctl watch`: an account's events, one a line, from a sequence on and then as they come. A
// connection that is lost is made again, and the events go on behind the last one that was shown.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "clients/scenario/event_line.h"
#include "clients/usherctl/commands.h"

namespace usher::ctl {
namespace {

constexpr std::uint32_t wait_ms = 10'000;
constexpr auto pause_between_attempts = std::chrono::milliseconds(200);

struct WatchArguments {
    std::optional<std::uint64_t> from;
    std::uint32_t limit = 256;
    bool once = false;
    double retry_s = 30;
    bool retry_first = false;  ///< somebody has said how long: the first connection may be late too
};

class Watch {
  public:
    Watch(const Globals& globals, const WatchArguments& arguments)
        : globals_(globals), arguments_(arguments), next_(arguments.from) {}

    Exit run() {
        auto session = arguments_.retry_first ? try_connect(globals_) : connect(globals_);
        if (!session && arguments_.retry_first) session = again("nobody answers yet");
        if (!session) return session.exit;
        for (;;) {
            const auto answer = ask(*session.connection);
            if (!answer || must_come_back((*answer)->reject)) {
                session = again(answer ? (*answer)->message : answer.error().message);
                if (!session) return session.exit;
                continue;
            }
            if ((*answer)->reject != protocol::Reject::none) return refused(**answer);
            if (!show(**answer)) return Exit::io;
            if (arguments_.once && started_ && (*answer)->events->empty()) return Exit::done;
            started_ = true;
        }
    }

  private:
    static bool must_come_back(protocol::Reject reject) {
        return reject == protocol::Reject::shutting_down || reject == protocol::Reject::overloaded;
    }

    Result<const protocol::Answer*> ask(client::Connection& connection) const {
        protocol::Request request;
        request.account = globals_.account;
        // The first answer only says where the account is, if nobody has said where to begin.
        request.body = protocol::Follow{next_, arguments_.limit, arguments_.once ? 0 : wait_ms};
        return connection.call(
            request, client::within(globals_.timeout() + std::chrono::milliseconds(wait_ms)));
    }

    /// False: nobody reads what we write.
    bool show(const protocol::Answer& answer) {
        for (const auto& event : *answer.events) {
            line_.clear();
            if (globals_.json) {
                scenario::JsonText json(line_);
                scenario::append_event(json, event);
            } else {
                line_ = std::to_string(event.seq) + " " + scenario::event_text(event);
            }
            line_ += '\n';
            std::fwrite(line_.data(), 1, line_.size(), stdout);
        }
        next_ = *answer.through + 1;
        return std::fflush(stdout) == 0;
    }

    Session again(const std::string& why) const {
        std::fprintf(stderr, "usherctl: %s; connecting again\n", why.c_str());
        const auto deadline =
            std::chrono::steady_clock::now() +
            std::chrono::milliseconds(static_cast<std::int64_t>(arguments_.retry_s * 1000));
        for (;;) {
            std::this_thread::sleep_for(pause_between_attempts);
            auto session = try_connect(globals_);
            if (session) return session;
            if (std::chrono::steady_clock::now() >= deadline) return connect(globals_);
        }
    }

    const Globals& globals_;
    const WatchArguments& arguments_;
    std::optional<std::uint64_t> next_;
    bool started_ = false;
    std::string line_;
};

}  // namespace

void add_watch_command(CommandLine line) {
    auto* command = line.app.add_subcommand(
        "watch", "Show an account's events as they come, or from a sequence on");
    auto arguments = std::make_shared<WatchArguments>();
    command->add_option(
        "--from", arguments->from,
        "The sequence of the first event to show; 0: the oldest that there is; left "
        "out: only what happens from now on");
    command->add_option("--limit", arguments->limit, "Events in one answer, at most")
        ->check(CLI::Range(1, 1000));
    command->add_flag("--once", arguments->once, "Show what there is, and end");
    const auto* retry = command->add_option(
        "--retry", arguments->retry_s,
        "Seconds in which a lost connection must come back (default 30); if given, the first one "
        "may take as long");
    add_examples(*command, {"watch --from 1 --json", "watch --account acme"});
    command->callback([line, arguments, retry] {
        arguments->retry_first = retry->count() > 0;
        line.chosen = [line, arguments] {
            if (const auto exit = need_account(line.globals); exit != Exit::done) return exit;
            return Watch(line.globals, *arguments).run();
        };
    });
}

}  // namespace usher::ctl
