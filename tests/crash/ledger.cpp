#include "tests/crash/ledger.h"

#include "base/expect.h"

namespace usher::crash {
namespace {

/// `known` after the deed has been done. A route's agent is the daemon's to choose.
Seen after(const Seen& known, Deed deed, std::optional<Agent> agent) {
    Seen then = known;
    switch (deed) {
        case Deed::route:
            return {.exists = true, .open = true, .owner = agent};
        case Deed::close:
            then.open = false;
            break;
        case Deed::reopen:
            then.open = true;
            break;
        case Deed::assign:
            then.owner = agent;
            break;
    }
    return then;
}

}  // namespace

std::string_view name_of(Deed deed) {
    switch (deed) {
        case Deed::route:
            return "route";
        case Deed::close:
            return "close";
        case Deed::reopen:
            return "reopen";
        case Deed::assign:
            return "assign";
    }
    return "";
}

std::uint32_t Ledger::add() {
    entries_.emplace_back();
    return static_cast<std::uint32_t>(entries_.size() - 1);
}

void Ledger::asked(std::uint32_t ticket, Deed deed, Agent to) {
    EXPECT(!entries_[ticket].asked);
    entries_[ticket].asked = Asked{deed, to};
}

void Ledger::answered(std::uint32_t ticket, std::optional<Agent> agent) {
    auto& entry = entries_[ticket];
    EXPECT(entry.asked);
    const auto deed = entry.asked->deed;
    entry.known = after(entry.known, deed, deed == Deed::assign ? entry.asked->to : agent);
    entry.asked.reset();
    ++answers_;
}

bool Ledger::may_have_become(const Entry& entry, const Seen& seen) {
    if (seen == entry.known) return true;
    if (!entry.asked) return false;
    const auto chosen = entry.asked->deed == Deed::route ? seen.owner : entry.asked->to;
    return seen == after(entry.known, entry.asked->deed, chosen);
}

std::optional<std::string> Ledger::found(std::uint32_t ticket, const Seen& seen) {
    auto& entry = entries_[ticket];
    std::optional<std::string> wrong;
    if (!may_have_become(entry, seen)) {
        wrong = "ticket " + std::to_string(ticket) + ": acknowledged was " + text_of(entry.known);
        if (entry.asked) {
            *wrong += ", asked for was ";
            *wrong += name_of(entry.asked->deed);
        }
        *wrong += "; found is " + text_of(seen);
    }
    entry.known = seen;
    entry.asked.reset();
    return wrong;
}

std::string text_of(const Seen& seen) {
    if (!seen.exists) return "unknown";
    return (seen.owner ? "agent " + std::to_string(*seen.owner) : "nobody") +
           (seen.open ? ", open" : ", closed");
}

}  // namespace usher::crash
