#include "bench/trace/scenario.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

#include "bench/trace/arrivals.h"
#include "bench/trace/shape.h"

namespace usher::bench {

namespace {

/// "2026-03-02T09:00:00Z"; the day is worked out once a day.
class Clock {
  public:
    explicit Clock(Instant start) : start_s_(start.ms / 1000) {}

    std::string_view at(std::uint64_t since_start_s) {
        const auto now = start_s_ + static_cast<std::int64_t>(since_start_s);
        const auto day = now / 86'400;
        if (day != day_) write_day(day);
        const auto second = static_cast<std::uint32_t>(now - day * 86'400);
        two_digits(11, second / 3600);
        two_digits(14, second / 60 % 60);
        two_digits(17, second % 60);
        return text_;
    }

  private:
    void two_digits(std::size_t place, std::uint32_t value) {
        text_[place] = static_cast<char>('0' + value / 10);
        text_[place + 1] = static_cast<char>('0' + value % 10);
    }
    void write_day(std::int64_t day) {
        const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
        const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
        two_digits(0, year / 100);
        two_digits(2, year % 100);
        two_digits(5, static_cast<unsigned>(date.month()));
        two_digits(8, static_cast<unsigned>(date.day()));
        day_ = day;
    }

    std::int64_t start_s_;
    std::int64_t day_ = std::numeric_limits<std::int64_t>::min();
    std::string text_ = "0000-00-00T00:00:00Z";
};

enum class Step : std::uint8_t { transfer, close, reopen };

/// What happens next to a ticket. Ordered by time, then by ticket, so that the order is total.
struct Next {
    std::uint64_t at_s;
    std::uint64_t ticket;
    std::uint64_t closes_s;
    std::uint32_t team;
    std::uint8_t moves_left;
    Step step;
    bool reopened;

