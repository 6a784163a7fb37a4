// Everything about one account: its definition, what requests and time have set since, its tickets,
// and what follows from all that (loads, sets of agents, the backlog), kept up to date by apply().
// Plain state: the free functions around it (apply.h, pool.h, decide.h) do the work. Owned by the
// Engine, touched by its thread alone.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "engine/agent_set.h"
#include "engine/definition.h"
#include "engine/digest.h"
#include "engine/fact.h"
#include "engine/loads.h"
#include "engine/recency.h"
#include "engine/ring.h"
#include "engine/ticket.h"
#include "engine/waiting_line.h"

namespace usher::engine {

/// When an agent last got work; never: the smallest there is. Ordered by time, then by number.
struct LastAssigned {
    Instant at{std::numeric_limits<std::int64_t>::min()};
    std::uint64_t assignment = 0;

    bool ever() const { return assignment != 0; }
    friend auto operator<=>(const LastAssigned&, const LastAssigned&) = default;
};

/// A copy of a key that is short enough to stand beside what is looked at with it.
class NearKey {
  public:
    void set(std::string_view key) {
        size_ = key.size() <= head_.size() ? static_cast<std::uint8_t>(key.size()) : too_long;
        if (size_ != too_long) std::memcpy(head_.data(), key.data(), key.size());
    }
    /// The copy, or else `key`, of which it is one.
    std::string_view or_else(const std::string& key) const {
        return size_ == too_long ? std::string_view{key} : std::string_view{head_.data(), size_};
    }

  private:
    static constexpr std::uint8_t too_long = 0xff;
    std::uint8_t size_ = too_long;
    std::array<char, 33> head_{};
};

/// What requests and time have set about an agent, by AgentNo, and what follows from its
/// definition. What every assignment looks at is in its first cache line.
struct alignas(64) AgentState {
    LastAssigned last;
    std::uint32_t position = AgentSet::none;  ///< in the roster's order; none: removed; derived
    bool last_is_stale = false;               ///< in Account::stale
    bool is_limited = false;                  ///< some load can bring it to its capacity; derived
    bool told_of_assigned = false;            ///< rule 36; derived
    bool under = false;                       ///< the availability under `manual`, of the last fact
    std::optional<bool> manual;               ///< a setting by hand that is in force
    NearKey key;                              ///< derived

    CapacityLimits capacity;            ///< in force: the file's, or a request's since
    std::vector<AbsenceSpan> absences;  ///< in force, sorted, disjoint
    std::uint32_t wake_version = 0;     ///< entries of other versions in `wakes` are void

    bool available() const { return manual.value_or(under); }
};
static_assert(sizeof(AgentState) == 128);

/// What changed since its word was in the digest (running_digest.h).
struct StaleWords {
    std::vector<Slot> tickets;
    std::vector<AgentNo> agents;  ///< their last assignments
};

/// What one rule remembers.
struct RuleState {
    AgentSet source;    ///< whom it names; derived
    AgentSet had_turn;  ///< in the running cycle
    TeamNo last_team;   ///< of team_only
};

/// An answer that is kept for the same request (rule 37).
struct KeptAnswer {
    std::uint64_t request_high = 0;
    std::uint64_t request_low = 0;
    Instant at;
    std::string reply;
};

struct Wake {
    Instant at;
    AgentNo agent;
    std::uint32_t position = 0;  ///< the agent's: at one instant the roster's order counts
    std::uint32_t version = 0;

    /// Later first: the standard heap keeps the greatest in front, and we want the earliest.
    friend bool operator<(const Wake& a, const Wake& b) {
        return a.at != b.at ? a.at > b.at : a.position > b.position;
    }
};

/// An assignment whose 30 days are running.
struct WindowEntry {
    Instant assigned;
    Slot slot = no_slot;
    std::uint32_t assignment = 0;  ///< low half of its number: later ones of the ticket differ

