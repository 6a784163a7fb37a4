// Inventing and editing of rosters. Everything is drawn independently of everything else.
#include "tests/twin/draft.h"

namespace usher::twin {
namespace {

const Texts zones = {"Europe/Stockholm", "America/New_York", "Australia/Lord_Howe",
                     "Asia/Kathmandu",   "America/Santiago", "UTC"};
const Texts kinds = {"email", "form", "chat", "messenger", "whatsapp", "calling", "custom"};
const Texts all_hours = {"mon-fri 09:00-17:00", "sat-mon 22:00-06:00", "mon-sun 00:00-24:00",
                         "sun 02:00-03:00",     "mon-sun 01:30-02:30", "tue,thu 08:15-12:00",
                         "mon-sun 12:00-12:00", "mon-sun 02:30-02:45", "wed 12:00-18:30",
                         "fri-sun 10:00-10:30"};
const Texts all_skills = {"billing", "french", "hardware"};
const Texts all_teams = {"support", "sales", "vip", "night"};

Texts some_of(const Texts& all, std::size_t percent, Random& random) {
    Texts result;
    for (const auto& one : all)
        if (random.chance(percent)) result.push_back(one);
    return result;
}

std::string padded(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string invent_absence(Random& random) {
    const auto year = std::to_string(random.between(2025, 2026));
    const auto month = random.between(1, 12);
    const auto day = random.between(1, 27);
    const auto later = std::to_string(random.between(0, 1) + day);
    return "{ from = \"" + year + "-" + padded(month) + "-" + padded(day) + "T" +
           padded(random.between(0, 11)) + ":30\", until = \"" + year + "-" + padded(month) + "-" +
           padded(std::stoll(later)) + "T" + padded(random.between(12, 23)) + ":00\" }";
}

Texts invent_limits(const Draft& draft, Random& random) {
    Texts limits;
    const auto limit = [&](const char* name, std::size_t percent) {
        if (!random.chance(percent)) return;
        const auto most = random.chance(10) ? 0 : random.between(1, draft.busy ? 2 : 4);
        limits.push_back(name + (" = " + std::to_string(most)));
    };
    limit("total", draft.busy ? 70 : 30);
    for (const char* name : {"calling", "messaging", "email"}) limit(name, 30);
    return limits;
}

DraftAgent invent_agent(const std::string& key, const Draft& draft, Random& random) {
    DraftAgent agent;
    agent.key = key;
    if (random.chance(30)) agent.order = random.between(-2, 12);
    agent.seat = random.one_of(Texts{"service", "service", "service", "service", "sales", "none"});
    if (draft.plain && random.chance(80)) agent.seat = "service";
    agent.ticket_access = random.chance(draft.plain ? 98 : 88);
    if (random.chance(draft.busy ? 98 : 90) && !draft.teams.empty())
        agent.main_team = random.one_of(draft.teams);
    agent.extra_teams = some_of(draft.teams, 25, random);
    agent.skills = some_of(draft.skills, draft.plain && !draft.busy ? 75 : 45, random);
    agent.availability = random.one_of(Texts{"available", "available", "away", "hours", "hours"});
    if (draft.busy && random.chance(50)) agent.availability = "available";
    if (random.chance(60)) agent.zone = random.one_of(zones);
    if (random.chance(85)) agent.hours.push_back(random.one_of(all_hours));
    if (random.chance(30)) agent.hours.push_back(random.one_of(all_hours));
    if (random.chance(15)) agent.absences.push_back(invent_absence(random));
    if (random.chance(draft.busy ? 90 : 50)) agent.limits = invent_limits(draft, random);
    return agent;
}

DraftRule invent_rule(const Draft& draft, bool nested, Random& random) {
    DraftRule rule;
    rule.assign_to = random.one_of(Texts{"users_and_teams", "users_and_teams", "users_and_teams",
                                         "users_and_teams", "team_only", "contact_owner",
                                         "customer_agent", "none"});
    if (draft.plain && random.chance(draft.busy ? 85 : 50)) rule.assign_to = "users_and_teams";
    Texts agents;
    for (const auto& agent : draft.agents) agents.push_back(agent.key);
    rule.users = some_of(agents, 20, random);
    rule.teams = some_of(draft.teams, draft.busy ? 90 : 60, random);
    if (rule.users.empty() && rule.teams.empty()) rule.teams = draft.teams;
    if (rule.teams.size() > 1 && random.chance(30))
        std::swap(rule.teams.front(), rule.teams.back());
    if (random.chance(75))
        rule.distribution = random.one_of(Texts{"load_balanced", "round_robin", "random"});
    if (random.chance(40)) rule.tie_break = random.one_of(Texts{"least_recent", "most_recent"});
    rule.only_available = random.chance(70);
    rule.anyone = random.chance(draft.busy ? 15 : 40);
    rule.reroute = random.chance(50);
    rule.queue = random.chance(draft.queue_percent);
    if (!nested && random.chance(75)) rule.fallback.push_back(invent_rule(draft, true, random));
    return rule;
}

Texts invent_opening(Random& random) {
    Texts lines;
    if (random.chance(60)) lines.push_back("time_zone = \"" + random.one_of(zones) + '"');
    if (random.chance(80))
        lines.push_back("hours = [\"" + random.one_of(all_hours) + "\"]");
    else if (random.chance(20))
        lines.emplace_back("hours = []");
    if (random.chance(30))
        lines.push_back("closed_days = [\"2026-03-" + padded(random.between(1, 31)) + "\"]");
    if (random.chance(70)) lines.emplace_back("in_hours_message = \"all-busy\"");
    if (random.chance(70)) lines.emplace_back("after_hours_message = \"closed\"");
    return lines;
}

void invent_skill_rules(DraftChannel& channel, const Draft& draft, Random& random) {
    channel.skill_rules.clear();
    channel.required.clear();
    for (const char* when :
         {"topic = \"refund\"", "lang = \"fr\"", "topic = \"refund\", lang = \"fr\""})
        if (random.chance(draft.busy ? 40 : 25) && !draft.skills.empty()) {
            channel.required.push_back(random.one_of(draft.skills));
            channel.skill_rules.push_back("{ when = { " + std::string(when) + " }, require = [\"" +
                                          channel.required.back() + "\"] }");
        }
}

DraftChannel invent_channel(const std::string& key, const Draft& draft, Random& random) {
    DraftChannel channel;
    channel.key = key;
    channel.kind = draft.busy && random.chance(25) ? "calling" : random.one_of(kinds);
    channel.inbox = random.one_of(draft.inboxes).key;
    if (random.chance(60) && !draft.pipelines.empty())
        channel.pipeline = random.one_of(draft.pipelines).key;
    if (random.chance(30)) channel.status = random.one_of(Texts{"open", "new", "waiting"});
    channel.enabled = random.chance(draft.plain ? 98 : 92);
    channel.creates_tickets = random.chance(draft.plain ? 98 : 92);
    if (random.chance(30)) channel.properties = {"topic = \"refund\""};
    invent_skill_rules(channel, draft, random);
    if (random.chance(20) && !draft.rules.empty()) {
        channel.shared_rule = random.one_of(draft.rules).key;
    } else if (random.chance(draft.busy ? 99 : 93)) {
        channel.rule = invent_rule(draft, false, random);
    }
    if (random.chance(70)) channel.opening = invent_opening(random);
    return channel;
}

DraftPipeline invent_pipeline(const std::string& key, Random& random) {
    DraftPipeline pipeline;
    pipeline.key = key;
    pipeline.open_statuses = {"new", "waiting"};
    if (random.chance(30)) pipeline.open_statuses = {"new", "waiting", "escalated"};
    pipeline.closed_statuses = {"closed"};
    if (random.chance(50)) pipeline.closed_statuses = {"done", "spam"};
    pipeline.set_close_date = random.chance(75);
    const Texts targets = {"", "new", "waiting", "escalated", "closed", "spam"};
    pipeline.on_email_sent = random.one_of(targets);
    pipeline.on_customer_reply = random.one_of(targets);
    return pipeline;
}

std::int64_t invent_days(const Draft& draft, Random& random) {
    return random.chance(draft.busy ? 25 : 50) ? random.between(0, 3) : 30;
}

DraftInbox invent_inbox(const std::string& key, const Draft& draft, Random& random) {
    DraftInbox inbox;
    inbox.key = key;
    inbox.workspace = random.one_of(Texts{"helpdesk", "conversations"});
    if (random.chance(draft.plain ? 10 : 35)) inbox.teams = some_of(draft.teams, 60, random);
    return inbox;
}

void edit_agent(Draft& draft, Random& random) {
    if (draft.agents.empty()) return;
    const auto at = random.below(draft.agents.size());
    auto& agent = draft.agents[at];
    const auto fresh = invent_agent(agent.key, draft, random);
    switch (random.below(10)) {
        case 0:
            agent.seat = fresh.seat;
            break;
        case 1:
            agent.ticket_access = fresh.ticket_access;
            break;
        case 2:
            agent.main_team = fresh.main_team;
            break;
        case 3:
            agent.skills = fresh.skills;
            break;
        case 4:
            agent.availability = fresh.availability;
            break;
        case 5:
            agent.hours = fresh.hours;
            break;
        case 6:
            agent.absences = fresh.absences;
            break;
        case 7:
            agent.limits = fresh.limits;
            break;
        case 8:
            agent.order = fresh.order;
            break;
        default:
            agent = fresh;
            break;
    }
}

void edit_channel(Draft& draft, Random& random) {
    if (draft.channels.empty()) return;
    auto& channel = draft.channels[random.below(draft.channels.size())];
    const auto fresh = invent_channel(channel.key, draft, random);
    switch (random.below(7)) {
        case 0:
            channel.inbox = fresh.inbox;
            break;
        case 1:
            channel.enabled = !channel.enabled;
            break;
        case 2:
            channel.rule = fresh.rule;
            break;
        case 3:
            channel.pipeline = fresh.pipeline;
            break;
        case 4:
        case 5:
            invent_skill_rules(channel, draft, random);
            break;
        default:
            channel.opening = fresh.opening;
            break;
    }
}

template <class Things>
void drop_one(Things& things, std::size_t at_least, Random& random) {
    if (things.size() > at_least)
        things.erase(things.begin() + static_cast<std::ptrdiff_t>(random.below(things.size())));
}

}  // namespace

Draft invent_draft(Random& random) {
    Draft draft;
    draft.busy = random.chance(45);
    draft.plain = draft.busy || random.chance(30);
    draft.queue_percent = draft.busy ? 95 : random.one_of(std::vector<std::size_t>{0, 30});
    draft.zone = random.one_of(zones);
    draft.window_days = invent_days(draft, random);
    draft.forget_days = invent_days(draft, random);
    draft.seed = random.between(0, 1'000'000);
    draft.extra_members = random.chance(25);
    draft.skills = Texts(all_skills.begin(), all_skills.begin() + random.between(1, 3));
    draft.teams = Texts(all_teams.begin(), all_teams.begin() + random.between(1, 4));
    const auto agents = random.between(1, draft.busy ? 4 : 12);
    for (std::int64_t i = 0; i < agents; ++i)
        draft.agents.push_back(invent_agent("agent" + std::to_string(i), draft, random));
    for (std::int64_t i = random.between(0, 2); i > 0; --i)
        draft.pipelines.push_back(invent_pipeline("pipe" + std::to_string(i), random));
    for (std::int64_t i = random.between(1, draft.busy ? 2 : 4); i > 0; --i)
        draft.inboxes.push_back(invent_inbox("inbox" + std::to_string(i), draft, random));
    for (std::int64_t i = random.between(0, 2); i > 0; --i)
        draft.rules.push_back({"rule" + std::to_string(i), invent_rule(draft, false, random)});
    for (std::int64_t i = random.between(1, draft.busy ? 4 : 6); i > 0; --i)
        draft.channels.push_back(invent_channel("channel" + std::to_string(i), draft, random));
    make_valid(draft);
    return draft;
}

void edit_draft(Draft& draft, Random& random) {
    for (std::int64_t i = random.between(0, 3); i > 0; --i) {
        switch (random.below(14)) {
            case 0:
                draft.window_days = invent_days(draft, random);
                break;
            case 1:
                draft.forget_days = invent_days(draft, random);
                break;
            case 2:
                draft.extra_members = !draft.extra_members;
                break;
            case 3:
                drop_one(draft.agents, 1, random);
                break;
            case 4:
                draft.agents.push_back(
                    invent_agent("agent" + std::to_string(random.between(20, 99)), draft, random));
                for (std::size_t k = 0; k + 1 < draft.agents.size(); ++k)
                    if (draft.agents[k].key == draft.agents.back().key) draft.agents.pop_back();
                break;
            case 5:
                drop_one(draft.channels, 1, random);
                break;
            case 6:
                drop_one(draft.teams, 1, random);
                break;
            case 7:
                drop_one(draft.skills, 1, random);
                break;
            case 8:
                drop_one(draft.inboxes, 1, random);
                break;
            case 9:
            case 10:
                edit_channel(draft, random);
                break;
            default:
                edit_agent(draft, random);
                break;
        }
    }
    make_valid(draft);
}

}  // namespace usher::twin
