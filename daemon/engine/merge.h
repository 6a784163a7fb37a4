// Merging a roster into what stands: every thing of the file gets the number that its key has had
// before, or a new one; what the file no longer names keeps its number and is marked as removed.
// Statuses alone are renumbered: they stand in their pipeline's order (commit_roster moves tickets
// along by key).
#pragma once

#include <optional>
#include <string>

#include "engine/account.h"
#include "engine/definition.h"

namespace usher::engine {

/// `standing`: nullptr for an account's first roster.
AccountDefinition merge(const AccountDefinition* standing, const AccountDefinition& incoming);

/// What of the removals is in use (rule 41), with the count, for people; empty: none.
/// `held_by_removed`: open tickets of agents that go, which --unassign gives back.
struct RemovalCheck {
    std::optional<std::string> in_use;
    std::vector<Slot> held_by_removed;
    std::uint32_t removed_holders = 0;
    std::string first_holder;
};
RemovalCheck check_removals(const Account& account, const AccountDefinition& merged);

}  // namespace usher::engine
