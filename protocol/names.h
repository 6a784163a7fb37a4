// The words for the numbers of the wire, as scenarios, logs and the command line spell them, and
// the way back. A number that this program does not know (a newer server's) is "unknown"; a word
// that it does not know is nullopt. The names of answer.h and request.h are defined here too.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "protocol/answer.h"
#include "protocol/request.h"

namespace usher::protocol {

inline constexpr std::size_t verb_count = std::variant_size_v<Body>;

/// By the index of Body; the number on the wire is the index + 1.
std::span<const std::string_view, verb_count> verb_names();
std::optional<std::size_t> verb_of(std::string_view name);

std::string_view owner_kind_name(OwnerKind kind);
std::string_view sent_from_name(SentFrom from);
std::string_view contact_reply_kind_name(ContactReplyKind kind);
std::string_view availability_setting_name(AvailabilitySetting setting);

std::optional<Reject> reject_of(std::string_view name);
std::optional<Outcome> outcome_of(std::string_view name);
std::optional<Reason> reason_of(std::string_view name);
std::optional<Verdict> verdict_of(std::string_view name);
std::optional<Change> change_of(std::string_view name);
std::optional<AvailabilityWhy> availability_why_of(std::string_view name);
std::optional<TicketType> ticket_type_of(std::string_view name);
std::optional<EventKind> event_of(std::string_view name);
std::optional<SentFrom> sent_from_of(std::string_view name);
std::optional<ContactReplyKind> contact_reply_kind_of(std::string_view name);
std::optional<AvailabilitySetting> availability_setting_of(std::string_view name);

}  // namespace usher::protocol
