#include "tests/twin/history.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "tests/twin/calendar.h"
#include "tests/twin/speech.h"

namespace usher::twin {
namespace {

namespace json = boost::json;

struct Kind {
    const char* verb;
    std::size_t weight;
    std::size_t busy_weight;  ///< where work has to wait
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {{"route", 22, 55},       {"explain", 6, 4},
                                          {"assign", 6, 5},        {"assign_conversation", 3, 1},
                                          {"reply", 4, 3},         {"email_sent", 2, 1},
                                          {"contact_reply", 4, 3}, {"set_status", 4, 5},
                                          {"close", 7, 24},        {"reopen", 4, 4},
                                          {"update", 3, 7},        {"import", 3, 3},
                                          {"transfer", 4, 6},      {"handoff", 4, 2},
                                          {"missed", 2, 2},        {"availability", 4, 10},
                                          {"absence", 2, 3},       {"capacity", 2, 7},
                                          {"channel", 1, 2},       {"apply", 2, 4},
                                          {"get_ticket", 5, 8},    {"get_agent", 5, 3},
                                          {"backlog", 2, 4},       {"tickets", 3, 4},
                                          {"tick", 3, 6}};
    return all;
}

class Inventor {
  public:
    Inventor(std::uint64_t seed, std::size_t steps)
        : random_(seed), steps_(steps), speech_(random_) {
        history_.seed = seed;
        history_.roster = to_toml(speech_.draft());
        for (const auto& kind : kinds()) {
            // Routing is never switched off: without tickets nothing has anything to say.
            const bool busy = speech_.draft().busy;
            const bool off =
                random_.chance(busy ? 15 : 30) && kind.verb != std::string_view("route");
            const auto weight = busy ? kind.busy_weight : kind.weight;
            for (std::size_t i = 0; i < weight && !off; ++i) verbs_.emplace_back(kind.verb);
        }
        now_ = Ms{1767225600000} + random_.between(0, 364) * day_ms;  // a day of 2026
        pace_ = random_.below(4);
        bad_percent_ = random_.chance(60) ? 0 : 4;
        repeat_percent_ = random_.chance(50) ? 0 : 6;
    }

    History invent() {
        while (history_.lines.size() < steps_) {
            const Ms before = now_;
            pass_time();
            if (now_ - before > 3'600'000 && random_.chance(15)) say({{"do", "tick"}});
            if (random_.chance(repeat_percent_) && !keyed_.empty()) {
                repeat();
                continue;
            }
            if (!look_at_.empty()) {
                say({{"do", "get_ticket"}, {"ticket", look_at_}});
                look_at_.clear();
                continue;
            }
            auto line = speech_.request(random_.one_of(verbs_), now_);
            if (speech_.may_have_key(line) && repeat_percent_ != 0 && random_.chance(30)) {
                line["key"] = "K-" + std::to_string(random_.below(40));
                keyed_.push_back(line);
            }
            if (random_.chance(bad_percent_)) spoil(line);
            say(line);
            const auto verb = line.at("do").as_string();
            if (line.contains("limit") &&
                (verb == "explain" || verb == "backlog" || verb == "tickets"))
                go_on(line);
        }
        history_.lines.resize(steps_);
        history_.files = speech_.files();
        return std::move(history_);
    }

  private:
    Random random_;
    std::size_t steps_;
    History history_;
    Speech speech_;
    Texts verbs_;
    Ms now_ = 0;
    std::size_t pace_ = 0;
    std::size_t bad_percent_ = 0;
    std::size_t repeat_percent_ = 0;
    std::vector<json::object> keyed_;
    std::vector<std::pair<Ms, std::string>> touched_;  ///< which tickets were spoken of, and when
    std::string look_at_;

    /// To the very end of a window, of a memory, of a kept answer, or a millisecond beside it:
    /// whole days after some ticket was spoken of, and then mostly a look at that ticket.
    void jump_to_an_end() {
        if (touched_.empty()) return;
        const auto& [then, ticket] = random_.one_of(touched_);
        const auto& draft = speech_.draft();
        const auto days = random_.one_of(std::vector<Ms>{1, draft.window_days, draft.forget_days});
        const Ms end = then + days * day_ms + random_.between(-1, 1);
        if (end < now_) return;
        now_ = end;
        if (random_.chance(70)) look_at_ = ticket;
    }

    void pass_time() {
        switch (random_.below(pace_ == 0 ? 6 : 12)) {
            case 0:
            case 1:
            case 2:
            case 3:
                break;  // the same instant
            case 4:
                now_ += random_.between(1, 2000);
                break;
            case 5:
                now_ += random_.between(1, 3600) * 1000;
                break;
            case 6:
                now_ += random_.between(1, 12) * 3'600'000;
                break;
            case 7: {  // a quarter of an hour begins, has just begun, or is about to
                constexpr Ms quarter = 900'000;
                const Ms next = now_ / quarter * quarter + quarter * random_.between(1, 60);
                now_ = std::max(now_, next + random_.between(-1, 1));
                break;
            }
            case 8:
            case 9:
                jump_to_an_end();
                break;
            case 10:
                if (pace_ > 1) now_ += random_.between(1, 5) * day_ms / 2;
                break;
            default:
                if (pace_ > 2 && random_.chance(20)) now_ += random_.between(5, 60) * day_ms;
                break;
        }
    }

    void say(const json::object& line) {
        json::object whole{{"at", speech_.instant(now_)}};
        for (const auto& member : line) whole[member.key()] = member.value();
        if (const auto* about = line.if_contains("ticket"))
            touched_.emplace_back(now_, about->as_string());
        history_.lines.push_back(json::serialize(whole));
    }

    /// The same request again, or another one with its key (rule 37).
    void repeat() {
        auto line = random_.one_of(keyed_);
        if (random_.chance(15)) line["ticket"] = speech_.ticket();
        say(line);
    }

    /// The rest of a list, asked for at once: a part that follows later may follow another list.
    void go_on(const json::object& first) {
        auto line = first;
        line["after"] = last_cursor;
        while (random_.chance(60)) say(line);
    }

    /// Makes the line malformed, or the clock run backwards (rule 39).
    void spoil(json::object& line) {
        switch (random_.below(6)) {
            case 0:
                line["colour"] = "blue";
                break;
            case 1:
                line["priority"] = 10;
                break;
            case 2:
                line["ticket"] = std::string(65, 'x');
                break;
            case 3:
                line["limit"] = 0;
                break;
            case 4:
                line.erase(random_.chance(50) ? "ticket" : "agent");
                break;
            default:
                now_ -= 1;
                say(line);
                now_ += 1;
                break;
        }
    }
};

}  // namespace

History invent_history(std::uint64_t seed, std::size_t steps) {
    return Inventor(seed, steps).invent();
}

}  // namespace usher::twin
