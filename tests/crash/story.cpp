#include "tests/crash/story.h"

#include <algorithm>

#include "base/expect.h"

namespace usher::crash {

std::size_t Story::asked(std::uint32_t ticket, Deed deed, Agent to) {
    Told told{.ticket = ticket, .deed = deed, .agent = std::nullopt};
    if (deed == Deed::assign) told.agent = to;
    asked_.push_back({told});
    return asked_.size() - 1;
}

void Story::answered(std::size_t place, std::optional<Agent> agent) {
    auto& asked = asked_[place];
    EXPECT(!asked.acknowledged);
    asked.acknowledged = true;
    if (asked.deed.deed == Deed::route) asked.deed.agent = agent;
    ++acknowledged_;
}

bool Story::fits(const Asked& asked, const Told& event) {
    if (asked.acknowledged || asked.deed.deed != Deed::route) return asked.deed == event;
    return event.deed == Deed::route && event.ticket == asked.deed.ticket;
}

const Story::Asked* Story::next_acknowledged() const {
    for (auto at = reached_.back(); at < asked_.size(); ++at)
        if (asked_[at].acknowledged) return &asked_[at];
    return nullptr;
}

std::optional<std::string> Story::told(const Told& event) {
    std::vector<std::size_t> then;
    for (const auto from : reached_)
        for (auto at = from; at < asked_.size(); ++at) {
            if (fits(asked_[at], event)) then.push_back(at + 1);
            if (asked_[at].acknowledged) break;
        }
    std::sort(then.begin(), then.end());
    then.erase(std::unique(then.begin(), then.end()), then.end());
    ++told_;
    if (!then.empty()) {
        reached_.swap(then);
        return std::nullopt;
    }
    auto wrong = "event " + std::to_string(told_) + " of a ticket is " + text_of(event);
    const auto* next = next_acknowledged();
    return wrong + (next == nullptr ? "; nothing more was acknowledged"
                                    : "; acknowledged was " + text_of(next->deed));
}

std::optional<std::string> Story::ended() const {
    const auto* next = next_acknowledged();
    if (next == nullptr) return std::nullopt;
    return "after " + std::to_string(told_) + " events of tickets nothing more is told; " +
           text_of(next->deed) + " was acknowledged";
}

std::string text_of(const Told& told) {
    auto text = std::string(name_of(told.deed)) + " of ticket " + std::to_string(told.ticket);
    if (told.agent) text += " to agent " + std::to_string(*told.agent);
    return text;
}

}  // namespace usher::crash
