#include "tests/crash/load.h"

#include <charconv>
#include <thread>

#include "base/expect.h"

namespace usher::crash {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds patience{20'000};
constexpr std::size_t losses_told_max = 5;
constexpr std::uint32_t looks_in_flight_max = 256;

std::string roster_of(const std::string& account, const std::vector<std::string>& agents) {
    std::string text = "[account]\nkey = \"" + account + "\"\n\n[[team]]\nkey = \"all\"\n";
    for (const auto& agent : agents)
        text += "\n[[agent]]\nkey = \"" + agent +
                "\"\nseat = \"service\"\nmain_team = \"all\"\navailability = \"available\"\n";
    text += "\n[[inbox]]\nkey = \"desk\"\nworkspace = \"helpdesk\"\n";
    text += "\n[[channel]]\nkey = \"mail\"\nkind = \"email\"\ninbox = \"desk\"\n";
    text += "  [channel.rule]\n  assign_to = \"users_and_teams\"\n  teams = [\"all\"]\n";
    return text;
}

Fault unexpected(std::string_view what, const protocol::Answer& answer) {
    std::string text = std::string(what) + ": ";
    if (answer.reject == protocol::Reject::none) {
        text += protocol::outcome_name(answer.outcome());
    } else {
        text += protocol::reject_name(answer.reject);
        text += " (" + answer.message + ")";
    }
    return fault(ExitCode::data, "an answer that should not have been, to " + text);
}

protocol::Request request(std::string_view account, const protocol::Body& body) {
    return {.account = account, .key = {}, .at_ms = {}, .body = body};
}

}  // namespace

Load::Load(std::uint64_t seed, const LoadLimits& limits)
    : limits_(limits), random_(seed), sent_(limits.in_flight_max) {
    for (std::uint32_t i = 0; i < limits.accounts; ++i)
        accounts_.push_back("desk-" + std::to_string(i));
    for (std::uint32_t i = 0; i < limits.agents; ++i)
        agents_.push_back("agent-" + std::to_string(i));
}

Result<void> Load::apply(client::Connection& connection) {
    for (const auto& account : accounts_) {
        const auto roster = roster_of(account, agents_);
        const std::array<protocol::Body, 3> bodies = {
            protocol::ApplyBegin{}, protocol::ApplyPart{.file = "roster.toml", .text = roster},
            protocol::ApplyCommit{}};
        for (const auto& body : bodies) {
            const auto answer = connection.call(request(account, body), client::within(patience));
            if (!answer) return answer.error();
            if ((*answer)->reject != protocol::Reject::none) return unexpected("apply", **answer);
        }
    }
    return {};
}

void Load::send_next(client::Connection& connection) {
    const bool fresh =
        ledger_.size() == 0 || (ledger_.size() < limits_.tickets_max && random_.chance(50));
    const auto ticket =
        fresh ? ledger_.add() : static_cast<std::uint32_t>(random_.below(ledger_.size()));
    if (ledger_.waits(ticket)) return;

    const auto& known = ledger_.known(ticket);
    Sent sent{.ticket = ticket};
    protocol::Body body;
    Agent to = 0;
    if (!known.exists) {
        sent.deed = Deed::route;
        auto& route = body.emplace<protocol::Route>();
        route.ticket = key_of(ticket);
        route.channel = "mail";
    } else if (!known.open) {
        sent.deed = Deed::reopen;
        body = protocol::Reopen{.ticket = key_of(ticket)};
    } else if (random_.chance(50)) {
        sent.deed = Deed::close;
        body = protocol::Close{.ticket = key_of(ticket)};
    } else {
        sent.deed = Deed::assign;
        to = static_cast<Agent>(random_.below(agents_.size()));
        body = protocol::Assign{.ticket = key_of(ticket),
                                .to = {protocol::OwnerKind::agent, agents_[to]},
                                .expect_owner = {}};
    }
    ledger_.asked(ticket, sent.deed, to);
    if (auto* story = story_of(ticket)) sent.place = story->asked(ticket, sent.deed, to);
    sent.correlation = connection.send(request(account_of(ticket), body));
    sent_[sent.correlation % sent_.size()] = sent;
}

Result<bool> Load::take(const client::Connection::Received& received) {
    const auto& sent = sent_[received.correlation % sent_.size()];
    if (sent.correlation != received.correlation)
        return fault(ExitCode::data, "an answer to nothing that was asked");
    const auto& answer = *received.answer;
    if (answer.reject != protocol::Reject::none) return unexpected(key_of(sent.ticket), answer);
    const auto agent = agent_of(answer.placement.owner);
    ledger_.answered(sent.ticket, agent);
    if (auto* story = story_of(sent.ticket)) story->answered(sent.place, agent);
    return true;
}

Result<void> Load::work(client::Connection& connection) {
    // A correlation's place is free again only when its answer has come, and within an account
    // answers come in order but between accounts they need not: so the window is sent and emptied.
    for (;;) {
        for (std::uint32_t i = 0; i < limits_.in_flight_max; ++i) send_next(connection);
        const bool flushed = connection.flush(client::within(patience)).has_value();
        while (connection.in_flight() > 0) {
            const auto received = connection.receive(client::within(patience));
            if (!received) return {};
            if (!*received) return fault(ExitCode::io, "no answer within twenty seconds");
            if (const auto taken = take(**received); !taken) return taken.error();
        }
        if (!flushed) return {};
        if (limits_.pause_max_us > 0)
            std::this_thread::sleep_for(
                std::chrono::microseconds(random_.below(limits_.pause_max_us)));
    }
}

void Load::judge(Verdict& verdict, std::uint32_t ticket, const Seen& seen) {
    ++verdict.checked;
    if (auto wrong = ledger_.found(ticket, seen)) {
        ++verdict.lost;
        if (verdict.first_losses.size() < losses_told_max)
            verdict.first_losses.push_back(std::move(*wrong));
    }
}

Result<Load::Verdict> Load::check(client::Connection& connection) {
    Verdict verdict;
    std::vector<std::uint64_t> correlations(looks_in_flight_max);
    const auto tickets = static_cast<std::uint32_t>(ledger_.size());
    for (std::uint32_t from = 0; from < tickets; from += looks_in_flight_max) {
        const auto until = std::min(tickets, from + looks_in_flight_max);
        for (auto ticket = from; ticket < until; ++ticket)
            correlations[ticket - from] = connection.send(
                request(account_of(ticket), protocol::GetTicket{.ticket = key_of(ticket)}));
        if (const auto flushed = connection.flush(client::within(patience)); !flushed)
            return flushed.error();
        while (connection.in_flight() > 0) {
            const auto received = connection.receive(client::within(patience));
            if (!received) return received.error();
            if (!*received) return fault(ExitCode::io, "no answer within twenty seconds");
            const auto offset = (*received)->correlation - correlations[0];
            EXPECT(offset < until - from);
            const auto& answer = *(*received)->answer;
            Seen seen;
            if (answer.reject == protocol::Reject::none && answer.ticket) {
                seen = {.exists = true,
                        .open = answer.ticket->open,
                        .owner = agent_of(answer.ticket->owner)};
            } else if (answer.reject != protocol::Reject::unknown_ticket &&
                       answer.reject != protocol::Reject::unknown_account) {
                return unexpected("get_ticket", answer);
            }
            judge(verdict, static_cast<std::uint32_t>(from + offset), seen);
        }
    }
    return verdict;
}

Story* Load::story_of(std::uint32_t ticket) {
    return stories_.empty() ? nullptr : &stories_[ticket % accounts_.size()];
}

const std::string& Load::account_of(std::uint32_t ticket) const {
    return accounts_[ticket % accounts_.size()];
}

const std::string& Load::key_of(std::uint32_t ticket) {
    while (keys_.size() <= ticket) keys_.push_back("T-" + std::to_string(keys_.size()));
    return keys_[ticket];
}

std::optional<Agent> Load::agent_of(const protocol::Owner& owner) const {
    if (owner.kind != protocol::OwnerKind::agent) return std::nullopt;
    Agent number = 0;
    const auto digits = owner.key.substr(std::string_view("agent-").size());
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace usher::crash
