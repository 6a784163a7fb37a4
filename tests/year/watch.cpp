#include "tests/year/watch.h"

#include <algorithm>
#include <set>

#include "tests/twin/apply.h"
#include "tests/twin/sharing.h"

namespace usher::year {

using twin::Ms;

Watch::Watch(const std::string& roster) : world_(twin::begin(twin::read_roster(roster))) {
    world_.now = 0;
}

std::string Watch::see(Ms at, const std::vector<Happening>& happened, const std::string& type) {
    for (const auto& one : happened) {
        world_.now = one.at_ms;
        if (auto wrong = take_in(one, type); !wrong.empty()) return wrong;
    }
    world_.now = at;
    if (waiting_now() == 0) return {};
    const auto loads_now = loads();
    std::set<std::pair<std::string, std::string>> asked;
    for (const auto& [key, work] : work_) {
        if (!work.waits || !asked.emplace(work.channel, work.type).second) continue;
        if (const auto* agent = taker(work.channel, work.type, loads_now))
            return key + " waits in " + work.channel + ", and " + agent->key + " is free";
    }
    return {};
}

Watch::Work& Watch::work_of(const std::string& ticket) {
    if (const auto closed = closed_.find(ticket); closed != closed_.end()) return closed->second;
    return work_[ticket];
}

std::string Watch::take_in(const Happening& one, const std::string& type) {
    if (one.ticket.empty()) return {};
    if (one.event == "forgotten") {
        closed_.erase(one.ticket);
        return {};
    }
    auto& work = work_of(one.ticket);
    if (work.type.empty()) work.type = type;
    if (!one.channel.empty()) work.channel = one.channel;
    std::string wrong;
    if (one.event == "assigned") {
        if (work.waits) wrong = given(one, work);
        owned(work, one.at_ms);
        work.agent = one.agent;
        work.assigned_at = one.at_ms;
    } else if (one.event == "transferred") {
        work.agent.clear();
        work.waits = false;
    } else if (one.event == "status") {
        turned(one, work);
    } else if (one.event == "queued" || one.event == "unassigned" || one.event == "voicemail") {
        work.agent.clear();
        work.waits = one.event == "queued";
        if (work.waits) ++entered_;
        if (work.open && !work.unowned_since) work.unowned_since = one.at_ms;
    }
    return wrong;
}

/// Open or closed now.
void Watch::turned(const Happening& one, Work& work) {
    if (work.open == one.open) return;
    work.open = one.open;
    if (work.open) {
        if (work.agent.empty()) work.unowned_since = one.at_ms;
        work_.insert(closed_.extract(one.ticket));
        return;
    }
    work.waits = false;
    if (work.unowned_since) end_unowned(work, one.at_ms, unowned_.closed);
    closed_.insert(work_.extract(one.ticket));
}

/// What ends in the instant in which it began has not been.
void Watch::end_unowned(Work& work, Ms at, std::size_t& how) {
    if (at != *work.unowned_since) {
        unowned_.lengths.push_back(at - *work.unowned_since);
        ++how;
    }
    work.unowned_since.reset();
}

/// An agent has it now.
void Watch::owned(Work& work, Ms at) {
    if (work.waits) ++given_out_;
    work.waits = false;
    if (work.unowned_since) end_unowned(work, at, unowned_.taken);
}

std::string Watch::given(const Happening& one, const Work& work) {
    const auto* agent = world_.find_agent(one.agent);
    const auto loads_now = loads();
    const auto load = loads_now.find(one.agent);
    if (!available(*agent) || (load != loads_now.end() && full(load->second, *agent, work.type)))
        return one.ticket + " is given to " + one.agent + ", who is not free";
    if (!one.by_time) return {};
    // Time did it: a millisecond earlier it could not have been.
    const Ms window = world_.roster.account.count_window_days * twin::day_ms;
    const bool window_ends = std::ranges::any_of(work_, [&](const auto& entry) {
        return entry.second.agent == one.agent && entry.second.assigned_at + window == one.at_ms;
    });
    if (window_ends || !world_.availability(*agent, one.at_ms - 1).available) return {};
    return one.ticket + " is given to " + one.agent + " later than it could have been";
}

std::map<std::string, Watch::Load> Watch::loads() const {
    const Ms window = world_.roster.account.count_window_days * twin::day_ms;
    std::map<std::string, Load> result;
    for (const auto& [key, work] : work_) {
        if (work.agent.empty()) continue;
        if (window != 0 && world_.at() >= work.assigned_at + window) continue;
        auto& load = result[work.agent];
        ++load.total;
        ++load.of_type[work.type];
    }
    return result;
}

bool Watch::full(const Load& load, const twin::Agent& agent, const std::string& type) const {
    const auto& capacity = world_.state_of(agent.key).capacity;
    if (capacity.total && load.total >= *capacity.total) return true;
    const auto& limit = type == "calling"     ? capacity.calling
                        : type == "messaging" ? capacity.messaging
                                              : capacity.email;
    const auto count = load.of_type.find(type);
    return limit && (count == load.of_type.end() ? 0 : count->second) >= *limit;
}

bool Watch::available(const twin::Agent& agent) {
    if (available_at_ != world_.at()) available_.clear();
    available_at_ = world_.at();
    const auto known = available_.find(agent.key);
    if (known != available_.end()) return known->second;
    const bool is = world_.availability(agent, world_.at()).available;
    available_.emplace(agent.key, is);
    return is;
}

const twin::Agent* Watch::taker(const std::string& channel, const std::string& type,
                                const std::map<std::string, Load>& loads) {
    const auto& its = *world_.find_channel(channel);
    const auto& inbox = *world_.find_inbox(its.inbox);
    const auto* rule = its.own_rule ? &*its.own_rule : world_.find_rule(its.rule);
    if (rule == nullptr) return nullptr;
    ++checks_;
    static const Load none;
    for (const auto& candidate : twin::source_of(world_, *rule)) {
        const auto& agent = *candidate.agent;
        if (!candidate.verdict.empty() || !world_.has_seat(agent, inbox) ||
            !world_.has_access(agent, inbox) || !world_.inbox_open_to(agent, inbox))
            continue;
        const auto load = loads.find(agent.key);
        if (available(agent) && !full(load == loads.end() ? none : load->second, agent, type))
            return &agent;
    }
    return nullptr;
}

Unowned Watch::unowned() {
    for (auto& [key, work] : work_) {
        if (work.unowned_since) end_unowned(work, world_.at(), unowned_.left);
    }
    std::ranges::sort(unowned_.lengths);
    return unowned_;
}

std::size_t Watch::waiting_now() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(work_, [](const auto& entry) { return entry.second.waits; }));
}

}  // namespace usher::year