    bool operator>(const Next& other) const {
        return std::tie(at_s, ticket) > std::tie(other.at_s, other.ticket);
    }
};

constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

class Writer {
  public:
    Writer(const TracePlan& plan, Sink& out)
        : random_(plan.seed ^ 0x5ce7a510U),
          teams_(team_count(plan)),
          skewed_(teams_),
          start_(plan.start),
          clock_(plan.start),
          out_(out),
          end_s_(std::uint64_t{plan.days} * 86'400),
          arrivals_(plan.tickets_per_day) {}

    TraceSummary run(const TraceProgress& progress) {
        std::uint32_t day = 0;
        progress(day, sum_);
        for (auto arrives_s = arrivals_.next_s(random_); arrives_s < end_s_ && !out_.failed();
             arrives_s = arrivals_.next_s(random_)) {
            step_until(arrives_s);
            for (; day < arrives_s / 86'400; ++day) progress(day + 1, sum_);
            route(arrives_s);
        }
        step_until(end_s_);
        count_hour(end_s_ / 3600);
        sum_.left_open = open_;
        return sum_;
    }

  private:
    void begin_line(std::uint64_t at_s, std::string_view verb, std::uint64_t ticket) {
        out_.append("{\"at\":\"");
        out_.append(clock_.at(at_s));
        out_.append("\",\"do\":\"");
        out_.append(verb);
        out_.append("\",\"ticket\":\"HD");
        append_number(ticket, 7);
        out_.append("\"");
    }

    void append_number(std::uint64_t value, std::size_t digits_min = 1) {
        char text[20];
        const auto end = std::to_chars(text, text + sizeof text, value).ptr;
        const auto digits = static_cast<std::size_t>(end - text);
        if (digits < digits_min) out_.append(std::string_view{"0000000", digits_min - digits});
        out_.append({text, digits});
    }

    void append_channel(std::uint32_t team) {
        out_.append(",\"channel\":\"");
        if (team == nobody) {
            out_.append(nobody_channel);
        } else {
            out_.append("team-");
            append_number(team + 1);
        }
        out_.append("\"");
    }

    /// One ticket in fifty comes to (or is moved to) the channel without takers.
    std::uint32_t draw_team() { return random_.chance(1, 50) ? nobody : skewed_.draw(random_); }

    void route(std::uint64_t at_s) {
        count_hour(at_s / 3600);
        ++hour_tickets_;
        const auto ticket = ++sum_.tickets;
        const auto team = draw_team();
        begin_line(at_s, "route", ticket);
        append_channel(team);
        out_.append(",\"type\":\"");
        out_.append(draw_type(random_));
        out_.append("\",\"properties\":{\"category\":\"");
        append_number(1 + random_.below(60));
        out_.append("\",\"contact\":\"");
        append_number(1 + random_.below(5000));
        out_.append("\"}}\n");
        opened();

        const auto life = draw_life(random_, teams_ > 1);
        const Next next{.at_s = at_s,
                        .ticket = ticket,
                        .closes_s = at_s + life.seconds,
                        .team = team,
                        .moves_left = static_cast<std::uint8_t>(life.moves),
                        .step = Step::close,
                        .reopened = false};
        plan_next(next);
    }

    /// Moves are spread evenly over what is left of the ticket's time: the first of n is the least
    /// of n draws, and the others lie evenly behind it.
    void plan_next(Next next) {
        if (next.moves_left == 0) {
            next.step = Step::close;
            next.at_s = next.closes_s;
        } else {
            auto earliest = random_.below(next.closes_s - next.at_s + 1);
            for (unsigned draw = 1; draw < next.moves_left; ++draw)
                earliest = std::min(earliest, random_.below(next.closes_s - next.at_s + 1));
            next.step = Step::transfer;
            next.at_s += earliest;
        }
        keep(next);
    }

    /// What happens after the end is not remembered: the ticket stays as it is.
    void keep(const Next& next) {
        if (next.at_s < end_s_) nexts_.push(next);
    }

    void step_until(std::uint64_t until_s) {
        while (!nexts_.empty() && nexts_.top().at_s <= until_s && !out_.failed()) {
            const auto next = nexts_.top();
            nexts_.pop();
            switch (next.step) {
                case Step::transfer:
                    transfer(next);
                    break;
                case Step::close:
                    close(next);
                    break;
                case Step::reopen:
                    reopen(next);
                    break;
            }
        }
    }

    void transfer(Next next) {
        auto team = draw_team();
        while (team == next.team) team = draw_team();
        begin_line(next.at_s, "transfer", next.ticket);
        append_channel(team);
        out_.append("}\n");
        ++sum_.transfers;
        next.team = team;
        --next.moves_left;
        plan_next(next);
    }

    void close(Next next) {
        begin_line(next.at_s, "close", next.ticket);
        out_.append("}\n");
        ++sum_.closes;
        --open_;
        if (next.reopened || !random_.chance(reopened_times, moved_of)) return;
        next.step = Step::reopen;
        next.at_s += draw_reopen_delay_s(random_);
        keep(next);
    }

    void reopen(Next next) {
        begin_line(next.at_s, "reopen", next.ticket);
        out_.append("}\n");
        ++sum_.reopens;
        opened();
        next.reopened = true;
        next.closes_s = next.at_s + draw_life(random_, false).seconds;
        plan_next(next);
    }

    void opened() { sum_.peak_open = std::max(sum_.peak_open, ++open_); }

    void count_hour(std::uint64_t hour) {
        if (hour == hour_) return;
        if (hour_tickets_ > sum_.busiest_hour_tickets) {
            sum_.busiest_hour_tickets = hour_tickets_;
            sum_.busiest_hour = start_ + seconds(static_cast<std::int64_t>(hour_) * 3600);
        }
        hour_ = hour;
        hour_tickets_ = 0;
    }

    Random random_;
    std::uint32_t teams_;
    Skewed skewed_;
    Instant start_;
    Clock clock_;
    Sink& out_;
    std::uint64_t end_s_;
    Arrivals arrivals_;
    std::priority_queue<Next, std::vector<Next>, std::greater<>> nexts_;
    TraceSummary sum_;
    std::uint64_t open_ = 0;
    std::uint64_t hour_ = 0;
    std::uint64_t hour_tickets_ = 0;
};

}  // namespace

TraceSummary write_scenario(const TracePlan& plan, Sink& out, const TraceProgress& progress) {
    return Writer(plan, out).run(progress);
}

}  // namespace usher::bench
