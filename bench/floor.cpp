// usher-floor: what sockets cost. The sessions and the loop of usherd with nothing behind them:
// every request frame is answered with a reply frame of a fixed size, without a look inside. Its
// figures are what usherd's are divided by (docs/operating.md tells how a core's turn goes).
#include <pthread.h>

#include <unistd.h>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "net/desk.h"
#include "net/server.h"
#include "protocol/frame.h"

namespace usher {
namespace {

class FloorDesk final : public net::Desk {
  public:
    FloorDesk(net::ReplyPort& sessions, std::size_t reply_bytes)
        : sessions_(sessions), reply_(reply_bytes) {}

    void take(std::uint64_t session, const protocol::Frame& frame) override {
        protocol::seal(reply_, protocol::FrameKind::reply, frame.correlation);
        sessions_.deliver(session, reply_);
    }
    void settle() override {}
    void forget(std::uint64_t) override {}
    Result<bool> finish_turn() override { return false; }
    bool may_sleep() override { return true; }
    void wake_up() override {}
    void tick() override {}
    Result<void> close() override { return {}; }

  private:
    net::ReplyPort& sessions_;
    std::vector<std::byte> reply_;
};

struct FloorOptions {
    std::string listen = "127.0.0.1:0";
    std::size_t reply_bytes = 144;
    std::uint32_t cores = 1;
};

int end_with(const Fault& fault) {
    std::fprintf(stderr, "usher-floor: %s\n", fault.message.c_str());
    return static_cast<int>(fault.code);
}

int serve(const FloorOptions& options) {
    const auto address = net::parse_address(options.listen);
    if (const auto* wrong = std::get_if<std::string>(&address))
        return end_with({ExitCode::usage, "--listen '" + options.listen + "' " + *wrong});
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT}) sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    const net::Limits limits;
    auto server = net::Server::create(options.cores, limits);
    if (!server) return end_with(server.error());
    (*server)->furnish([&options](net::Server::Place at) {
        return std::make_unique<FloorDesk>(at.sessions, options.reply_bytes);
    });
    if (auto listening = (*server)->listen({std::get<net::Address>(address)}); !listening)
        return end_with(listening.error());
    (*server)->start([](const Fault& fault) { ::_exit(end_with(fault)); });
    for (const auto& endpoint : (*server)->endpoints())
        std::printf("listening %s\n", endpoint.c_str());
    std::fflush(stdout);
    int number = 0;
    ::sigwait(&signals, &number);
    (*server)->stop();
    return 0;
}

}  // namespace
}  // namespace usher

int main(int argc, char** argv) {
    usher::FloorOptions options;
    CLI::App app("The floor of the benches: usherd's sockets with nothing behind them",
                 "usher-floor");
    app.add_option("--listen", options.listen, "HOST:PORT or unix:PATH")->capture_default_str();
    app.add_option("--reply-bytes", options.reply_bytes, "Size of a reply frame, header included")
        ->check(CLI::Range(usher::protocol::header_bytes, std::size_t{1} << 20))
        ->capture_default_str();
    app.add_option("--cores", options.cores, "Threads with a loop each")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& success) {
        return app.exit(success);
    } catch (const CLI::ParseError& error) {
        app.exit(error);
        return static_cast<int>(usher::ExitCode::usage);
    }
    return usher::serve(options);
}
