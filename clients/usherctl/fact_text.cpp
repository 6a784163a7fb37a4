#include "clients/usherctl/fact_text.h"

#include <array>

#include "clients/scenario/instant_text.h"
#include "clients/scenario/json_text.h"
#include "engine/codec.h"
#include "engine/properties.h"
#include "protocol/names.h"

namespace usher::ctl {

namespace {

using namespace engine;

constexpr std::array<std::string_view, fact_kinds> kinds = {
    "roster_part",      "roster_committed", "opened",
    "placed",           "transferred",      "moved",
    "status_set",       "updated",          "imported",
    "forgotten",        "availability_set", "turned",
    "absences_set",     "capacity_set",     "channel_switched",
    "turns_taken_back", "answer_kept",      "answer_forgotten",
    "action_due",       "owner_to_tell"};

/// Members of a JSON object, or "name=value" one behind the other.
class Members {
  public:
    Members(std::string& out, bool redact, bool json)
        : out_(out), json_(out), redact_(redact), is_json_(json) {
        if (is_json_) json_.begin_object();
    }
    void end() {
        if (is_json_) json_.end_object();
        out_ += '\n';
    }

    template <std::integral T>
    void number(std::string_view name, T value) {
        if (is_json_)
            json_.member(name, value);
        else
            begin(name) += std::to_string(value);
    }
    /// Nothing stays away.
    template <class Tag>
    void number(std::string_view name, Number<Tag> value) {
        if (value.exists()) number(name, value.value);
    }
    void flag(std::string_view name, bool value) {
        if (is_json_)
            json_.flag_member(name, value);
        else
            begin(name) += value ? "true" : "false";
    }
    /// A word of ours.
    void word(std::string_view name, std::string_view value) {
        if (is_json_)
            json_.member(name, value);
        else
            begin(name) += value;
    }
    void instant(std::string_view name, Instant at) { word(name, scenario::instant_text(at)); }

    /// Somebody else's text. An empty one stays away.
    void text(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        word(name, redact_ ? length_of(value) : std::string(value));
    }
    /// Bytes that are no text.
    void bytes(std::string_view name, std::string_view value) {
        if (!value.empty()) word(name, length_of(value));
    }
    void properties(std::string_view name, std::string_view packed) {
        if (packed.empty() || redact_) return text(name, packed);
        std::string all;
        for_each_property(packed, [&](std::string_view key, std::string_view value) {
            if (!all.empty()) all += ", ";
            all.append(key).append("=").append(value);
        });
        word(name, all);
    }
    template <class No>
    void numbers(std::string_view name, std::string_view packed) {
        if (packed.empty()) return;
        std::string all;
        for_each_number<No>(packed, [&](No no) {
            if (!all.empty()) all += ",";
            all += std::to_string(no.value);
        });
        word(name, all);
    }

  private:
    static std::string length_of(std::string_view value) {
        return "<" + std::to_string(value.size()) + " bytes>";
    }
    std::string& begin(std::string_view name) {
        if (!out_.empty() && out_.back() != '\n') out_ += ' ';
        out_.append(name) += '=';
        return out_;
    }

