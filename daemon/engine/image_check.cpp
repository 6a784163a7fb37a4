#include "engine/image_check.h"

#include <algorithm>
#include <cstring>

#include "engine/flaw.h"
#include "engine/properties.h"
#include "protocol/limits.h"

namespace usher::engine {

namespace {

/// As for_each_property() will read them.
bool are_properties(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto key_size = static_cast<std::uint8_t>(bytes[0]);
        std::uint16_t value_size = 0;
        const auto head = 1 + std::size_t{key_size} + sizeof value_size;
        if (bytes.size() < head) return false;
        std::memcpy(&value_size, bytes.data() + 1 + key_size, sizeof value_size);
        if (bytes.size() < head + value_size) return false;
        bytes.remove_prefix(head + value_size);
    }
    return true;
}

/// Sorted, each once, all of them there.
bool are_skills(std::string_view bytes, std::size_t count) {
    if (bytes.size() % sizeof(std::uint32_t) != 0) return false;
    bool right = true;
    std::optional<std::uint32_t> before;
    for_each_number<SkillNo>(bytes, [&](SkillNo skill) {
        right = right && skill.value < count && (!before || *before < skill.value);
        before = skill.value;
    });
    return right;
}

void check_owner(const Account& account, const Ticket& ticket, Flaw& flaw) {
    const auto& d = account.definition;
    switch (ticket.owner.kind) {
        case OwnerKind::agent:
            flaw.named(ticket.owner.as_agent(), d.agents.size(), "agent");
            if (flaw.found()) return;
            flaw.need(!d.agents[ticket.owner.number].removed, "its agent was removed");
            flaw.need(ticket.assignment != 0 && ticket.assignment <= account.assignments,
                      "its assignment was never made");
            return;
        case OwnerKind::team:
            flaw.named(ticket.owner.as_team(), d.teams.size(), "team");
            break;
        case OwnerKind::none:
        case OwnerKind::bot:
            break;
        default:
            flaw.need(false, "its owner is of no kind that there is");
    }
    flaw.need(ticket.assignment == 0, "it has an assignment and no agent");
}

void check_times(const Ticket& ticket, Flaw& flaw) {
    flaw.instant(ticket.created, "it was created outside of time");
    flaw.instant(ticket.assigned, "it was assigned outside of time");
    flaw.instant(ticket.closed, "it was closed outside of time");
    flaw.instant(ticket.close_date, "its close date lies outside of time");
}

void check_agent(const AgentState& state, Flaw& flaw) {
    for (const auto& span : state.absences) {
        flaw.instant(span.from, "an absence begins outside of time");
        flaw.instant(span.until, "an absence ends outside of time");
    }
    if (state.last.ever()) flaw.instant(state.last.at, "it last got work outside of time");
}

}  // namespace

std::optional<std::string> flaw_of_state(const Account& account,
                                         const std::vector<std::vector<AgentNo>>& turns) {
    const auto& d = account.definition;
    Flaw flaw;
    if (account.now != before_all_time) flaw.instant(account.now, "its time is none");
    flaw.need(account.agents.size() == d.agents.size() &&
                  account.channel_enabled.size() == d.channels.size() &&
                  account.rules.size() == d.rules.size() && turns.size() == d.rules.size(),
              "its agents, channels or rules are not as many as its roster has");
    for (std::size_t i = 0; i < account.agents.size() && !flaw.found(); ++i) {
        flaw.at("agent", i);
        check_agent(account.agents[i], flaw);
    }
    for (std::size_t i = 0; i < account.rules.size() && !flaw.found(); ++i) {
        flaw.at("rule", i);
        flaw.named_or_nothing(account.rules[i].last_team, d.teams.size(), "last team");
        flaw.all_named(turns[i], d.agents.size(), "agent that had a turn");
    }
    return flaw.take();
}

std::optional<std::string> flaw_of_ticket(const Account& account, Slot slot, const Ticket& ticket,
                                          const TicketTexts& texts) {
    const auto& d = account.definition;
    Flaw flaw;
    flaw.at("ticket in slot", slot);
    flaw.need(are_properties(texts.properties), "its properties are none");
    flaw.need(are_skills(texts.asked_skills, d.skills.size()) &&
                  are_skills(texts.skills, d.skills.size()),
              "its skills are none that there are");
    flaw.need(texts.contact_owner.size() <= protocol::key_bytes_max &&
                  texts.linked.size() <= protocol::key_bytes_max,
              "it names something with too long a key");
    flaw.word(ticket.type, TicketType::email, "it is of no type that there is");
    flaw.need(ticket.priority <= protocol::priority_max, "it has no priority that there is");
    flaw.named(ticket.channel, d.channels.size(), "channel");
    flaw.named(ticket.inbox, d.inboxes.size(), "inbox");
    flaw.named(ticket.pipeline, d.pipelines.size(), "pipeline");
    if (!flaw.found())
        flaw.named(ticket.status, d.pipelines[ticket.pipeline.value].statuses.size(), "status");
    if (!flaw.found())
        flaw.need(account.status_of(ticket).open == ticket.open,
                  "its status is of another kind than itself");
    check_owner(account, ticket, flaw);
    check_times(ticket, flaw);
    flaw.need(ticket.arrival != 0 && ticket.arrival <= account.arrivals, "it never came");
    flaw.need(!ticket.waiting || (ticket.open && ticket.owner.kind == OwnerKind::none),
              "it waits, though it is closed or somebody has it");
    return flaw.take();
}

std::optional<std::string> flaw_of_arrivals(const Account& account) {
    std::vector<std::uint64_t> arrivals;
    arrivals.reserve(account.tickets.remembered());
    for (Slot slot = 0; slot < account.tickets.slots_used(); ++slot)
        if (account.tickets[slot].remembered) arrivals.push_back(account.tickets[slot].arrival);
    if (!std::is_sorted(arrivals.begin(), arrivals.end()))
        std::sort(arrivals.begin(), arrivals.end());
    const auto twice = std::adjacent_find(arrivals.begin(), arrivals.end());
    if (twice == arrivals.end()) return std::nullopt;
    return "two tickets are the " + std::to_string(*twice) + "th that came";
}

std::optional<std::string> flaw_of_kept(const Account& account, std::string_view key,
                                        const KeptAnswer& kept, protocol::ReplyParser& parser) {
    Flaw flaw;
    flaw.at("kept answer", account.kept_order.size());
    flaw.need(!key.empty() && key.size() <= protocol::key_bytes_max, "it has no key");
    flaw.instant(kept.at, "it was given outside of time");
    flaw.need(!account.kept.contains(std::string(key)), "its key has another one, too");
    if (!flaw.found())
        flaw.need(bool{parser.parse(
                      {reinterpret_cast<const std::byte*>(kept.reply.data()), kept.reply.size()})},
                  "it is no answer");
    return flaw.take();
}

}  // namespace usher::engine
