#include "engine/event.h"

#include "engine/codec.h"
#include "engine/properties.h"
#include "protocol/names.h"

namespace usher::engine {

namespace {

using protocol::EventKind;
using protocol::EventView;
using protocol::Outcome;

std::string_view agent_key(const Account& names, AgentNo agent) {
    return names.definition.agents[agent.value].key;
}

EventKind kind_of(const Award& award) {
    switch (award.outcome) {
        case Outcome::assigned:
            return EventKind::assigned;
        case Outcome::team:
            return EventKind::team;
        case Outcome::bot:
            return EventKind::bot;
        case Outcome::voicemail:
            return EventKind::voicemail;
        case Outcome::queued:
            return EventKind::queued;
        default:
            return EventKind::unassigned;
    }
}

void tell_holder(const Account& names, const Holder& holder, EventView& out) {
    if (holder.kind == OwnerKind::agent) out.agent = agent_key(names, holder.as_agent());
    if (holder.kind == OwnerKind::team) out.team = names.definition.teams[holder.number].key;
    out.bot = holder.kind == OwnerKind::bot;
}

void tell_award(const Account& names, const Award& award, EventView& out) {
    out.kind = kind_of(award);
    tell_holder(names, award.owner, out);
    if (award.outcome == Outcome::unassigned || award.outcome == Outcome::queued)
        out.reason = award.grounds.emptied;
    out.message = award.message;
    if (award.owner.is_agent() && award.owner_is_told) out.notify = {out.agent};
    for_each_number<AgentNo>(award.told,
                             [&](AgentNo agent) { out.notify.push_back(agent_key(names, agent)); });
}

bool tell(const Account& names, const Opened& opened, EventView& out) {
    out.ticket = opened.key;
    out.channel = names.channel(opened.channel).key;
    tell_award(names, opened.award, out);
    return true;
}
bool tell(const Account& names, const Placed& placed, EventView& out) {
    out.ticket = placed.key;
    tell_award(names, placed.award, out);
    return true;
}
bool tell(const Account& names, const Transferred& transferred, EventView& out) {
    out.kind = EventKind::transferred;
    out.ticket = transferred.key;
    out.channel = names.channel(transferred.channel).key;
    return true;
}
bool tell(const Account& names, const Moved& moved, EventView& out) {
    out.kind = EventKind::transferred;
    out.ticket = moved.key;
    out.inbox = names.inbox(moved.inbox).key;
    return true;
}
bool tell(const Account&, const StatusSet& set, EventView& out) {
    out.kind = EventKind::status;
    out.ticket = set.key;
    out.status = set.status_key;
    out.open = set.open;
    return true;
}
bool tell(const Account&, const Updated& updated, EventView& out) {
    out.kind = EventKind::updated;
    out.ticket = updated.key;
    out.priority = updated.priority;
    return true;
}
bool tell(const Account& names, const Imported& imported, EventView& out) {
    out.kind = EventKind::imported;
    out.ticket = imported.opened.key;
    out.channel = names.channel(imported.opened.channel).key;
    tell_holder(names, imported.opened.award.owner, out);
    return true;
}
bool tell(const Account&, const Forgotten& forgotten, EventView& out) {
    out.kind = EventKind::forgotten;
    out.ticket = forgotten.key;
    return true;
}
bool tell(const Account& names, const AvailabilitySet& set, EventView& out) {
    out.kind = set.available ? EventKind::available : EventKind::away;
    out.agent = agent_key(names, set.agent);
    return true;
}
bool tell(const Account& names, const Turned& turned, EventView& out) {
    out.kind = turned.available ? EventKind::available : EventKind::away;
    out.agent = agent_key(names, turned.agent);
    // A manual setting may give way to a schedule that says the same: nobody notices.
    return turned.available != turned.was_available;
}
bool tell(const Account& names, const AbsencesSet& set, EventView& out) {
    out.kind = EventKind::absence;
    out.agent = agent_key(names, set.agent);
    out.from_ms = set.asked.from.ms;
    out.until_ms = set.asked.until.ms;
    out.cancel = set.cancel;
    return true;
}
bool tell(const Account& names, const CapacitySet& set, EventView& out) {
    out.kind = EventKind::capacity;
    out.agent = agent_key(names, set.agent);
    out.limits = protocol::EventLimits{set.limits.total, set.limits.per_type};
    return true;
}
bool tell(const Account& names, const ChannelSwitched& switched, EventView& out) {
    out.kind = EventKind::channel;
    out.channel = names.channel(switched.channel).key;
    out.enabled = switched.enabled;
    return true;
}
bool tell(const Account&, const RosterCommitted& committed, EventView& out) {
    out.kind = EventKind::applied;
    out.changes = protocol::EventChanges{committed.added, committed.changed, committed.removed};
    return true;
}
bool tell(const Account&, const ActionDue& due, EventView& out) {
    out.kind = EventKind::action;
    out.ticket = due.key;
    out.status = due.status_key;
    out.action = due.action;
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    ReadArchive archive({reinterpret_cast<const std::byte*>(due.fields.data()), due.fields.size()});
    archive(fields);
    for (const auto& [key, value] : fields) out.fields.push_back({key, value});
    return true;
}
bool tell(const Account& names, const OwnerToTell& owner, EventView& out) {
    out.kind = EventKind::notify;
    out.ticket = owner.key;
    out.agent = agent_key(names, owner.agent);
    out.reason = protocol::Reason::owner_unavailable;
    return true;
}
bool tell(const Account&, const RosterPart&, EventView&) {
    return false;
}
bool tell(const Account&, const TurnsTakenBack&, EventView&) {
    return false;
}
bool tell(const Account&, const AnswerKept&, EventView&) {
    return false;
}
bool tell(const Account&, const AnswerForgotten&, EventView&) {
    return false;
}

/// A roster's commit is the `apply` of scenarios and events.
std::string_view cause_name(Cause cause) {
    if (cause == Cause::time) return {};
    const auto name = protocol::verb_names()[static_cast<std::size_t>(cause)];
    return name == "apply_commit" ? "apply" : name;
}

}  // namespace

bool event_of(const Account& names, const Fact& fact, EventView& out) {
    out = EventView{};
    out.seq = fact.seq;
    out.at_ms = fact.at.ms;
    out.cause = cause_name(fact.cause);
    return std::visit([&](const auto& body) { return tell(names, body, out); }, fact.body);
}

}  // namespace usher::engine
