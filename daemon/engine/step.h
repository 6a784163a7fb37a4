// One request being carried out: the account, the instant, who is told of facts, the answer that
// grows. Every handler (handlers.h) gets one. emit() is the only place where facts come into being:
// it tells the log, then applies.
#pragma once

#include <string>

#include "engine/account.h"
#include "engine/apply.h"
#include "engine/completion.h"
#include "engine/decide.h"
#include "engine/fact.h"
#include "engine/pool.h"
#include "protocol/answer.h"

namespace usher::engine {

struct Step {
    Account& account;
    Instant now;
    Cause cause;
    FactLog& log;
    protocol::Answer& answer;
    Scratch& scratch;
    std::uint32_t drained_max = 0;  ///< so many of `drained` are shown
    bool keys_full = false;         ///< the request has a key, and no answer can be kept any more
    std::vector<protocol::EventView>* brought = nullptr;  ///< of `tick`: what time brings, listed

    template <class Body>
    void emit(const Body& body) {
        emit_at(now, cause, body);
    }

    template <class Body>
    void emit_at(Instant at, Cause why, const Body& body) {
        emit_made<Body>(at, why, [&](Body& made) { made = body; });
    }

    /// As emit(), of a body that make(body) fills in where it stands: large ones are not moved.
    template <class Body, class Make>
    void emit_made(Make make) {
        emit_made<Body>(now, cause, make);
    }

    void refuse(protocol::Reject why, std::string message) {
        answer.refuse(why, std::move(message));
    }

    /// Asked by every handler when it has found nothing else to refuse, before its first fact.
    bool may_change() {
        if (keys_full)
            refuse(protocol::Reject::keys_full,
                   "as many request keys are kept as there may be; send the request without a key, "
                   "or wait until the oldest are a day old");
        return !keys_full;
    }

    void outcome(protocol::Outcome what) { answer.placement.outcome = what; }

  private:
    template <class Body, class Make>
    void emit_made(Instant at, Cause why, Make make) {
        auto& fact = scratch.fact;
        fact.account = account.no;
        fact.seq = account.seq + 1;
        fact.at = at;
        fact.cause = why;
        auto& body = fact.body.emplace<Body>();
        make(body);
        complete(account, scratch, body);
        log.append(fact);
        apply(account, fact);
        if (brought != nullptr && why == Cause::time) list_what_came(*this, fact);
        if constexpr (comes_into_status<Body>) {
            const auto slot = body.slot;  // what is emitted next takes the fact's place
            if (!account.status_of(account.tickets[slot]).actions.empty())
                emit_actions(*this, slot, at, why);
        }
    }
};

/// Finds by key, or refuses with the kind's own name.
template <class No, class Map>
No find_or_refuse(Step& step, const Map& keys, std::string_view key, protocol::Reject why,
                  const char* kind) {
    const auto found = keys.find(key);
    if (found != keys.end()) return {found->second};
    step.refuse(why, std::string("there is no ") + kind + " " + std::string(key) + " in account " +
                         step.account.key);
    return {};
}

AgentNo find_agent(Step& step, std::string_view key);
TeamNo find_team(Step& step, std::string_view key);
ChannelNo find_channel(Step& step, std::string_view key);
InboxNo find_inbox(Step& step, std::string_view key);
PipelineNo find_pipeline(Step& step, std::string_view key);

/// The remembered ticket's slot, or unknown_ticket.
Slot find_ticket(Step& step, std::string_view key);

/// The status of that key in the pipeline, or unknown_status.
StatusNo find_status(Step& step, PipelineNo pipeline, std::string_view key);

/// The skills' numbers as canonical bytes into `out`; false after unknown_skill.
bool find_skills(Step& step, protocol::Keys keys, std::string& out);

/// The owner that a request names; false after unknown_agent or unknown_team.
bool find_owner(Step& step, const protocol::Owner& owner, Holder& out);

/// The decision in words of an answer, after it was carried out: with the position if it waits.
protocol::Placement placement_of(const Account& account, Slot slot, const Decision& decision);

/// The situation of a ticket that is routed again: with the skills that its channel adds now, which
/// are left in the scratch.
Situation situation_anew(Step& step, const Ticket& ticket);

/// Carries a decision out on a ticket that exists, as `Placed`.
void place(Step& step, Slot slot, const Decision& decision);

/// The contact's owner, of whom the decision says so, as `OwnerToTell` (rule 15).
void tell_contact_owner(Step& step, Slot slot, const Decision& decision);

/// Marks of a cycle that begins again go before its first turn is taken.
void take_turns_back(Step& step, const Decision& decision);

/// The ticket's status in the answer, with its close date if it has one.
void show_status(Step& step, const Ticket& ticket);

/// Open ↔ closed and all that follows, reopening included (rules 30 and 33). The status differs.
void change_status(Step& step, Slot slot, StatusNo status);

/// A setting by hand or a change under it makes an agent available or away from now on.
void turn_if_changed(Step& step, AgentNo agent);

}  // namespace usher::engine
