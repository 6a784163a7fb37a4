#include "tests/simulator/customer.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <stdexcept>

#include "tests/twin/calendar.h"

namespace usher::simulator {

namespace json = boost::json;

namespace {

std::int64_t instant_of(const json::object& line) {
    return twin::read_instant(std::string_view(line.at("at").as_string())).value();
}

bool goes_on_with_a_list(const json::object& line) {
    const auto* after = line.if_contains("after");
    return after != nullptr && *after == twin::last_cursor;
}

/// Invented rosters are all of one account.
twin::History renamed(twin::History history, const std::string& account) {
    const auto rename = [&](std::string& text) {
        const std::string name = "\"acme\"";
        const auto at = text.find(name);
        if (at != std::string::npos) text.replace(at, name.size(), '"' + account + '"');
    };
    rename(history.roster);
    for (auto& [name, text] : history.files) rename(text);
    return history;
}

}  // namespace

Customer::Customer(std::string account, twin::History history, bool dated, Reached& reached)
    : account_(account),
      history_(renamed(std::move(history), account_)),
      reached_(reached),
      reader_(std::move(account), dated),
      mirror_(history_, !dated),
      follower_(reached) {
    now_ms_ = first_at_ms();
}

std::int64_t Customer::first_at_ms() const {
    return instant_of(json::parse(history_.lines.front()).as_object());
}

std::string Customer::at_now() const {
    return twin::write_instant(now_ms_);
}

std::string Customer::latest_at(std::int64_t ms) const {
    return twin::write_instant(std::max(now_ms_, ms));
}

const std::string& Customer::file(const std::string& name) const {
    for (const auto& [known, text] : history_.files)
        if (known == name) return text;
    throw std::runtime_error("no such roster: " + name);
}

std::optional<json::object> Customer::next(std::int64_t& passed_ms) {
    passed_ms = 0;
    if (!retries_.empty()) {
        auto line = retries_.front();
        retries_.pop_front();
        return line;
    }
    for (; at_ < history_.lines.size(); ++at_) {
        auto line = json::parse(history_.lines[at_]).as_object();
        if (goes_on_with_a_list(line)) {
            if (!in_flight_.empty()) return std::nullopt;  // the list has to come first
            if (!mirror_.knows_cursor_for(line)) continue;
        }
        ++at_;
        const auto at = instant_of(line);
        passed_ms = at > now_ms_ ? at - now_ms_ : 0;
        now_ms_ = std::max(now_ms_, at);
        return line;
    }
    return std::nullopt;
}

std::optional<json::object> Customer::again(Random& random) {
    if (sent_.empty()) return std::nullopt;
    const bool late = random.chance(30);
    const auto newest = std::min<std::size_t>(sent_.size(), 8);
    auto line = late ? random.one_of(sent_) : sent_[sent_.size() - 1 - random.below(newest)];
    reached_.at(late ? Point::repeated_later : Point::repeated_on_connection);
    if (random.chance(60)) line["at"] = at_now();
    return line;
}

void Customer::ask_again(const json::object& line) {
    if (!goes_on_with_a_list(line)) retries_.push_back(line);
}

void Customer::sent(const json::object& line) {
    if (!goes_on_with_a_list(line)) sent_.push_back(line);
}

void Customer::restarted(std::size_t retry_percent, Random& random) {
    for (const auto& asked : in_flight_) {
        if (asked.founds() || goes_on_with_a_list(asked.line)) continue;
        if (!random.chance(retry_percent)) continue;
        auto line = asked.line;
        if (random.chance(60)) line["at"] = at_now();
        retries_.push_back(line);
        reached_.at(Point::retried_after_restart);
        if (line.contains("key")) reached_.at(Point::retried_with_key);
    }
    in_flight_.clear();
}

}  // namespace usher::simulator
