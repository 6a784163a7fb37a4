#include "shard/followers.h"

#include <algorithm>
#include <utility>

#include "base/expect.h"
#include "base/planted.h"
#include "engine/event.h"
#include "engine/fact_codec.h"
#include "protocol/frame.h"

namespace usher::shard {

using protocol::Reject;

void Followers::keep(engine::AccountNo account, std::uint64_t shard_seq,
                     std::span<const std::byte> fact) {
    auto& feed = *feeds_[account.value];
    feed.keep(shard_seq, fact);
    // A full one is looked at though nobody waits: what is safe by then may be dropped.
    if (!feed.waiting.empty() || feed.is_full()) look_at(account.value);
}

void Followers::look_at(std::uint32_t account) {
    auto& feed = *feeds_[account];
    if (std::exchange(feed.to_be_looked_at, true)) return;
    to_look_at_.push_back(account);
}

/// One that asks and asks and never reads must not take the room of all the others.
bool Followers::has_room(engine::AccountNo account, Origin origin) const {
    if (waiting_ >= followers_max) return false;
    if (!wants(account)) return followed_ < followed_max;
    const auto asked =
        std::ranges::count_if(feeds_[account.value]->waiting, [&](const Follower& follower) {
            return follower.origin.core == origin.core && follower.origin.session == origin.session;
        });
    return asked < asked_at_once_max;
}

bool Followers::take(const protocol::Request& request, std::uint64_t correlation, Origin origin,
                     std::uint64_t shard_seq, protocol::Answer& refusal) {
    const auto* account = engine_.account(request.account);
    if (account == nullptr) {
        refusal.refuse(Reject::unknown_account,
                       "there is no account " + std::string(request.account));
        return false;
    }
    const auto number = account->no.value;
    const bool is_new = !wants(account->no);
    if (!has_room(account->no, origin)) {
        refusal.refuse(Reject::overloaded, "as many follow already as may; ask again later");
        refusal.retry_after_ms = 1000;
        return false;
    }
    if (is_new) {
        if (feeds_.size() <= number) feeds_.resize(number + 1);
        feeds_[number] = std::make_unique<Feed>(account->seq, shard_seq);
        ++followed_;
    }
    const auto& follow = std::get<protocol::Follow>(request.body);
    auto& feed = *feeds_[number];
    feed.idle_ticks = 0;
    auto from = follow.from;
    if (PLANTED(told_again_after_restart) && is_new && from.value_or(0) > 1) from = *from - 1;
    feed.waiting.push_back({++last_id_, origin, correlation, from, follow.limit,
                            stopped_ ? 0 : (follow.wait_ms + follow_tick_ms - 1) / follow_tick_ms,
                            false});
    ++waiting_;
    look_at(number);
    return true;
}

bool Followers::has_work() const {
    return !to_look_at_.empty() || !read_.empty() || (history_ && history_->has_answers());
}

void Followers::serve(std::uint64_t safe_seq, Outlet& outlet) {
    more_ = false;
    pause_ends_.reset();
    if (!has_work()) return;
    if (pauses_between_rounds()) now_ = Clock::now();
    // What has been read has half of the turn, so that neither the past nor the present waits for
    // the other's end.
    facts_left_ = facts_per_turn / 2;
    answers_left_ = pace_.answers_per_turn / 2;
    take_history(outlet);
    facts_left_ += facts_per_turn - facts_per_turn / 2;
    answers_left_ += pace_.answers_per_turn - pace_.answers_per_turn / 2;
    looking_at_.swap(to_look_at_);
    std::optional<std::uint32_t> half_done;
    for (const auto account : looking_at_) {
        feeds_[account]->to_be_looked_at = false;
        if (turn_is_over()) {
            look_at(account);
            continue;
        }
        serve(account, safe_seq, outlet);
        if (turn_is_over()) half_done = account;
    }
    looking_at_.clear();
    // The others have not had their turn at all.
    if (half_done && !feeds_[*half_done]->waiting.empty()) look_at(*half_done);
    more_ = !read_.empty() || (turn_is_over() && has_work());
}

void Followers::serve(std::uint32_t account, std::uint64_t safe_seq, Outlet& outlet) {
    auto& feed = *feeds_[account];
    if (!feed.is_safe_up_to(safe_seq)) return look_at(account);
    if (!pauses_between_rounds() || told_.account != account || told_.round_id != feed.round_id)
        told_.from.reset();
    bool pauses = false;
    std::erase_if(feed.waiting, [&](Follower& follower) {
        if (follower.reads_history || turn_is_over()) return false;
        if (!may_be_told_now(feed, follower)) {
            pauses = true;
            return false;
        }
        const bool may_have_the_same = !pauses_between_rounds() || follower.id <= feed.round_id;
        if (!(may_have_the_same && tell_again(follower, outlet)) &&
            !serve(account, follower, safe_seq, outlet))
            return false;
        --waiting_;
        return true;
    });
    if (pauses) pause_ends_ = std::min(pause_ends_.value_or(feed.next_round), feed.next_round);
    // The disk has not got as far as we have, or it is too early. (Where the turn was too short,
    // our caller sees to it.)
    if (!feed.waiting.empty() && !turn_is_over() && (pauses || feed.has_unsafe())) look_at(account);
}

/// Whoever asks for what is new and could still become more waits for the next round.
bool Followers::may_be_told_now(Feed& feed, const Follower& follower) {
    if (!pauses_between_rounds() || stopped_ || follower.ticks_left == 0) return true;
    if (!follower.from || *follower.from < feed.first_seq() || *follower.from > feed.safe_seq() ||
        feed.safe_seq() - *follower.from + 1 >= follower.limit)
        return true;
    if (follower.id <= feed.round_id) return true;
    if (now_ < feed.next_round) return false;
    feed.round_id = last_id_;
    feed.next_round = now_ + pace_.pause;
    told_.from.reset();
    return true;
}

bool Followers::serve(std::uint32_t number, Follower& follower, std::uint64_t safe_seq,
                      Outlet& outlet) {
    const auto& account = *engine_.accounts()[number];
    auto& feed = *feeds_[number];
    if (follower.from && *follower.from > feed.safe_seq() + 1) {
        refuse(account, follower, Reject::sequence_ahead,
               "from: the account's last sequence is " + std::to_string(feed.safe_seq()) +
                   "; whoever has seen a later one has seen what was lost",
               outlet);
        return true;
    }
    page_.events.clear();
    page_.through = feed.safe_seq();
    if (follower.from && *follower.from <= feed.safe_seq()) {
        if (*follower.from < feed.first_seq() && history_) {
            ask_history(number, follower, safe_seq);
            return false;
        }
        if (*follower.from == 0) follower.from = feed.first_seq();
        if (*follower.from < feed.first_seq()) {
            refuse(account, follower, Reject::sequence_gone,
                   "from: nothing is kept on disk here; the oldest event that is left is " +
                       std::to_string(feed.first_seq()),
                   outlet);
            return true;
        }
        const auto from = *follower.from;
        fill(account, from, feed.safe_seq(), follower.limit,
             [&](std::uint64_t seq) { return feed.fact(seq); });
        follower.from = page_.through + 1;
        if (!page_.events.empty()) {
            const auto frame = answer(account, follower, outlet);
            if (feed.waiting.size() == 1) return true;
            told_.from = from;
            told_.account = number;
            told_.round_id = feed.round_id;
            told_.limit = follower.limit;
            told_.cost = static_cast<std::uint32_t>((page_.through - from) / 8 + 1);
            told_.frame.assign(frame.begin(), frame.end());
            return true;
        }
    }
    if (page_.events.empty() && follower.from && follower.ticks_left > 0 && !stopped_) return false;
    answer(account, follower, outlet);
    return true;
}

/// To one who asks for what another was told a moment ago: the same bytes under another
/// correlation. Whoever has asked since the round began is owed what has come since, too. It costs
/// some of the turn, too, so that a turn is never longer for it.
bool Followers::tell_again(const Follower& follower, Outlet& outlet) {
    if (!told_.from || follower.from != told_.from || follower.limit != told_.limit) return false;
    protocol::seal(told_.frame, protocol::FrameKind::reply, follower.correlation);
    outlet.deliver(follower.origin, told_.frame);
    --answers_left_;
    facts_left_ -= std::min(facts_left_, told_.cost);
    return true;
}

void Followers::ask_history(std::uint32_t number, Follower& follower, std::uint64_t safe_seq) {
    const auto& feed = *feeds_[number];
    const bool place_helps = feed.place_seq != 0 && feed.place_seq <= *follower.from;
    follower.reads_history = true;
    history_->ask({follower.id,
                   {number},
                   *follower.from,
                   feed.first_seq() - 1,
                   safe_seq,
                   follower.limit,
                   place_helps ? feed.place : journal::HistoryPlace{}});
}

void Followers::take_history(Outlet& outlet) {
    if (history_ && history_->has_answers())
        for (auto& answer : history_->collect()) read_.push_back(std::move(answer));
    while (!read_.empty() && !turn_is_over()) {
        take_history(read_.front(), outlet);
        read_.pop_front();
    }
}

void Followers::take_history(HistoryAnswer& history, Outlet& outlet) {
    const auto number = history.question.account.value;
    if (!wants(history.question.account)) return;
    auto& feed = *feeds_[number];
    const auto found = std::find_if(
        feed.waiting.begin(), feed.waiting.end(),
        [&](const Follower& follower) { return follower.id == history.question.follower; });
    if (found == feed.waiting.end()) return;
    const auto& account = *engine_.accounts()[number];
    auto& follower = *found;
    const auto& facts = history.facts;
    follower.reads_history = false;
    const bool gone =
        *follower.from != 0 && (facts.ends.empty() || facts.first_seq != *follower.from);
    if (!history.fault.empty() || gone) {
        refuse(account, follower, Reject::sequence_gone,
               !history.fault.empty() ? history.fault
               : facts.ends.empty()   ? "from: is not on disk any more, and nothing up to now is"
                                    : "from: is not on disk any more; the oldest that is left is " +
                                          std::to_string(facts.first_seq),
               outlet);
        feed.waiting.erase(found);
        --waiting_;
        return;
    }
    if (facts.ends.empty()) {  // the oldest was asked for, and there is nothing on disk
        follower.from = feed.first_seq();
        return look_at(number);
    }
    page_.events.clear();
    fill(account, facts.first_seq, facts.first_seq + facts.ends.size() - 1, follower.limit,
         [&](std::uint64_t seq) {
             return facts.fact(static_cast<std::size_t>(seq - facts.first_seq));
         });
    feed.place = history.place;
    feed.place_seq = facts.first_seq + facts.ends.size();
    follower.from = page_.through + 1;
    if (page_.events.empty()) return look_at(number);
    answer(account, follower, outlet);
    feed.waiting.erase(found);
    --waiting_;
}

/// The events of the facts from `from` to `last`, into page_; less, if the limit is reached.
template <class FactAt>
void Followers::fill(const engine::Account& account, std::uint64_t from, std::uint64_t last,
                     std::uint32_t limit, FactAt fact_at) {
    page_.through = from - 1;
    std::size_t bytes = 0;
    while (page_.through < last && page_.events.size() < limit && facts_left_ > 0 &&
           bytes < page_fact_bytes) {
        const auto fact = fact_at(++page_.through);
        bytes += fact.size();
        EXPECT(engine::decode_fact(fact, fact_));
        EXPECT(fact_.seq == page_.through);
        --facts_left_;
        protocol::EventView event;
        if (engine::event_of(account, fact_, event)) page_.events.push_back(std::move(event));
    }
    if (PLANTED(full_page_skips_one) && page_.events.size() == limit && page_.through < last)
        ++page_.through;
}

std::span<const std::byte> Followers::answer(const engine::Account& account,
                                             const Follower& follower, Outlet& outlet) {
    answer_.clear();
    answer_.placement.outcome = protocol::Outcome::done;
    answer_.through = page_.through;
    answer_.list.total = page_.events.size();
    answer_.events.emplace().swap(page_.events);
    const auto frame = send(account, follower, outlet);
    answer_.events->swap(page_.events);  // its memory is used again
    return frame;
}

void Followers::refuse(const engine::Account& account, const Follower& follower, Reject why,
                       std::string message, Outlet& outlet) {
    answer_.refuse(why, std::move(message));
    send(account, follower, outlet);
}

std::span<const std::byte> Followers::send(const engine::Account& account, const Follower& follower,
                                           Outlet& outlet) {
    if (account.now != engine::before_all_time) answer_.at_ms = account.now.ms;
    const auto frame = writer_.frame(follower.correlation, answer_);
    outlet.deliver(follower.origin, frame);
    --answers_left_;
    return frame;
}

void Followers::tick() {
    for (std::uint32_t number = 0; number < feeds_.size() && followed_ > 0; ++number) {
        auto& feed = feeds_[number];
        if (!feed) continue;
        if (feed->waiting.empty()) {
            if (++feed->idle_ticks < followed_ticks || feed->to_be_looked_at) continue;
            feed.reset();
            --followed_;
            continue;
        }
        for (auto& follower : feed->waiting)
            if (follower.ticks_left > 0 && --follower.ticks_left == 0) look_at(number);
    }
}

std::size_t Followers::kept_bytes() const {
    std::size_t sum = 0;
    for (const auto& feed : feeds_)
        if (feed) sum += feed->bytes();
    return sum;
}

void Followers::stop() {
    stopped_ = true;
    for (std::uint32_t number = 0; number < feeds_.size(); ++number)
        if (feeds_[number] && !feeds_[number]->waiting.empty()) look_at(number);
}

}  // namespace usher::shard
