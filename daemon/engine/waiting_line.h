// What waits (rule 38), indexed by what it asks for. Tickets of one demand class have the same
// pool, so whoever becomes eligible is held against classes and not against tickets. Kept up to
// date by apply() alone; everything here follows from tickets and roster and is rebuilt after an
// image.
//
// Besides, the line remembers what may have made somebody eligible since it was last drained
// (drain.h). An account in which nothing waits remembers nothing.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/agent_set.h"
#include "engine/definition.h"
#include "engine/line_tree.h"

namespace usher::engine {

struct Account;

/// Something to try when the line is drained: the first ticket of a class, or one ticket alone.
struct Trial {
    static constexpr std::uint32_t no_class = 0xffff'ffff;

    LinePlace place;
    std::uint32_t demand_class = no_class;
    Slot slot = no_slot;
    bool leaves = false;  ///< its channel has closed: that comes before anything is given out

    /// Later first: the standard heap keeps the greatest in front.
    friend bool operator<(const Trial& a, const Trial& b) {
        return a.leaves != b.leaves ? b.leaves : a.place > b.place;
    }
};

/// The tickets of one rule, inbox, type and set of skills that wait.
struct DemandClass {
    RuleNo
        rule;  ///< in force for them; nothing: a roster took it away, and they are about to leave
    InboxNo inbox;
    TicketType type = TicketType::email;
    bool skills_do_not_matter = false;  ///< rule 11: `anyone`, and nobody eligible has them
    Interner::Id skills = 0;
    LineTrees::Index root = LineTrees::none;
    LineTrees::Index first = LineTrees::none;
    LinePlace first_place;        ///< of `first`, at hand
    std::uint32_t active_at = 0;  ///< index in WaitingLine::active

    bool empty() const { return root == LineTrees::none; }
};

/// A calling channel in which calls wait looks at its hours again at `at`.
struct ChannelEdge {
    Instant at;
    ChannelNo channel;

    /// Later first, as Wake.
    friend bool operator<(const ChannelEdge& a, const ChannelEdge& b) {
        return a.at != b.at ? a.at > b.at : a.channel > b.channel;
    }
};

class WaitingLine {
  public:
    bool anybody() const { return waiting_ > 0; }
    std::uint32_t size() const { return waiting_; }

    /// Whether something has happened that may let a ticket go. The one thing that an account
    /// without queues is asked for.
    bool stirred() const { return stirred_; }

    // What stirs it. Positions are those of the roster's order.
    void note_freed(std::uint32_t position);
    void note_anew(Slot slot);
    void note_all();
    /// All has been tried.
    void calm();

    bool everything() const { return everything_; }
    const std::vector<std::uint32_t>& freed() const { return freed_list_; }
    const std::vector<Slot>& anew() const { return anew_; }

    const std::vector<std::uint32_t>& active() const { return active_; }
    const DemandClass& demand_class(std::uint32_t number) const { return classes_[number]; }
    Slot slot_of(LineTrees::Index node) const { return trees_[node].slot; }

    /// How many tickets wait in the inbox before that place.
    std::uint32_t count_before(InboxNo inbox, const LinePlace& place) const;
    std::size_t bytes() const { return trees_.bytes() + classes_.capacity() * sizeof(DemandClass); }
    std::uint32_t waiting_in(ChannelNo channel) const { return calls_[channel.value].waiting; }

    /// Edges of calling channels in which calls wait; a heap. Of clock.h.
    std::vector<ChannelEdge> edges;

    template <class Visit>
    void for_each_of_class(std::uint32_t number, Visit visit) const {
        trees_.for_each(LineTrees::of_class, classes_[number].root, visit);
    }

  private:
    friend void enter_line(Account&, Slot);
    friend void leave_line_now(Account&, Slot);
    friend void clear_line(Account&);
    friend void watch_hours(Account&, ChannelNo);
    friend void forget_edge(Account&);

    struct Calls {
        std::uint32_t waiting = 0;
        bool watched = false;  ///< an edge of it is among `edges`
    };
    using ClassKey = std::pair<std::uint64_t, std::uint64_t>;

    static ClassKey key_of(const DemandClass& of) {
        return {std::uint64_t{of.rule.value} << 32U | of.inbox.value,
                static_cast<std::uint64_t>(of.type) << 32U | of.skills};
    }

    LineTrees trees_;
    std::vector<DemandClass> classes_;  ///< some of them empty and free for use
    std::vector<std::uint32_t> active_, free_classes_;
    boost::unordered_flat_map<ClassKey, std::uint32_t> by_key_;
    std::vector<LineTrees::Index> inbox_roots_;  ///< by InboxNo
    std::vector<Calls> calls_;                   ///< by ChannelNo
    std::uint32_t waiting_ = 0;

    bool stirred_ = false;
    bool everything_ = false;
    AgentSet freed_;
    std::vector<std::uint32_t> freed_list_;
    std::vector<Slot> anew_;
};

/// The ticket, open and held by nobody, waits from now on.
void enter_line(Account& account, Slot slot);
/// It has waited, and waits no more (leave_line() in holdings.h is for any ticket).
void leave_line_now(Account& account, Slot slot);

/// Nothing waits: before all that waits enters anew, after a roster or an image.
void clear_line(Account& account);
void rebuild_line(Account& account);

/// The channel's next edge after now is among the edges, if it has hours; and the first edge goes.
void watch_hours(Account& account, ChannelNo channel);
void forget_edge(Account& account);

}  // namespace usher::engine
