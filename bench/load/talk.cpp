#include "bench/load/talk.h"

#include <charconv>
#include <chrono>
#include <string_view>
#include <utility>

#include "protocol/limits.h"

namespace usher::bench {

namespace {

constexpr std::chrono::seconds patience{30};

}  // namespace

Result<Talk> Talk::begin(const Endpoint& endpoint) {
    auto connection =
        client::Connection::open(endpoint.address, client::within(patience), "usher-bench");
    if (!connection) return fault(ExitCode::unavailable, connection.error().message);
    return Talk(std::move(*connection), endpoint.name);
}

Result<const protocol::Answer*> Talk::ask(const protocol::Request& request) {
    const auto called = connection_->call(request, client::within(patience));
    if (!called) return called.error();
    const auto& answer = **called;
    if (answer.reject == protocol::Reject::none) return &answer;
    auto why = std::string(protocol::verb_name(request.body)) + " was refused by " + server_ +
               " with " + std::string(protocol::reject_name(answer.reject)) + ": " + answer.message;
    if (answer.roster)
        for (const auto& error : answer.roster->errors)
            why += "\n  line " + std::to_string(error.line) + ": " + error.message;
    return fault(ExitCode::data, std::move(why));
}

Result<void> Talk::apply(const std::string& account, const std::string& roster) {
    protocol::Request request;
    request.account = account;
    request.body = protocol::ApplyBegin{};
    if (auto answer = ask(request); !answer) return answer.error();
    for (std::size_t at = 0; at < roster.size(); at += protocol::roster_part_bytes_max) {
        const auto part = std::string_view(roster).substr(at, protocol::roster_part_bytes_max);
        request.body = protocol::ApplyPart{"usher-bench.toml", part};
        if (auto answer = ask(request); !answer) return answer.error();
    }
    request.body = protocol::ApplyCommit{.dry_run = false, .unassign = true};
    if (auto answer = ask(request); !answer) return answer.error();
    return {};
}

Result<std::map<std::string, std::int64_t>> Talk::figures() {
    protocol::Request request;
    request.body = protocol::Status{};
    const auto answer = ask(request);
    if (!answer) return answer.error();
    std::map<std::string, std::int64_t> figures;
    if (!(*answer)->entries) return figures;
    for (const auto& entry : *(*answer)->entries) {
        std::int64_t value = 0;
        const auto* end = entry.value.data() + entry.value.size();
        const auto read = std::from_chars(entry.value.data(), end, value);
        if (read.ec == std::errc{} && read.ptr == end)
            figures[entry.scope + " " + entry.name] = value;
    }
    return figures;
}

}  // namespace usher::bench
