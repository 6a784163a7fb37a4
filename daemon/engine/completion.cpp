#include "engine/completion.h"

#include "engine/codec.h"
#include "engine/properties.h"
#include "engine/step.h"

namespace usher::engine {

namespace {

using protocol::Outcome;

/// Those who asked for it and could be given such work by hand: seat, access, inbox (rules 5, 7).
void list_who_asked(const Account& account, InboxNo inbox, std::string& out) {
    out.clear();
    const auto& asked = account.told_of_unassigned;
    const auto& seated = account.seated[static_cast<std::size_t>(account.inbox(inbox).workspace)];
    const auto& members = account.inbox_members[inbox.value];
    asked.for_each([&](std::uint32_t position) {
        if (!seated.test(position)) return;
        if (members.word_count() > 0 && !members.test(position)) return;
        append_number(account.agent_at[position], out);
    });
}

void complete_award(const Account& account, Scratch& scratch, InboxNo inbox, Award& award) {
    if (award.owner.is_agent())
        award.owner_is_told = account.agent(award.owner.as_agent()).told_of_assigned;
    if (award.outcome != Outcome::unassigned) return;
    list_who_asked(account, inbox, scratch.told);
    award.told = scratch.told;
}

}  // namespace

void fill_in(const Account& account, Scratch& scratch, Opened& opened) {
    complete_award(account, scratch, account.channel(opened.channel).inbox, opened.award);
}
void fill_in(const Account& account, Scratch& scratch, Placed& placed) {
    complete_award(account, scratch, account.tickets[placed.slot].inbox, placed.award);
}
void fill_in(const Account& account, Scratch&, StatusSet& set) {
    const auto& status =
        account.pipeline(account.tickets[set.slot].pipeline).statuses[set.status.value];
    set.status_key = status.key;
    set.open = status.open;
}
void fill_in(const Account& account, Scratch&, ActionDue& due) {
    due.status_key = account.status_of(account.tickets[due.slot]).key;
}
void fill_in(const Account& account, Scratch&, AvailabilitySet& set) {
    set.available = set.manual.value_or(account.agent(set.agent).under);
}
void fill_in(const Account& account, Scratch&, Turned& turned) {
    turned.was_available = account.agent(turned.agent).available();
}
void emit_actions(Step& step, Slot slot, Instant at, Cause why) {
    const auto& account = step.account;
    const auto& ticket = account.tickets[slot];
    const auto& actions = account.status_of(ticket).actions;
    const auto kind = account.channel(ticket.channel).kind;
    const bool chat = kind == ChannelKind::chat || kind == ChannelKind::messenger;
    if (chat && !account.pipeline(ticket.pipeline).actions_for_chat) return;
    std::vector<std::byte> fields;
    for (const auto& action : actions) {
        fields.clear();
        WriteArchive archive(fields);
        archive(action.fields);
        step.emit_at(at, why,
                     ActionDue{slot,
                               action.action,
                               {reinterpret_cast<const char*>(fields.data()), fields.size()}});
    }
}

}  // namespace usher::engine
