#include "tests/simulator/mirror.h"

#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "tests/twin/calendar.h"
#include "tests/twin/comparison.h"

namespace usher::simulator {

namespace json = boost::json;

namespace {

json::object without_place(json::object line) {
    line.erase("at");
    line.erase("after");
    return line;
}

std::string next_of(const json::object& answer) {
    const auto* next = answer.if_contains("next");
    return next == nullptr ? "" : std::string(next->as_string());
}

}  // namespace

void Mirror::found(std::int64_t at_ms) {
    twin_.emplace(history_.roster, twin::Features{}, [this](const std::string& path) {
        for (const auto& [name, text] : history_.files)
            if (name == path) return text;
        throw std::runtime_error("no such roster: " + path);
    });
    (void)twin_->answer({{"at", twin::write_instant(at_ms)}, {"do", "tick"}});
}

json::object Mirror::tell(const json::object& line, std::int64_t at_ms) {
    if (line.empty()) return found(at_ms), json::object{};
    json::object whole{{"at", twin::write_instant(at_ms)}};
    for (const auto& member : line)
        if (member.key() != "at") whole[member.key()] = member.value();
    if (const auto* after = whole.if_contains("after");
        after != nullptr && *after == twin::last_cursor)
        whole["after"] = twin_next_;
    return twin_->answer(whole);
}

std::string Mirror::compare(const Asked& asked, const json::object& got, std::uint64_t seq) {
    if (lost_) return {};
    told_.push_back({asked.line, asked.at_ms, seq, asked.wrote});
    if (asked.founds()) {
        found(asked.at_ms);
        return got.contains("reject") ? "the first roster is refused: " + json::serialize(got) : "";
    }
    if (!twin_) return "the account is not there yet, but it answers: " + json::serialize(got);
    const auto expected = tell(asked.line, asked.at_ms);
    ++compared_;
    twin_next_ = next_of(expected);
    shard_next_ = next_of(got);
    list_ = without_place(asked.line);
    const bool same = comparable(expected) == comparable(got);
    unseen_ = false;
    if (same) return {};
    return json::serialize(asked.line) + "\n  twin:  " + json::serialize(expected) +
           "\n  shard: " + json::serialize(got);
}

json::value Mirror::comparable(const json::object& answer) const {
    auto result = twin::comparable(answer);
    if ((ticks_ || unseen_) && answer.contains("events"))
        for (const char* list : {"events", "total", "next"}) result.as_object().erase(list);
    return result;
}

bool Mirror::knows_cursor_for(const json::object& line) const {
    return !twin_next_.empty() && list_ == without_place(line);
}

void Mirror::forget_cursor() {
    twin_next_.clear();
    shard_next_.clear();
}

void Mirror::roll_back(std::uint64_t seq, const std::deque<Asked>& unanswered,
                       std::optional<std::int64_t> now_ms) {
    forget_cursor();
    if (lost_) return;
    for (const auto& asked : unanswered)
        told_.push_back({asked.line, asked.at_ms, asked.seq_after, asked.wrote});
    std::erase_if(told_, [&](const Told& told) { return !told.wrote || told.seq > seq; });
    twin_ = settled_;
    // A request that is later than the account has left nothing of its own, only what time had
    // brought before it: a tick brings that, too.
    for (const auto& told : told_)
        if (now_ms && told.at_ms <= *now_ms) (void)tell(told.line, told.at_ms);
    if (twin_ && now_ms)
        (void)twin_->answer({{"at", twin::write_instant(*now_ms)}, {"do", "tick"}});
    // What was recovered is on the disk for good.
    settled_ = twin_;
    told_.clear();
}

}  // namespace usher::simulator
