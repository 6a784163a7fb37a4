#include "tests/twin/history.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "tests/twin/calendar.h"

namespace usher::twin {
namespace {

namespace json = boost::json;

struct Kind {
    const char* verb;
    std::size_t weight;
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {
        {"route", 22},     {"explain", 6},    {"assign", 6},        {"assign_conversation", 3},
        {"reply", 4},      {"email_sent", 2}, {"contact_reply", 4}, {"set_status", 4},
        {"close", 7},      {"reopen", 4},     {"update", 3},        {"import", 3},
        {"transfer", 4},   {"handoff", 4},    {"missed", 2},        {"availability", 4},
        {"absence", 2},    {"capacity", 2},   {"channel", 1},       {"apply", 2},
        {"get_ticket", 5}, {"get_agent", 5},  {"backlog", 2},       {"tickets", 3},
        {"tick", 3}};
    return all;
}

template <class Things>
std::string key_of(const Things& things, Random& random, const char* unknown) {
    if (things.empty() || random.chance(3)) return unknown;
    return things[random.below(things.size())].key;
}

class Inventor {
  public:
    Inventor(std::uint64_t seed, std::size_t steps) : random_(seed), steps_(steps) {
        history_.seed = seed;
        draft_ = invent_draft(random_);
        history_.roster = to_toml(draft_);
        for (const auto& kind : kinds()) {
            // Routing is never switched off: without tickets nothing has anything to say.
            const bool off = random_.chance(30) && std::string_view(kind.verb) != "route";
            for (std::size_t i = 0; i < kind.weight && !off; ++i) verbs_.emplace_back(kind.verb);
        }
        now_ = Ms{1767225600000} + random_.between(0, 364) * day_ms;  // a day of 2026
        pace_ = random_.below(4);
        bad_percent_ = random_.chance(60) ? 0 : 4;
        repeat_percent_ = random_.chance(50) ? 0 : 6;
    }

    History invent() {
        while (history_.lines.size() < steps_) {
            pass_time();
            if (random_.chance(repeat_percent_) && !keyed_.empty()) {
                repeat();
                continue;
            }
            json::object line = request(random_.one_of(verbs_));
            if (random_.chance(bad_percent_)) spoil(line);
            say(line);
            const auto verb = line.at("do").as_string();
            if (line.contains("limit") &&
                (verb == "explain" || verb == "backlog" || verb == "tickets"))
                go_on(line);
        }
        history_.lines.resize(steps_);
        return std::move(history_);
    }

  private:
    Random random_;
    std::size_t steps_;
    History history_;
    Draft draft_;
    Texts verbs_;
    Ms now_ = 0;
    std::size_t pace_ = 0;
    std::size_t bad_percent_ = 0;
    std::size_t repeat_percent_ = 0;
    std::size_t tickets_ = 0;
    std::vector<json::object> keyed_;
    std::vector<Ms> instants_;

    void pass_time() {
        instants_.push_back(now_);
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
            case 9: {  // whole days after something: windows, forgetting, keys
                const Ms then = random_.one_of(instants_) +
                                random_.one_of(std::vector<Ms>{1, 1, 2, 3, 30}) * day_ms;
                now_ = std::max(now_, then + random_.between(-1, 1));
                break;
            }
            case 10:
                if (pace_ > 1) now_ += random_.between(1, 5) * day_ms / 2;
                break;
            default:
                if (pace_ > 2 && random_.chance(20)) now_ += random_.between(5, 60) * day_ms;
                break;
        }
    }

    std::string instant(Ms at) {
        auto text = write_instant(at);
        if (!random_.chance(10)) return text;
        text = write_instant(at + 2 * 3'600'000);  // the same instant, by another clock
        return text.substr(0, text.size() - 1) + "+02:00";
    }

    void say(const json::object& line) {
        json::object whole{{"at", instant(now_)}};
        for (const auto& member : line) whole[member.key()] = member.value();
        history_.lines.push_back(json::serialize(whole));
    }

