#include "engine/engine.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/expect.h"
#include "base/planted.h"
#include "engine/clock.h"
#include "engine/definition_codec.h"
#include "engine/drain.h"
#include "engine/handlers.h"
#include "engine/roster_change.h"
#include "engine/running_digest.h"
#include "protocol/frame.h"
#include "protocol/parse.h"

namespace usher::engine {

using protocol::Reject;

namespace {

/// Requests that the engine never sees: the daemon's own, and rosters (apply_roster).
template <class Body>
concept Handled = requires(Step& step, const Body& body) {
    carry_out(step, body);
};

/// Whether a request may change something, so that a key means something for it.
bool changes_something(const protocol::Body& body) {
    return !std::holds_alternative<protocol::Explain>(body) &&
           !std::holds_alternative<protocol::GetTicket>(body) &&
           !std::holds_alternative<protocol::GetAgent>(body) &&
           !std::holds_alternative<protocol::Backlog>(body) &&
           !std::holds_alternative<protocol::Tickets>(body) &&
           !std::holds_alternative<protocol::Tick>(body);
}

void dispatch(Step& step, const protocol::Body& request) {
    std::visit(
        [&](const auto& body) {
            if constexpr (Handled<decltype(body)>)
                carry_out(step, body);
            else
                step.refuse(Reject::not_allowed, "this is not a request of an account");
        },
        request);
}

void refuse_backwards(const Account& account, protocol::Answer& answer) {
    answer.refuse(Reject::clock_backwards,
                  "at: is before the instant of an earlier request of account " + account.key);
}

std::string_view payload_of(std::span<const std::byte> frame) {
    const auto payload = frame.subspan(protocol::header_bytes);
    return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(options) {}

[[gnu::noinline]] Account* Engine::look_up(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    return found_last_ = accounts_[found->second].get();
}

const Account* Engine::account(std::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : accounts_[found->second].get();
}

Account& Engine::add_account(std::string_view key) {
    const AccountNo number{static_cast<std::uint32_t>(accounts_.size())};
    auto& account = *accounts_.emplace_back(
        std::make_unique<Account>(number, std::string(key), options_.hash_seed));
    by_key_.emplace(account.key, number.value);
    account.tickets.reserve(options_.tickets_reserve);
    account.window.reserve(options_.tickets_reserve);
    account.closed.reserve(options_.tickets_reserve);
    return account;
}

Engine::RequestHash Engine::hash_of(const protocol::Request& request) {
    auto plain = request;
    plain.at_ms.reset();
    const auto payload = payload_of(request_writer_.frame(0, plain));
    const auto hash = XXH3_128bits(payload.data(), payload.size());
    return {hash.high64, hash.low64};
}

Engine::RequestHash Engine::hash_of(const AccountDefinition& incoming, const RosterFlags& flags) {
    std::vector<std::byte> bytes{std::byte{flags.unassign}};
    encode_definition(incoming, bytes);
    const auto hash = XXH3_128bits(bytes.data(), bytes.size());
    return {hash.high64, hash.low64};
}

bool Engine::answered_before(Step& step, std::string_view key, RequestHash hash) {
    const auto& account = step.account;
    const auto kept = account.kept.find(std::string(key));
    if (kept == account.kept.end() || PLANTED(retry_carried_out_again)) {
        step.keys_full = account.kept.size() >= options_.keys_max;
        return false;
    }
    if (kept->second.request_high != hash.high || kept->second.request_low != hash.low) {
        step.refuse(Reject::key_reused, "key " + std::string(key) +
                                            " was sent with another request less than a day ago");
        return true;
    }
    const auto& reply = kept->second.reply;
    const auto parsed =
        reply_parser_.parse({reinterpret_cast<const std::byte*>(reply.data()), reply.size()});
    EXPECT(parsed);
    step.answer = *parsed.answer;
    return true;
}

void Engine::keep_answer(Step& step, std::string_view key, RequestHash hash) {
    if (!step.may_change()) return;  // nothing has changed yet: this request brought no fact
    step.answer.at_ms = step.now.ms;
    scratch_.text = payload_of(reply_writer_.frame(0, step.answer));
    step.emit(AnswerKept{key, hash.high, hash.low, scratch_.text});
}

template <class Change>
Progress Engine::once(Step& step, std::string_view key, RequestHash hash, Change change) {
    if (answered_before(step, key, hash)) return Progress::finished;
    change();
    const auto progress = settle(step);
    if (progress == Progress::rest) {
        auto& unfinished = *unfinished_.at(step.account.no.value);
        unfinished.key = key;
        unfinished.hash = hash;
    } else if (step.answer.reject == Reject::none) {
        keep_answer(step, key, hash);
    }
    return progress;
}

Progress Engine::settle(Step& step) {
    if (!step.account.line.stirred() || drain(step, options_.slice_max)) return Progress::finished;
    auto& unfinished = unfinished_[step.account.no.value];
    unfinished = std::make_unique<Unfinished>();
    unfinished->now = step.now;
    unfinished->cause = step.cause;
    unfinished->drained_max = step.drained_max;
    unfinished->answer = step.answer;
    return Progress::rest;
}

Progress Engine::go_on(std::string_view key, FactLog& log, protocol::Answer& answer) {
    auto* account = find(key);
    EXPECT(account != nullptr);
    const auto found = unfinished_.find(account->no.value);
    EXPECT(found != unfinished_.end());
    auto& unfinished = *found->second;
    Step step{*account, unfinished.now, unfinished.cause, log, unfinished.answer, scratch_};
    step.drained_max = unfinished.drained_max;
    if (!drain(step, options_.slice_max)) return Progress::rest;
    if (unfinished.key) keep_answer(step, *unfinished.key, unfinished.hash);
    answer = unfinished.answer;
    answer.at_ms = unfinished.now.ms;
    unfinished_.erase(found);
    return Progress::finished;
}

Progress Engine::handle(const protocol::Request& request, Instant now, FactLog& log,
                        protocol::Answer& answer) {
    auto progress = Progress::finished;
    answer.clear();
    auto* account = find(request.account);
    if (account == nullptr) {
        answer.refuse(Reject::unknown_account,
                      "there is no account " + std::string(request.account) +
                          "; it comes into being when its roster is applied");
    } else if (now < account->now && !PLANTED(clock_backwards_accepted)) {
        refuse_backwards(*account, answer);
    } else {
        Step step{*account, now,    Cause{static_cast<std::uint8_t>(request.body.index())},
                  log,      answer, scratch_};
        const bool ticks = std::holds_alternative<protocol::Tick>(request.body);
        if (ticks) step.brought = &answer.events.emplace();
        // Who asks what time has brought gets it at a stretch.
        if (!advance(step, ticks ? no_slice : options_.slice_max)) return Progress::again;
        if (request.key && changes_something(request.body)) {
            progress =
                once(step, *request.key, hash_of(request), [&] { dispatch(step, request.body); });
        } else {
            dispatch(step, request.body);
            progress = settle(step);
        }
    }
    answer.at_ms = now.ms;
    return progress;
}

void Engine::prefetch(const protocol::Request& request) {
    const auto* at = find(request.account);
    if (at == nullptr) return;
    if (const auto* route = std::get_if<protocol::Route>(&request.body))
        at->tickets.prefetch(route->ticket);
    else if (const auto* close = std::get_if<protocol::Close>(&request.body))
        at->tickets.prefetch(close->ticket);
}

void Engine::prefetch_ticket(const protocol::Request& request) {
    const auto* close = std::get_if<protocol::Close>(&request.body);
    if (close == nullptr) return;
    if (const auto* at = find(request.account)) at->tickets.prefetch_ticket(close->ticket);
}

Progress Engine::apply_roster(std::string_view key, const AccountDefinition& incoming,
                              const RosterFlags& flags, Instant now, FactLog& log,
                              protocol::Answer& answer) {
    auto progress = Progress::finished;
    answer.clear();
    auto* account = find(key);
    if (account != nullptr && now < account->now) {
        refuse_backwards(*account, answer);
    } else if (account == nullptr && flags.dry_run) {
        answer.placement.outcome = protocol::Outcome::done;
        answer.roster = flags.changes;
    } else {
        if (account == nullptr) account = &add_account(key);
        // The commit is what a roster ends with, so it is the cause of what comes of it.
        const protocol::Body cause = protocol::ApplyCommit{};
        Step step{*account, now,    Cause{static_cast<std::uint8_t>(cause.index())},
                  log,      answer, scratch_};
        if (now != before_all_time && !advance(step, options_.slice_max)) return Progress::again;
        if (flags.key && !flags.dry_run) {
            progress = once(step, *flags.key, hash_of(incoming, flags),
                            [&] { change_roster(step, incoming, flags); });
        } else {
            change_roster(step, incoming, flags);
            progress = settle(step);
        }
    }
    answer.at_ms = now.ms;
    return progress;
}

bool Engine::tick(const Account& account, Instant now, FactLog& log) {
    if (now < account.now) return true;
    protocol::Answer unused;
    Step step{*accounts_[account.no.value], now, Cause::time, log, unused, scratch_};
    return advance(step, options_.slice_max);
}

Result<void> Engine::replay(const Fact& fact) {
    const auto unfit = [&](const char* why) {
        return usher::fault(ExitCode::data, "a fact of account number " +
                                                std::to_string(fact.account.value) + " " + why);
    };
    if (const auto* part = std::get_if<RosterPart>(&fact.body);
        part != nullptr && fact.account.value == accounts_.size())
        add_account(part->account);
    if (fact.account.value >= accounts_.size()) return unfit("comes before the account does");
    auto& account = *accounts_[fact.account.value];
    if (fact.at < account.now) return unfit("is older than the one before it");
    if (fact.seq != account.seq + 1) return unfit("is not the next one of that account");
    apply(account, fact);
    if (PLANTED(kept_answers_not_replayed)) account.kept.clear();
    return {};
}

Digest Engine::digest() const {
    Digest sum;
    for (const auto& account : accounts_) {
        settle_digest(*account);
        sum.add(account->digest);
        sum.add(counters_word(*account));
    }
    return sum;
}

std::size_t Engine::open_ticket_count() const {
    std::size_t sum = 0;
    for (const auto& account : accounts_) sum += account->open_tickets;
    return sum;
}

std::size_t Engine::remembered_ticket_count() const {
    std::size_t sum = 0;
    for (const auto& account : accounts_) sum += account->tickets.remembered();
    return sum;
}

}  // namespace usher::engine
