// Long waiting lines are given out in slices, one a turn, so that other accounts of the shard get
// theirs in between (rule 38). What comes for the account meanwhile waits its turn.
#include <algorithm>
#include <utility>

#include "base/expect.h"
#include "protocol/frame.h"
#include "shard/shard.h"

namespace usher::shard {

using engine::Progress;

std::size_t Shard::Delayed::bytes() const {
    std::size_t sum = sizeof(Delayed) + payload.size();
    if (roster != nullptr)
        for (const auto& file : roster->files) sum += file.name.size() + file.text.size();
    return sum;
}

Shard::Draining* Shard::draining(std::string_view account) {
    const auto found = std::find_if(draining_.begin(), draining_.end(),
                                    [&](const Draining& d) { return d.account == account; });
    return found == draining_.end() ? nullptr : &*found;
}

void Shard::take(const Asked& asked, const protocol::Request& request) {
    if (is_draining())
        if (auto* until = draining(request.account)) return delay(*until, asked, request);
    switch (carry_out(asked, request)) {
        case Progress::finished:
            return reply(asked);
        case Progress::again:
            return delay(draining_.emplace_back(Draining{std::string(request.account)}), asked,
                         request);
        case Progress::rest:
            draining_.push_back(
                {std::string(request.account), Asked{asked.origin, asked.correlation}});
    }
}

void Shard::delay(Draining& until, const Asked& asked, const protocol::Request& request) {
    if (delayed_bytes_ >= options_.unflushed_bytes_max) {
        answer_.refuse(protocol::Reject::overloaded,
                       "too much waits for the account to give out what waits; ask again later");
        answer_.retry_after_ms = 100;
        return reply(asked);
    }
    Delayed delayed{asked, {}, nullptr};
    const auto frame = request_writer_.frame(asked.correlation, request);
    delayed.payload.assign(frame.begin() + protocol::header_bytes, frame.end());
    if (asked.roster != nullptr) {
        delayed.roster = std::make_unique<RosterText>(*asked.roster);
        delayed.asked.roster = delayed.roster.get();
    }
    delayed_bytes_ += delayed.bytes();
    until.delayed.push_back(std::move(delayed));
}

void Shard::drain_on() {
    for (auto of = draining_.begin(); of != draining_.end();)
        of = drain_on(*of) ? draining_.erase(of) : std::next(of);
}

bool Shard::drain_on(Draining& of) {
    if (of.owed) {
        if (engine_.go_on(of.account, log_, answer_) != Progress::finished) return false;
        reply(*of.owed);
        of.owed.reset();
    } else if (of.delayed.empty()) {
        // Time alone has brought it about.
        if (!engine_.tick(*engine_.account(of.account), now_, log_)) return false;
    }
    while (!of.delayed.empty()) {
        auto& next = of.delayed.front();
        const auto parsed = request_parser_.parse(next.payload);
        EXPECT(parsed.request != nullptr);  // it was parsed before, from the same bytes
        const auto progress = carry_out(next.asked, *parsed.request);
        if (progress == Progress::again) return false;
        if (progress == Progress::rest)
            of.owed = Asked{next.asked.origin, next.asked.correlation};
        else
            reply(next.asked);
        delayed_bytes_ -= next.bytes();
        of.delayed.pop_front();
        if (of.owed) return false;
    }
    return true;
}

}  // namespace usher::shard