    /// The same request again, or another one with its key (rule 37).
    void repeat() {
        auto line = random_.one_of(keyed_);
        if (random_.chance(15)) line["ticket"] = ticket();
        say(line);
    }

    std::string ticket() {
        if (tickets_ == 0 || random_.chance(3)) return "nowhere";
        // Mostly one of the latest, so that something is still open.
        const auto back = random_.chance(80) ? random_.below(std::min<std::size_t>(tickets_, 12))
                                             : random_.below(tickets_);
        return "T-" + std::to_string(tickets_ - back);
    }

    std::string new_ticket() {
        if (random_.chance(5)) return ticket();
        return "T-" + std::to_string(++tickets_);
    }

    std::string agent() { return key_of(draft_.agents, random_, "zoe"); }
    std::string channel() { return key_of(draft_.channels, random_, "nowhere"); }
    std::string inbox() { return key_of(draft_.inboxes, random_, "nowhere"); }
    std::string team() {
        if (draft_.teams.empty() || random_.chance(3)) return "nobody";
        return random_.one_of(draft_.teams);
    }
    std::string status() {
        return random_.one_of(
            Texts{"new", "waiting", "escalated", "closed", "done", "spam", "open", "gone"});
    }

    json::array skills() {
        json::array result;
        for (const auto& skill : draft_.skills)
            if (random_.chance(30)) result.emplace_back(skill);
        if (random_.chance(2)) result.emplace_back("latin");
        return result;
    }

    json::object properties() {
        json::object result;
        if (random_.chance(50)) result["topic"] = random_.chance(70) ? "refund" : "other";
        if (random_.chance(50)) result["lang"] = random_.chance(70) ? "fr" : "de";
        return result;
    }

    void add_owner(json::object& to) {
        switch (random_.below(7)) {
            case 0:
                to["team"] = team();
                break;
            case 1:
                to["bot"] = true;
                break;
            case 2:
                to["none"] = true;
                break;
            default:
                to["agent"] = agent();
                break;
        }
    }

    /// What `route`, `explain` and `import` may say of a new ticket.
    void describe(json::object& line) {
        if (random_.chance(12))
            line["type"] = random_.one_of(Texts{"calling", "messaging", "email"});
        if (random_.chance(20)) line["skills"] = skills();
        if (random_.chance(25)) line["properties"] = properties();
        if (random_.chance(6)) line["status"] = status();
        if (random_.chance(20)) line["priority"] = random_.between(0, 9);
    }

    void add_route_fields(json::object& line) {
        line["channel"] = channel();
        if (random_.chance(8) && !draft_.pipelines.empty())
            line["pipeline"] = key_of(draft_.pipelines, random_, "nowhere");
        if (random_.chance(50)) line["contact_owner"] = agent();
        if (random_.chance(15)) line["contact_tracked"] = random_.chance(50);
        if (random_.chance(5)) line["linked_ticket"] = ticket();
        describe(line);
    }

    void add_page(json::object& line) {
        if (random_.chance(40)) line["limit"] = random_.between(1, 4);
    }

    /// The rest of a list, asked for at once: a part that follows later may follow another list.
    void go_on(const json::object& first) {
        auto line = first;
        line["after"] = last_cursor;
        while (random_.chance(60)) say(line);
    }

    void add_import_fields(json::object& line) {
        line["channel"] = channel();
        const Ms created = now_ - random_.between(-1, 40) * day_ms / 2;
        line["created_at"] = instant(created);
        if (random_.chance(60))
            line["assigned_at"] = instant(created + random_.between(0, 10) * day_ms / 2);
        add_owner(line);
        describe(line);
    }

    void add_absence_fields(json::object& line) {
        line["agent"] = agent();
        const Ms from = now_ + random_.between(-4, 6) * day_ms / 4;
        line["from"] = instant(from);
        line["until"] = instant(from + random_.between(random_.chance(95) ? 1 : 0, 8) * day_ms / 4);
        if (random_.chance(25)) line["cancel"] = random_.chance(80);
    }

