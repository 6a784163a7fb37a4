// What a journal says of one ticket: every decision about it with its grounds, in order, as far
// back as the journal reaches. Nothing is decided anew; the facts are read, not applied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/fact.h"
#include "journal/directory_view.h"

namespace usher::ctl {

/// A fact about the ticket. Text is copied.
struct TicketEntry {
    std::uint64_t seq = 0;          ///< the shard's
    std::uint64_t account_seq = 0;  ///< the account's own
    Instant at;
    engine::Cause cause = engine::Cause::time;
    std::string_view kind;  ///< "opened", "placed", …
    std::uint64_t roster_version = 0;
    std::optional<engine::Award> award;  ///< of a decision; without texts
    std::string message;                 ///< of a voicemail
    engine::ChannelNo channel;           ///< that it came to or was moved to
    engine::InboxNo inbox;               ///< that it was moved to
};

struct TicketHistory {
    std::uint32_t shard = 0;
    engine::AccountNo account;             ///< nothing: no journal here speaks of it
    std::uint64_t first_seq = 1;           ///< where the shard's journal begins
    engine::AccountDefinition definition;  ///< the newest: its numbers mean what they always did
    std::vector<TicketEntry> entries;
};

/// Looks through the shards until one knows the account. Faults: data, io.
Result<TicketHistory> history_of(journal::Disk& disk, const journal::DirectoryView& view,
                                 std::string_view account, std::string_view ticket);

}  // namespace usher::ctl
