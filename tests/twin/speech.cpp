// What the lines of random histories say: every field drawn independently of the others.
#include "tests/twin/speech.h"

#include <algorithm>
#include <boost/json/array.hpp>

namespace usher::twin {
namespace {

namespace json = boost::json;

template <class Things>
std::string key_of(const Things& things, Random& random, const char* unknown) {
    if (things.empty() || random.chance(3)) return unknown;
    return things[random.below(things.size())].key;
}

}  // namespace

Speech::Speech(Random& random) : random_(random), draft_(invent_draft(random)) {}

std::string Speech::ticket() {
    if (tickets_ == 0 || random_.chance(3)) return "nowhere";
    // Often one of the latest, which are still open; often an old one, which agents hold.
    const auto back = random_.chance(55) ? random_.below(std::min<std::size_t>(tickets_, 12))
                                         : random_.below(tickets_);
    return "T-" + std::to_string(tickets_ - back);
}

std::string Speech::instant(Ms at) {
    auto text = write_instant(at);
    if (!random_.chance(10)) return text;
    text = write_instant(at + 2 * 3'600'000);  // the same instant, by another clock
    return text.substr(0, text.size() - 1) + "+02:00";
}

bool Speech::may_have_key(const json::object& request) {
    const std::string_view verb = request.at("do").as_string();
    return verb != "explain" && verb != "tick" && verb != "tickets" && verb != "backlog" &&
           !verb.starts_with("get_");
}

std::string Speech::new_ticket() {
    if (random_.chance(5)) return ticket();
    return "T-" + std::to_string(++tickets_);
}

std::string Speech::agent() {
    return key_of(draft_.agents, random_, "zoe");
}
std::string Speech::channel() {
    return key_of(draft_.channels, random_, "nowhere");
}
std::string Speech::inbox() {
    return key_of(draft_.inboxes, random_, "nowhere");
}
std::string Speech::team() {
    if (draft_.teams.empty() || random_.chance(3)) return "nobody";
    return random_.one_of(draft_.teams);
}
std::string Speech::status() {
    return random_.one_of(
        Texts{"new", "waiting", "escalated", "closed", "done", "spam", "open", "gone"});
}

json::array Speech::skills() {
    json::array result;
    for (const auto& skill : draft_.skills)
        if (random_.chance(30)) result.emplace_back(skill);
    if (random_.chance(2)) result.emplace_back("latin");
    return result;
}

json::object Speech::properties() {
    json::object result;
    if (random_.chance(50)) result["topic"] = random_.chance(70) ? "refund" : "other";
    if (random_.chance(50)) result["lang"] = random_.chance(70) ? "fr" : "de";
    return result;
}

void Speech::add_owner(json::object& to) {
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
void Speech::describe(json::object& line) {
    if (random_.chance(12)) line["type"] = random_.one_of(Texts{"calling", "messaging", "email"});
    if (random_.chance(draft_.busy ? 30 : 20)) line["skills"] = skills();
    if (random_.chance(draft_.busy ? 50 : 25)) line["properties"] = properties();
    if (random_.chance(6)) line["status"] = status();
    if (random_.chance(20)) line["priority"] = random_.between(0, 9);
}

void Speech::add_route_fields(json::object& line) {
    line["channel"] = channel();
    if (random_.chance(8) && !draft_.pipelines.empty())
        line["pipeline"] = key_of(draft_.pipelines, random_, "nowhere");
    if (random_.chance(50)) line["contact_owner"] = agent();
    if (random_.chance(15)) line["contact_tracked"] = random_.chance(50);
    if (random_.chance(5)) line["linked_ticket"] = ticket();
    describe(line);
}

void Speech::add_page(json::object& line) {
    if (random_.chance(40)) line["limit"] = random_.between(1, 4);
}

void Speech::add_import_fields(json::object& line) {
    line["channel"] = channel();
    const Ms created = now_ - random_.between(-1, 40) * day_ms / 2;
    line["created_at"] = instant(created);
    if (random_.chance(60))
        line["assigned_at"] = instant(created + random_.between(0, 10) * day_ms / 2);
    add_owner(line);
    describe(line);
}

void Speech::add_absence_fields(json::object& line) {
    line["agent"] = agent();
    const Ms from = now_ + random_.between(-4, 6) * day_ms / 4;
    line["from"] = instant(from);
    line["until"] = instant(from + random_.between(random_.chance(95) ? 1 : 0, 8) * day_ms / 4);
    if (random_.chance(25)) line["cancel"] = random_.chance(80);
}

void Speech::add_capacity_fields(json::object& line) {
    line["agent"] = agent();
    for (const char* limit : {"total", "calling", "messaging", "email"}) {
        if (!random_.chance(35)) continue;
        line[limit] = random_.chance(draft_.busy ? 10 : 30)
                          ? json::value(nullptr)
                          : json::value(random_.between(0, draft_.busy ? 2 : 5));
    }
    add_page(line);
}

void Speech::add_apply_fields(json::object& line) {
    const auto before = draft_;
    edit_draft(draft_, random_);
    const auto name = "roster" + std::to_string(files_.size()) + ".toml";
    files_.emplace_back(name, to_toml(draft_));
    line["roster"] = name;
    if (random_.chance(10)) line["dry_run"] = random_.chance(80);
    if (random_.chance(50)) line["unassign"] = random_.chance(80);
    // What was refused or only tried does not stand: half of the time we go on from before.
    if (random_.chance(30)) draft_ = before;
}

json::object Speech::request(const std::string& verb, Ms now) {
    now_ = now;
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
    return line;
}

/// Requests about a ticket that is there (or not).
void Speech::add_ticket_fields(json::object& line, const std::string& verb) {
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
        line["kind"] = random_.one_of(Texts{"thread", "thread", "other_thread", "other_thread",
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

}  // namespace usher::twin
