#include "engine/running_digest.h"

#include <algorithm>

#include "base/expect.h"

namespace usher::engine {

namespace {

// Which of a ticket's words are stale.
constexpr std::uint8_t state_word = 1;
constexpr std::uint8_t texts_word = 2;

/// In proportion to what is there, so that tickets are closed before they are settled; but never so
/// many that settling them takes longer than some hundred requests.
std::size_t stale_max(const Account& account) {
    return std::min<std::size_t>(4096, 64 + 4 * account.open_tickets);
}

void mark_stale(Account& account, Slot slot, std::uint8_t words) {
    auto& ticket = account.tickets[slot];
    if (ticket.stale_words == 0) {
        if (account.stale.tickets.size() >= stale_max(account)) settle_digest(account);
        account.stale.tickets.push_back(slot);
    }
    ticket.stale_words |= words;
}

Ticket& remembered(Account& account, Slot slot) {
    EXPECT(slot < account.tickets.slots_used() && account.tickets[slot].remembered);
    return account.tickets[slot];
}

}  // namespace

void ticket_changes(Account& account, Slot slot) {
    const auto& ticket = remembered(account, slot);
    if ((ticket.stale_words & state_word) != 0) return;
    account.digest.remove(ticket_word(account, ticket));
    mark_stale(account, slot, state_word);
}

void ticket_texts_change(Account& account, Slot slot) {
    const auto& ticket = remembered(account, slot);
    if ((ticket.stale_words & texts_word) != 0) return;
    account.digest.remove(ticket_texts_word(account, ticket));
    mark_stale(account, slot, texts_word);
}

void last_changes(Account& account, AgentNo agent) {
    EXPECT(agent.value < account.agents.size());
    auto& state = account.agent(agent);
    if (state.last_is_stale) return;
    account.digest.remove(last_word(account, agent.value));
    state.last_is_stale = true;
    account.stale.agents.push_back(agent);
}

void ticket_comes(Account& account, Slot slot) {
    mark_stale(account, slot, state_word | texts_word);
}

void ticket_goes(Account& account, Slot slot) {
    const auto& ticket = remembered(account, slot);
    if ((ticket.stale_words & state_word) == 0) account.digest.remove(ticket_word(account, ticket));
    if ((ticket.stale_words & texts_word) == 0)
        account.digest.remove(ticket_texts_word(account, ticket));
}

void settle_digest(Account& account) {
    // A slot stands here twice when its ticket went and another came: the first time settles it.
    for (const auto slot : account.stale.tickets) {
        auto& ticket = account.tickets[slot];
        if (!ticket.remembered) continue;
        if ((ticket.stale_words & state_word) != 0)
            account.digest.add(ticket_word(account, ticket));
        if ((ticket.stale_words & texts_word) != 0)
            account.digest.add(ticket_texts_word(account, ticket));
        ticket.stale_words = 0;
    }
    account.stale.tickets.clear();
    for (const auto agent : account.stale.agents) {
        account.digest.add(last_word(account, agent.value));
        account.agent(agent).last_is_stale = false;
    }
    account.stale.agents.clear();
}

void begin_digest(Account& account) {
    settle_digest(account);  // so that nothing is stale
    account.digest = digest_of_scratch(account);
}

}  // namespace usher::engine
