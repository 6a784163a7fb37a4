// A draft made valid, and written as TOML (format.md).
#include <algorithm>
#include <sstream>

#include "tests/twin/draft.h"

namespace usher::twin {
namespace {

bool has(const Texts& texts, const std::string& one) {
    return std::find(texts.begin(), texts.end(), one) != texts.end();
}

void keep_known(Texts& texts, const Texts& known) {
    std::erase_if(texts, [&](const std::string& one) { return !has(known, one); });
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

template <class Things>
Texts keys_of(const Things& things) {
    Texts keys;
    for (const auto& thing : things) keys.push_back(thing.key);
    return keys;
}

/// Rule 18.
bool allowed(const std::string& kind, const std::string& workspace, const std::string& target) {
    if (target == "none" || target == "users_and_teams") return true;
    if (kind == "whatsapp" || kind == "custom") return true;
    if (target == "team_only")
        return workspace == "helpdesk" && (kind == "email" || kind == "form");
    if (target == "contact_owner") return kind == "email" || kind == "form" || kind == "messenger";
    return kind == "email" || kind == "chat";
}

/// Rules 5 and 14: who may be named. Taking the strictest demand spares asking for which inbox.
void make_valid(DraftRule& rule, const Draft& draft) {
    Texts users;
    Texts seated_teams;
    for (const auto& agent : draft.agents) {
        if (agent.seat == "service" && agent.ticket_access) users.push_back(agent.key);
        if (agent.seat != "none") seated_teams.push_back(agent.main_team);
    }
    const bool pooled = rule.assign_to == "users_and_teams";
    if (!pooled) rule.users.clear();
    if (!pooled && rule.assign_to != "team_only") rule.teams.clear();
    if (!pooled) rule.queue = false;
    if (rule.assign_to != "customer_agent") rule.fallback.clear();
    keep_known(rule.users, users);
    const auto order = rule.teams;  // rule 14 goes by the rule's order: keep it
    keep_known(rule.teams, rule.assign_to == "team_only" ? seated_teams : draft.teams);
    std::sort(rule.teams.begin(), rule.teams.end(), [&](const auto& a, const auto& b) {
        return std::find(order.begin(), order.end(), a) < std::find(order.begin(), order.end(), b);
    });
    if (rule.assign_to == "team_only" && rule.teams.empty()) rule = DraftRule{};
    for (auto& fallback : rule.fallback) {
        if (fallback.assign_to != "users_and_teams") fallback.assign_to = "none";
        make_valid(fallback, draft);
    }
}

const DraftInbox& inbox_of(const Draft& draft, const DraftChannel& channel) {
    return *std::find_if(draft.inboxes.begin(), draft.inboxes.end(),
                         [&](const auto& inbox) { return inbox.key == channel.inbox; });
}

void make_valid(DraftChannel& channel, const Draft& draft) {
    if (!has(keys_of(draft.pipelines), channel.pipeline)) channel.pipeline.clear();
    if (!has(keys_of(draft.rules), channel.shared_rule)) channel.shared_rule.clear();
    if (!channel.shared_rule.empty()) channel.rule.reset();
    Texts open = {"open"};
    for (const auto& pipeline : draft.pipelines)
        if (pipeline.key == channel.pipeline) open = pipeline.open_statuses;
    if (!has(open, channel.status)) channel.status.clear();
    for (std::size_t i = channel.required.size(); i-- > 0;)
        if (!has(draft.skills, channel.required[i])) {
            const auto at = static_cast<std::ptrdiff_t>(i);
            channel.required.erase(channel.required.begin() + at);
            channel.skill_rules.erase(channel.skill_rules.begin() + at);
        }
    if (channel.kind != "calling") channel.opening.clear();
    const auto& workspace = inbox_of(draft, channel).workspace;
    if (channel.rule) {
        if (!allowed(channel.kind, workspace, channel.rule->assign_to))
            channel.rule->assign_to = "users_and_teams";
        make_valid(*channel.rule, draft);
    }
    for (const auto& shared : draft.rules)
        if (shared.key == channel.shared_rule &&
            !allowed(channel.kind, workspace, shared.rule.assign_to))
            channel.shared_rule.clear();
}

std::string quoted(const std::string& text) {
    return '"' + text + '"';
}

std::string list(const Texts& texts) {
    std::string result;
    for (const auto& text : texts) result += (result.empty() ? "" : ", ") + quoted(text);
    return "[" + result + "]";
}

std::string joined(const Texts& texts, const char* between) {
    std::string result;
    for (const auto& text : texts) result += (result.empty() ? "" : between) + text;
    return result;
}

class Writer {
  public:
    void line(const std::string& text) { out_ << text << '\n'; }
    void text(const char* key, const std::string& value) {
        if (!value.empty()) line(key + (" = " + quoted(value)));
    }
    void texts(const char* key, const Texts& value) {
        if (!value.empty()) line(key + (" = " + list(value)));
    }
    void flag(const char* key, bool value, bool otherwise) {
        if (value != otherwise) line(key + std::string(value ? " = true" : " = false"));
    }
    std::string result() const { return out_.str(); }

  private:
    std::ostringstream out_;
};

void write(Writer& out, const DraftRule& rule, const std::string& fallback_header) {
    out.text("assign_to", rule.assign_to);
    out.texts("users", rule.users);
    out.texts("teams", rule.teams);
    out.text("distribution", rule.distribution);
    out.text("tie_break", rule.tie_break);
    out.flag("only_available", rule.only_available, true);
    if (rule.anyone) out.text("skill_fallback", "anyone");
    if (rule.reroute) out.text("reopen", "reroute_if_away");
    out.flag("queue", rule.queue, false);
    for (const auto& fallback : rule.fallback) {
        out.line(fallback_header);
        write(out, fallback, "");
    }
}

void write(Writer& out, const DraftAgent& agent) {
    out.line("\n[[agent]]");
    out.text("key", agent.key);
    if (agent.order) out.line("order = " + std::to_string(*agent.order));
    out.text("seat", agent.seat);
    out.flag("ticket_access", agent.ticket_access, true);
    out.text("main_team", agent.main_team);
    out.texts("extra_teams", agent.extra_teams);
    out.texts("skills", agent.skills);
    out.text("availability", agent.availability);
    out.text("time_zone", agent.zone);
    out.texts("hours", agent.hours);
    if (!agent.absences.empty()) out.line("absences = [" + joined(agent.absences, ", ") + "]");
    if (!agent.limits.empty()) out.line("capacity = { " + joined(agent.limits, ", ") + " }");
}

void write(Writer& out, const DraftPipeline& pipeline) {
    out.line("\n[[pipeline]]");
    out.text("key", pipeline.key);
    Texts statuses;
    for (const auto& key : pipeline.open_statuses)
        statuses.push_back("{ key = " + quoted(key) + ", open = true }");
    for (const auto& key : pipeline.closed_statuses)
        statuses.push_back("{ key = " + quoted(key) +
                           ", open = false, actions = [ { do = \"email\" } ] }");
    out.line("statuses = [ " + joined(statuses, ", ") + " ]");
    out.flag("set_close_date", pipeline.set_close_date, true);
    out.text("on_email_sent", pipeline.on_email_sent);
    out.text("on_customer_reply", pipeline.on_customer_reply);
}

void write(Writer& out, const DraftChannel& channel) {
    out.line("\n[[channel]]");
    out.text("key", channel.key);
    out.text("kind", channel.kind);
    out.text("inbox", channel.inbox);
    out.text("pipeline", channel.pipeline);
    out.text("status", channel.status);
    out.flag("enabled", channel.enabled, true);
    out.flag("creates_tickets", channel.creates_tickets, true);
    if (!channel.properties.empty())
        out.line("properties = { " + joined(channel.properties, ", ") + " }");
    if (!channel.skill_rules.empty())
        out.line("skill_rule = [ " + joined(channel.skill_rules, ", ") + " ]");
    out.text("rule", channel.shared_rule);
    if (channel.rule) {
        out.line("[channel.rule]");
        write(out, *channel.rule, "[channel.rule.fallback]");
    }
    if (!channel.opening.empty()) {
        out.line("[channel.opening]");
        for (const auto& text : channel.opening) out.line(text);
    }
}

}  // namespace

void make_valid(Draft& draft) {
    for (auto& agent : draft.agents) {
        if (!has(draft.teams, agent.main_team)) agent.main_team.clear();
        keep_known(agent.extra_teams, draft.teams);
        std::erase(agent.extra_teams, agent.main_team);
        keep_known(agent.skills, draft.skills);
    }
    for (auto& pipeline : draft.pipelines) {
        auto all = pipeline.open_statuses;
        all.insert(all.end(), pipeline.closed_statuses.begin(), pipeline.closed_statuses.end());
        if (!has(all, pipeline.on_email_sent)) pipeline.on_email_sent.clear();
        if (!has(all, pipeline.on_customer_reply)) pipeline.on_customer_reply.clear();
    }
    for (auto& inbox : draft.inboxes) keep_known(inbox.teams, draft.teams);
    const auto inboxes = keys_of(draft.inboxes);
    std::erase_if(draft.channels, [&](const auto& one) { return !has(inboxes, one.inbox); });
    for (auto& shared : draft.rules) make_valid(shared.rule, draft);
    for (auto& channel : draft.channels) make_valid(channel, draft);
}

std::string to_toml(const Draft& draft) {
    Writer out;
    out.line("[account]");
    out.text("key", "acme");
    out.text("time_zone", draft.zone);
    out.line("count_window_days = " + std::to_string(draft.window_days));
    out.line("forget_closed_days = " + std::to_string(draft.forget_days));
    out.line("seed = " + std::to_string(draft.seed));
    out.flag("extra_members_routed", draft.extra_members, false);
    for (const auto& key : draft.skills) out.line("\n[[skill]]\nkey = " + quoted(key));
    for (const auto& key : draft.teams) out.line("\n[[team]]\nkey = " + quoted(key));
    for (const auto& agent : draft.agents) write(out, agent);
    for (const auto& pipeline : draft.pipelines) write(out, pipeline);
    for (const auto& inbox : draft.inboxes) {
        out.line("\n[[inbox]]");
        out.text("key", inbox.key);
        out.text("workspace", inbox.workspace);
        out.texts("teams", inbox.teams);
    }
    for (const auto& shared : draft.rules) {
        out.line("\n[[rule]]");
        out.text("key", shared.key);
        write(out, shared.rule, "[rule.fallback]");
    }
    for (const auto& channel : draft.channels) write(out, channel);
    return out.result();
}

}  // namespace usher::twin
