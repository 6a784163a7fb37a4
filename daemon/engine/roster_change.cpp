#include "engine/roster_change.h"

#include <algorithm>

#include "base/expect.h"
#include "engine/clock.h"
#include "engine/definition_codec.h"
#include "engine/merge.h"

namespace usher::engine {

namespace {

using protocol::Outcome;
using protocol::Reject;

constexpr std::size_t part_bytes = 64 * 1024;

/// False after a refusal: something that goes is in use.
bool may_go(Step& step, const AccountDefinition& merged, const RosterFlags& flags,
            RemovalCheck& check) {
    check = check_removals(step.account, merged);
    if (check.in_use) {
        step.refuse(Reject::in_use, *check.in_use);
        return false;
    }
    if (!check.held_by_removed.empty() && !flags.unassign) {
        const auto held = check.held_by_removed.size();
        step.refuse(Reject::in_use,
                    std::to_string(check.removed_holders) +
                        " removed agent(s), the first of them " + check.first_holder + ", hold " +
                        std::to_string(held) +
                        " open ticket(s): hand them over first, or apply with --unassign");
        return false;
    }
    return true;
}

void emit_definition(Step& step, const AccountDefinition& merged,
                     const protocol::RosterChanges& changes) {
    std::vector<std::byte> bytes;
    encode_definition(merged, bytes);
    const std::string_view all{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    for (std::size_t at = 0; at < all.size(); at += part_bytes)
        step.emit(RosterPart{step.account.key, all.substr(at, part_bytes)});
    step.emit(RosterCommitted{all.size(), changes.added, changes.changed, changes.removed});
    if (step.now == before_all_time) return;  // edges come with the first instant
    for (const auto agent : step.account.agent_at) turn_if_changed(step, agent);
}

}  // namespace

void change_roster(Step& step, const AccountDefinition& incoming, const RosterFlags& flags) {
    auto& account = step.account;
    const bool is_new = account.roster_version == 0;
    const auto merged = merge(is_new ? nullptr : &account.definition, incoming);
    RemovalCheck check;
    if (!is_new && !may_go(step, merged, flags, check)) return;
    if (!flags.dry_run && (is_new || merged != account.definition)) {
        if (!step.may_change()) return;
        for (const auto slot : check.held_by_removed) {
            Decision nobody;
            nobody.award.grounds.by = DecidedBy::request;
            place(step, slot, nobody);
        }
        emit_definition(step, merged, flags.changes);
    }
    step.outcome(Outcome::done);
    step.answer.roster = flags.changes;
}

}  // namespace usher::engine
