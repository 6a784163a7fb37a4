#include "clients/usherctl/pipeline.h"

#include <algorithm>
#include <functional>

#include "base/expect.h"
#include "clients/scenario/answer_line.h"

namespace usher::ctl {

Pipeline::Pipeline(std::vector<std::unique_ptr<client::Connection>> connections, Options options,
                   Output& output)
    : options_(options), output_(output) {
    EXPECT(!connections.empty());
    for (auto& connection : connections) {
        const auto most = std::max(1U, connection->hello().in_flight_max);
        lanes_.push_back({std::move(connection), {}, std::clamp(options.depth, 1U, most)});
    }
}

Pipeline::Lane& Pipeline::lane_for(const scenario::Heading& heading) {
    if (lanes_.size() == 1) return lanes_.front();
    const auto subject = heading.ticket.empty() ? heading.agent : heading.ticket;
    return lanes_[std::hash<std::string_view>{}(subject) % lanes_.size()];
}

Result<void> Pipeline::send(const scenario::Line& line, std::optional<Clock::time_point> due) {
    auto& lane = lane_for(line.heading);
    if (lane.in_flight.size() >= lane.window) {
        if (auto waited = wait_for(lane); !waited) return waited;
    }
    lane.connection->send(line.request);
    lane.in_flight.push_back(first_waiting_ + waiting_.size());
    waiting_.push_back({line.heading.verb, std::string(line.heading.ticket),
                        std::string(line.heading.agent), due, std::nullopt});
    return {};
}

void Pipeline::answer(const scenario::Heading& heading, const protocol::Answer& answer) {
    tally_.add(answer);
    if (waiting_.empty()) {
        show(output_.buffer(), heading, answer);
        output_.written();
        ++first_waiting_;
        return;
    }
    auto& line = waiting_.emplace_back();
    show(line.shown.emplace(), heading, answer);
}

/// Everything that was sent goes out; latencies count from here on.
Result<void> Pipeline::flush() {
    const auto now = Clock::now();
    for (auto line = std::max(first_unsent_, first_waiting_);
         line < first_waiting_ + waiting_.size(); ++line) {
        auto& waiting = waiting_[line - first_waiting_];
        if (!waiting.sent) waiting.sent = now;
    }
    first_unsent_ = first_waiting_ + waiting_.size();
    for (auto& lane : lanes_) {
        auto flushed = lane.connection->flush(Clock::now() + options_.patience);
        if (!flushed) return flushed;
    }
    return {};
}

/// At least one answer on this lane, and all others that have arrived.
Result<void> Pipeline::wait_for(Lane& lane) {
    if (auto flushed = flush(); !flushed) return flushed;
    const auto received = receive(lane, Clock::now() + options_.patience);
    if (!received) return received.error();
    if (!*received) {
        return fault(ExitCode::io, "the daemon has not answered for " +
                                       std::to_string(options_.patience.count()) +
                                       " ms; what it did with the last requests is unknown");
    }
    for (auto& other : lanes_) {
        while (!other.in_flight.empty()) {
            const auto more = receive(other, {});
            if (!more) return more.error();
            if (!*more) break;
        }
    }
    return {};
}

/// False: nothing has come by the deadline.
Result<bool> Pipeline::receive(Lane& lane, Clock::time_point deadline) {
    const auto received = lane.connection->receive(deadline);
    if (!received) return received.error();
    if (!*received) return false;
    EXPECT(!lane.in_flight.empty());
    const auto line = lane.in_flight.front();
    lane.in_flight.pop_front();
    take(line, *(*received)->answer);
    return true;
}

void Pipeline::take(std::uint64_t number, const protocol::Answer& answer) {
    auto& line = waiting_[number - first_waiting_];
    EXPECT(line.sent.has_value());
    const auto took =
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - *line.sent);
    latency_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count())));
    tally_.add(answer);
    const scenario::Heading heading{line.verb, line.ticket, line.agent};
    if (number != first_waiting_) {
        show(line.shown.emplace(), heading, answer);
        return;
    }
    show(output_.buffer(), heading, answer);
    waiting_.pop_front();
    ++first_waiting_;
    print_what_is_ready();
}

void Pipeline::print_what_is_ready() {
    while (!waiting_.empty() && waiting_.front().shown) {
        output_.buffer() += *waiting_.front().shown;
        waiting_.pop_front();
        ++first_waiting_;
    }
    output_.written();
}

void Pipeline::show(std::string& out, const scenario::Heading& heading,
                    const protocol::Answer& answer) {
    if (options_.json) {
        scenario::append_json(out, heading, answer);
    } else {
        scenario::append_text(out, heading, answer);
    }
    out += '\n';
}

Result<void> Pipeline::read_until(Clock::time_point until) {
    if (auto flushed = flush(); !flushed) return flushed;
    while (!waiting_.empty()) {
        // The oldest line is the one that holds up the printing; it was sent, or it would be shown.
        auto& lane = *std::ranges::find_if(lanes_, [this](const Lane& candidate) {
            return !candidate.in_flight.empty() && candidate.in_flight.front() == first_waiting_;
        });
        const auto received = receive(lane, until);
        if (!received) return received.error();
        if (!*received) return {};
    }
    return {};
}

Result<void> Pipeline::drain() {
    if (auto flushed = flush(); !flushed) return flushed;
    for (auto& lane : lanes_) {
        while (!lane.in_flight.empty()) {
            if (auto waited = wait_for(lane); !waited) return waited;
        }
    }
    return {};
}

}  // namespace usher::ctl