    void add_capacity_fields(json::object& line) {
        line["agent"] = agent();
        for (const char* limit : {"total", "calling", "messaging", "email"}) {
            if (!random_.chance(35)) continue;
            line[limit] =
                random_.chance(30) ? json::value(nullptr) : json::value(random_.between(0, 5));
        }
        add_page(line);
    }

    void add_apply_fields(json::object& line) {
        const auto before = draft_;
        edit_draft(draft_, random_);
        const auto name = "roster" + std::to_string(history_.files.size()) + ".toml";
        history_.files.emplace_back(name, to_toml(draft_));
        line["roster"] = name;
        if (random_.chance(10)) line["dry_run"] = random_.chance(80);
        if (random_.chance(50)) line["unassign"] = random_.chance(80);
        // What was refused or only tried does not stand: half of the time we go on from before.
        if (random_.chance(30)) draft_ = before;
    }

    json::object request(const std::string& verb) {
        json::object line{{"do", verb}};
        if (verb == "route" || verb == "import") {
            line["ticket"] = new_ticket();
            verb == "route" ? add_route_fields(line) : add_import_fields(line);
        } else if (verb == "explain") {
            line["ticket"] = random_.chance(50) ? "unborn" : ticket();
            add_route_fields(line);
            add_page(line);
        } else if (verb == "availability") {
            line["agent"] = agent();
            line["set"] = random_.one_of(Texts{"available", "available", "away", "hours"});
            add_page(line);
        } else if (verb == "absence") {
            add_absence_fields(line);
        } else if (verb == "capacity") {
            add_capacity_fields(line);
        } else if (verb == "channel") {
            line["channel"] = channel();
            line["enabled"] = random_.chance(70);
        } else if (verb == "apply") {
            add_apply_fields(line);
        } else if (verb == "get_agent") {
            line["agent"] = agent();
        } else if (verb == "backlog") {
            line["inbox"] = inbox();
            add_page(line);
        } else if (verb == "tickets") {
            const auto of = random_.below(3);
            line[of == 0   ? "agent"
                 : of == 1 ? "team"
                           : "channel"] = of == 0   ? agent()
                                          : of == 1 ? team()
                                                    : channel();
            if (random_.chance(40)) line["open"] = random_.chance(50);
            add_page(line);
        } else if (verb == "tick") {
            add_page(line);
        } else {
            add_ticket_fields(line, verb);
        }
        const bool may_have_key = verb != "explain" && verb != "tick" && verb != "tickets" &&
                                  verb != "backlog" && !verb.starts_with("get_");
        if (may_have_key && repeat_percent_ != 0 && random_.chance(30)) {
            line["key"] = "K-" + std::to_string(random_.below(40));
            keyed_.push_back(line);
        }
        return line;
    }

    /// Requests about a ticket that is there (or not).
    void add_ticket_fields(json::object& line, const std::string& verb) {
        line["ticket"] = ticket();
        if (verb == "assign") {
            add_owner(line);
            if (random_.chance(25)) {
                json::object believed;
                add_owner(believed);
                line["expect_owner"] = believed;
            }
        } else if (verb == "assign_conversation") {
            line["agent"] = agent();
            if (random_.chance(50)) line["inbox"] = inbox();
        } else if (verb == "reply") {
            line["agent"] = agent();
        } else if (verb == "email_sent") {
            line["from"] = random_.chance(75) ? "record" : "contact";
        } else if (verb == "contact_reply") {
            line["kind"] =
                random_.one_of(Texts{"thread", "thread", "other_thread", "other_thread",
                                     "forwarded", "forwarded_reply", "other", "personal"});
        } else if (verb == "set_status") {
            line["status"] = status();
        } else if (verb == "transfer") {
            line["channel"] = channel();
        } else if (verb == "update") {
            if (random_.chance(40)) line["priority"] = random_.between(0, 9);
            if (random_.chance(50)) line["properties"] = properties();
            if (random_.chance(50)) line["skills"] = skills();
        }
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
