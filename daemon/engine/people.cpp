// What is set about agents and channels: availability, absences, capacity, switches (rules 9, 10,
// 19).
#include <algorithm>

#include "engine/clock.h"
#include "engine/handlers.h"

namespace usher::engine {

using protocol::Outcome;
using protocol::Reject;

namespace {

/// More of them than anybody plans; each costs a look at every edge of the agent.
constexpr std::size_t absences_max = 1000;

/// The answer lists what is drained once this request is carried out. There is no `next`: what is
/// not shown has gone by.
void show_drained(Step& step, const protocol::Page& page) {
    step.answer.drained.emplace();
    step.drained_max = page.limit;
}

/// As a fact has them; a view of `spans`.
PackedAbsences packed(const std::vector<AbsenceSpan>& spans) {
    static_assert(sizeof(AbsenceSpan) == PackedAbsences::span_bytes);
    return {{reinterpret_cast<const char*>(spans.data()), spans.size() * sizeof(AbsenceSpan)}};
}

/// `span` added to sorted, disjoint spans.
void add_span(std::vector<AbsenceSpan>& spans, AbsenceSpan span) {
    std::vector<AbsenceSpan> kept;
    for (const auto& other : spans) {
        if (other.until < span.from || span.until < other.from) {
            kept.push_back(other);
            continue;
        }
        span.from = std::min(span.from, other.from);
        span.until = std::max(span.until, other.until);
    }
    kept.push_back(span);
    std::sort(kept.begin(), kept.end(),
              [](const AbsenceSpan& a, const AbsenceSpan& b) { return a.from < b.from; });
    spans = std::move(kept);
}

/// What `span` covers taken out.
void cut_span(std::vector<AbsenceSpan>& spans, AbsenceSpan span) {
    std::vector<AbsenceSpan> kept;
    for (const auto& other : spans) {
        if (const auto head = std::min(other.until, span.from); other.from < head)
            kept.push_back({other.from, head});
        if (const auto tail = std::max(other.from, span.until); tail < other.until)
            kept.push_back({tail, other.until});
    }
    spans = std::move(kept);
}

}  // namespace

void carry_out(Step& step, const protocol::Availability& request) {
    const auto agent = find_agent(step, request.agent);
    if (!agent.exists()) return;
    if (!step.may_change()) return;
    std::optional<bool> manual;
    if (request.set != protocol::AvailabilitySetting::hours)
        manual = request.set == protocol::AvailabilitySetting::available;
    if (manual != step.account.agent(agent).manual) step.emit(AvailabilitySet{agent, manual});
    step.outcome(Outcome::done);
    show_drained(step, request.page);
}

void carry_out(Step& step, const protocol::Absence& request) {
    const auto agent = find_agent(step, request.agent);
    if (!agent.exists()) return;
    auto absences = step.account.agent(agent).absences;
    std::sort(absences.begin(), absences.end(),
              [](const AbsenceSpan& a, const AbsenceSpan& b) { return a.from < b.from; });
    const AbsenceSpan span{{request.from_ms}, {request.until_ms}};
    request.cancel ? cut_span(absences, span) : add_span(absences, span);
    if (absences.size() > absences_max)
        std::erase_if(absences, [&](const AbsenceSpan& one) { return one.until <= step.now; });
    if (absences.size() > absences_max) {
        step.refuse(Reject::bad_field, "from: agent " + std::string(request.agent) +
                                           " would have more than " + std::to_string(absences_max) +
                                           " absences");
        return;
    }
    if (!step.may_change()) return;
    if (absences != step.account.agent(agent).absences) {
        step.emit(AbsencesSet{agent, packed(absences), span, request.cancel});
        turn_if_changed(step, agent);
    }
    step.outcome(Outcome::done);
}

void carry_out(Step& step, const protocol::Capacity& request) {
    const auto agent = find_agent(step, request.agent);
    if (!agent.exists()) return;
    if (!step.may_change()) return;
    auto limits = step.account.agent(agent).capacity;
    if (request.total.named) limits.total = request.total.limit;
    for (std::size_t type = 0; type < ticket_type_count; ++type)
        if (request.per_type[type].named) limits.per_type[type] = request.per_type[type].limit;
    if (limits != step.account.agent(agent).capacity) step.emit(CapacitySet{agent, limits});
    step.outcome(Outcome::done);
    show_drained(step, request.page);
}

void carry_out(Step& step, const protocol::ChannelSwitch& request) {
    const auto channel = find_channel(step, request.channel);
    if (!channel.exists()) return;
    if (!step.may_change()) return;
    if (step.account.channel_enabled[channel.value] != request.enabled)
        step.emit(ChannelSwitched{channel, request.enabled});
    step.outcome(Outcome::done);
}

}  // namespace usher::engine