    bool is_of(const Ticket& ticket) const {
        return ticket.remembered && ticket.assignment != 0 &&
               static_cast<std::uint32_t>(ticket.assignment) == assignment;
    }
};

struct ClosedEntry {
    Instant closed;
    Slot slot = no_slot;
    std::uint32_t arrival = 0;  ///< low half of its number: tells it from later ones in the slot
};

/// The time of an account that no request has dated yet: under the trace clock a first roster may
/// come without an instant, and then counts from the first request that has one.
inline constexpr Instant before_all_time{std::numeric_limits<std::int64_t>::min()};

class AccountPicture;

struct Account {
    Account(AccountNo number, std::string account_key, std::uint64_t hash_seed)
        : no(number), key(std::move(account_key)), texts(hash_seed), tickets(hash_seed, texts) {}
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    AccountNo no;
    std::string key;
    AccountDefinition definition;      ///< the file last applied, in numbers that stay
    std::size_t definition_bytes = 0;  ///< that it has set aside; derived
    std::uint64_t roster_version = 0;
    AccountPicture* picture = nullptr;     ///< being taken: must see what changes before it does
    std::vector<std::byte> staged_roster;  ///< the RosterParts since the last RosterCommitted

    Instant now = before_all_time;
    Instant last_fact_at = before_all_time;  ///< `now` may be later: requests that change nothing
    std::uint64_t seq = 0;                   ///< facts of this account so far
    std::uint64_t arrivals = 0;              ///< tickets so far
    std::uint64_t assignments = 0;           ///< assignments to agents so far
    std::uint64_t draws = 0;                 ///< numbers taken from the generator of rule 24
    Digest digest;                           ///< of all but what is stale
    StaleWords stale;

    std::vector<AgentState> agents;     ///< by AgentNo
    std::vector<RuleState> rules;       ///< by RuleNo
    std::vector<bool> channel_enabled;  ///< by ChannelNo: the file's, or a request's since

    Interner texts;
    TicketTable tickets;
    Ring<WindowEntry> window;
    Ring<ClosedEntry> closed;
    boost::unordered_flat_map<std::string, KeptAnswer> kept;
    Ring<std::pair<Instant, std::string>> kept_order;

    // Derived: in the roster's order of positions, rebuilt when a roster is committed.
    std::vector<AgentNo> agent_at;
    std::array<AgentSet, workspace_count> seated;  ///< rule 5
    std::vector<AgentSet> inbox_members;           ///< by InboxNo; rule 7; empty set: open to all
    std::vector<AgentSet> skill_holders;           ///< by SkillNo
    AgentSet told_of_unassigned;                   ///< rule 36
    AgentSet available;
    std::array<AgentSet, ticket_type_count> below_capacity;
    std::array<std::array<Loads, ticket_type_count>, workspace_count> load;
    std::vector<LastAssigned> last;                       ///< a copy of AgentState::last, packed
    Recency recency;                                      ///< the order of `last`
    std::vector<std::vector<Slot>> backlog;               ///< by InboxNo, in no order
    std::vector<std::uint32_t> first_open, first_closed;  ///< by PipelineNo: a StatusNo's value
    std::size_t open_tickets = 0;
    WaitingLine line;                     ///< what waits, rule 38
    std::vector<Wake> wakes;              ///< a heap, one of each agent and void ones
    std::vector<AgentNo> wakes_stale_of;  ///< whose is to be found anew
    bool wakes_stale = true;              ///< all are

    // By key, for requests.
    struct Keys {
        boost::unordered_flat_map<std::string_view, std::uint32_t, TextHash, TextEqual> agents,
            teams, skills, inboxes, pipelines, channels;
    } by_key;

    Span window_length() const { return days(definition.count_window_days); }
    Span forget_after() const { return days(definition.forget_closed_days); }

    AgentState& agent(AgentNo number) { return agents[number.value]; }
    const AgentState& agent(AgentNo number) const { return agents[number.value]; }
    std::string_view key_of(AgentNo number) const {
        return agent(number).key.or_else(definition.agents[number.value].key);
    }
    const ChannelDefinition& channel(ChannelNo number) const {
        return definition.channels[number.value];
    }
    const InboxDefinition& inbox(InboxNo number) const { return definition.inboxes[number.value]; }
    const PipelineDefinition& pipeline(PipelineNo number) const {
        return definition.pipelines[number.value];
    }
    const StatusDefinition& status_of(const Ticket& ticket) const {
        return pipeline(ticket.pipeline).statuses[ticket.status.value];
    }
    Workspace workspace_of(const Ticket& ticket) const { return inbox(ticket.inbox).workspace; }

    /// Loads of both workspaces together, as capacity is held against (rule 10).
    std::uint32_t load_both(std::uint32_t position, std::size_t type) const {
        return load[0][type][position] + load[1][type][position];
    }
};

}  // namespace usher::engine
