#include "engine/apply.h"

#include <algorithm>
#include <cstring>

#include "base/expect.h"
#include "engine/holdings.h"
#include "engine/picture.h"
#include "engine/properties.h"
#include "engine/running_digest.h"

namespace usher::engine {

namespace {

/// Takes an object's word off the digest, and puts its new one on at the end of its life.
template <class Word>
class Rewriting {
  public:
    Rewriting(Account& account, Word word) : account_(account), word_(word) {
        account_.digest.remove(word_());
    }
    ~Rewriting() { account_.digest.add(word_()); }
    Rewriting(const Rewriting&) = delete;
    Rewriting& operator=(const Rewriting&) = delete;

  private:
    Account& account_;
    Word word_;
};

auto rewriting_agent(Account& account, AgentNo agent) {
    EXPECT(agent.value < account.agents.size());
    return Rewriting(account, [&account, agent] { return agent_word(account, agent.value); });
}

/// What an award uses up besides giving the ticket: a turn in a rule's cycle, draws.
void use_up(Account& account, const Award& award) {
    account.draws += award.draws;
    if (!award.turn_of.exists()) return;
    auto& rule = account.rules[award.turn_of.value];
    if (award.owner.kind == OwnerKind::team) {
        const auto rewriting =
            Rewriting(account, [&] { return team_turn_word(account, award.turn_of.value); });
        rule.last_team = award.owner.as_team();
        return;
    }
    const auto position = account.agent(award.owner.as_agent()).position;
    if (rule.had_turn.test(position)) return;
    rule.had_turn.set(position);
    account.digest.add(turn_word(account, award.turn_of.value, award.owner.number));
}

void carry_out(Account& account, Slot slot, const Award& award, Instant at) {
    account.tickets[slot].under_fallback |= award.under_fallback;
    leave_line(account, slot);
    if (award.owner.is_agent()) last_changes(account, award.owner.as_agent());
    give(account, slot, award.owner, at);
    if (award.outcome == protocol::Outcome::queued) enter_line(account, slot);
    use_up(account, award);
}

void open_ticket(Account& account, const Opened& fact, Instant created) {
    auto& ticket = account.tickets.add(fact.slot, fact.key);
    auto& texts = account.texts;
    ticket.contact_tracked = fact.contact_tracked;
    ticket.priority = fact.priority;
    ticket.type = fact.type;
    ticket.channel = fact.channel;
    ticket.inbox = account.channel(fact.channel).inbox;
    ticket.pipeline = fact.pipeline;
    ticket.status = fact.status;
    ticket.properties = texts.take(fact.properties);
    ticket.asked_skills = texts.take(fact.asked_skills);
    ticket.skills = fact.skills == fact.asked_skills ? texts.share(ticket.asked_skills)
                                                     : texts.take(fact.skills);
    ticket.contact_owner = texts.take(fact.contact_owner);
    ticket.linked = texts.take(fact.linked);
    ticket.arrival = ++account.arrivals;
    ticket.created = created;
    ++account.open_tickets;
}

void apply_body(Account& account, const Fact&, const RosterPart& part) {
    const auto* bytes = reinterpret_cast<const std::byte*>(part.bytes.data());
    account.staged_roster.insert(account.staged_roster.end(), bytes, bytes + part.bytes.size());
}

void apply_body(Account& account, const Fact& fact, const RosterCommitted& committed) {
    EXPECT(committed.roster_bytes == account.staged_roster.size());
    commit_roster(account, fact.at);
}

void apply_body(Account& account, const Fact& fact, const Opened& opened) {
    open_ticket(account, opened, fact.at);
    carry_out(account, opened.slot, opened.award, fact.at);
    ticket_comes(account, opened.slot);
}

/// Whoever is routed again, is routed with the skills that its channel's rules ask for now.
void renew_skills(Account& account, Slot slot) {
    auto& ticket = account.tickets[slot];
    std::string skills;
    write_needed_skills(account, ticket, skills);
    if (account.texts.get(ticket.skills) == skills) return;
    ticket_texts_change(account, slot);
    leave_line(account, slot);
    set_skills(account, ticket, skills);
}

void apply_body(Account& account, const Fact& fact, const Placed& placed) {
    ticket_changes(account, placed.slot);
    if (placed.award.grounds.by != DecidedBy::request) renew_skills(account, placed.slot);
    carry_out(account, placed.slot, placed.award, fact.at);
}

void apply_body(Account& account, const Fact&, const Transferred& transferred) {
    ticket_changes(account, transferred.slot);
    ticket_texts_change(account, transferred.slot);
    leave_line(account, transferred.slot);
    release(account, transferred.slot);
    auto& ticket = account.tickets[transferred.slot];
    ticket.under_fallback = false;
    ticket.channel = transferred.channel;
    put_inbox(account, transferred.slot, account.channel(transferred.channel).inbox);
    const auto skills = account.texts.take(transferred.skills);
    account.texts.release(ticket.skills);
    ticket.skills = skills;
}

void apply_body(Account& account, const Fact&, const Moved& moved) {
    ticket_changes(account, moved.slot);
    leave_line(account, moved.slot);
    put_inbox(account, moved.slot, moved.inbox);
}

void apply_body(Account& account, const Fact& fact, const StatusSet& set) {
    ticket_changes(account, set.slot);
    if (set.release_owner) release(account, set.slot);
    put_status(account, set.slot, set.status, fact.at);
}

void apply_body(Account& account, const Fact&, const Updated& updated) {
    ticket_changes(account, updated.slot);
    ticket_texts_change(account, updated.slot);
    auto& ticket = account.tickets[updated.slot];
    const bool waits = ticket.waiting;
    leave_line(account, updated.slot);
    ticket.priority = updated.priority;
    const auto replace = [&](Interner::Id& id, std::string_view bytes) {
        const auto fresh = account.texts.take(bytes);
        account.texts.release(id);
        id = fresh;
    };
    replace(ticket.properties, updated.properties);
    replace(ticket.asked_skills, updated.asked_skills);
    replace(ticket.skills, updated.skills);
    if (!waits) return;
    enter_line(account, updated.slot);
    account.line.note_anew(updated.slot);
}

void apply_body(Account& account, const Fact& fact, const Imported& imported) {
    const auto slot = imported.opened.slot;
    const auto status = imported.opened.status;
    const auto& pipeline = account.pipeline(imported.opened.pipeline);
    auto opened = imported.opened;
    const bool closed = !pipeline.statuses[status.value].open;
    if (closed) opened.status = {account.first_open[opened.pipeline.value]};
    open_ticket(account, opened, imported.created);
    carry_out(account, slot, opened.award, imported.assigned);
    if (closed) put_status(account, slot, status, fact.at);
    ticket_comes(account, slot);
}

void apply_body(Account& account, const Fact&, const Forgotten& forgotten) {
    ticket_goes(account, forgotten.slot);
    EXPECT(!account.tickets[forgotten.slot].open);
    account.tickets.remove(forgotten.slot);
}

void apply_body(Account& account, const Fact&, const AvailabilitySet& set) {
    const auto rewriting = rewriting_agent(account, set.agent);
    account.agent(set.agent).manual = set.manual;
    refresh_availability(account, set.agent);
}

void apply_body(Account& account, const Fact&, const Turned& turned) {
    const auto rewriting = rewriting_agent(account, turned.agent);
    account.agent(turned.agent).under = turned.available;
    account.agent(turned.agent).manual.reset();
    refresh_availability(account, turned.agent);
}

void apply_body(Account& account, const Fact&, const AbsencesSet& set) {
    const auto rewriting = rewriting_agent(account, set.agent);
    auto& absences = account.agent(set.agent).absences;
    absences.resize(set.absences.bytes.size() / PackedAbsences::span_bytes);
    static_assert(sizeof(AbsenceSpan) == PackedAbsences::span_bytes);
    if (!absences.empty())
        std::memcpy(absences.data(), set.absences.bytes.data(), set.absences.bytes.size());
    if (!account.wakes_stale) account.wakes_stale_of.push_back(set.agent);
}

void apply_body(Account& account, const Fact&, const CapacitySet& set) {
    const auto rewriting = rewriting_agent(account, set.agent);
    account.agent(set.agent).capacity = set.limits;
    refresh_capacity(account, set.agent);
}

void apply_body(Account& account, const Fact&, const ChannelSwitched& switched) {
    EXPECT(switched.channel.value < account.channel_enabled.size());
    const auto rewriting =
        Rewriting(account, [&] { return channel_word(account, switched.channel.value); });
    account.channel_enabled[switched.channel.value] = switched.enabled;
}

void apply_body(Account& account, const Fact&, const TurnsTakenBack& taken) {
    auto& rule = account.rules[taken.rule.value];
    for_each_number<AgentNo>(taken.agents, [&](AgentNo agent) {
        const auto position = account.agent(agent).position;
        EXPECT(rule.had_turn.test(position));
        rule.had_turn.clear(position);
        account.digest.remove(turn_word(account, taken.rule.value, agent.value));
    });
}

void apply_body(Account& account, const Fact& fact, const AnswerKept& kept) {
    account.kept.insert_or_assign(
        std::string(kept.key),
        KeptAnswer{kept.request_high, kept.request_low, fact.at, std::string(kept.reply)});
    account.kept_order.push_back({fact.at, std::string(kept.key)});
    account.digest.add(kept_word(account, kept.key, kept.request_high, kept.request_low));
}

void apply_body(Account& account, const Fact&, const AnswerForgotten& forgotten) {
    const auto found = account.kept.find(std::string(forgotten.key));
    EXPECT(found != account.kept.end() && !account.kept_order.empty() &&
           account.kept_order.front().second == forgotten.key);
    account.digest.remove(
        kept_word(account, forgotten.key, found->second.request_high, found->second.request_low));
    account.kept_order.pop_front();
    account.kept.erase(found);
}

// What events tell besides: nothing of it is state.
void apply_body(Account&, const Fact&, const ActionDue&) {}
void apply_body(Account&, const Fact&, const OwnerToTell&) {}

}  // namespace

void apply(Account& account, const Fact& fact) {
    EXPECT(fact.at >= account.now && fact.seq == account.seq + 1);
    if (account.picture != nullptr) [[unlikely]]
        account.picture->before(fact);
    account.now = account.last_fact_at = fact.at;
    expire_window(account, fact.at);
    ++account.seq;
    std::visit([&](const auto& body) { apply_body(account, fact, body); }, fact.body);
}

}  // namespace usher::engine
