// What customers ask of the shard, and what comes of it.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

#include "clients/scenario/answer_line.h"
#include "protocol/frame.h"
#include "tests/simulator/simulation.h"
#include "tests/twin/calendar.h"

namespace usher::simulator {

namespace json = boost::json;
using protocol::Reject;

namespace {

scenario::Heading heading_of(const Asked& asked) {
    const auto text = [&](const char* field) -> std::string_view {
        const auto* value = asked.line.if_contains(field);
        return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : "";
    };
    return {text("do"), text("ticket"), text("agent")};
}

}  // namespace

void Simulation::ask(Customer& customer) {
    if (!customer.has_room()) return end_turn();
    std::int64_t passed_ms = 0;
    const auto line = customer.next(passed_ms);
    if (!line) return end_turn();
    set_clock(clock_ms_ + passed_ms);
    send(customer, *line);
}

/// The account's first roster, as `apply` would bring it.
void Simulation::found(Customer& customer) {
    scenario::Line read;
    read.request.account = customer.account();
    if (!is_wall()) read.request.at_ms = twin::read_instant(customer.at_now());
    read.request.body = protocol::ApplyCommit{};
    read.apply.emplace().files = {"roster.toml"};
    submit(customer, read, {});
}

void Simulation::send(Customer& customer, const json::object& line) {
    if (account_of(customer) == nullptr) {
        const bool asked = std::ranges::any_of(customer.in_flight(), &Asked::founds);
        if (!asked) found(customer);
        if (account_of(customer) == nullptr) return customer.ask_again(line);
    }
    auto whole = line;
    if (is_wall()) whole.erase("at");
    if (const auto* after = line.if_contains("after");
        after != nullptr && *after == twin::last_cursor)
        whole["after"] = customer.mirror().shard_cursor();
    const auto text = json::serialize(whole);
    const auto& read = customer.reader().read(text, 0);
    if (!read.wrong.empty()) return;  // no client would send it
    customer.sent(line);
    Asked asked;
    asked.line = line;
    submit(customer, read, std::move(asked));
}

void Simulation::submit(Customer& customer, const scenario::Line& read, Asked asked) {
    auto& shard = machine_.shard();
    asked.correlation = ++correlation_;
    asked.seq_before = shard.last_seq();
    const shard::Origin origin{0, gateway_session};
    const Instant now{clock_ms_};
    const auto correlation = asked.correlation;
    const bool drained_before = shard.is_draining();
    if (read.apply) {
        const auto& name = read.apply->files.front();
        const auto& text = asked.founds() ? customer.roster() : customer.file(name);
        shard.submit_roster(read.request, {{{name, text}}}, correlation, origin, now);
    } else {
        shard.submit(read.request, correlation, origin, now);
    }
    ++requests_;
    asked.seq_after = shard.last_seq();
    asked.delayed = drained_before || shard.is_draining();
    if (asked.delayed) reached_.at(Point::delayed_by_draining);
    asked.wrote = asked.delayed || asked.seq_after != asked.seq_before;
    if (const auto* account = account_of(customer)) {
        customer.existed = true;
        asked.at_ms = is_wall() ? account->now.ms : read.request.at_ms.value_or(account->now.ms);
        if (is_wall() && !asked.delayed && account->now.ms > latest_ms_)
            complain("the account's time is later than any that the clock has shown");
    }
    trace_.say("ask " + std::to_string(correlation) + " " + json::serialize(asked.line));
    customer.in_flight().push_back(std::move(asked));
}

void Simulation::follow(Customer& customer) {
    auto& follower = customer.follower();
    if (follower.waits()) return;
    protocol::Request request;
    request.account = customer.account();
    const auto correlation = ++correlation_;
    request.body = follower.ask(correlation, random_);
    machine_.shard().submit(request, correlation, {0, follower_session}, Instant{clock_ms_});
    ++requests_;
}

void Simulation::deliver(shard::Origin to, std::span<const std::byte> frame) {
    const auto cut = protocol::cut(frame, protocol::frame_bytes_max);
    const auto* whole = std::get_if<protocol::Frame>(&cut);
    if (whole == nullptr) return complain("an answer is no frame");
    const auto parsed = parser_.parse(whole->payload);
    if (!parsed) return complain("an answer cannot be read: " + parsed.message);
    try {
        for (const auto& customer : customers_) {
            auto& follower = customer->follower();
            if (to.session == follower_session) {
                if (!follower.waits_for(whole->correlation)) continue;
                trace_.say("told " + std::to_string(whole->correlation) + " through " +
                           std::to_string(parsed.answer->through.value_or(0)));
                return complain(follower.take(*parsed.answer));
            }
            const bool theirs = std::ranges::any_of(customer->in_flight(), [&](const Asked& asked) {
                return asked.correlation == whole->correlation;
            });
            if (theirs) return take_answer(*customer, whole->correlation, *parsed.answer);
        }
    } catch (const std::exception& error) {
        return complain(error.what());
    }
    complain("answer " + std::to_string(whole->correlation) + " was asked for by nobody");
}

void Simulation::take_answer(Customer& customer, std::uint64_t correlation,
                             const protocol::Answer& answer) {
    auto& in_flight = customer.in_flight();
    const auto found = std::ranges::find(in_flight, correlation, &Asked::correlation);
    auto asked = std::move(*found);
    const bool in_order = found == in_flight.begin();
    in_flight.erase(found);
    machine_.released(answer.seq);
    if (answer.reject == Reject::overloaded || answer.reject == Reject::disk_full) {
        if (answer.reject == Reject::overloaded) reached_.at(Point::overloaded);
        trace_.say("answer " + std::to_string(correlation) + " refused for now");
        if (asked.wrote && !asked.delayed) complain("a request that was refused has left facts");
        if (asked.delayed) customer.mirror().time_passed_unseen();
        if (!asked.founds() && random_.chance(swarm_.retry_percent)) customer.ask_again(asked.line);
        return;
    }
    if (!in_order) return complain("answers of an account come in another order than its requests");
    if (asked.delayed) {
        if (is_wall()) asked.at_ms = answer.at_ms;
        asked.seq_after = answer.seq;
    }
    std::string text;
    scenario::append_json(text, heading_of(asked), answer);
    trace_.say("answer " + std::to_string(correlation) + " " + text);
    const auto got = json::parse(text).as_object();
    note_answer(asked, answer);
    complain(customer.mirror().compare(asked, got, answer.seq));
    if (!asked.founds() && random_.chance(swarm_.lost_reply_percent))
        customer.ask_again(asked.line);  // the client has not got it
}

void Simulation::note_answer(const Asked& asked, const protocol::Answer& answer) {
    using protocol::Outcome;
    const auto outcome = answer.outcome();
    if (answer.reject == Reject::key_reused) reached_.at(Point::key_reused);
    if (answer.reject == Reject::clock_backwards) reached_.at(Point::clock_backwards_refused);
    if (outcome == Outcome::queued) reached_.at(Point::queued);
    if (outcome == Outcome::voicemail) reached_.at(Point::voicemail);
    if (answer.placement.reopened || answer.routed) reached_.at(Point::reopened);
    if (answer.drained && !answer.drained->empty()) reached_.at(Point::drained);
    const auto* verb = asked.line.if_contains("do");
    if (verb != nullptr && *verb == "apply")
        reached_.at(answer.reject == Reject::none ? Point::roster_applied : Point::roster_refused);
    if (answer.reject == Reject::none && !asked.wrote && asked.line.contains("key") &&
        asked.seq_before > 0 && machine_.lives() > 1)
        reached_.at(Point::kept_answer_after_restart);
}

}  // namespace usher::simulator
