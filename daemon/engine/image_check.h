// Whether an account that was read from an image can be used: everything that its agents, rules,
// tickets and lists name is there, and holds what apply() keeps true. A right checksum says that
// nobody has changed the bytes by accident; this says that they make sense.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/account.h"
#include "protocol/parse.h"

namespace usher::engine {

/// Of everything but tickets and kept answers. The definition was found right before.
std::optional<std::string> flaw_of_state(const Account& account,
                                         const std::vector<std::vector<AgentNo>>& turns);

/// A ticket's texts as the image has them, before they are kept.
struct TicketTexts {
    std::string_view key, properties, asked_skills, skills, contact_owner, linked;
};
std::optional<std::string> flaw_of_ticket(const Account& account, Slot slot, const Ticket& ticket,
                                          const TicketTexts& texts);

/// The tickets together: no two came as the same.
std::optional<std::string> flaw_of_arrivals(const Account& account);

std::optional<std::string> flaw_of_kept(const Account& account, std::string_view key,
                                        const KeptAnswer& kept, protocol::ReplyParser& parser);

}  // namespace usher::engine
