// One function per request, found by overload from Engine::handle(). Each looks for refusals in the
// order of rule 39 (unknown ids in the order of the fields, then what the state refuses), and only
// then lets the first fact come into being: a refusal changes nothing.
#pragma once

#include "engine/step.h"
#include "protocol/request.h"

namespace usher::engine {

// route.cpp
void carry_out(Step& step, const protocol::Route& request);
void carry_out(Step& step, const protocol::Transfer& request);
void carry_out(Step& step, const protocol::Handoff& request);
void carry_out(Step& step, const protocol::Missed& request);
// explain.cpp
void carry_out(Step& step, const protocol::Explain& request);
// owner.cpp
void carry_out(Step& step, const protocol::Assign& request);
void carry_out(Step& step, const protocol::AssignConversation& request);
void carry_out(Step& step, const protocol::ReplySent& request);
// status.cpp
void carry_out(Step& step, const protocol::EmailSent& request);
void carry_out(Step& step, const protocol::ContactReply& request);
void carry_out(Step& step, const protocol::SetStatus& request);
void carry_out(Step& step, const protocol::Close& request);
void carry_out(Step& step, const protocol::Reopen& request);
// takeover.cpp
void carry_out(Step& step, const protocol::Update& request);
void carry_out(Step& step, const protocol::Import& request);
// people.cpp
void carry_out(Step& step, const protocol::Availability& request);
void carry_out(Step& step, const protocol::Absence& request);
void carry_out(Step& step, const protocol::Capacity& request);
void carry_out(Step& step, const protocol::ChannelSwitch& request);
// query.cpp
void carry_out(Step& step, const protocol::GetTicket& request);
void carry_out(Step& step, const protocol::GetAgent& request);
void carry_out(Step& step, const protocol::Backlog& request);
void carry_out(Step& step, const protocol::Tickets& request);
void carry_out(Step& step, const protocol::Tick& request);

}  // namespace usher::engine
