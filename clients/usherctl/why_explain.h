// `usherctl why --full`: the state as it was just before each decision, brought back in this
// process, and what `explain` says of the ticket in it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "clients/usherctl/ticket_history.h"

namespace usher::ctl {

struct Explanations {
    /// By the sequence of the decision: a line of JSON without its end, or text with it.
    std::map<std::uint64_t, std::string> by_seq;
    std::uint64_t states_from = 1;  ///< decisions before this sequence: their state is gone
};

Result<Explanations> explain_then(journal::Disk& disk, const journal::DirectoryView& view,
                                  const TicketHistory& history, std::string_view ticket, bool json,
                                  bool colour);

}  // namespace usher::ctl
