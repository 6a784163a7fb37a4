#include "engine/drain.h"

#include <algorithm>

#include "engine/decide.h"

namespace usher::engine {

namespace {

using protocol::Outcome;

/// So many agents are cheaper to hold against a class one by one than all together.
constexpr std::size_t few_agents = 8;

Demand demand_of(const Account& account, const DemandClass& of) {
    return {of.rule, of.inbox, of.type, account.texts.get(of.skills)};
}

/// The rule's own word on whether its tickets wait.
bool waits_under(const Account& account, RuleNo rule) {
    return rule.exists() && account.definition.rules[rule.value].queue;
}

class Draining {
  public:
    explicit Draining(Step& step) : step_(step), account_(step.account), line_(account_.line) {}

    /// False: the slice was used up before everything was tried.
    bool run(std::uint32_t slice_max);

  private:
    void collect();
    void collect_class(std::uint32_t number);
    void collect_closed_channels();
    bool fits(const DemandClass& of);
    bool try_class(const Trial& trial);
    bool try_ticket(Slot slot);
    Decision decide_for(const Ticket& ticket);
    void report(const Ticket& ticket);
    void push(const Trial& trial) {
        trials_.push_back(trial);
        std::push_heap(trials_.begin(), trials_.end());
    }
    void drop_full_agents();

    Step& step_;
    Account& account_;
    WaitingLine& line_;
    std::vector<Trial>& trials_ = step_.scratch.trials;
    std::vector<std::uint32_t>& freed_ = step_.scratch.freed;
    bool everything_ = false;
};

/// Whether somebody who became eligible is in the pool of the class.
bool Draining::fits(const DemandClass& of) {
    if (everything_ || !waits_under(account_, of.rule)) return true;
    const auto demand = demand_of(account_, of);
    if (freed_.size() > few_agents) return fill_pool(account_, demand, step_.scratch).eligible > 0;
    return std::any_of(freed_.begin(), freed_.end(), [&](std::uint32_t position) {
        return is_in_pool(account_, demand, !of.skills_do_not_matter, position);
    });
}

void Draining::collect_class(std::uint32_t number) {
    const auto& of = line_.demand_class(number);
    if (fits(of)) trials_.push_back({of.first_place, number, no_slot});
}

/// A roster may have closed a channel among the tickets of a class that stays.
void Draining::collect_closed_channels() {
    const auto& channels = account_.definition.channels;
    std::vector<bool> closed(channels.size());
    bool any = false;
    for (std::uint32_t i = 0; i < channels.size(); ++i) {
        closed[i] = line_.waiting_in({i}) > 0 && !is_open_now(account_, channels[i]);
        any |= closed[i];
    }
    if (!any) return;
    for (const auto number : line_.active())
        line_.for_each_of_class(number, [&](const LineTrees::Node& node) {
            if (closed[account_.tickets[node.slot].channel.value])
                trials_.push_back({node.place, Trial::no_class, node.slot, true});
        });
}

void Draining::collect() {
    everything_ = line_.everything();
    freed_ = line_.freed();
    trials_.clear();
    if (everything_ || !freed_.empty())
        for (const auto number : line_.active()) collect_class(number);
    for (const auto slot : line_.anew())
        if (const auto& ticket = account_.tickets[slot]; ticket.waiting)
            trials_.push_back({LinePlace::of(ticket), Trial::no_class, slot,
                               !is_open_now(account_, account_.channel(ticket.channel))});
    if (everything_) collect_closed_channels();
    std::make_heap(trials_.begin(), trials_.end());
}

/// Where the ticket goes; queued: it stays.
Decision Draining::decide_for(const Ticket& ticket) {
    const auto in_force = rule_in_force(account_, ticket.channel, ticket.under_fallback);
    const auto& channel = account_.channel(ticket.channel);
    if (waits_under(account_, in_force.rule) || !is_open_now(account_, channel))
        return decide(account_, situation_of(account_, ticket), step_.scratch);
    // A roster has taken the queue away. Nobody is given backlog work under such a rule (rule 28),
    // so the ticket stays in the backlog as if it had found nobody just now.
    Decision decision;
    decision.award.grounds.rule = in_force.rule;
    if (channel.kind != ChannelKind::calling) return decision;
    decision.award.outcome = Outcome::voicemail;
    if (channel.opening) decision.message = channel.opening->in_hours_message;
    return decision;
}

/// What the ticket went to, among the answer's `drained`.
void Draining::report(const Ticket& ticket) {
    auto& answer = step_.answer;
    if (!answer.drained || !ticket.owner.is_agent()) return;
    ++answer.list.total;
    if (answer.drained->size() < step_.drained_max)
        answer.drained->push_back(account_.tickets.key_of(ticket));
}

/// False: the ticket stays in the line.
bool Draining::try_ticket(Slot slot) {
    const auto& ticket = account_.tickets[slot];
    const auto decision = decide_for(ticket);
    if (decision.award.outcome == Outcome::queued) return false;
    place(step_, slot, decision);
    report(ticket);
    return true;
}

/// The first ticket of the class goes, or none of the class does.
bool Draining::try_class(const Trial& trial) {
    const auto& of = line_.demand_class(trial.demand_class);
    if (of.empty()) return false;
    if (of.first_place !=
        trial.place) {  // it went as a ticket alone: others may be before the next
        push({of.first_place, trial.demand_class, no_slot});
        return false;
    }
    if (freed_.size() <= few_agents && !fits(of)) return false;
    if (!try_ticket(line_.slot_of(of.first))) return false;
    if (!of.empty()) push({of.first_place, trial.demand_class, no_slot});
    return true;
}

/// With nobody left who became eligible, no class needs to be asked any more.
void Draining::drop_full_agents() {
    if (everything_ || freed_.size() > few_agents) return;
    const auto is_full = [&](std::uint32_t position) {
        return std::none_of(account_.below_capacity.begin(), account_.below_capacity.end(),
                            [&](const AgentSet& below) { return below.test(position); });
    };
    std::erase_if(freed_, is_full);
    if (!freed_.empty()) return;
    std::erase_if(trials_,
                  [](const Trial& trial) { return trial.demand_class != Trial::no_class; });
    std::make_heap(trials_.begin(), trials_.end());
}

bool Draining::run(std::uint32_t slice_max) {
    collect();
    std::uint32_t gone = 0;
    while (!trials_.empty()) {
        if (gone == slice_max) return false;
        std::pop_heap(trials_.begin(), trials_.end());
        const auto trial = trials_.back();
        trials_.pop_back();
        const bool went = trial.demand_class != Trial::no_class
                              ? try_class(trial)
                              : account_.tickets[trial.slot].waiting && try_ticket(trial.slot);
        if (!went) continue;
        ++gone;
        drop_full_agents();
    }
    line_.calm();
    return true;
}

}  // namespace

bool drain(Step& step, std::uint32_t slice_max) {
    return Draining(step).run(slice_max);
}

}  // namespace usher::engine
