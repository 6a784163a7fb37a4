// What time alone brings (rules 3, 9, 37, 40): edges of schedules and absences, windows that end,
// closed tickets and kept answers that are forgotten. advance() runs before every request of an
// account and takes all instants up to now in order, each at its exact time.
#pragma once

#include "engine/account.h"
#include "engine/step.h"

namespace usher::engine {

/// The availability under a manual setting: absence, standing value, schedule.
bool available_under(const Account& account, AgentNo agent, Instant at);

/// Which of them says so.
protocol::AvailabilityWhy why_available(const Account& account, AgentNo agent, Instant at);

/// Brings the account from its last instant to step.now. Facts come at their own instants. False:
/// after `slice_max` tickets more wait to be given out, and the next call goes on.
bool advance(Step& step, std::uint32_t slice_max);

/// How long an answer is kept for the same request (rule 37).
inline constexpr Span answer_kept_for{86'400'000};

}  // namespace usher::engine
