#include "tests/simulator/follower.h"

#include <algorithm>
#include <utility>

#include "clients/scenario/event_line.h"

namespace usher::simulator {

using protocol::Reject;

protocol::Follow Follower::ask(std::uint64_t correlation, testing::Random& random) {
    correlation_ = correlation;
    if (told_through_ > 0 && random.chance(10))
        next_ = static_cast<std::uint64_t>(
            random.between(0, static_cast<std::int64_t>(told_through_) + 1));
    asked_from_ = next_;
    waited_ = random.chance(70);
    return {next_, static_cast<std::uint32_t>(random.between(1, 40)),
            waited_ ? static_cast<std::uint32_t>(random.between(1, 1200)) : 0};
}

protocol::Follow Follower::ask_for_the_rest(std::uint64_t correlation) {
    correlation_ = correlation;
    if (next_ != 0) next_ = told_through_ + 1;
    asked_from_ = next_;
    waited_ = false;
    return {next_, 256, 0};
}

std::string Follower::take(const protocol::Answer& answer) {
    correlation_.reset();
    switch (answer.reject) {
        case Reject::none:
            return take_events(answer);
        case Reject::sequence_gone:
            reached_.at(Point::follow_gone);
            next_ = 0;
            return {};
        case Reject::sequence_ahead:
            reached_.at(Point::follow_ahead);
            next_ = told_through_ + 1;
            if (std::exchange(may_be_ahead_, false)) return {};
            return "it followed from " + std::to_string(asked_from_) + ": " + answer.message;
        default:
            return {};  // too many, or no account yet
    }
}

std::string Follower::take_events(const protocol::Answer& answer) {
    if (!answer.events || !answer.through) return "an answer to follow without events";
    const auto through = *answer.through;
    std::uint64_t last = asked_from_ == 0 ? 0 : asked_from_ - 1;
    std::map<std::uint64_t, std::string> page;
    for (const auto& event : *answer.events) {
        if (event.seq <= last) return "event " + std::to_string(event.seq) + " comes twice";
        last = event.seq;
        if (event.kind == protocol::EventKind::forgotten) reached_.at(Point::ticket_forgotten);
        scenario::JsonText json(page[event.seq]);
        scenario::append_event(json, event);
    }
    if (through < last) return "there are events beyond `through`";
    const auto from = asked_from_ != 0 ? asked_from_
                      : page.empty()   ? through + 1
                                       : page.begin()->first;
    if (page.empty() && waited_) reached_.at(Point::follow_waited_in_vain);
    // What was told before must be told again, and nothing else.
    const auto known_until = std::min(through, told_through_);
    for (auto seq = std::max(from, told_since_); seq <= known_until; ++seq) {
        const auto before = told_.find(seq);
        const auto now = page.find(seq);
        if ((before == told_.end()) != (now == page.end()))
            return "event " + std::to_string(seq) + " is there at one time and not at another";
        if (before != told_.end() && before->second != now->second)
            return "event " + std::to_string(seq) + " was " + before->second + " and is now " +
                   now->second;
    }
    reached_.at(from <= told_through_ ? Point::follow_from_disk : Point::follow_live);
    if (from > told_through_ + 1 || told_through_ == 0) {
        told_.clear();
        told_since_ = from;
    }
    if (from < told_since_ && through + 1 >= told_since_) told_since_ = from;
    page.erase(page.begin(), page.lower_bound(told_since_));
    told_.merge(page);
    told_through_ = std::max(told_through_, through);
    next_ = through + 1;
    return {};
}

std::string Follower::restarted(std::uint64_t last_seq, bool may_lose) {
    correlation_.reset();
    if (told_through_ <= last_seq) return {};
    if (!may_lose)
        return "events up to " + std::to_string(told_through_) +
               " were told, but the account has come back with " + std::to_string(last_seq);
    told_.erase(told_.upper_bound(last_seq), told_.end());
    told_through_ = last_seq;
    may_be_ahead_ = true;  // it does not know
    return {};
}

}  // namespace usher::simulator