    std::string& out_;
    scenario::JsonText json_;
    bool redact_;
    bool is_json_;
};

void show(Members& m, const Holder& owner) {
    if (owner.kind == OwnerKind::agent || owner.kind == OwnerKind::team)
        m.number(protocol::owner_kind_name(owner.kind), owner.number);
    else
        m.word("owner", protocol::owner_kind_name(owner.kind));
}
void show(Members& m, const Award& award) {
    m.word("outcome", protocol::outcome_name(award.outcome));
    show(m, award.owner);
    m.number("rule", award.grounds.rule);
    m.word("by", decided_by_name(award.grounds.by));
    m.number("eligible", award.grounds.eligible);
    m.number("load", award.grounds.load);
    if (award.grounds.emptied != protocol::Reason::none)
        m.word("emptied", protocol::reason_name(award.grounds.emptied));
    m.number("turn_of", award.turn_of);
    if (award.draws != 0) m.number("draws", award.draws);
    if (award.under_fallback) m.flag("under_fallback", true);
    m.text("message", award.message);
}
void show(Members& m, const RosterPart& v) {
    m.text("account_key", v.account);
    m.bytes("part", v.bytes);
}
void show(Members& m, const RosterCommitted& v) {
    m.number("bytes", v.roster_bytes);
    m.number("added", v.added);
    m.number("changed", v.changed);
    m.number("removed", v.removed);
}
void show(Members& m, const Opened& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    m.number("channel", v.channel);
    m.number("pipeline", v.pipeline);
    m.number("status", v.status);
    m.word("type", protocol::ticket_type_name(v.type));
    m.number("priority", v.priority);
    m.flag("contact_tracked", v.contact_tracked);
    m.text("contact_owner", v.contact_owner);
    m.text("linked_ticket", v.linked);
    m.properties("properties", v.properties);
    m.numbers<SkillNo>("asked_skills", v.asked_skills);
    m.numbers<SkillNo>("skills", v.skills);
    show(m, v.award);
}
void show(Members& m, const Placed& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    show(m, v.award);
}
void show(Members& m, const Transferred& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    m.number("channel", v.channel);
    m.numbers<SkillNo>("skills", v.skills);
}
void show(Members& m, const Moved& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    m.number("inbox", v.inbox);
}
void show(Members& m, const StatusSet& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    m.number("status", v.status);
    m.text("status_key", v.status_key);
    m.flag("open", v.open);
    if (v.release_owner) m.flag("release_owner", true);
}
void show(Members& m, const Updated& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    m.number("priority", v.priority);
    m.properties("properties", v.properties);
    m.numbers<SkillNo>("asked_skills", v.asked_skills);
    m.numbers<SkillNo>("skills", v.skills);
}
void show(Members& m, const Imported& v) {
    m.instant("created", v.created);
    m.instant("assigned", v.assigned);
    show(m, v.opened);
}
void show(Members& m, const Forgotten& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
}
void show(Members& m, const AvailabilitySet& v) {
    m.number("agent", v.agent);
    m.word("manual", !v.manual ? "lifted" : *v.manual ? "available" : "away");
    m.flag("available", v.available);
}
void show(Members& m, const Turned& v) {
    m.number("agent", v.agent);
    m.flag("available", v.available);
    m.flag("was_available", v.was_available);
}
void show(Members& m, const AbsencesSet& v) {
    m.number("agent", v.agent);
    m.number("absences", v.absences.bytes.size() / PackedAbsences::span_bytes);
    m.instant("from", v.asked.from);
    m.instant("until", v.asked.until);
    m.flag("cancel", v.cancel);
}
void show(Members& m, const CapacitySet& v) {
    m.number("agent", v.agent);
    if (v.limits.total) m.number("total", *v.limits.total);
    for (std::size_t type = 0; type < ticket_type_count; ++type)
        if (const auto& limit = v.limits.per_type[type])
            m.number(protocol::ticket_type_name(static_cast<TicketType>(type)), *limit);
}
void show(Members& m, const ChannelSwitched& v) {
    m.number("channel", v.channel);
    m.flag("enabled", v.enabled);
}
void show(Members& m, const TurnsTakenBack& v) {
    m.number("rule", v.rule);
    m.numbers<AgentNo>("agents", v.agents);
}
void show(Members& m, const AnswerKept& v) {
    m.text("key", v.key);
    m.bytes("reply", v.reply);
}
void show(Members& m, const AnswerForgotten& v) {
    m.text("key", v.key);
}
void show(Members& m, const ActionDue& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    m.text("action", v.action);
    m.text("status_key", v.status_key);
    m.bytes("fields", v.fields);
}
void show(Members& m, const OwnerToTell& v) {
    m.number("slot", v.slot);
    m.text("ticket", v.key);
    m.number("agent", v.agent);
}

}  // namespace

std::string_view fact_kind(std::size_t kind) {
    return kinds.at(kind);
}

std::string_view cause_name(engine::Cause cause) {
    const auto verb = static_cast<std::size_t>(cause);
    if (cause == engine::Cause::time) return "time";
    return verb < protocol::verb_count ? protocol::verb_names()[verb] : "unknown";
}

std::string_view decided_by_name(engine::DecidedBy by) {
    constexpr std::array<std::string_view, 10> names = {
        "nobody", "only_one", "load",          "tie",  "order",
        "turn",   "draw",     "contact_owner", "rule", "request"};
    const auto at = static_cast<std::size_t>(by);
    return at < names.size() ? names.at(at) : "unknown";
}

void append_fact(std::string& out, const FactPlace& place, const Fact& fact, bool redact,
                 bool json) {
    Members members(out, redact, json);
    members.number("shard", place.shard);
    members.number("seq", place.seq);
    members.instant("at", fact.at);
    members.number("account", fact.account);
    members.number("account_seq", fact.seq);
    members.word("cause", cause_name(fact.cause));
    members.word("fact", fact_kind(fact.body.index()));
    std::visit([&](const auto& body) { show(members, body); }, fact.body);
    members.end();
}

}  // namespace usher::ctl
