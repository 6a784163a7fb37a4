// An event as people and scripts see it: one JSON object, or a few words.
#pragma once

#include <string>

#include "clients/scenario/json_text.h"
#include "protocol/answer.h"

namespace usher::scenario {

/// {"seq":…,"at":…,"event":…, what it tells, "cause":…}: in full, with its braces.
void append_event(JsonText& json, const protocol::EventView& event);

/// "2026-03-02T09:00:00Z assigned T-1 anna", and what else there is.
std::string event_text(const protocol::EventView& event);

}  // namespace usher::scenario
