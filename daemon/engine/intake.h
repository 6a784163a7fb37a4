// A new ticket as a request describes it: ids looked up, defaults of its channel filled in.
#pragma once

#include "engine/step.h"

namespace usher::engine {

struct Intake {
    ChannelNo channel;
    PipelineNo pipeline;
    StatusNo status;
    TicketType type = TicketType::email;
    bool status_is_closed = false;  ///< named, known, and closed
};

/// Rule 1: the type of a channel's tickets when the request does not name one.
TicketType type_of(ChannelKind kind);

/// Looks the ids of a route up, in the order of its fields; false after a refusal. Leaves the
/// canonical properties and skills in step.scratch. A closed status is refused (rule 29).
bool take_in(Step& step, const protocol::Route& request, Intake& out);

/// Fills in the fact of opening, but for the award.
void fill_opened(Step& step, const protocol::Route& request, const Intake& intake, Opened& fact);

}  // namespace usher::engine
